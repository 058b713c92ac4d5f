"""“I cannot pay now”, as a borrower uses it: questions, check, offers, one's own proposal, agreement by a code, copy."""

from __future__ import annotations

import re

import pytest
from case_world import World
from django.test import Client
from test_portal_pages import body, inside

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.models import Agreement, Assessment, Proposal, SituationDraft
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
STEPS = {
    "reason": {"answer": "illness"},
    "care": {"answer": "no"},
    "budget": {"answer": "yes"},
    "people": {"adults": "1", "children": "0"},
    "income": {"wages": "￥3,000.00", "wages_every": "fortnight"},
    "outgoings": {"housing": "2000", "housing_every": "month", "food": "３００", "food_every": "week"},
    "now": {"answer": ""},
    "wish": {"monthly": "250", "first_date": ""},
}


@pytest.fixture
def world():
    return World.build()


@pytest.fixture
def debtor(world):
    outreach.load_templates(actor=system("test"), now=clock.now())
    person = world.person()
    return person, world.account(person)


def answer_all(client: Client, **changes: dict[str, str]) -> None:
    address = client.get("/my/plan/").context["first_step"]
    for step, said in (STEPS | changes).items():
        assert address.strip("/").endswith(step)
        answer = client.post(f"/my/plan/questions/{step}/", said)
        assert answer.status_code == 302, body(answer)
        address = answer.headers["Location"]
    assert address == "/my/plan/check/"


def code_for(person, proposal_id: int) -> parties.IssuedCode:
    return parties.issue_code(
        purpose=arrangements.AGREEMENT_CODE, person_id=person.pk, now=clock.now(),
        contact_point_id=parties.contact_points(person.pk)[0].contact_point_id,
        subject=arrangements.code_subject(proposal_id),
    )  # fmt: skip


def with_code(client: Client, proposal_id: int, code_id: int) -> None:
    session = client.session
    session["portal_plan_code"] = [proposal_id, code_id]
    session.save()


def test_a_borrower_answers_compares_agrees_by_a_code_and_keeps_a_copy(debtor) -> None:
    person, _account = debtor
    client = inside(person.pk)
    first = body(client.get("/my/plan/questions/reason/"))
    assert "checked" not in first, "nothing is ticked beforehand"
    assert client.get("/my/plan/check/").headers["Location"].endswith("/reason/")
    answer_all(client)
    checked = body(client.get("/my/plan/check/"))
    assert "CNY\u00a06,500.00 each month" in checked and "CNY\u00a01,300.00 each month" in checked
    assert "1,600.00" in checked, "half of 6 500 − 2 000 − 1 300 is what plans ask at most"
    assert str(300_000) not in str(dict(client.session.items())), "no amount stands in the session"
    changed = client.post("/my/plan/questions/people/", {"adults": "2", "children": "1", "back": "check"})
    assert changed.headers["Location"] == "/my/plan/check/"
    assert client.post("/my/plan/check/").headers["Location"] == "/my/plan/offers/"
    client.post("/my/plan/check/")
    assert Assessment.objects.count() == 1, "the same answers are written down once"
    page = client.get("/my/plan/offers/")
    keys = [view.offer.key for view in page.context["views"]]
    assert keys == [
        "instalments-overdue-3-13400",
        "instalments-3-33400",
        "instalments-4-25000",
        "deferral-1-100000",
    ]
    assert "If an instalment is missed" in body(page)
    detail = client.get("/my/plan/offers/instalments-4-25000/")
    assert [amount.minor for _, amount in detail.context["view"].months] == [25_000] * 4
    put = client.post("/my/plan/offers/instalments-4-25000/")
    proposal = Proposal.objects.get()
    assert put.headers["Location"] == f"/my/plan/agree/{proposal.pk}/"
    address = put.headers["Location"]
    assert "masked" not in body(client.get(address))
    assert client.post(address, {"code": "123456"}).status_code == 422, "a code is asked for first"
    sent = client.post(address, {"send": ""})
    assert sent.status_code == 302 and "I agree to this plan" in body(client.get(address))
    code = code_for(person, proposal.pk)
    with_code(client, proposal.pk, code.code_id)
    wrong = client.post(address, {"code": "000000" if code.code != "000000" else "111111"})
    assert wrong.status_code == 422 and "Nothing was agreed" in body(wrong)
    assert Agreement.objects.count() == 0
    code = code_for(person, proposal.pk)
    with_code(client, proposal.pk, code.code_id)
    done = client.post(address, {"code": code.code})
    assert done.status_code == 302, body(done)
    agreement = Agreement.objects.get()
    assert done.headers["Location"] == f"/my/plan/agreement/{agreement.pk}/"
    assert client.post(address, {"code": code.code}).headers["Location"] == done.headers["Location"], (
        "a double click"
    )
    assert Agreement.objects.count() == 1 and SituationDraft.objects.count() == 0
    stands = body(client.get(done.headers["Location"]))
    assert "Your plan stands" in stands and agreement.number in stands
    copy = client.get(f"{done.headers['Location']}file/")
    assert copy["Content-Type"] == "application/pdf" and copy.content.startswith(b"%PDF")
    assert Client().get(f"{done.headers['Location']}file/").status_code == 403


def test_answers_that_cannot_be_are_said_in_place_and_nothing_is_kept(debtor) -> None:
    person, _ = debtor
    client = inside(person.pk)
    wrong = {
        "reason": {"answer": "lottery"},
        "budget": {},
        "people": {"adults": "0", "children": "-1"},
        "income": {"wages": "-5", "wages_every": "month"},
        "outgoings": {"housing": "1e99", "food": "12.345", "health": "plenty"},
        "wish": {"monthly": "100", "first_date": "2001-01-01"},
    }
    for step, said in wrong.items():
        answer = client.post(f"/my/plan/questions/{step}/", said)
        assert answer.status_code == 422, step
        assert "Nothing was saved" in body(answer)
    assert SituationDraft.objects.count() == 0
    assert client.get("/my/plan/questions/never/").status_code == 404


def test_a_proposal_of_ones_own_is_answered_in_words_or_put_forward(debtor) -> None:
    person, _ = debtor
    client = inside(person.pk)
    answer_all(client)
    client.post("/my/plan/check/")
    refusals = {
        "at most 60 are allowed": {"months": "61"},
        "more than nothing": {"monthly": "0"},
        "Give one of them": {"monthly": "100", "months": "4"},
        "must lie after today": {"months": "4", "first_date": business_date(clock.now()).isoformat()},
        "not offered at present": {"lump_sum": "10"},
    }
    for sentence, said in refusals.items():
        answer = client.post("/my/plan/proposal/", said)
        assert answer.status_code == 422 and sentence in body(answer), body(answer)
        assert answer.context["nearest"] is not None
    assert Proposal.objects.count() == 0
    put = client.post("/my/plan/proposal/", {"months": "5"})
    card = Proposal.objects.get()
    assert (card.state, card.is_counter, card.total_minor) == ("ready", True, 100_000)
    assert client.post(put.headers["Location"], {"withdraw": "1"}).headers["Location"] == "/my/plan/offers/"
    assert Proposal.objects.get().state == "withdrawn"


def test_a_payment_that_comes_in_between_leaves_nothing_agreed_and_shows_what_fits_now(debtor) -> None:
    person, account = debtor
    client = inside(person.pk)
    answer_all(client, budget={"answer": "no"}, people={}, income={}, outgoings={}) if False else answer_all(
        client
    )
    client.post("/my/plan/check/")
    address = client.post("/my/plan/offers/instalments-4-25000/").headers["Location"]
    proposal = Proposal.objects.get()
    ledger.record_payment(
        account_id=account.pk, amount=Money(10_000, "CNY"), effective_date=business_date(clock.now()),
        external_ref="between", source="test", actor=system("test"), now=clock.now(),
    )  # fmt: skip
    code = code_for(person, proposal.pk)
    with_code(client, proposal.pk, code.code_id)
    answer = client.post(address, {"code": code.code}, follow=True)
    assert "Nothing was agreed and nothing is lost" in body(answer)
    assert Agreement.objects.count() == 0
    assert re.search(r"900\.00", body(answer)), "the offers are about what is owed now"
    gone = client.get("/my/plan/offers/instalments-4-25000/", follow=True)
    assert "does not stand any more" in body(gone) or gone.status_code == 200


def test_nobody_sees_the_proposal_of_somebody_else(world, debtor) -> None:
    person, _ = debtor
    client = inside(person.pk)
    answer_all(client)
    client.post("/my/plan/check/")
    address = client.post("/my/plan/offers/instalments-4-25000/").headers["Location"]
    stranger = (
        inside(type(person).objects.create(name_sealed=b"", name_masked="", locale="en").pk)
        if False
        else Client()
    )
    assert stranger.get(address).status_code == 403
