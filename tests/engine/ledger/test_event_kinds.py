"""The vocabulary of events: complete, described in both languages, and read back as it was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fairdue.engine.ledger.event_codec import check_details, event_of, record_of
from fairdue.engine.ledger.event_kinds import KINDS, DetailsRefused, EventRecord
from fairdue.engine.ledger.life import events as life
from fairdue.engine.ledger.life.refusals import REASONS

DAY = date(2026, 6, 1)
GIVEN = {
    "payment": (100, {}),
    "charge": (100, {"component": "fee", "due_date": "2026-06-20"}),
    "credit": (100, {"component": "principal"}),
    "chargeback": (100, {"of": 7}),
    "refund": (100, {}),
    "waiver": (100, {"of": 7}),
    "pause": (0, {"from": "2026-06-01", "to": "2026-07-01"}),
    "resume": (0, {}),
    "deferral": (30, {"from_date": "2026-07-01", "months": 2}),
    "re_age": (0, {"first_due_date": "2026-07-01", "every": 1, "unit": "months", "instalments": 3}),
    "re_amortise": (0, {}),
    "plan": (
        0,
        {
            "rows": [{"due_date": "2026-07-01", "component": "principal", "amount": 90}],
            "discount": {"principal": 10},
            "until": "2026-06-30",
        },
    ),
    "settlement": (100, {"by_date": "2026-07-01"}),
    "judgment": (100, {"perform_by": "2026-07-01", "reference": "(2026) 1"}),
    "charge_off": (0, {}),
    "write_off": (0, {}),
    "recovery": (100, {"is_settling": True}),
    "assignment": (0, {"to": "Another Bank"}),
    "dispute": (0, {"component": "fee", "due_ref": "3"}),
}


def record(kind, **more):
    amount, details = GIVEN[kind]
    given = {
        "id": "9",
        "kind": kind,
        "effective_date": DAY,
        "entered_date": DAY,
        "amount": amount,
        "details": details,
    }
    return EventRecord(**given | more)


def test_every_kind_is_described_in_both_languages_and_can_be_stored():
    assert set(GIVEN) == set(KINDS)
    for kind in KINDS.values():
        assert kind.en and kind.zh and kind.rule.endswith((".", "days."))
        assert all(one.en and one.zh for one in kind.fields)


@pytest.mark.parametrize("kind", sorted(GIVEN))
def test_what_is_stored_reads_back_as_it_was_written(kind):
    given = record(kind)
    event = event_of(given)
    assert record_of(event) == replace(given, component=given.details.get("component", ""))
    assert event_of(record_of(event)) == event


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("pause", {"details": {"from": "2026-06-01"}}, "to"),
        ("pause", {"details": {"from": "1 June", "to": "2026-07-01"}}, "from"),
        ("pause", {"details": {"from": "2026-06-02", "to": "2026-06-01"}}, "details"),
        ("pause", {"details": GIVEN["pause"][1] | {"until": "x"}}, "until"),
        ("pause", {"amount": 5}, "amount"),
        ("payment", {"amount": 0}, "amount"),
        ("waiver", {"details": {}}, "details"),
        ("waiver", {"details": {"of": "7"}}, "of"),
        ("deferral", {"details": {"from_date": "2026-07-01"}}, "details"),
        ("deferral", {"details": {"from_date": "2026-07-01", "months": -1}}, "months"),
        ("re_age", {"details": GIVEN["re_age"][1] | {"unit": "years"}}, "unit"),
        ("re_age", {"details": GIVEN["re_age"][1] | {"instalments": 0}}, "instalments"),
        ("plan", {"details": {"rows": []}}, "rows"),
        ("plan", {"details": {"rows": [{"due_date": "2026-07-01", "component": "fee"}]}}, "rows"),
        (
            "plan",
            {"details": {"rows": [{"due_date": "2026-07-01", "component": "fee", "amount": 2**53 + 1}]}},
            "rows",
        ),
        ("plan", {"details": GIVEN["plan"][1] | {"discount": {"fee": 1.5}}}, "discount"),
        ("settlement", {"details": {"by_date": "2026-05-31"}}, "details"),
        ("recovery", {"details": {"is_settling": "yes"}}, "is_settling"),
        ("assignment", {"details": {"to": "x" * 201}}, "to"),
        ("assignment", {"details": {"to": ""}}, "to"),
        ("charge", {"details": {"component": "principal", "due_date": "2026-06-20"}}, "details"),
    ],
)
def test_details_that_cannot_be_meant_are_refused_by_field(kind, change, field):
    try:
        found = event_of(record(kind, **change))
    except DetailsRefused as refused:
        assert (refused.kind, refused.field) in {(kind, field), (kind, "details")}
    else:
        pytest.fail(f"accepted as {found}")


def test_an_unknown_kind_is_refused():
    with pytest.raises(DetailsRefused, match="`kind`"):
        event_of(EventRecord(id="1", kind="gift", effective_date=DAY, entered_date=DAY))


def test_notes_reasons_and_documents_may_stand_with_any_kind():
    for kind in KINDS.values():
        check_details(kind, GIVEN[kind.code][1] | {"note": "n", "reason": "r", "document": {"any": [1]}})


def test_a_reversal_names_what_it_takes_back():
    given = EventRecord(id="8", kind="reversal", effective_date=DAY, entered_date=DAY, reverses_id="7")
    assert event_of(given) == life.Reversal(id="8", entered_date=DAY, of="7")
    assert record_of(event_of(given)) == given


def test_every_reason_of_refusal_has_an_error_of_its_own():
    from fairdue.contexts.ledger.errors import REFUSALS

    assert set(REASONS) - set(REFUSALS) == {"resume_not_today"}  # a pause's end may be learnt of later
