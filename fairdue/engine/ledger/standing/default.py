"""The EU definition of default (CRR art. 178) of one account, counted day by day over its history of lateness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.engine.ledger.standing.history import DAY, Span
from fairdue.engine.ledger.standing.levels import (
    OFF_BOOKS,
    Classification,
    Reason,
    reason_of_rule,
)
from fairdue.engine.ledger.standing.rules import SchemeRules
from fairdue.kernel.day_counts import add_months

State = Literal["performing", "arrears", "default", "probation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Materiality:
    """Both limits of an account: above both, arrears are material."""

    absolute_minor: int
    relative: Fraction

    def is_exceeded(self, span: Span) -> bool:
        """Tell whether the arrears of a span exceed both limits; the exposure is all that is owed then."""
        return span.overdue_minor > self.absolute_minor and (
            Fraction(span.overdue_minor) > span.outstanding_minor * self.relative
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where the count stands on a day."""

    state: State
    since: date | None
    material_days: int
    """Consecutive days of material arrears up to the day, paused days left out."""
    material_since: date | None
    default_since: date | None = None
    probation_until: date | None = None
    clean_since: date | None = None
    """First day after the default on which arrears were no longer material."""


def materiality(
    currency: str, *, numbers: Numbers, rules: SchemeRules, on: date | None = None
) -> Materiality:
    """Return the limits of a currency.

    :raises KeyError: if packs/reference/standing/eu-default.yaml gives no limit in the currency
    """
    part = rules.part("absolute_limits")[currency]
    limit = int(part["retail" if rules.content["is_retail"] else "other"])
    return Materiality(absolute_minor=limit, relative=numbers.rule("EU-DOD-02", on).ratio("relative"))


def count_default(
    spans: Sequence[Span],
    limits: Materiality,
    *,
    numbers: Numbers,
    forborne_dates: Sequence[date] = (),
    counts_pauses: bool = False,
) -> Counter:
    """This function will count the days of material arrears to the last day of the spans.

    1. Days count while both limits are exceeded; the count goes back to zero on the first day on which one
       is not (EU-DOD-02, -03). Days of a pause neither count nor set back, unless `counts_pauses`.
    2. More than 90 such days are default (EU-DOD-01).
    3. Default ends three months after the first day without material arrears; twelve months after a
       forbearance measure that was given in default or its probation, if that is later (EU-DOD-04).
    """
    on = spans[-1].to_date
    over = numbers.rule("EU-DOD-01", on).integer("days_more_than")
    back = numbers.rule("EU-DOD-04", on)
    episodes = _episodes(spans, limits, over, counts_pauses=counts_pauses)
    current: tuple[date, date | None] | None = None
    for episode in episodes:
        if episode.crossed_date is None:
            continue
        is_over = current is None or episode.crossed_date >= _probation_end(*current, back, forborne_dates)
        since = episode.crossed_date if is_over or current is None else current[0]
        current = since, episode.cleared_date
    if current is not None and on >= _probation_end(*current, back, forborne_dates):
        current = None
    return _counter(episodes, current, back, forborne_dates)


@dataclass(frozen=True, slots=True)
class _Episode:
    """Consecutive days of material arrears: the first, the first after, and the day of default."""

    since_date: date
    days: int
    crossed_date: date | None
    cleared_date: date | None


def _episodes(
    spans: Sequence[Span], limits: Materiality, over: int, *, counts_pauses: bool
) -> list[_Episode]:
    found: list[_Episode] = []
    since: date | None = None
    days, crossed = 0, None
    for span in spans:
        if limits.is_exceeded(span):
            since = since or span.from_date
            if span.is_paused and not counts_pauses:
                continue
            if crossed is None and days + span.days > over:
                crossed = span.from_date + DAY * (over - days)
            days += span.days
        elif since is not None:
            found.append(_Episode(since, days, crossed, span.from_date))
            since, days, crossed = None, 0, None
    if since is not None:
        found.append(_Episode(since, days, crossed, None))
    return found


def _probation_end(
    default_since: date, cleared: date | None, back: Rule, forborne_dates: Sequence[date]
) -> date:
    """Return the first day without default, if nothing happens; never while arrears are material."""
    if cleared is None:
        return date.max
    end = add_months(cleared, back.integer("months"))
    for day in sorted(forborne_dates):
        if default_since <= day < end:
            end = max(end, add_months(day, back.integer("months_distressed")))
    return end


def _counter(
    episodes: Sequence[_Episode],
    current: tuple[date, date | None] | None,
    back: Rule,
    forborne_dates: Sequence[date],
) -> Counter:
    latest = episodes[-1] if episodes and episodes[-1].cleared_date is None else None
    counted = {
        "material_days": latest.days if latest else 0,
        "material_since": latest.since_date if latest else None,
    }
    if current is None:
        state: State = "arrears" if latest else "performing"
        ended = episodes[-1].cleared_date if episodes else None
        return Counter(state=state, since=latest.since_date if latest else ended, **counted)  # type: ignore[arg-type]
    default_since, cleared = current
    is_clean = cleared is not None
    return Counter(
        state="probation" if is_clean else "default",
        since=cleared if is_clean else default_since,
        default_since=default_since,
        clean_since=cleared,
        probation_until=_probation_end(default_since, cleared, back, forborne_dates) if is_clean else None,
        **counted,  # type: ignore[arg-type]
    )


def eu_default(
    spans: Sequence[Span],
    *,
    currency: str,
    numbers: Numbers,
    rules: SchemeRules,
    forborne_dates: Sequence[date] = (),
) -> Classification:
    """This function will tell whether an account is in default on the last day of its spans, with its counters.

    :raises KeyError: if no absolute limit is given in the currency
    """
    final = spans[-1]
    limits = materiality(currency, numbers=numbers, rules=rules, on=final.to_date)
    counter = count_default(
        spans,
        limits,
        numbers=numbers,
        forborne_dates=forborne_dates,
        counts_pauses=rules.counting == "days_past_due",
    )
    value = "none" if final.status in OFF_BOOKS else counter.state
    words = rules.words(value)
    return Classification(
        scheme=rules.scheme,
        value=value,
        zh=words["zh"],
        en=words["en"],
        by_rule={"EU-DOD-01": value},
        since_date=counter.since,
        probation_until=counter.probation_until,
        counters={"material_days": counter.material_days, "days_past_due": final.final_days_past_due},
        reasons=_reasons(counter, limits, final, numbers, forborne_dates),
    )


def _reasons(
    counter: Counter, limits: Materiality, final: Span, numbers: Numbers, forborne_dates: Sequence[date]
) -> tuple[Reason, ...]:
    on = final.to_date
    found = [
        reason_of_rule(
            numbers.rule("EU-DOD-02", on),
            "material" if limits.is_exceeded(final) else "not_material",
            arrears_minor=final.overdue_minor,
            exposure_minor=final.outstanding_minor,
            absolute_limit_minor=limits.absolute_minor,
            relative_limit=str(limits.relative),
        ),
        reason_of_rule(
            numbers.rule("EU-DOD-01", on),
            "default" if counter.default_since else "no_default",
            material_days=counter.material_days,
            material_since=counter.material_since,
            default_since=counter.default_since,
        ),
    ]
    if not counter.material_days:
        found.append(reason_of_rule(numbers.rule("EU-DOD-03", on), "zero", cleared=counter.clean_since))
    if counter.probation_until is not None:
        facts = {"until": counter.probation_until, "forborne_dates": list(forborne_dates)}
        found.append(reason_of_rule(numbers.rule("EU-DOD-04", on), "probation", **facts))
    return tuple(found)
