"""The day of finance: waiting money finds its debt, goes back, or is divided; nothing moves without a trace."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book.models import Account
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Transaction
from fairdue.contexts.payments.models import PaymentMatch, PaymentOrder, Request
from fairdue.kernel.clock import business_date, now
from tests.web.desk_world import DEBTOR, ROLES
from tests.web.money_world import code_of, money_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign(world, staff, signed_in):
    """Sign in as one role, in English or Chinese."""

    def sign(role: str, locale: str = "en"):
        staff(role, locale=locale)
        return signed_in(role)

    return sign


@pytest.fixture
def loan(world) -> int:
    return Account.objects.get(external_ref="L-0001").pk


@pytest.fixture
def card(world) -> int:
    return Account.objects.get(external_ref="6222000011112222").pk


def balance(account_id: int) -> int:
    return ledger.account_summary(account_id, business_date(now())).balance.minor


def of(payment_id: int, part: str = "") -> str:
    return f"/desk/incoming/{payment_id}/{part}"


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_its_permissions_name(world, staff, signed_in, role):
    payment_id = money_in(world.lender.pk, 150_050, ref="A")
    staff(role, team="agency" if role == "agency" else "early")
    client, held = signed_in(role), PERMISSIONS_BY_ROLE[role]
    needed = {
        ("get", "/desk/incoming/"): "payments.view",
        ("get", of(payment_id)): "payments.view",
        ("get", "/desk/bank-files/"): "payments.view",
        ("get", "/desk/day-end/"): "payments.view",
        ("get", "/desk/orders/"): "payments.view",
        ("get", "/desk/approvals/"): "ledger.view",
        ("post", of(payment_id, "match")): "payments.match",
        ("post", of(payment_id, "divide")): "payments.match",
        ("post", of(payment_id, "find")): "payments.match",
        ("post", of(payment_id, "undo")): "payments.match",
        ("post", of(payment_id, "send-back")): "payments.match",
        ("post", of(payment_id, "reveal")): "payments.match",
        ("post", "/desk/bank-files/"): "payments.match",
        ("post", "/desk/orders/hand-over"): "payments.approve",
        ("post", "/desk/orders/answer"): "payments.approve",
    }
    for (method, path), permission in needed.items():
        status = getattr(client, method)(path).status_code
        allowed = permission in held and ("payments.view" in held or permission == "ledger.view")
        assert (status == 403) is not allowed, (role, method, path, status)
    assert (PaymentMatch.objects.count(), Request.objects.count(), PaymentOrder.objects.count()) == (0, 0, 0)


def test_waiting_money_is_listed_masked_with_its_age_and_sum(sign, world):
    money_in(world.lender.pk, 150_050, ref="A", text="李小明 6222021234567890123")
    text = sign("finance").get("/desk/incoming/").content.decode()
    assert DEBTOR not in text and "6222021234567890123" not in text
    assert "1,500.50" in text and "李**" in text and "0 days" in text and "1 row" in text
    assert "Payment provider" in text and "Open the oldest" in text


def test_a_repayment_code_finds_its_debt_without_a_person(sign, world, loan):
    payment_id = money_in(world.lender.pk, 50_000, ref="A", text=f"还款 {code_of(loan)}")
    text = sign("finance").get(of(payment_id)).content.decode()
    assert "Without a person" in text and "Undo the match" in text
    assert balance(loan) == 100_050


def test_a_candidate_shows_its_grounds_and_is_matched_by_one_key(sign, world, loan):
    payment_id = money_in(world.lender.pk, 150_050, ref="A")
    finance = sign("finance")
    page = finance.get(of(payment_id)).content.decode()
    assert 'data-key="1"' in page and "****0001" in page and "+" in page
    done = finance.post(of(payment_id, "match"), {"account_id": loan}, follow=True).content.decode()
    assert "1,500.50 CNY matched to ****0001." in done
    assert balance(loan) == 0
    again = finance.post(of(payment_id, "match"), {"account_id": loan})
    assert again.status_code in (302, 422)
    assert PaymentMatch.objects.count() == 1


def test_a_match_is_undone_with_a_reason_and_the_money_waits_again(sign, world, loan):
    payment_id = money_in(world.lender.pk, 150_050, ref="A")
    finance = sign("finance")
    finance.post(of(payment_id, "match"), {"account_id": loan})
    bare = finance.post(of(payment_id, "undo"), {"reason": " "})
    assert bare.status_code == 422 and "Say why" in bare.content.decode()
    assert balance(loan) == 0
    done = finance.post(of(payment_id, "undo"), {"reason": "wrong debtor"}, follow=True).content.decode()
    assert "The match was undone: the money waits again." in done and "wrong debtor" in done
    assert balance(loan) == 150_050


def test_money_is_divided_over_a_persons_debts_as_proposed_or_by_hand(sign, world, loan, card):
    payment_id = money_in(world.lender.pk, 200_000, ref="A")
    finance = sign("finance")
    proposal = finance.post(of(payment_id, "divide"), {"account_ids": f"{loan},{card}"})
    text = proposal.content.decode()
    assert proposal.status_code == 200 and "Civil Code art. 560" in text and f'name="share_{loan}"' in text
    assert PaymentMatch.objects.count() == 0
    too_much = finance.post(of(payment_id, "match"), {f"share_{loan}": "1500", f"share_{card}": "900"})
    assert too_much.status_code == 422 and "must not be more than what waits" in too_much.content.decode()
    for wrong in ("NaN", "-1", "1.001", "x"):
        refused = finance.post(of(payment_id, "match"), {f"share_{loan}": wrong})
        assert refused.status_code == 422 and "A share must be an amount" in refused.content.decode()
    assert PaymentMatch.objects.count() == 0
    done = finance.post(
        of(payment_id, "match"), {f"share_{loan}": "1,500.50", f"share_{card}": "499.5"}, follow=True
    )
    assert "499.50 CNY matched to ****2222." in done.content.decode()
    assert (balance(loan), balance(card)) == (0, 820_000 - 49_950)


def test_an_account_is_found_by_code_or_whole_number_within_the_scope_only(sign, world, loan):
    payment_id = money_in(world.lender.pk, 77_700, ref="A", payer="Somebody Else")
    finance, code = sign("finance"), code_of(loan)
    for text in (code, "L-0001"):
        page = finance.post(of(payment_id, "find"), {"text": text}).content.decode()
        assert "****0001" in page and "Consumer loan" in page
    for text in ("9999", "L-000", "", "x"):
        page = finance.post(of(payment_id, "find"), {"text": text}).content.decode()
        assert "No account in your data scope has this code or number." in page


def test_money_goes_back_only_when_somebody_else_approves(world, staff, signed_in):
    staff("finance")
    staff("supervisor")
    payment_id = money_in(world.lender.pk, 77_700, ref="A", payer="Somebody Else")
    finance = signed_in("finance")
    asked = finance.post(of(payment_id, "send-back"), {"reason": "not a debtor of ours"}, follow=True)
    assert "somebody else must approve it" in asked.content.decode()
    row = Request.objects.get()
    own = finance.get(f"/desk/approvals/{row.pk}/").content.decode()
    assert "You asked for this yourself: somebody else decides." in own and "touches no debt" in own
    finance.logout()
    supervisor = signed_in("supervisor")
    assert '<span class="count"' in supervisor.get("/desk/").content.decode()
    done = supervisor.post(f"/desk/approvals/{row.pk}/decide", {"verb": "approve"}, follow=True)
    assert "Approved: it was done in the same moment." in done.content.decode()
    assert '<span class="count"' not in done.content.decode()
    supervisor.logout()
    finance = signed_in("finance")
    assert "To be sent" in finance.get("/desk/orders/").content.decode()
    file = finance.post("/desk/orders/hand-over", {"creditor": world.lender.pk, "format": "pain.001"})
    assert file["Content-Disposition"].startswith("attachment") and b"777.00" in file.content
    order = PaymentOrder.objects.get()
    assert "Handed to the bank" in finance.get("/desk/orders/").content.decode()
    finance.post("/desk/orders/answer", {"confirm": order.pk})
    assert PaymentOrder.objects.get().status == "confirmed"


def test_a_refusal_needs_a_reason_and_moves_nothing(world, staff, signed_in):
    staff("finance")
    staff("supervisor")
    payment_id = money_in(world.lender.pk, 77_700, ref="A", payer="Somebody Else")
    finance = signed_in("finance")
    finance.post(of(payment_id, "send-back"), {"reason": "why not"})
    finance.logout()
    supervisor, row = signed_in("supervisor"), Request.objects.get()
    bare = supervisor.post(f"/desk/approvals/{row.pk}/decide", {"verb": "refuse", "reason": ""})
    assert bare.status_code == 422 and "Say why" in bare.content.decode()
    supervisor.post(f"/desk/approvals/{row.pk}/decide", {"verb": "refuse", "reason": "look again"})
    row.refresh_from_db()
    assert (row.status, row.decision_reason, PaymentOrder.objects.count()) == ("refused", "look again", 0)
    late = supervisor.post(f"/desk/approvals/{row.pk}/decide", {"verb": "approve"})
    assert late.status_code == 422 and "decided or withdrawn before" in late.content.decode()
    assert supervisor.post(f"/desk/approvals/{row.pk}/decide", {"verb": "burn"}).status_code == 404
    assert supervisor.get("/desk/approvals/999999/").status_code == 404


def test_a_payment_by_hand_waits_and_is_booked_on_approval(world, staff, signed_in, loan):
    staff("collector")
    staff("finance")
    collector, case = signed_in("collector"), f"/desk/case/{world.case.pk}/"
    data = {
        "account_id": loan, "amount": "500.50", "effective_date": business_date(now()).isoformat(),
        "external_ref": "RECEIPT-1", "reason": "cash at the branch", "payer_name": "",
    }  # fmt: skip
    asked = collector.post(case + "payment", data, follow=True).content.decode()
    assert "it is booked when somebody else approves it" in asked
    assert "1 request waits for a second pair of eyes." in asked
    assert (Transaction.objects.count(), balance(loan)) == (0, 150_050)
    again = collector.post(case + "payment", data, follow=True).content.decode()
    assert "was asked for before: Waiting for a second pair of eyes." in again
    assert Request.objects.count() == 1
    collector.logout()
    finance, row = signed_in("finance"), Request.objects.get()
    assert "1,000.00" in finance.get(f"/desk/approvals/{row.pk}/").content.decode()
    finance.post(f"/desk/approvals/{row.pk}/decide", {"verb": "approve"})
    assert balance(loan) == 100_000
    assert "Principal (2026-10)" in finance.get(f"/desk/accounts/{loan}/?show=events").content.decode()


def test_a_payers_name_is_revealed_with_a_reason_and_recorded(sign, world):
    payment_id = money_in(world.lender.pk, 77_700, ref="A")
    finance = sign("finance")
    bare = finance.post(of(payment_id, "reveal"), {"field": "payer_name", "reason": " "})
    assert bare.status_code == 422 and DEBTOR not in bare.content.decode()
    shown = finance.post(of(payment_id, "reveal"), {"field": "payer_name", "reason": "payer asks"})
    assert DEBTOR in shown.content.decode()
    (event,) = audit.events(code="payments.payment.revealed")
    assert event.reason == "payer asks"


CSV = "交易日期,交易金额,对方户名,对方账号,摘要,流水号\n"


def test_a_file_that_is_none_is_refused_in_place_and_books_nothing(sign, world):
    finance = sign("finance")
    for content in (b"", b"not a bank file", b"\x00\xff" * 40):
        answer = finance.post(
            "/desk/bank-files/",
            {"creditor": "north", "mapping": "", "file": SimpleUploadedFile("x.xml", content or b" ")},
        )
        assert answer.status_code == 422, content
        assert "Nothing was saved." in answer.content.decode()
    assert audit.events(code="payments.statement.taken") == ()


def test_the_day_end_shows_the_equation_to_the_cent(sign, world, loan):
    money_in(world.lender.pk, 150_050, ref="A")
    finance = sign("finance")
    finance.post(of(money_in(world.lender.pk, 10_000, ref="B"), "match"), {"account_id": loan})
    text = finance.get("/desk/day-end/").content.decode()
    assert "Every figure agrees" in text
    for expected in ("1,600.50", "100.00", "1,500.50", "Payment provider", "By hand"):
        assert expected in text
    file = finance.get("/desk/day-end/?export=csv&list=suspense")
    assert file["Content-Disposition"].startswith('attachment; filename="day-end-north-')
    assert "1500.50" in file.content.decode()


@pytest.mark.parametrize("locale", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(sign, world, locale):
    payment_id = money_in(world.lender.pk, 150_050, ref="A")
    finance = sign("finance", locale)
    for path in (
        "/desk/incoming/", "/desk/incoming/?status=all&source=bank&creditor=1&from=2020-01-01&to=x&after=zz", of(payment_id),
        "/desk/bank-files/", "/desk/day-end/?date=2020-01-01&creditor=nobody", "/desk/orders/?status=sent", "/desk/approvals/",
    ):  # fmt: skip
        assert finance.get(path).status_code == 200, path
    assert finance.get("/desk/bank-files/999999/").status_code == 404
    assert finance.get("/desk/incoming/999999/").status_code == 404
