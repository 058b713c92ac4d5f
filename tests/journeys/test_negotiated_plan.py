"""The eight steps of a negotiation, from knowing the arrears to a kept plan; and their twin, to breach and escalation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.models import Agreement
from fairdue.contexts.cases.models import WorkItem
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.parties import facade as parties
from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.engine.negotiation.offers import Wish
from fairdue.journeys.agree_plan import CodeRefused, agree_plan, send_agreement_code
from fairdue.journeys.attached_files import attached_file
from fairdue.journeys.open_loan import open_loan
from fairdue.journeys.review_plans import review_plans
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.kernel.money import Money
from fairdue.storage.pdf_signing import verify_pdf
from tests.case_world import NOW, TODAY, World

pytestmark = pytest.mark.django_db
NIGHT = system("night")


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), HOUSE_ZONE)


def plan_facts(day: date) -> list[tuple[object, ...]]:
    """What a night of the day would read of plans."""
    with connection.cursor() as cursor:
        cursor.execute(arrangements.plan_facts_sql(day))
        return list(cursor.fetchall())


@pytest.fixture
def world():
    return World.build()


def borrower(person) -> Actor:
    return Actor(kind="borrower", label="borrower", id=person.pk, role="borrower", creditor_ids=None)


def situation() -> Situation:
    household = Household(
        currency="CNY",
        incomes=(MoneyLine("wage", 150_000, "week"),),
        outgoings=(MoneyLine("rent", 200_000), MoneyLine("food", 120_000)),
    )
    return Situation(reason="job", household=household)


def proposed(person, account, now=NOW):
    """Steps 1 to 3: know the arrears, hear the reason, make a plan from what fits."""
    owed = ledger.account_summary(account.pk, TODAY)
    assert (owed.balance.minor, owed.overdue.minor, owed.days_past_due) == (100_000, 40_000, 20)
    me = borrower(person)
    told = arrangements.record_assessment(
        person_id=person.pk, situation=situation(), source="portal", actor=me, now=now
    )
    found = arrangements.offers_for(
        person_id=person.pk, account_ids=[account.pk], situation=situation(), as_of=TODAY, now=now, actor=me,
        assessment_id=told.assessment_id,
    )  # fmt: skip
    offer = next(one for one in found.offers if one.kind == "instalments" and one.scope == "whole")
    return arrangements.propose(
        person_id=person.pk, offer_key=offer.key, assessment_id=told.assessment_id, actor=me, now=now
    )


def agreed(person, proposal, now=NOW):
    """Step 4: sign by a code to the person's own phone."""
    sent = send_agreement_code(proposal_id=proposal.proposal_id, actor=borrower(person), now=now)
    assert sent.channel == "sms"
    code = parties.issue_code(
        purpose=arrangements.AGREEMENT_CODE, person_id=person.pk, now=now,
        contact_point_id=parties.contact_points(person.pk)[0].contact_point_id,
        subject=arrangements.code_subject(proposal.proposal_id),
    )  # fmt: skip
    proof = arrangements.CodeProof(code.code_id, code.code)
    done = agree_plan(proposal_id=proposal.proposal_id, proof=proof, actor=borrower(person), now=now)
    again = agree_plan(proposal_id=proposal.proposal_id, proof=proof, actor=borrower(person), now=now)
    assert (again.agreement.agreement_id, again.agreement.is_repeated) == (done.agreement.agreement_id, True)
    return done.agreement


def pay(account, minor, day, ref):
    ledger.record_payment(
        account_id=account.pk, amount=Money(minor, "CNY"), effective_date=day, external_ref=ref, source="test",
        actor=NIGHT, now=at(day),
    )  # fmt: skip


def plan_of(person):
    return arrangements.plans_of(person.pk)[0]


def test_a_negotiated_plan_is_agreed_carried_out_reminded_of_and_kept(world):
    person = world.person()
    account = world.account(person)
    world.case(person)
    proposal = proposed(person, account)
    assert proposal.state == "ready"
    agreement = agreed(person, proposal)

    signed = verify_pdf(arrangements.agreement_pdf(agreement.agreement_id))
    assert signed is not None and signed.is_intact and signed.reason == agreement.number
    assert [(hold.kind, hold.account_id) for hold in law.open_holds(person.pk)] == [("plan", account.pk)]
    plan = plan_of(person)
    assert plan.state == "running"
    assert sum(one.amount.minor for one in plan.instalments) == plan.total.minor == 100_000
    dues = [
        (due.due_date, due.unpaid.minor) for due in ledger.account_dues(account.pk, TODAY) if due.unpaid.minor
    ]
    assert dues == [(one.due_date, one.amount.minor) for one in plan.instalments]
    assert ledger.account_summary(account.pk, TODAY).overdue.minor == 0

    first = plan.instalments[0]
    before = first.due_date - timedelta(days=3)
    assert review_plans(as_of=before, actor=NIGHT, now=at(before)).reminded == 1
    assert review_plans(as_of=before, actor=NIGHT, now=at(before)).reminded == 0
    for number, one in enumerate(plan.instalments):
        pay(account, one.amount.minor, one.due_date, f"P{number}")
    last = plan.instalments[-1].due_date
    assert review_plans(as_of=last, actor=NIGHT, now=at(last)).kept == 1
    plan = plan_of(person)
    assert (plan.state, {one.state for one in plan.instalments}) == ("kept", {"paid"})
    assert law.open_holds(person.pk) == ()
    assert ledger.account_summary(account.pk, last).balance.minor == 0

    latest = ledger.account_transactions(account.pk, 1)[0]
    ledger.reverse_transaction(
        transaction_id=latest.transaction_id, reason="returned", actor=NIGHT, now=at(last), external_ref="R"
    )
    changed = arrangements.assess_plans_of(person_ids=[person.pk], now=at(last))
    assert (changed.reopened, plan_of(person).state) == ((plan.plan_id,), "running")
    assert ledger.prove([account.pk]).is_proved


def test_a_plan_that_is_missed_is_asked_about_then_broken_and_goes_back_to_work(world):
    person = world.person()
    account = world.account(person)
    world.case(person)
    agreed(person, proposed(person, account))
    first, second = plan_of(person).instalments[:2]
    pay(account, 100, first.due_date, "one yuan")

    in_grace = first.due_date + timedelta(days=3)
    assert review_plans(as_of=in_grace, actor=NIGHT, now=at(in_grace)).missed == 0
    assert (plan_of(person).instalments[0].state, plan_of(person).instalments[0].paid.minor) == ("late", 100)
    after = first.due_date + timedelta(days=4)
    assert review_plans(as_of=after, actor=NIGHT, now=at(after)).missed == 1
    assert review_plans(as_of=after, actor=NIGHT, now=at(after)).missed == 0
    assert Message.objects.filter(person_id=person.pk, template_code="notice.plan_missed").count() == 1
    assert WorkItem.objects.get(person_id=person.pk, status="open").reason == "plan.missed"
    assert plan_of(person).state == "running"
    assert plan_facts(after) == [(person.pk, True, 0, 0, None)]

    late = second.due_date + timedelta(days=4)
    assert review_plans(as_of=late, actor=NIGHT, now=at(late)).breached == 1
    plan = plan_of(person)
    assert (plan.state, plan.end_reason, plan.instalments[1].state) == (
        "breached",
        "instalments_missed",
        "missed",
    )
    owed = ledger.account_summary(account.pk, late)
    assert (owed.balance.minor, owed.overdue.minor) == (99_900, 39_900)
    assert law.open_holds(person.pk) == ()
    assert WorkItem.objects.get(person_id=person.pk, status="open").reason == "plan.broken"
    assert review_plans(as_of=late, actor=NIGHT, now=at(late)).count == 0
    assert [row.plan_id for row in arrangements.breaches(actor=world.staff("supervisor"))] == [plan.plan_id]
    assert ledger.prove([account.pk]).is_proved
    assert plan_facts(late) == [(person.pk, False, 0, 1, late)]
    assert plan_facts(late + timedelta(days=366)) == [(person.pk, False, 0, 0, late)]


def test_a_plan_over_two_debts_speaks_once_for_each_of_its_days_and_its_file_goes_by_mail(world):
    person = world.person()
    accounts = [world.account(person), world.account(person, owed=60_000)]
    world.mailbox(person)
    wish = Wish(months=6)
    ready = arrangements.propose(
        person_id=person.pk, account_ids=[each.pk for each in accounts], wish=wish, actor=borrower(person), now=NOW,
        assessment_id=arrangements.record_assessment(
            person_id=person.pk, situation=situation(), source="portal", actor=borrower(person), now=NOW
        ).assessment_id,
    )  # fmt: skip
    agreement = agreed(person, ready)
    mail, inbox = Message.objects.filter(template_code="notice.plan_agreed").order_by("channel")
    assert (mail.attachment, inbox.attachment) == (f"agreement:{agreement.agreement_id}", "")
    file = attached_file(mail.attachment)
    assert (file.name, file.content) == (
        f"{agreement.number}.pdf",
        arrangements.agreement_pdf(agreement.agreement_id),
    )

    shares = plan_of(person).instalments[:2]
    assert {each.account_id for each in shares} == {each.pk for each in accounts}
    together = shares[0].amount.minor + shares[1].amount.minor
    for days, what, template in ((-3, "reminded", "notice.plan_due"), (4, "missed", "notice.plan_missed")):
        day = shares[0].due_date + timedelta(days=days)
        for times in (1, 0):
            assert getattr(review_plans(as_of=day, actor=NIGHT, now=at(day)), what) == times
        (said,) = Message.objects.filter(template_code=template)
        assert said.values["instalment_amount"]["minor"] == together
        assert said.values["number"] == agreement.number
        pay(accounts[0], 100, day, f"a yuan {days}")
        together -= 100


def test_a_plan_with_interest_replaces_the_schedule_of_a_kept_loan_and_costs_less_if_paid_early(world):
    person, collector, lent = world.person(), world.staff("collector"), TODAY - timedelta(days=50)
    loan = open_loan(
        creditor_code="north", person_id=person.pk, product_code="cn-loan-equal-instalment", account_ref="K-1",
        principal=Money(1_200_000), disbursed_date=lent, actor=NIGHT, now=NOW,
        details={"rate": "0.108", "instalments": 12, "first_due_date": str(lent + timedelta(days=30))},
    ).account_id  # fmt: skip
    ledger.keep_contracts(until=TODAY, now=NOW, account_ids=[loan])
    told = arrangements.record_assessment(
        person_id=person.pk, situation=situation(), source="phone", actor=collector, now=NOW
    )
    made = arrangements.propose(
        person_id=person.pk, account_ids=[loan], wish=Wish(months=48), assessment_id=told.assessment_id,
        actor=collector, now=NOW,
    )  # fmt: skip
    (part,) = made.offer.parts
    added = part.added["interest"]
    agree_plan(proposal_id=made.proposal_id, proof=arrangements.OralProof("REC-8"), actor=collector, now=NOW)

    plan, owed = plan_of(person), ledger.account_summary(loan, TODAY)
    assert (owed.balance.minor, owed.overdue.minor, owed.accrued.minor) == (plan.total.minor, 0, 0)
    assert owed.balance.minor == 1_210_440 + added
    assert ledger.payoff(loan, TODAY).amount.minor == 1_210_440
    first, second = plan.instalments[:2]
    assert (ledger.payoff(loan, first.due_date).amount.minor, first.amount.minor) == (
        1_210_440 + part.instalments[0].added,
        part.instalments[0].total_minor,
    )

    account = SimpleNamespace(pk=loan)
    pay(account, first.amount.minor, first.due_date, "first")
    day = first.due_date + timedelta(days=10)
    due = ledger.payoff(loan, day).amount
    months = [one.added for one in part.instalments[:2]]
    assert due.minor + first.amount.minor == 1_210_440 + sum(months)
    pay(account, due.minor, day, "all at once")
    assert arrangements.assess_plans_of(person_ids=[person.pk], now=at(day)).kept == (plan.plan_id,)
    after = ledger.account_summary(loan, second.due_date)
    assert (after.balance.minor, after.credit_balance.minor) == (0, 0)

    payment = next(row for row in ledger.account_transactions(loan, 9) if row.amount == due)
    ledger.reverse_transaction(
        transaction_id=payment.transaction_id, reason="returned", actor=NIGHT, now=at(day), external_ref="R"
    )
    arrangements.assess_plans_of(person_ids=[person.pk], now=at(day))
    assert plan_of(person).state == "running"
    assert ledger.account_summary(loan, day).balance == plan.total - first.amount
    arrangements.end_plan(plan_id=plan.plan_id, reason="wished", actor=world.staff("supervisor"), now=at(day))
    back = ledger.account_summary(loan, day)
    assert back.overdue.minor > 0 and back.by_component["principal"].minor < 1_200_000
    assert ledger.prove([loan]).is_proved


def test_a_missed_plan_is_made_anew_once(world):
    person, collector = world.person(), world.staff("collector")
    account = world.account(person)
    world.case(person)
    agreed(person, proposed(person, account))
    old = plan_of(person)
    day = old.instalments[0].due_date + timedelta(days=4)
    review_plans(as_of=day, actor=NIGHT, now=at(day))
    waits = arrangements.replan(
        plan_id=old.plan_id, reason="laid off", wish=Wish(months=12), actor=borrower(person), now=at(day)
    )
    if waits.state == "waiting_approval":
        waits = arrangements.approve_proposal(
            proposal_id=waits.proposal_id, actor=world.staff("supervisor"), now=at(day)
        )
    oral = arrangements.OralProof("REC-7")
    done = agree_plan(proposal_id=waits.proposal_id, proof=oral, actor=collector, now=at(day)).agreement
    assert done.accepted_how == "oral"
    new, replaced = arrangements.plans_of(person.pk)
    assert (new.state, replaced.state, new.replans_left) == ("running", "replaced", 0)
    assert [due.unpaid.minor for due in ledger.account_dues(account.pk, day) if due.unpaid.minor] == [
        one.amount.minor for one in new.instalments
    ]
    with pytest.raises(arrangements.ReplansUsed):
        arrangements.replan(
            plan_id=new.plan_id, reason="x", wish=Wish(months=12), actor=collector, now=at(day)
        )


def test_a_wrong_code_counts_and_a_payment_in_between_makes_new_offers(world):
    person = world.person()
    account = world.account(person)
    proposal = proposed(person, account)
    me, point = borrower(person), parties.contact_points(person.pk)[0].contact_point_id
    common = {
        "purpose": arrangements.AGREEMENT_CODE,
        "person_id": person.pk,
        "contact_point_id": point,
        "now": NOW,
    }
    foreign = parties.issue_code(**common, subject="proposal:0")
    code = parties.issue_code(**common, subject=arrangements.code_subject(proposal.proposal_id))
    wrong = "000000" if code.code != "000000" else "111111"
    tries = [
        (foreign.code_id, foreign.code, "expired"),
        (code.code_id, wrong, "wrong"),
        (code.code_id, wrong, "too_soon"),
    ]
    for code_id, text, reason in tries:
        with pytest.raises(CodeRefused) as refused:
            agree_plan(
                proposal_id=proposal.proposal_id,
                proof=arrangements.CodeProof(code_id, text),
                actor=me,
                now=NOW,
            )
        assert refused.value.reason == reason
    with pytest.raises(arrangements.ProofUnfit):
        agree_plan(proposal_id=proposal.proposal_id, proof=arrangements.OralProof("REC"), actor=me, now=NOW)

    pay(account, 5_000, TODAY, "in between")
    later = NOW + timedelta(minutes=1)
    with pytest.raises(arrangements.ProposalExpired):
        agree_plan(
            proposal_id=proposal.proposal_id,
            proof=arrangements.CodeProof(code.code_id, code.code),
            actor=me,
            now=later,
        )
    assert not Agreement.objects.exists()
    assert ledger.account_summary(account.pk, TODAY).balance.minor == 95_000
