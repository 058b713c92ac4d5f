"""One line of facts a person, from accounts, promises, holds and reminders."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from fairdue.journeys.nightly_cycle.person_facts import _lead_of_many as lead_of_many
from fairdue.journeys.nightly_cycle.person_facts import _lead_of_one as lead_of_one
from fairdue.journeys.nightly_cycle.person_facts import account_facts, person_facts

UNNAMED = {
    "person_id", "account_id", "creditor_ids", "product_kinds", "home_zone", "latest_payment_date",
    "latest_reminder_date", "latest_round", "latest_template",
}  # fmt: skip
"""Columns that later stages need and that no strategy reads."""

AS_OF = date(2025, 10, 9)  # the first working day after the long holiday

ACCOUNT = {
    "account_id": 1,
    "person_id": 1,
    "creditor_id": 1,
    "product_kind": "credit_card",
    "institution_group": "bank-a",
    "dpd_origin": "due_plus_1",
    "product_id": 1,
    "currency": "CNY",
    "status": "active",
}
STATE = {
    "account_id": 1,
    "person_id": 1,
    "creditor_id": 1,
    "currency": "CNY",
    "balance_minor": 100_00,
    "overdue_minor": 0,
    "due_today_minor": 0,
    "oldest_unpaid_due_date": None,
    "next_due_date": None,
    "next_due_minor": 0,
    "latest_payment_date": None,
}
DATES = {"oldest_unpaid_due_date": pl.Date, "next_due_date": pl.Date, "latest_payment_date": pl.Date}
PRODUCTS = pl.DataFrame({"product_id": [1, 2], "bucket_edges": ["[]", "[3, 10]"]})
HOLDS = pl.DataFrame(schema={"person_id": pl.Int64, "kind": pl.String})
POINTS = pl.DataFrame(
    schema={"person_id": pl.Int64, "owner": pl.String, "status": pl.String, "is_opted_out": pl.Boolean}
)
CALLS = pl.DataFrame(
    schema={
        "person_id": pl.Int64,
        "latest_conversation_at": pl.Datetime("us", "UTC"),
        "unanswered_calls_30": pl.Int64,
    }
)
ENDED = pl.DataFrame(schema={"person_id": pl.Int64, "kept_12": pl.Int64, "broken_12": pl.Int64})
PAYMENTS = {"account_id": pl.Int64, "paid_90d_minor": pl.Int64}
PROMISES = pl.DataFrame(
    schema={"person_id": pl.Int64, "open_promise_deadline_date": pl.Date, "latest_broken_date": pl.Date}
)
REMINDERS = pl.DataFrame(
    schema={
        "person_id": pl.Int64,
        "latest_sent_at": pl.Datetime("us", "UTC"),
        "latest_round": pl.Int16,
        "latest_template": pl.String,
    }
)


def facts(
    accounts: list[dict[str, Any]],
    *,
    holds: pl.DataFrame = HOLDS,
    promises: list[dict[str, Any]] | None = None,
    reminders: list[dict[str, Any]] | None = None,
    payments: list[dict[str, Any]] | None = None,
    **more: pl.DataFrame,
) -> list[dict[str, Any]]:
    """Each account is ACCOUNT and STATE with what differs."""
    account_rows = [ACCOUNT | {key: row[key] for key in ACCOUNT if key in row} for row in accounts]
    state_rows = [STATE | {key: row[key] for key in STATE if key in row} for row in accounts]
    persons = {row["person_id"] for row in account_rows}
    people = [
        {
            "person_id": person,
            "home_zone": "Asia/Shanghai",
            "locale": "zh-hans",
            "preferred_channel": "",
            "is_deceased": False,
            "birth_date": date(1980, 10, 10),
        }
        for person in sorted(persons)
    ]
    joined = account_facts(
        pl.DataFrame(account_rows),
        PRODUCTS,
        pl.DataFrame(state_rows, schema_overrides=DATES),
        pl.DataFrame(payments or [], schema=PAYMENTS),
        AS_OF,
    )
    frames = {
        "people": pl.DataFrame(people),
        "hold_kinds": holds,
        "points": POINTS,
        "calls": CALLS,
        "promise_history": ENDED,
        "promises": pl.DataFrame(promises or [], schema=PROMISES.schema),
        "reminders": pl.DataFrame(reminders or [], schema=REMINDERS.schema),
        "unsaid": pl.DataFrame(schema={"person_id": pl.Int64, "unsaid_count": pl.Int64}),
    }
    return person_facts(joined, frames | more, AS_OF).to_dicts()


def overdue(since: date, **more: Any) -> dict[str, Any]:
    return {"oldest_unpaid_due_date": since, "overdue_minor": 500_00, **more}


def test_the_worst_account_leads_and_amounts_of_its_currency_add_up() -> None:
    (person,) = facts(
        [
            {"account_id": 1, **overdue(date(2025, 9, 29), overdue_minor=100_00)},
            {
                "account_id": 2,
                **overdue(date(2025, 8, 1), overdue_minor=70_00),
                "product_kind": "loan",
                "creditor_id": 7,
            },
            {"account_id": 3, **overdue(date(2025, 7, 1), overdue_minor=9_00), "status": "closed"},
            {"account_id": 4, **overdue(date(2025, 8, 30), overdue_minor=5_00), "currency": "HKD"},
        ]
    )
    assert person["account_id"] == 2
    assert person["days_past_due"] == 69
    assert person["bucket"] == "M3"
    assert person["overdue_minor"] == 170_00
    assert person["currency"] == "CNY"
    assert person["overdue_since_date"] == date(2025, 8, 1)
    assert person["creditor_ids"] == [1, 7]
    assert person["product_kinds"] == ["credit_card", "loan"]


def test_a_product_counts_days_and_buckets_by_its_own_rules() -> None:
    due_today = {"oldest_unpaid_due_date": AS_OF, "next_due_date": AS_OF, "due_today_minor": 500_00}
    (next_day,) = facts([due_today])
    (same_day,) = facts([due_today | {"dpd_origin": "due_date"}])
    (edges,) = facts([overdue(date(2025, 10, 5), product_id=2)])
    assert (next_day["days_past_due"], next_day["overdue_minor"]) == (0, 0)
    assert (same_day["days_past_due"], same_day["overdue_minor"]) == (1, 500_00)
    assert (edges["days_past_due"], edges["bucket"]) == (4, "M2")


def test_a_person_is_as_old_as_the_latest_birthday_says() -> None:
    (person,) = facts([{}])
    assert person["age"] == 44


def test_a_plan_is_told_while_it_runs_and_for_a_week_after_it_broke() -> None:
    columns = ("person_id", "is_running", "kept_12", "broken_12", "latest_broken_date")
    plans = [
        (1, True, 0, 1, date(2025, 10, 8)),
        (2, False, 1, 1, date(2025, 10, 2)),
        (3, False, 0, 2, date(2025, 10, 1)),
    ]
    rows = facts(
        [{"account_id": n, "person_id": n} for n in (1, 2, 3, 4)],
        plans=pl.DataFrame(plans, schema=columns, orient="row"),
    )
    told = [
        [row[name] for name in ("is_plan_running", "is_plan_broken", "plans_kept", "plans_broken")]
        for row in rows
    ]
    assert told == [[True, False, 0, 1], [False, True, 1, 1], [False, False, 0, 2], [False, False, 0, 0]]


def test_a_due_date_with_nothing_overdue_yet_is_not_past_due() -> None:
    (person,) = facts([{"oldest_unpaid_due_date": date(2025, 10, 12), "next_due_date": date(2025, 10, 12)}])
    assert (person["days_past_due"], person["bucket"], person["overdue_since_date"]) == (0, "M0", None)
    assert person["days_until_due"] == 3


def test_the_first_working_day_after_the_long_holiday_is_one_working_day_past_due() -> None:
    (person,) = facts([overdue(date(2025, 9, 30))])
    assert person["days_past_due"] == 9
    assert person["working_days_past_due"] == 1
    assert person["is_working_day"] is True


def test_a_very_old_debt_counts_sixty_working_days() -> None:
    (person,) = facts([overdue(date(2020, 1, 1))])
    assert person["working_days_past_due"] == 60


def test_a_reminder_counts_for_the_episode_it_was_sent_in() -> None:
    sent = datetime(2025, 10, 3, 2, 0, tzinfo=UTC)
    reminder = {"person_id": 1, "latest_sent_at": sent, "latest_round": 2, "latest_template": "reminder.x"}
    (within,) = facts([overdue(date(2025, 9, 20))], reminders=[reminder])
    (before,) = facts([overdue(date(2025, 10, 5))], reminders=[reminder])
    assert (within["rounds_sent"], within["days_since_reminder"]) == (2, 6)
    assert before["rounds_sent"] == 0


def test_a_pre_due_reminder_belongs_to_the_next_due_date() -> None:
    sent = datetime(2025, 10, 8, 2, 0, tzinfo=UTC)
    reminder = {
        "person_id": 1,
        "latest_sent_at": sent,
        "latest_round": 0,
        "latest_template": "reminder.pre_due",
    }
    (person,) = facts([{"next_due_date": date(2025, 10, 10)}], reminders=[reminder])
    (later,) = facts([{"next_due_date": date(2025, 11, 10)}], reminders=[reminder])
    assert person["is_due_reminded"] is True
    assert later["is_due_reminded"] is False


def test_a_promise_waits_until_its_deadline_and_is_missed_after_it() -> None:
    accounts = [{"account_id": n, "person_id": n, **overdue(date(2025, 9, 1))} for n in (1, 2, 3, 4)]
    promises = [
        {"person_id": 1, "open_promise_deadline_date": AS_OF, "latest_broken_date": date(2025, 10, 5)},
        {"person_id": 2, "open_promise_deadline_date": date(2025, 10, 8), "latest_broken_date": None},
        {"person_id": 3, "open_promise_deadline_date": None, "latest_broken_date": date(2025, 10, 5)},
    ]
    found = facts(accounts, promises=promises)
    assert [person["is_promise_open"] for person in found] == [True, False, False, False]
    assert [person["is_promise_missed"] for person in found] == [False, True, True, False]


def test_a_hold_on_any_debt_holds_the_person() -> None:
    (person,) = facts(
        [overdue(date(2025, 9, 1))], holds=pl.DataFrame({"person_id": [1, 1], "kind": ["cease", "dispute"]})
    )
    assert person["is_on_hold"] is True
    assert (person["has_dispute"], person["has_complaint"], person["has_hardship"]) == (True, False, False)


def test_what_is_not_on_record_is_false_or_zero_or_missing() -> None:
    (person,) = facts([{}])
    assert (person["promises_kept"], person["reachable_points"], person["paid_90d_minor"]) == (0, 0, 0)
    assert (person["has_complaint"], person["is_on_hold"]) == (False, False)
    assert (person["days_since_payment"], person["days_since_conversation"]) == (None, None)


def test_payments_calls_promises_and_ways_of_reaching_add_up_over_a_persons_accounts() -> None:
    (person,) = facts(
        [
            {"account_id": 1, **overdue(date(2025, 9, 29)), "latest_payment_date": date(2025, 8, 1)},
            {"account_id": 2, "creditor_id": 7, "latest_payment_date": date(2025, 9, 9)},
            {"account_id": 3, "currency": "HKD"},
        ],
        payments=[{"account_id": n, "paid_90d_minor": n * 100} for n in (1, 2, 3)],
        points=pl.DataFrame(
            {
                "person_id": [1, 1, 1, 1],
                "owner": ["debtor", "debtor", "debtor", "family"],
                "status": ["valid", "invalid", "valid", "valid"],
                "is_opted_out": [False, False, True, False],
            }
        ),
        calls=pl.DataFrame(
            {
                "person_id": [1],
                "latest_conversation_at": [datetime(2025, 10, 7, 16, 30, tzinfo=UTC)],  # the 8th in Shanghai
                "unanswered_calls_30": [4],
            }
        ),
        promise_history=pl.DataFrame({"person_id": [1], "kept_12": [2], "broken_12": [1]}),
    )
    assert (person["creditor_id"], person["accounts_count"], person["paid_90d_minor"]) == (1, 3, 300)
    assert (person["days_since_payment"], person["days_since_conversation"]) == (30, 1)
    assert (person["unanswered_calls_30"], person["reachable_points"]) == (4, 1)
    assert (person["promises_kept"], person["promises_broken"]) == (2, 1)


def test_the_catalogue_names_the_columns_that_the_night_computes() -> None:
    catalogue = yaml.safe_load((settings.PACKS_DIR / "reference/facts.yaml").read_text("utf-8"))
    (person,) = facts([overdue(date(2025, 9, 1))])
    named = {fact["name"] for fact in catalogue["facts"]}
    assert named - set(person) == set()
    assert set(person) - named == UNNAMED


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "days_past_due": st.integers(0, 40),
                "overdue_minor": st.integers(0, 9),
                "balance_minor": st.integers(0, 9),
                "next_due_date": st.none() | st.dates(date(2025, 10, 9), date(2025, 11, 9)),
                "next_due_minor": st.integers(0, 9),
                "oldest_unpaid_due_date": st.none() | st.dates(date(2025, 1, 1), date(2025, 10, 8)),
                "latest_payment_date": st.none() | st.dates(date(2025, 1, 1), date(2025, 10, 8)),
                "paid_90d_minor": st.none() | st.integers(0, 9),
            }
        ),
        max_size=6,
    )
)
def test_a_person_with_one_account_is_read_as_one_with_many_is(rows: list[dict[str, Any]]) -> None:
    schema = {
        "person_id": pl.Int64, "account_id": pl.Int64, "creditor_id": pl.Int64, "currency": pl.String,
        "product_kind": pl.String, "institution_group": pl.String, "bucket_edges": pl.String,
        "days_past_due": pl.Int64, "overdue_minor": pl.Int64, "balance_minor": pl.Int64, "next_due_date": pl.Date,
        "next_due_minor": pl.Int64, "oldest_unpaid_due_date": pl.Date, "latest_payment_date": pl.Date,
        "paid_90d_minor": pl.Int64,
    }  # fmt: skip
    common = {"currency": "CNY", "product_kind": "loan", "institution_group": "g", "bucket_edges": "[]"}
    listed = [
        {**common, **row, "person_id": n, "account_id": n, "creditor_id": n} for n, row in enumerate(rows)
    ]
    accounts = pl.DataFrame(listed, schema=schema)
    assert_frame_equal(lead_of_one(accounts), lead_of_many(accounts), check_row_order=False)
