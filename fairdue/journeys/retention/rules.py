"""Which rules bind a class of record, and the judgement of its records by them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.law import facade as law
from fairdue.engine.law.record_classes import RecordClass, shipped_inventory
from fairdue.engine.law.retention import Period, days_to_act, kept_until
from fairdue.journeys.retention.facts import bound_debts

UNBOUND = {"products": [], "institution_kinds": [], "bound": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRules:
    """A class of record with the rules that may keep it and those that make it go."""

    record_class: RecordClass
    keeping: tuple[Period, ...]
    deleting: tuple[Period, ...]
    days_to_act: int


class Rules:
    """The periods by what binds a person, each read once."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.versions: dict[str, str] = {}
        self._periods: dict[str, tuple[Period, ...]] = {}

    def of(self, bound: str) -> tuple[Period, ...]:
        """Return the rules on keeping that bind debts as `bound` names them."""
        if bound not in self._periods:
            self._periods[bound], versions = law.keeping_periods(bound_debts(bound), self.as_of)
            self.versions |= versions
        return self._periods[bound]

    def every(self) -> Iterable[tuple[Period, ...]]:
        """Return all rules that were read so far."""
        return self._periods.values()


def judged(cls: RecordClass, records: pl.DataFrame, facts: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """This function will say of every record until when it is kept, by which rule, and what stops its deletion.

    1. Columns added: `kept_until`, `due_date` (null: not known yet), `rule`, `stop` (null: nothing), `late_date` (the day
       from which on it is too late).
    2. A record about several persons goes only when it may for each of them.
    3. A record about nobody, or about somebody who is gone, counts from its own day.
    """
    frame = records.join(facts, on="person_id", how="left", maintain_order="left")
    if not cls.created:
        frame = frame.with_columns(created_date=pl.col("latest_activity_date"))
    is_known = pl.col("latest_activity_date").is_not_null()
    frame = frame.with_columns(
        settled_date=pl.when(is_known).then("settled_date").otherwise("created_date"),
        latest_activity_date=pl.coalesce("latest_activity_date", "created_date"),
        products=pl.col("products").fill_null([]),
        institution_kinds=pl.col("institution_kinds").fill_null([]),
        bound=pl.col("bound").fill_null(""),
    )
    if frame.is_empty():
        return _together(_dated(frame, cls, "", rules))
    parts = frame.partition_by("bound", maintain_order=True)
    return _together(pl.concat([_dated(part, cls, part["bound"][0], rules) for part in parts]))


def _dated(part: pl.DataFrame, cls: RecordClass, bound: str, rules: Rules) -> pl.DataFrame:
    periods = rules.of(bound)
    days = days_to_act(periods)
    return kept_until(part, cls.nature, periods).with_columns(
        late_date=pl.col("due_date").dt.offset_by(f"{days}d")
    )


def _together(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a record, as the strictest of its persons has it."""
    latest = pl.col("due_date").is_null().any()
    return (
        frame.group_by("record_id", maintain_order=True)
        .agg(
            person_id=pl.col("person_id").first(),
            persons=pl.col("person_id").drop_nulls().unique().sort(),
            created_date=pl.col("created_date").first(),
            kept_until=pl.when(latest).then(None).otherwise(pl.col("kept_until").max()),
            due_date=pl.when(latest).then(None).otherwise(pl.col("due_date").max()),
            late_date=pl.when(latest).then(None).otherwise(pl.col("late_date").max()),
            rule=pl.col("rule").sort_by("due_date", nulls_last=True).last(),
            stop=pl.col("stop").drop_nulls().unique().sort().str.join(", "),
        )
        .with_columns(stop=pl.when(pl.col("stop") != "").then("stop"))
    )


def is_due(as_of: date) -> pl.Expr:
    """Whether a record may go, and nothing stops it."""
    return pl.col("stop").is_null() & (pl.col("due_date") <= as_of)


def class_rules(as_of: date) -> tuple[ClassRules, ...]:
    """This function will return every class with the rules of all debts that the book holds, for people to read."""
    rules = Rules(as_of)
    periods = {one.rule.id: one for bound in _bound_here() for one in rules.of(bound)}
    every = tuple(periods[key] for key in sorted(periods))
    return tuple(
        ClassRules(
            record_class=cls,
            keeping=tuple(one for one in every if one.effect == "keep" and one.covers(cls.nature)),
            deleting=tuple(one for one in every if one.effect == "delete" and one.covers(cls.nature)),
            days_to_act=days_to_act(every),
        )
        for cls in shipped_inventory().classes
    )


def _bound_here() -> Iterable[str]:
    """What binds the debts here: the default, and whatever any creditor names."""
    from fairdue.kernel.actor import system

    cards = book.creditors(actor=system("retention"))
    named = {f"{getattr(card, 'jurisdiction', '')}|{card.institution_group}" for card in cards}
    return {"", *named}


def inventory_sha256() -> str:
    """Return the digest of the classes of record as they stand."""
    content = [asdict(each) for each in shipped_inventory().classes]
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, default=dict).encode()
    ).hexdigest()
