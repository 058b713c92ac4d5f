"""How late an account was, is told for every day and as known on any day, with what follows from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState
from fairdue.engine.ledger.ageing import days_past_due
from fairdue.kernel.money import Money

FEBRUARY, MARCH, MAY = date(2026, 2, 10), date(2026, 3, 10), date(2026, 5, 10)
TODAY = date(2026, 6, 15)


def cny(minor):
    return Money(minor, "CNY")


def record(book, account, kind, *, amount=None, on=TODAY, now=None, **details):
    return ledger.record_event(
        account_id=account,
        kind=kind,
        amount=None if amount is None else cny(amount),
        effective_date=on,
        details=details,
        external_ref=f"{kind}-{on}-{amount}",
        actor=book.actor,
        now=now or book.now,
        approval_ref="request:1",
    )


@pytest.fixture
def late(book):
    """An account with two instalments, the older of which was due on 10 February."""
    account = book.account(policy="cn-loan-instalment", principal=2_000_000)
    book.dues(
        (account, "S1", FEBRUARY, "principal", 500_000),
        (account, "S2", MARCH, "principal", 500_000),
    )
    return account


def shown(history):
    return [(one.from_date, one.final_days_past_due, one.bucket, one.overdue.minor) for one in history.spans]


def test_a_history_follows_an_account_through_the_buckets(book, late):
    found = ledger.dpd_history(late, TODAY)
    assert shown(found) == [
        (date(2026, 1, 31), 0, "M0", 0),
        (date(2026, 2, 11), 28, "M1", 500_000),
        (date(2026, 3, 11), 30, "M1", 1_000_000),
        (date(2026, 3, 13), 60, "M2", 1_000_000),
        (date(2026, 4, 12), 90, "M3", 1_000_000),
        (date(2026, 5, 12), 120, "M4", 1_000_000),
        (date(2026, 6, 11), 125, "M5", 1_000_000),
    ]
    assert (found.worst_bucket, found.worst_days_past_due, found.cures) == ("M5", 125, ())
    summary = ledger.account_summary(late, TODAY)
    assert (summary.days_past_due, summary.bucket) == (125, "M5")


def test_a_payment_for_an_earlier_day_changes_what_is_known_now_and_not_what_was_known_then(book, late):
    then = book.now + timedelta(hours=1)
    later = then + timedelta(hours=1)
    before = ledger.dpd_history(late, TODAY)
    record(book, late, "payment", amount=1_000_000, on=date(2026, 3, 20), now=later)
    assert ledger.dpd_history(late, TODAY, known_at=then).spans == before.spans
    now = ledger.dpd_history(late, TODAY)
    (cure,) = now.cures
    assert (cure.cured_date, cure.worst_days_past_due, cure.worst_bucket) == (date(2026, 3, 20), 37, "M2")
    changed = ledger.bureau_changes(late, TODAY, known_at=then)
    assert [(one.month, one.before.code, one.after.code) for one in changed] == [
        ("2026-03", "2", "N"),
        ("2026-04", "3", "N"),
        ("2026-05", "4", "N"),
        ("2026-06", "5", "N"),
    ]


def test_the_months_told_to_a_bureau_are_the_states_at_their_ends(book, late):
    found = ledger.bureau_history(late, TODAY, 7)
    assert [(one.month, one.code, one.days_past_due, one.overdue) for one in found] == [
        ("2025-12", "*", 0, cny(0)),
        ("2026-01", "N", 0, cny(0)),
        ("2026-02", "1", 18, cny(500_000)),
        ("2026-03", "2", 49, cny(1_000_000)),
        ("2026-04", "3", 79, cny(1_000_000)),
        ("2026-05", "4", 110, cny(1_000_000)),
        ("2026-06", "5", 125, cny(1_000_000)),
    ]


def test_a_pause_takes_its_days_off_each_instalment_by_its_own_overdue_span(book, late):
    record(book, late, "pause", **{"from": "2026-03-01", "to": "2026-03-21"})
    found = ledger.instalment_delinquency(late, TODAY)
    assert [
        (one.due_ref, one.days_past_due, one.paused_days, one.delinquent_days, one.bucket, one.unpaid)
        for one in found
    ] == [
        ("S1", 125, 20, 105, "M4", cny(500_000)),
        ("S2", 97, 11, 86, "M3", cny(500_000)),
    ]
    assert ledger.dpd_history(late, TODAY).spans[-1].final_delinquent_days == 105


def test_a_person_is_as_late_as_the_worst_account(book, late):
    other = book.account(policy="cn-loan-instalment", principal=100_000)
    book.dues((other, "S1", date(2026, 1, 31), "principal", 100_000))
    person = book.person_of[late]
    Account.objects.filter(id=other).update(person_id=person)
    AccountState.objects.filter(account_id=other).update(person_id=person)
    record(book, other, "payment", amount=100_000, on=date(2026, 3, 1))
    found = ledger.person_dpd_history(person, TODAY)
    days = {span.from_date: span.account_id for span in found.spans if span.final_days_past_due}
    assert days[min(days)] == other
    assert found.spans[-1].account_id == late
    assert found.worst_bucket == "M5"
    with pytest.raises(ledger.AccountUnknown):
        ledger.dpd_history(0, TODAY)


def test_an_account_is_classified_by_every_scheme_with_reasons(book, late):
    found = {one.scheme: one for one in ledger.classifications(late, TODAY)}
    assert {scheme: one.value for scheme, one in found.items()} == {
        "cn_five_grades": "doubtful",
        "ifrs_stage": "3",
        "eu_default": "default",
    }
    grades = found["cn_five_grades"]
    assert (grades.by_rule["CN-CLS-01"], grades.by_rule["CN-CLS-02"]) == ("doubtful", "substandard")
    assert found["eu_default"].since_date == date(2026, 5, 12)
    assert found["eu_default"].counters["material_days"] == 125
    assert all(
        reason.rule and reason.citation and reason.zh for one in found.values() for reason in one.reasons
    )


def test_after_all_arrears_are_paid_cures_and_probations_hold_the_classes(book, late):
    record(book, late, "payment", amount=1_000_000, on=date(2026, 6, 1))
    found = {one.scheme: one for one in ledger.classifications(late, TODAY)}
    assert {scheme: (one.value, one.probation_until) for scheme, one in found.items()} == {
        "cn_five_grades": ("substandard", date(2026, 12, 1)),
        "ifrs_stage": ("3", date(2026, 9, 1)),
        "eu_default": ("probation", date(2026, 9, 1)),
    }


def test_a_re_age_in_arrears_is_forbearance(book, late):
    record(book, late, "re_age", first_due_date="2026-07-15", every=1, unit="months", instalments=4, on=TODAY)
    found = {one.scheme: one for one in ledger.classifications(late, TODAY)}
    assert found["eu_default"].value == "probation"
    assert found["eu_default"].probation_until == date(2027, 6, 15)
    assert "CN-CLS-05" in found["cn_five_grades"].by_rule
    assert found["ifrs_stage"].by_rule["EU-FORB-02"] == "2"


def test_what_was_known_before_an_account_was_opened_is_nothing_late(book, late):
    early = datetime(2026, 1, 1, tzinfo=UTC)
    assert {one.bucket for one in ledger.dpd_history(late, TODAY, known_at=early).spans} == {"M0"}


@pytest.mark.parametrize("origin", ["due_plus_1", "due_date"])
@pytest.mark.parametrize("kind", ["pause", "charge_off", "write_off"])
def test_the_night_the_summary_and_the_history_count_the_same_days(book, origin, kind):
    account = book.account(policy="cn-loan-instalment", origin=origin, principal=2_000_000)
    book.dues((account, "S1", FEBRUARY, "principal", 500_000), (account, "S2", MARCH, "principal", 500_000))
    details = {"from": "2026-01-31", "to": "2026-03-21"} if kind == "pause" else {}
    record(book, account, kind, **details)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT oldest_unpaid_due_date FROM ({ledger.state_facts_sql(TODAY)}) f WHERE account_id = {account}"
        )
        oldest = cursor.fetchone()[0]
    summary = ledger.account_summary(account, TODAY)
    history = ledger.dpd_history(account, TODAY).spans[-1]
    assert days_past_due(oldest, TODAY, origin) == summary.days_past_due == history.final_delinquent_days
    assert (
        summary.bucket
        == history.bucket
        == ("M0" if kind == "write_off" else "M3" if kind == "pause" else "M5")
    )
