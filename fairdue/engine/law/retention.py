"""How long a record is kept, and when it must go: by its nature, by product, by kind of lender, by jurisdiction.

A rule on keeping is a rule of `numbers/retention.yaml` (any file of numbers, in fact) with a parameter `effect`:
`keep` (at least until), `delete` (once nothing keeps it any more) or `act_within` (days that deleting may take).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from fairdue.engine.law.numbers import Numbers, Rule

RECORDING_KINDS = ("call_recording", "plan_recording")
STARTS = ("created_date", "settled_date", "latest_activity_date")
RECORD_SCHEMA: dict[str, Any] = {
    "created_date": pl.Date, "settled_date": pl.Date, "latest_activity_date": pl.Date,
    "products": pl.List(pl.String), "institution_kinds": pl.List(pl.String),
}  # fmt: skip
"""One row a record: `settled_date` is null while a debt is open; products and kinds are those of all its debts."""


class PeriodUnknown(ValueError):
    """No rule read here sets a minimum period for the record, or a fact that it needs is missing."""


class NoPeriod(PeriodUnknown):
    """No rule asks for keeping the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record; `settled_date` is None while the debt is open."""

    kind: str
    created_date: date
    product: str = ""
    settled_date: date | None = None
    latest_activity_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Who keeps the record."""

    institution_kind: str
    is_third_party_collector: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A rule on keeping as its parameters declare it; an empty tuple covers everything."""

    rule: Rule
    effect: str
    length: str
    """As Polars writes it: `5y`, `180d`; empty if the rule names none."""
    starts: str
    starts_of_recordings: str
    is_until_settled: bool
    is_for_collectors: bool
    natures: tuple[str, ...]
    not_natures: tuple[str, ...]
    products: tuple[str, ...]
    institution_kinds: tuple[str, ...]

    def covers(self, nature: str) -> bool:
        """Tell whether the rule speaks of records of a nature."""
        return nature not in self.not_natures and (not self.natures or nature in self.natures)

    def applies(self) -> pl.Expr:
        """Whether the rule binds the debts behind a record."""
        found = pl.lit(True)
        for column, words in (("products", self.products), ("institution_kinds", self.institution_kinds)):
            if words:
                found = found & pl.col(column).list.eval(pl.element().is_in(list(words))).list.any()
        return found

    def last(self, nature: str) -> pl.Expr:
        """The last day on which the record must still be there; null while there is none yet."""
        start = self.starts_of_recordings if nature in RECORDING_KINDS else self.starts
        last = pl.col(start).dt.offset_by(self.length)
        if self.is_until_settled:
            settled = pl.col("settled_date")
            last = pl.when(settled.is_null()).then(None).otherwise(pl.max_horizontal(last, settled))
        return last


def periods_of(numbers: Numbers, on: date) -> tuple[Period, ...]:
    """This function will return every rule on keeping that is in force on a day, in the order of their ids."""
    ids = sorted(key for key, item in numbers.documents.items() if "effect" in item.get("parameters", {}))
    return tuple(_period(numbers.rule(key, on)) for key in ids if numbers.has(key, on))


def _period(rule: Rule) -> Period:
    def words(name: str) -> tuple[str, ...]:
        return rule.words(name) if name in rule.values else ()

    lengths = [f"{rule.integer(unit)}{unit[0]}" for unit in ("years", "days") if unit in rule.values]
    starts = str(rule.values.get("starts", "created_date"))
    return Period(
        rule=rule,
        effect=str(rule.values["effect"]),
        length=lengths[0] if lengths else "0d",
        starts=starts,
        starts_of_recordings=str(rule.values.get("starts_of_recordings", starts)),
        is_until_settled=rule.values.get("until_settled") == "yes",
        is_for_collectors=rule.values.get("collectors_only") == "yes",
        natures=words("natures"),
        not_natures=words("not_natures"),
        products=words("products"),
        institution_kinds=words("institution_kinds"),
    )


def kept_until(records: pl.DataFrame, nature: str, periods: Sequence[Period]) -> pl.DataFrame:
    """This function will say of every record until when it is kept, by which rule, and from when on it may go.

    1. Rules add up: the latest last day counts. A last day still belongs to the period, so a record is due the day after.
    2. A rule whose end is not known yet (an open debt) keeps the record without end: `kept_until` and `due_date` are null.
    3. `rule` is the id of the rule that keeps longest; empty if none keeps it, and then it is due when it was made.

    :param records: columns of RECORD_SCHEMA, in any order, beside others that stay as they are
    """
    keeping = [one for one in periods if one.effect == "keep" and one.covers(nature)]
    if not keeping:
        nothing = {
            "kept_until": pl.col("created_date"),
            "rule": pl.lit(""),
            "due_date": pl.col("created_date"),
        }
        return records.with_columns(**nothing)
    names = [f"_last_{place}" for place in range(len(keeping))]
    lasts = [
        pl.when(one.applies()).then(pl.coalesce(one.last(nature), pl.lit(date.max))).alias(name)
        for one, name in zip(keeping, names, strict=True)
    ]
    latest = pl.max_horizontal(names)
    named = pl.coalesce(
        [
            pl.when(pl.col(name) == latest).then(pl.lit(one.rule.id))
            for one, name in zip(keeping, names, strict=True)
        ]
        + [pl.lit("")]
    )
    until = pl.when(latest.is_null()).then(pl.col("created_date")).when(latest < date.max).then(latest)
    return (
        records.with_columns(lasts)
        .with_columns(kept_until=until, rule=named)
        .with_columns(
            due_date=pl.when(pl.col("rule") == "")
            .then("created_date")
            .otherwise(pl.col("kept_until").dt.offset_by("1d"))
        )
        .drop(names)
    )


def minimum_periods(
    record: Record, keeper: Keeper, *, on: date, numbers: Numbers
) -> tuple[tuple[Rule, date | None], ...]:
    """This function will return every rule on keeping a record and its last day, None while it has none.

    1. Credit card: two years from creation (CN-RET-01); the recording of an oral plan until the debt is settled
       and at least two years (CN-RET-04).
    2. Consumer-finance company: five years from creation (CN-RET-03).
    3. US collectors: three years after the last collection activity, recordings of calls three years after the
       call (US-RET-01).

    :raises NoPeriod: if no rule applies
    :raises PeriodUnknown: if a fact that a period starts from is not known
    """
    frame = _frame_of(record, keeper)
    found = tuple(
        (period.rule, _single_last(period, record.kind, frame))
        for period in periods_of(numbers, on)
        if period.effect == "keep"
        and period.covers(record.kind)
        and (keeper.is_third_party_collector or not period.is_for_collectors)
        and frame.select(period.applies()).item()
    )
    if not found:
        raise NoPeriod(f"a {record.kind} of {record.product or 'no product'}")
    return found


def _frame_of(record: Record, keeper: Keeper) -> pl.DataFrame:
    row = {
        "created_date": record.created_date, "settled_date": record.settled_date,
        "latest_activity_date": record.latest_activity_date, "products": [record.product],
        "institution_kinds": [keeper.institution_kind],
    }  # fmt: skip
    return pl.DataFrame([row], schema=RECORD_SCHEMA)


def _single_last(period: Period, kind: str, frame: pl.DataFrame) -> date | None:
    start = period.starts_of_recordings if kind in RECORDING_KINDS else period.starts
    if start == "latest_activity_date" and frame[start].item() is None:
        raise PeriodUnknown("the last collection activity is not given")
    last: date | None = frame.select(period.last(kind)).item()
    return last


def deletion_faults(record: Record, keeper: Keeper, *, on: date, numbers: Numbers) -> tuple[Rule, ...]:
    """This function will return the rules that deleting a record on a day breaks; a last day still belongs to it.

    :raises NoPeriod: if no rule applies
    :raises PeriodUnknown: if a fact that a period starts from is not known
    """
    periods = minimum_periods(record, keeper, on=on, numbers=numbers)
    return tuple(rule for rule, last in periods if last is None or on <= last)


def days_to_act(periods: Iterable[Period]) -> int:
    """Return how many days after it is due a record may still be there: the shortest that any rule grants."""
    granted = [one.rule.integer("days") for one in periods if one.effect == "act_within"]
    return min(granted, default=0)
