"""Money finds its debt: certainly by itself, else by a clerk who sees why; and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from fairdue.contexts.audit.models import Event
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.contracts import Incoming, PromisedAmount
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch
from fairdue.kernel.actor import PermissionRefused
from fairdue.kernel.money import Money
from tests.case_world import NOW, TODAY, cny
from tests.contexts.payments.conftest import HOUSE

pytestmark = pytest.mark.django_db


def suspense(desk) -> int:
    creditor_id = desk.world.creditors["north"].pk
    return ledger.suspense_balance(creditor_id, TODAY).get("CNY", Money(0)).minor


def owed(account) -> int:
    return ledger.account_summary(account.pk, TODAY).balance.minor


def test_money_that_arrives_waits_in_suspense_with_its_payer_sealed(desk):
    payment_id = desk.arrive(
        payer_name="王建国", payer_account="6222 0210 0109 8765", remittance="王建国还款13800001234"
    )
    card = payments.payment_card(payment_id=payment_id, as_of=TODAY, actor=desk.clerk)
    assert (card.status, card.waiting, suspense(desk)) == ("suspense", cny("400"), 40_000)
    assert (card.payer_name_masked, card.payer_account_masked) == ("王**", "****8765")
    assert card.remittance_masked == "王**还款****1234"
    row = IncomingPayment.objects.values().get()
    assert "王建国" not in str(row) and "0109" not in str(row)


def test_the_same_reference_again_is_the_same_payment_and_another_amount_is_refused(desk):
    first = desk.arrive(source_ref="A1")
    incoming = Incoming(
        creditor_id=desk.world.creditors["north"].pk,
        source="hand",
        source_ref="A1",
        amount=cny("400"),
        value_date=TODAY,
    )
    again = payments.receive(incoming=incoming, actor=HOUSE, now=NOW)
    assert (again.payment_id, again.is_repeated, suspense(desk)) == (first, True, 40_000)
    with pytest.raises(payments.ReferenceReused):
        desk.arrive(source_ref="A1", amount=1)
    assert suspense(desk) == 40_000


@pytest.mark.parametrize("amount", [Money(0), Money(-5), Money(2**53 + 1), Money(5, "XYZ")])
def test_what_is_no_amount_is_refused_and_nothing_is_kept(desk, amount):
    with pytest.raises(payments.IncomingInvalid):
        desk.arrive(**{"amount": 1} | {"amount": 1}) if False else payments.receive(
            incoming=Incoming(
                creditor_id=desk.world.creditors["north"].pk,
                source="hand",
                source_ref="x",
                amount=amount,
                value_date=TODAY,
            ),
            actor=HOUSE,
            now=NOW,
        )
    assert IncomingPayment.objects.count() == 0


def test_a_repayment_code_in_the_text_matches_by_itself(desk):
    _, account = desk.debtor()
    code = payments.issue_code(account_id=account.pk, actor=desk.clerk, now=NOW)
    payment_id = desk.arrive(remittance=f"还款码 {code.spoken} 谢谢")
    matched = payments.match_automatically(payment_id=payment_id, actor=HOUSE, now=NOW)
    assert [(match.account_id, match.amount, match.way) for match in matched.matches] == [
        (account.pk, cny("400"), "automatic")
    ]
    assert [reason.code for reason in matched.matches[0].reasons][:1] == ["code"]
    assert (matched.waiting.minor, suspense(desk), owed(account)) == (0, 0, 60_000)
    assert ledger.account_summary(account.pk, TODAY).overdue.minor == 0


def test_a_structured_reference_matches_while_the_amount_fits_and_waits_when_it_does_not(desk):
    _, account = desk.debtor()
    fits = desk.arrive(structured_ref=account.external_ref)
    assert payments.match_automatically(payment_id=fits, actor=HOUSE, now=NOW).waiting.minor == 0
    beyond = desk.arrive(100_001, structured_ref=account.external_ref)
    assert payments.match_automatically(payment_id=beyond, actor=HOUSE, now=NOW).waiting == cny("1000.01")
    card = payments.payment_card(payment_id=beyond, as_of=TODAY, actor=desk.clerk)
    assert card.why_waiting == "amount_differs"


def test_an_overpayment_by_code_becomes_a_credit_balance(desk):
    _, account = desk.debtor(owed=100_000)
    code = payments.issue_code(account_id=account.pk, actor=desk.clerk, now=NOW)
    payment_id = desk.arrive(130_000, remittance=code.code)
    payments.match_automatically(payment_id=payment_id, actor=HOUSE, now=NOW)
    summary = ledger.account_summary(account.pk, TODAY)
    assert (summary.balance.minor, summary.credit_balance.minor) == (0, 30_000)


def test_two_codes_of_two_accounts_are_no_certainty(desk):
    accounts = [desk.debtor()[1], desk.debtor("王芳")[1]]
    codes = [payments.issue_code(account_id=each.pk, actor=desk.clerk, now=NOW).code for each in accounts]
    payment_id = desk.arrive(remittance=" / ".join(codes))
    payments.match_automatically(payment_id=payment_id, actor=HOUSE, now=NOW)
    card = payments.payment_card(payment_id=payment_id, as_of=TODAY, actor=desk.clerk)
    assert (card.status, card.why_waiting) == ("suspense", "several_certain")
    ranked = payments.candidates(payment_id=payment_id, as_of=TODAY, actor=desk.clerk)
    assert {each.account_id for each in ranked} == {each.pk for each in accounts}


def test_weak_reasons_rank_and_never_match(desk):
    person, account = desk.debtor("赵丽华")
    payment_id = desk.arrive(payer_name="赵丽华", remittance=f"合同{account.external_ref}")
    assert payments.match_automatically(payment_id=payment_id, actor=HOUSE, now=NOW).matches == ()
    (best,) = payments.candidates(payment_id=payment_id, as_of=TODAY, actor=desk.clerk)
    assert [reason.code for reason in best.reasons] == ["reference", "payer_name", "overdue"]
    assert (best.account_id, best.score, best.is_certain, best.person_id) == (
        account.pk,
        110,
        False,
        person.pk,
    )


def test_a_slip_in_the_code_is_a_hint_and_a_retired_code_too(desk):
    _, account = desk.debtor()
    code = payments.issue_code(account_id=account.pk, actor=desk.clerk, now=NOW).code
    typo = code[:6] + str((int(code[6]) + 1) % 10) + code[7:]
    slipped = desk.arrive(remittance=typo)
    assert payments.match_automatically(payment_id=slipped, actor=HOUSE, now=NOW).matches == ()
    (hint,) = payments.candidates(payment_id=slipped, as_of=TODAY, actor=desk.clerk)
    assert hint.reasons[0].code == "code_near"
    payments.retire_code(
        account_id=account.pk, reason="printed on the wrong letter", actor=desk.clerk, now=NOW
    )
    fresh = payments.issue_code(account_id=account.pk, actor=desk.clerk, now=NOW)
    assert fresh.code != code
    old = desk.arrive(remittance=code)
    assert payments.match_automatically(payment_id=old, actor=HOUSE, now=NOW).matches == ()
    (hint,) = payments.candidates(payment_id=old, as_of=TODAY, actor=desk.clerk)
    assert (hint.reasons[0].code, hint.account_id) == ("code_retired", account.pk)


def test_a_promised_amount_brings_its_account_and_who_paid_before_is_known(desk):
    person, account = desk.debtor()
    first = desk.arrive(payer_account="6222021001098765", payer_name="李父")
    payments.match_payment(payment_id=first, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    second = desk.arrive(12_345, payer_account="6222 0210 0109 8765", payer_name="李父")
    promise = PromisedAmount(
        person_id=person.pk, account_id=None, amount=cny("123.45"), promised_date=TODAY + timedelta(days=1)
    )
    (best,) = payments.candidates(payment_id=second, as_of=TODAY, actor=desk.clerk, promised=[promise])
    assert [reason.code for reason in best.reasons] == ["payer_account", "promised", "promised_date"]


def test_a_clerk_matches_and_undoes_and_every_step_is_on_record(desk):
    _, account = desk.debtor()
    payment_id = desk.arrive()
    before = ledger.account_dues(account.pk, TODAY)
    matched = payments.match_payment(
        payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW
    )
    again = payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    assert (again.is_repeated, again.matches) == (True, matched.matches)
    assert (suspense(desk), owed(account)) == (0, 60_000)
    undone = payments.undo_match(
        payment_id=payment_id, reason="another debtor of that name", actor=desk.clerk, now=NOW
    )
    assert (undone.waiting, suspense(desk), owed(account)) == (cny("400"), 40_000, 100_000)
    assert ledger.account_dues(account.pk, TODAY) == before
    with pytest.raises(payments.NothingMatched):
        payments.undo_match(payment_id=payment_id, reason="again", actor=desk.second, now=NOW)
    payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.second, now=NOW)
    assert (PaymentMatch.objects.count(), owed(account)) == (2, 60_000)
    codes = list(
        Event.objects.filter(code__startswith="payments.").order_by("id").values_list("code", flat=True)
    )
    assert codes == [
        "payments.payment.received",
        "payments.payment.matched",
        "payments.match.undone",
        "payments.payment.matched",
    ]
    assert ledger.prove().is_proved


def test_the_second_clerk_hears_who_was_first(desk):
    _, account = desk.debtor()
    payment_id = desk.arrive()
    payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    with pytest.raises(payments.AlreadyMatched, match=desk.clerk.label):
        payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.second, now=NOW)
    assert (PaymentMatch.objects.count(), owed(account)) == (1, 60_000)


def test_money_for_several_debts_is_divided_by_law_or_by_hand(desk):
    person, late = desk.debtor(owed=100_000, overdue=40_000)
    current = desk.world.account(person, owed=50_000, overdue=0)
    payment_id = desk.arrive(60_000)
    parts = payments.divide_payment(
        payment_id=payment_id, account_ids=[late.pk, current.pk], actor=desk.clerk
    )
    assert sum(part.amount.minor for part in parts) == 60_000
    by_account = {part.account_id: part.amount.minor for part in parts}
    assert by_account[late.pk] >= 40_000  # what is due comes first
    with pytest.raises(payments.MatchInvalid):
        payments.match_payment(
            payment_id=payment_id,
            shares=[(late.pk, cny("500")), (current.pk, cny("100.01"))],
            actor=desk.clerk,
            now=NOW,
        )
    assert PaymentMatch.objects.count() == 0
    matched = payments.match_payment(
        payment_id=payment_id,
        shares=[(late.pk, cny("450")), (current.pk, cny("100"))],
        actor=desk.clerk,
        now=NOW,
    )
    assert (matched.waiting, owed(late), owed(current)) == (cny("50"), 55_000, 40_000)


def test_a_designated_debt_comes_first(desk):
    person, late = desk.debtor(owed=100_000, overdue=40_000)
    current = desk.world.account(person, owed=50_000, overdue=0)
    payment_id = desk.arrive(60_000)
    parts = payments.divide_payment(
        payment_id=payment_id,
        account_ids=[late.pk, current.pk],
        designated_account_id=current.pk,
        actor=desk.clerk,
    )
    assert {part.account_id: part.amount.minor for part in parts} == {current.pk: 50_000, late.pk: 10_000}
    assert parts[0].rule == "designated"


def test_an_account_of_another_creditor_takes_nothing(desk):
    _, foreign = desk.debtor(creditor="south")
    payment_id = desk.arrive()
    with pytest.raises(payments.MatchInvalid):
        payments.match_payment(payment_id=payment_id, account_ids=[foreign.pk], actor=HOUSE, now=NOW)
    with pytest.raises(payments.PaymentUnknown):
        outsider = desk.world.staff("finance", creditors=("south",))
        payments.match_payment(payment_id=payment_id, account_ids=[foreign.pk], actor=outsider, now=NOW)
    with pytest.raises(PermissionRefused):
        collector = desk.world.staff("collector")
        payments.match_payment(payment_id=payment_id, account_ids=[foreign.pk], actor=collector, now=NOW)
    assert (PaymentMatch.objects.count(), suspense(desk)) == (0, 40_000)


def test_what_the_ledger_refuses_waits_and_says_so(desk):
    _, account = desk.debtor()
    code = payments.issue_code(account_id=account.pk, actor=desk.clerk, now=NOW)
    before_opening = TODAY - timedelta(days=60)
    payment_id = desk.arrive(remittance=code.code, value_date=before_opening)
    payments.match_automatically(payment_id=payment_id, actor=HOUSE, now=NOW)
    card = payments.payment_card(payment_id=payment_id, as_of=TODAY, actor=desk.clerk)
    assert (card.status, card.why_waiting, card.matches) == ("suspense", "ledger_refused", ())
    with pytest.raises(ledger.BeforeOpening):
        payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)


def test_money_taken_back_by_the_bank_leaves_the_debt_and_the_house(desk):
    person, account = desk.debtor()
    payment_id = desk.arrive()
    payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    answer = payments.take_back(
        payment_id=payment_id, effective_date=TODAY, reason="bank.return.AC04", actor=desk.clerk, now=NOW
    )
    assert (answer.person_ids, answer.waiting.minor) == ((person.pk,), 0)
    card = payments.payment_card(payment_id=payment_id, as_of=TODAY, actor=desk.clerk)
    assert (card.status, card.returned, suspense(desk), owed(account)) == ("returned", cny("400"), 0, 100_000)
    with pytest.raises(payments.NothingWaiting):
        payments.take_back(
            payment_id=payment_id, effective_date=TODAY, reason="again", actor=desk.clerk, now=NOW
        )


def test_a_reveal_needs_a_reason_and_is_on_record(desk):
    payment_id = desk.arrive(payer_name="王建国")
    with pytest.raises(payments.ReasonMissing):
        payments.reveal_payment(
            payment_id=payment_id, field="payer_name", reason=" ", actor=desk.clerk, now=NOW
        )
    name = payments.reveal_payment(
        payment_id=payment_id, field="payer_name", reason="to find the debtor", actor=desk.clerk, now=NOW
    )
    assert name == "王建国"
    assert Event.objects.filter(code="payments.payment.revealed").count() == 1


def test_the_database_keeps_what_was_received(desk):
    payment_id = desk.arrive()
    for change in ("UPDATE payments_incomingpayment SET amount_minor = 1", "DELETE FROM payments_incomingpayment",
                   "UPDATE payments_incomingpayment SET matched_minor = 40001"):  # fmt: skip
        with (
            pytest.raises(Exception, match="payments_incoming"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    assert IncomingPayment.objects.get(pk=payment_id).amount_minor == 40_000


def test_the_queue_shows_the_oldest_first_with_ages_and_sums(desk):
    old, new = desk.arrive(10_000), desk.arrive(25_000)
    page = payments.incoming_payments(actor=desk.clerk, as_of=TODAY + timedelta(days=5))
    assert [row.payment_id for row in page.rows] == [old, new]
    assert (page.total_count, page.waiting, dict(page.ages)["2-7"]) == (2, {"CNY": cny("350")}, 2)


def test_what_exceeds_all_debts_is_held_by_the_account_that_comes_first(desk):
    person, late = desk.debtor(owed=100_000, overdue=40_000)
    current = desk.world.account(person, owed=50_000, overdue=0)
    payment_id = desk.arrive(170_000)
    matched = payments.match_payment(
        payment_id=payment_id, account_ids=[current.pk, late.pk], actor=desk.clerk, now=NOW
    )
    assert {match.account_id: match.amount.minor for match in matched.matches} == {
        late.pk: 120_000,
        current.pk: 50_000,
    }
    assert ledger.account_summary(late.pk, TODAY).credit_balance == cny("200")
    assert ledger.prove().is_proved


def test_payments_that_name_no_account_wait_at_once_as_if_each_had_been_asked_for(desk):
    _, account = desk.debtor()
    code = payments.issue_code(account_id=account.pk, actor=desk.clerk, now=NOW)
    silent, alike_first = desk.arrive(remittance="还款"), desk.arrive(remittance="往来款")
    by_code = desk.arrive(remittance=code.spoken)
    by_reference = desk.arrive(structured_ref=account.external_ref)
    chosen = desk.arrive(designated_account_id=account.pk)
    alike = desk.arrive(remittance=code.code, resembles_id=alike_first)
    everything = (silent, by_code, by_reference, chosen, alike)
    left = payments.leave_unnamed(payment_ids=everything, actor=HOUSE, now=NOW)
    assert left == (by_code, by_reference, chosen)
    noted = dict(IncomingPayment.objects.values_list("pk", "why_waiting"))
    for payment_id in (silent, alike):
        IncomingPayment.objects.filter(pk=payment_id).update(why_waiting="")
        payments.match_automatically(payment_id=payment_id, actor=HOUSE, now=NOW)
        assert IncomingPayment.objects.get(pk=payment_id).why_waiting == noted[payment_id]
    assert (noted[silent], noted[alike], noted[by_code]) == ("not_certain", "maybe_repeated", "")


def test_who_may_not_match_lets_nothing_wait(desk):
    payment_id = desk.arrive()
    nobody = replace(HOUSE, kind="staff", permissions=frozenset())
    with pytest.raises(PermissionRefused):
        payments.leave_unnamed(payment_ids=[payment_id], actor=nobody, now=NOW)
    assert IncomingPayment.objects.get(pk=payment_id).why_waiting == ""
