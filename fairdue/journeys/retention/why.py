"""Why a record is still here, or no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.record_classes import RecordClass, shipped_inventory
from fairdue.engine.law.retention import Period
from fairdue.journeys.retention.facts import person_facts
from fairdue.journeys.retention.rules import Rules, judged
from fairdue.kernel.actor import Actor
from fairdue.storage.erasing import records


class SubjectUnknown(LookupError):
    """The subject is neither a person's number nor `class:number`, or there is no such record."""

    code = "retention.subject.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """One record, or all records of a class that fare alike; `erased_in` names the batches in which it went."""

    record_class: RecordClass
    count: int
    kept_until: date | None
    due_date: date | None
    rule_id: str
    citation: str
    title_zh: str
    title_en: str
    stop: str
    erased_in: tuple[int, ...] = ()
    erased_at: datetime | None = None


def why(*, subject: str, as_of: date, actor: Actor) -> tuple[KeptRecord, ...]:
    """This function will say of a person's records, or of one record, until when they are kept, by which rule and by what.

    1. `subject` is a person's number, or `class:number` such as `message_text:55`.
    2. Of a record that is erased it names the batch, its day and its rule.

    :raises SubjectUnknown: if there is no such record
    """
    actor.require("retention.view")
    code, _, number = subject.rpartition(":")
    if not code:
        return _of_person(number, as_of)
    inventory = {each.code: each for each in shipped_inventory().classes}
    if code not in inventory:
        raise SubjectUnknown(f"{code!r} is no class of record; there are {', '.join(sorted(inventory))}")
    return _of_record(inventory[code], number, as_of)


def recording_kept(*, call_id: int, as_of: date) -> KeptRecord | None:
    """Return until when a call's recording is kept, for whoever the caller lets see the call; None if there is none."""
    try:
        found = _of_record(
            next(each for each in shipped_inventory().classes if each.code == "call_recording"),
            str(call_id),
            as_of,
        )
    except SubjectUnknown:
        return None
    return found[0]


def _of_person(number: str, as_of: date) -> tuple[KeptRecord, ...]:
    if not number.isdigit():
        raise SubjectUnknown(f"{number!r} is neither a person's number nor class:number")
    person, rules = int(number), Rules(as_of)
    facts = person_facts(as_of, [person])
    if facts.is_empty():
        raise SubjectUnknown(f"there is no person {person}")
    found: list[KeptRecord] = []
    for cls in shipped_inventory().classes:
        if cls.person:
            frame = judged(cls, records(cls, persons=[person]), facts, rules)
            alike = frame.group_by("kept_until", "due_date", "rule", "stop", maintain_order=True).len()
            found += [
                _kept(cls, row, rules)
                for row in alike.sort("due_date", nulls_last=True).iter_rows(named=True)
            ]
    return tuple(found)


def _of_record(cls: RecordClass, number: str, as_of: date) -> tuple[KeptRecord, ...]:
    every = records(cls, ids=[number]) if number.isdigit() or cls.key_type == "text" else records(cls).clear()
    if every.is_empty():
        return _gone(cls, number)
    persons = every["person_id"].drop_nulls().unique().to_list()
    rules = Rules(as_of)
    frame = judged(cls, every, person_facts(as_of, persons), rules)
    return tuple(_kept(cls, row | {"len": 1}, rules) for row in frame.iter_rows(named=True))


def _gone(cls: RecordClass, number: str) -> tuple[KeptRecord, ...]:
    batches = audit.batches_naming(class_code=cls.code, record_ids=[number])
    if not batches:
        raise SubjectUnknown(f"there is no {cls.code} {number}, and no run erased one")
    latest = batches[-1]
    return (
        KeptRecord(
            record_class=cls, count=1, kept_until=latest.kept_until_max, due_date=None,
            rule_id=", ".join(latest.rules), citation="", title_zh="", title_en="", stop="",
            erased_in=tuple(one.number for one in batches), erased_at=latest.erased_at,
        ),
    )  # fmt: skip


def _kept(cls: RecordClass, row: dict[str, object], rules: Rules) -> KeptRecord:
    rule = next((one.rule for one in _periods(rules) if one.rule.id == row["rule"]), None)
    return KeptRecord(
        record_class=cls, count=int(str(row["len"])), kept_until=row["kept_until"], due_date=row["due_date"],  # type: ignore[arg-type]
        rule_id=str(row["rule"]), citation=rule.citation if rule else "", title_zh=rule.title_zh if rule else "",
        title_en=rule.title_en if rule else "", stop=str(row["stop"] or ""),
    )  # fmt: skip


def _periods(rules: Rules) -> list[Period]:
    return [one for periods in rules.every() for one in periods]
