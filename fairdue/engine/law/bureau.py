"""What may be sent to and shown by a credit bureau: notice, display, one-off repair, Regulation F's waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairdue.engine.law.calendars import add_years
from fairdue.engine.law.deadlines.answer import Deadline
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import add_months


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of bad information; `ended_date` is None while the event lasts."""

    overdue_from: date
    amount_minor: int | None = None
    repaid_date: date | None = None
    ended_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A letter or message about a debt that was sent; `returned_date` is the day it came back."""

    sent_date: date
    returned_date: date | None = None


def is_repairable(entry: Entry, *, rule: Rule) -> bool:
    """Tell whether an entry falls under the one-off repair (CN-CR-05).

    Overdue from 2020 to 2025, at most 10 000 yuan, fully repaid by 31 March 2026; all ends included.
    """
    return (
        rule.day("overdue_first") <= entry.overdue_from <= rule.day("overdue_last")
        and entry.amount_minor is not None
        and entry.amount_minor <= rule.minor("max_amount")
        and entry.repaid_date is not None
        and entry.repaid_date <= rule.day("repaid_by")
    )


def repair_hidden_by(entry: Entry, *, numbers: Numbers) -> Deadline | None:
    """This function will return the last day by which a repaired entry is hidden, or None if it is not.

    Repaid by the end of November 2025: on 1 January 2026; later: by the end of the month after (CN-CR-05).
    """
    rule = numbers.rule("CN-CR-05")
    if not is_repairable(entry, rule=rule) or entry.repaid_date is None:
        return None
    if entry.repaid_date <= rule.day("early_repaid_by"):
        return Deadline(last_date=rule.day("hidden_from"), rules=(rule,))
    following = add_months(entry.repaid_date.replace(day=1), 2)
    return Deadline(last_date=following - timedelta(days=1), rules=(rule,))


def display_faults(entry: Entry, *, on: date, numbers: Numbers) -> tuple[Rule, ...]:
    """This function will return the rules that an entry shown on a day breaks.

    1. It is shown for five years from the end of the event, which do not start while it lasts (CN-CR-02).
    2. A repaired entry is hidden: from 1 January 2026, or after its deadline (CN-CR-05).
    """
    found = []
    rule = numbers.rule("CN-CR-02", on)
    if entry.ended_date is not None and on > add_years(entry.ended_date, rule.integer("years")):
        found.append(rule)
    if numbers.has("CN-CR-05", on) and _is_hidden(entry, on, numbers):
        found.append(numbers.rule("CN-CR-05", on))
    return tuple(found)


def _is_hidden(entry: Entry, on: date, numbers: Numbers) -> bool:
    hidden = repair_hidden_by(entry, numbers=numbers)
    if hidden is None or hidden.last_date is None or entry.repaid_date is None:
        return False
    is_early = hidden.last_date == numbers.rule("CN-CR-05").day("hidden_from")
    return on >= hidden.last_date if is_early else on > hidden.last_date


def furnishing_faults_cn(
    *, notices: Sequence[datetime] | None, at: datetime, numbers: Numbers
) -> tuple[Rule, ...]:
    """This function will return the rule broken when bad information is sent without telling the person first.

    `notices`: the moments at which notices were sent; None means that one was given in time (CN-CR-01).
    """
    rule = numbers.rule("CN-CR-01", at.date())
    is_told = notices is None or any(sent < at for sent in notices)
    return () if is_told else (rule,)


def furnishing_faults_us(
    *, spoken_dates: Sequence[date], messages: Sequence[Message], on: date, numbers: Numbers
) -> tuple[Rule, ...]:
    """This function will return the rule broken when a debt is furnished too early (US-FURN-01).

    1. Allowed once the collector spoke with the consumer about the debt.
    2. Or from day 15 of a letter or message, sending being day 1, that did not come back within 14 days.
    """
    rule = numbers.rule("US-FURN-01", on)
    days = timedelta(days=rule.integer("days"))
    has_spoken = any(spoken <= on for spoken in spoken_dates)
    has_waited = any(
        message.sent_date + days <= on
        and (message.returned_date is None or message.returned_date >= message.sent_date + days)
        for message in messages
    )
    return () if has_spoken or has_waited else (rule,)
