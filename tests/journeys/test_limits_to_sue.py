"""Until when a debt can be sued for: what restarts the period, what only might, and what a lawyer must see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from case_world import NOW, TODAY, World

from fairdue.contexts.book import facade as books
from fairdue.contexts.law.models import Contact
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.limit_cards import Judgment, JudgmentInvalid
from fairdue.journeys.view_limits import late_interest, limits
from fairdue.kernel.actor import PermissionRefused, system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db) -> World:
    return World.build()


@pytest.fixture
def card(world) -> int:
    """A card whose oldest unpaid statement was due on 3 November 2026, the next one on 3 December."""
    return opened(world, "credit_card")


@pytest.fixture
def loan(world) -> int:
    """A loan of two instalments, the last one due on 3 December 2026."""
    return opened(world, "consumer_loan")


def opened(world: World, kind: str) -> int:
    product = world.products["north"]
    product.kind, product.allocation_policy = kind, "cn-loan-instalment"
    product.save()
    person = world.person()
    account = world.account(person)
    due = {
        "account_id": account.pk, "person_id": person.pk, "currency": "CNY", "component": "principal",
        "due_ref": "2026-12", "due_date": date(2026, 12, 3), "amount_minor": 40_000,
    }  # fmt: skip
    ledger.land_dues(pl.DataFrame([due]), batch_id=2, now=NOW - timedelta(days=30))
    return account.pk


def paid(account: int, day: date, minor: int = 700) -> None:
    ledger.record_payment(
        account_id=account, amount=Money(minor), effective_date=day, external_ref=f"P{day}", source="hand",
        actor=system("test"), now=datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
    )  # fmt: skip


def of(account: int, **more):
    found = limits(account_id=account, as_of=more.pop("as_of", TODAY), actor=system("test"), now=NOW, **more)
    return {card.code: card for card in found}


def contact(account: int, day: date, result: str, group: str = "north") -> None:
    person_id = books.account_card(account, actor=system("test")).person_id
    Contact.objects.create(
        person_id=person_id, institution_group=group, made_by=group, channel="sms", result=result,
        occurred_at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC), recorded_at=NOW,
    )  # fmt: skip


def test_a_loan_runs_three_years_from_its_last_instalment(loan):
    found = of(loan)
    assert found["sue"].end_date == date(2029, 12, 3)
    assert [(step.code, step.rule_id) for step in found["sue"].steps] == [("start.loan", "CN-LIM-02")]
    assert "holidays of 2029 are not published yet" in found["sue"].note_en
    assert (found["sue"].status, found["sue"].days_left, found["sue"].needs_lawyer) == (
        "running",
        1106,
        False,
    )
    assert found["longest"].end_date == date(2046, 11, 3)
    assert found["longest"].steps[0].citation == "民法典 188"


def test_a_card_runs_from_its_oldest_unpaid_statement_and_needs_a_lawyer(card):
    found = of(card)["sue"]
    assert found.end_date == date(2029, 11, 5), "3 November 2029 is a Saturday"
    assert found.needs_lawyer
    assert "oldest unpaid statement" in found.note_en and "最早未还账单" in found.note_zh


def test_a_payment_after_the_last_instalment_restarts_the_period(loan):
    paid(loan, date(2026, 11, 20))
    paid(loan, date(2027, 1, 5))
    found = of(loan, as_of=date(2027, 1, 15))["sue"]
    assert found.end_date == date(2030, 1, 7), "5 January 2030 is a Saturday"
    assert [(step.code, step.on_date, step.end_date) for step in found.steps] == [
        ("start.loan", date(2026, 12, 3), date(2029, 12, 3)),
        ("payment", date(2027, 1, 5), date(2030, 1, 7)),
    ]


def test_a_demand_counts_for_certain_only_when_it_arrived(loan):
    contact(loan, date(2027, 1, 4), "delivered")
    contact(loan, date(2027, 2, 2), "sent")
    contact(loan, date(2027, 2, 9), "bounced")
    found = of(loan, as_of=date(2027, 3, 1))["sue"]
    assert found.end_date == date(2030, 1, 4)
    assert found.end_date_if_proven == date(2030, 2, 4), "2 February 2030 is a Saturday"
    assert [(step.code, step.is_certain) for step in found.steps] == [
        ("start.loan", True), ("demand", True), ("demand.open", False)
    ]  # fmt: skip
    assert found.needs_lawyer


def test_a_demand_of_another_lender_restarts_nothing(loan):
    contact(loan, date(2027, 1, 4), "delivered", group="south")
    assert of(loan, as_of=date(2027, 3, 1))["sue"].end_date == date(2029, 12, 3)


def test_an_ended_period_is_said_to_give_a_defence_not_a_bar(loan):
    found = of(loan, as_of=date(2030, 1, 1))["sue"]
    assert (found.status, found.days_left < 0, found.needs_lawyer) == ("expired", True, True)
    assert "defence" in found.note_en


def test_a_period_that_ends_soon_says_so(loan):
    assert of(loan, as_of=date(2029, 12, 3) - timedelta(days=100))["sue"].status == "soon"


def test_a_judgment_gives_two_years_to_apply_for_enforcement_and_doubled_interest(loan):
    judgment = Judgment(debt=Money(1_000_000), performance_ends=date(2026, 11, 13))
    assert of(loan, judgment=judgment)["enforce"].end_date == date(2028, 11, 13)
    found = late_interest(account_id=loan, judgment=judgment, until=TODAY, actor=system("test"), now=NOW)
    assert (found.days, found.amount) == (10, Money(1_750))
    assert "10 days" in found.sentence_en and "共10天" in found.sentence_zh


def judged(account: int, minor: int, day: date, perform_by: date) -> int:
    return ledger.record_event(
        account_id=account, kind="judgment", amount=Money(minor), effective_date=day, external_ref="judgment",
        details={"perform_by": str(perform_by), "reference": "(2026)京01民初1号"}, approval_ref="A1",
        actor=system("test"), now=NOW,
    ).transaction_id  # fmt: skip


def test_a_judgment_recorded_on_the_account_is_the_one_that_limits_and_interest_follow(loan):
    asked = {"account_id": loan, "actor": system("test"), "now": NOW}
    assert late_interest(until=TODAY, **asked) is None
    assert "enforce" not in of(loan)
    recorded = judged(loan, 10_000, date(2026, 11, 5), date(2026, 11, 13))
    paid(loan, date(2026, 11, 10), 4_000)
    found = of(loan)
    assert found["enforce"].end_date == date(2028, 11, 13)
    assert found["sue"].note_en.startswith("A judgment stands")
    # ten days on 60.00 at 0.0175 % a day are 0.105: the payment before the last day lowers it from the first day on
    late = late_interest(until=TODAY, **asked)
    assert (late.days, late.amount) == (10, Money(11))
    ledger.reverse_transaction(
        transaction_id=recorded, reason="appeal", actor=system("test"), now=NOW, external_ref="back"
    )
    assert late_interest(until=TODAY, **asked) is None


def test_a_judgment_that_cannot_be_meant_is_refused(loan):
    for judgment in (
        Judgment(debt=Money(0), performance_ends=TODAY),
        Judgment(debt=Money(100, "USD"), performance_ends=TODAY),
        Judgment(debt=Money(100), performance_ends=date(2010, 1, 1)),
    ):
        with pytest.raises(JudgmentInvalid):
            of(loan, judgment=judgment)


def test_limits_need_the_permission_and_the_creditor(world, loan):
    with pytest.raises(PermissionRefused):
        limits(account_id=loan, as_of=TODAY, actor=world.staff("agency"), now=NOW)
    with pytest.raises(books.AccountUnknown):
        limits(account_id=loan, as_of=TODAY, actor=world.staff("collector", creditors=("south",)), now=NOW)


def test_a_debt_of_which_nothing_is_unpaid_has_no_limit(world):
    account = world.account(world.person(), owed=10_000, overdue=0)
    assert of(account.pk) == {}
