"""How long a record must be kept at least: by product, by kind of lender, by jurisdiction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fairdue.engine.law.calendars import add_years
from fairdue.engine.law.numbers import Numbers, Rule

RECORDING_KINDS = ("call_recording", "plan_recording")


class PeriodUnknown(ValueError):
    """No rule read here sets a minimum period for the record, or a fact that it needs is missing."""


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


def minimum_periods(
    record: Record, keeper: Keeper, *, on: date, numbers: Numbers
) -> tuple[tuple[Rule, date | None], ...]:
    """This function will return every rule on keeping a record and its last day, None while it has none.

    1. Credit card: two years from creation (CN-RET-01); the recording of an oral plan until the debt is settled
       and at least two years (CN-RET-04).
    2. Consumer-finance company: five years from creation (CN-RET-03).
    3. US collectors: three years after the last collection activity, recordings of calls three years after the
       call (US-RET-01).

    :raises PeriodUnknown: if no rule applies
    """
    found = tuple(_periods(record, keeper, on, numbers))
    if not found:
        raise PeriodUnknown(f"a {record.kind} of {record.product or 'no product'}")
    return found


def _periods(
    record: Record, keeper: Keeper, on: date, numbers: Numbers
) -> Iterator[tuple[Rule, date | None]]:
    if record.product == "credit_card" and numbers.has("CN-RET-01", on):
        rule = numbers.rule("CN-RET-01", on)
        yield rule, add_years(record.created_date, rule.integer("years"))
    if record.product == "credit_card" and record.kind == "plan_recording" and numbers.has("CN-RET-04", on):
        rule = numbers.rule("CN-RET-04", on)
        least = add_years(record.created_date, rule.integer("years"))
        yield rule, None if record.settled_date is None else max(record.settled_date, least)
    if keeper.institution_kind == "consumer_finance" and numbers.has("CN-RET-03", on):
        rule = numbers.rule("CN-RET-03", on)
        yield rule, add_years(record.created_date, rule.integer("years"))
    if keeper.is_third_party_collector and numbers.has("US-RET-01", on):
        yield _us(record, numbers.rule("US-RET-01", on))


def _us(record: Record, rule: Rule) -> tuple[Rule, date | None]:
    start = record.created_date if record.kind in RECORDING_KINDS else record.latest_activity_date
    if start is None:
        raise PeriodUnknown("the last collection activity is not given")
    return rule, add_years(start, rule.integer("years"))


def deletion_faults(record: Record, keeper: Keeper, *, on: date, numbers: Numbers) -> tuple[Rule, ...]:
    """This function will return the rules that deleting a record on a day breaks; a last day still belongs to it.

    :raises PeriodUnknown: if no rule applies
    """
    periods = minimum_periods(record, keeper, on=on, numbers=numbers)
    return tuple(rule for rule, last in periods if last is None or on <= last)
