"""What a row did is counted by hand here, and one record is traced through a version cell by cell."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.law.models import Contact
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import system
from tests.case_world import NOW, TODAY, World, cny

pytestmark = pytest.mark.django_db

FINDER = system("test")


def version(code: str = "small", number: str = "1") -> int:
    row = {"id": "wait", "title": {"zh": "等", "en": "wait"}, "when": {}, "then": {"step": "none"}}
    call = {"id": "late-call", "title": {"zh": "致电", "en": "call"}, "then": {"step": "call"}}
    table = {
        "id": "next_step",
        "title": {"zh": "下一步", "en": "next step"},
        "hit_policy": "FIRST",
        "inputs": [{"name": "days_past_due", "type": "integer"}, {"name": "tier", "type": "text"}],
        "outputs": [{"name": "step", "type": "text"}],
        "rows": [call | {"when": {"days_past_due": "[5..30]", "tier": '"high"'}}, row],
    }
    tier = {
        "id": "segment",
        "title": {"zh": "分层", "en": "segment"},
        "hit_policy": "UNIQUE",
        "inputs": [{"name": "share", "type": "number"}],
        "outputs": [{"name": "tier", "type": "text", "allowed": ["high", "low"]}],
        "rows": [
            {
                "id": "tier-high",
                "title": {"zh": "高", "en": "high"},
                "when": {"share": ">= 0.5"},
                "then": {"tier": "high"},
            },
            {
                "id": "tier-low",
                "title": {"zh": "低", "en": "low"},
                "when": {"share": "< 0.6"},
                "then": {"tier": "low"},
            },
        ],
    }
    share = {
        "id": "share",
        "title": {"zh": "占比", "en": "share"},
        "type": "number",
        "expression": "overdue_minor / balance_minor",
    }
    facts = ("days_past_due", "overdue_minor", "balance_minor")
    document = {
        "code": code,
        "version": number,
        "title": {"zh": "小", "en": "small"},
        "inputs": [{"name": name, "type": "integer"} for name in facts],
        "decisions": [table, tier, share],
        "result": "next_step",
    }
    return StrategyVersion.objects.create(
        code=code, version=number, sha256="0", content=document, status="retired", loaded_at=NOW
    ).pk


def decide(day: date, strategy_id: int, *lines: dict[str, Any]) -> None:
    cycle = decisions.open_cycle(cycle_date=day, strategy_id=strategy_id, actor=FINDER, now=NOW)
    plain = {
        "step": "call",
        "template": "",
        "planned_for": None,
        "outcome": "allow",
        "reasons": "",
        "days_past_due": 20,
        "rank": 0,
        "facts_digest": 0,
    }
    decisions.land_decisions(pl.DataFrame([plain | line for line in lines]), cycle_id=cycle.cycle_id)


def contact(person: int, at: datetime, result: str = "no_answer", direction: str = "outbound") -> None:
    Contact.objects.create(
        person_id=person,
        institution_group="north",
        made_by="lender",
        channel="call",
        result=result,
        direction=direction,
        occurred_at=at,
        recorded_at=at,
    )


def pay(account_id: int, amount: str, day: date) -> int:
    return ledger.record_payment(
        account_id=account_id,
        amount=cny(amount),
        effective_date=day,
        external_ref=f"p{amount}{day}",
        source="hand",
        actor=FINDER,
        now=NOW,
    ).transaction_id


def test_the_figures_of_a_row_are_those_counted_by_hand() -> None:
    world = World.build()
    ann, bob = world.person("安"), world.person("伯")
    debts = {person.pk: world.account(person).pk for person in (ann, bob)}
    first, second = version(), version(number="2")
    night, next_night = TODAY - timedelta(days=10), TODAY - timedelta(days=9)
    both = "late-call,tier-high"
    decide(
        night,
        first,
        {"person_id": ann.pk, "rows_fired": both, "overdue_minor": 400},
        {"person_id": bob.pk, "rows_fired": "wait,tier-low", "overdue_minor": 50},
    )
    decide(
        next_night,
        first,
        {"person_id": ann.pk, "rows_fired": both, "overdue_minor": 300},
        {"person_id": bob.pk, "rows_fired": both, "overdue_minor": 70, "strategy_id": second},
    )
    noon = NOW - timedelta(days=10)
    contact(ann.pk, noon)
    contact(ann.pk, noon + timedelta(hours=1), "conversation")
    contact(ann.pk, noon + timedelta(hours=2), "failed")
    contact(ann.pk, noon + timedelta(hours=3), "received", "inbound")
    contact(bob.pk, noon, "delivered")
    contact(ann.pk, noon + timedelta(days=3))
    pay(debts[ann.pk], "1.00", night)
    pay(debts[ann.pk], "2.00", night + timedelta(days=7))
    pay(debts[bob.pk], "4.00", next_night + timedelta(days=6))
    pay(debts[bob.pk], "8.00", next_night + timedelta(days=7))
    undone = pay(debts[bob.pk], "16.00", next_night)
    ledger.reverse_transaction(transaction_id=undone, reason="x", actor=FINDER, now=NOW)

    found = decisions.row_figures("small", night, next_night)

    def line(row: str) -> tuple[int, ...]:
        each = found[row]
        return each.hits, each.persons, each.contacts, each.overdue_minor, each.paid_minor

    # late-call: Ann on both nights, Bob on the second; Ann's two calls; 400 + 70; 1 + 2 (within 7 of the second) + 4
    assert line("late-call") == line("tier-high") == (3, 2, 2, 470, 700)
    # wait: Bob on the first night, one message on that day; his payments of day 7 and later are too late
    assert line("wait") == line("tier-low") == (1, 1, 1, 50, 0)
    assert set(found) == {"late-call", "tier-high", "wait", "tier-low"}
    assert decisions.row_figures("other", night, next_night) == {}
    assert decisions.row_figures("small", next_night + timedelta(days=1), TODAY) == {}


def test_a_record_is_traced_through_every_table_cell_and_value() -> None:
    trace = decisions.try_record(version(), {"days_past_due": 3, "overdue_minor": 80, "balance_minor": 100})
    assert (trace.outputs, trace.row_id, trace.rows_fired, trace.problem) == (
        {"share": 0.8, "tier": "high", "step": "none"},
        "wait",
        ("wait", "tier-high"),
        "",
    )
    assert [(each.decision_id, each.hit_policy, each.expression) for each in trace.decisions] == [
        ("share", "", "overdue_minor / balance_minor"),
        ("segment", "UNIQUE", ""),
        ("next_step", "FIRST", ""),
    ]
    call, wait = trace.decisions[2].rows
    assert not call.has_fired and wait.has_fired and wait.cells == ()
    assert [(cell.name, cell.text, cell.value, cell.has_passed) for cell in call.cells] == [
        ("days_past_due", "[5..30]", 3, False),
        ("tier", '"high"', "high", True),
    ]
    assert [cell.name for cell in call.failed] == ["days_past_due"]


def test_a_record_that_contradicts_a_table_is_told_which_rows() -> None:
    trace = decisions.try_record(version(), {"days_past_due": 3, "overdue_minor": 55, "balance_minor": 100})
    assert trace.problem == "segment: tier-high, tier-low"


def test_two_versions_are_told_apart_in_words_and_one_is_like_itself() -> None:
    first, second = version(), version(number="2")
    assert decisions.diff_versions(first, first) == ()
    assert all(change.text_zh and change.text_en for change in decisions.diff_versions(first, second))
