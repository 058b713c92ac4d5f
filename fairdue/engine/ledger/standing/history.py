"""The history of one debt's lateness: spans of days between which nothing but the count changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, pairwise

from fairdue.engine.ledger.ageing import DEFAULT_EDGES, bucket, first_day_offset
from fairdue.engine.ledger.life.delinquency import delinquency
from fairdue.engine.ledger.life.events import Event, Pause
from fairdue.engine.ledger.life.history import apply, course
from fairdue.engine.ledger.life.pausing import paused_days
from fairdue.engine.ledger.life.position import Interval, Position
from fairdue.engine.ledger.life.state import Status
from fairdue.engine.ledger.life.terms import DebtTerms

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days, both ends included, of one oldest due date, one bucket and one amount; counts rise day by day."""

    from_date: date
    to_date: date
    status: Status
    oldest_due_date: date | None
    first_days_past_due: int
    final_days_past_due: int
    first_counted_days: int
    """Days past due less paused days."""
    final_counted_days: int
    first_delinquent_days: int
    """Counted days less grace; the bucket holds these."""
    final_delinquent_days: int
    bucket: str
    overdue_minor: int
    outstanding_minor: int
    is_paused: bool
    """Whether its days lie in a pause: all of them or none."""

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.to_date - self.from_date).days + 1


@dataclass(frozen=True, slots=True)
class _Day:
    """How late the debt is on one day."""

    oldest_due_date: date | None
    days_past_due: int
    counted: int
    delinquent: int
    bucket: str
    overdue: int


def spans(
    terms: DebtTerms, standing: Iterable[Event], until: date, *, edges: Sequence[int] = DEFAULT_EDGES
) -> tuple[Span, ...]:
    """This function will return how late a debt was on each day from its disbursement to `until`.

    1. `standing` are the events that stand, in the order in which they apply (`LoanState.events`).
    2. On every day the span says what `life.replay` of that day says, with all that `standing` knows: a pause
       counts whenever it was entered.
    3. A span ends where the oldest due date, the bucket, an amount, the status or a pause changes.
    """
    known = [event for event in standing if event.counts_on <= until or isinstance(event, Pause)]
    events = course(terms, known, until)
    found: list[Span] = []
    for first, final, position in _unchanged(terms, events, until):
        for begin, end in _pieces(position, first, final):
            found += _by_bucket(position, begin, end, edges)
    return tuple(_joined(found))


def _unchanged(
    terms: DebtTerms, events: Sequence[Event], until: date
) -> Iterator[tuple[date, date, Position]]:
    """Yield (first day, final day, position) between the days on which events count."""
    position = Position.opened(terms)
    by_day = [(day, list(same)) for day, same in groupby(events, key=lambda event: event.counts_on)]
    start = terms.disbursed_date
    for number, (day, same) in enumerate(by_day):
        if day > start and start <= until:
            yield start, min(day - DAY, until), _with_later_pauses(position, by_day[number:])
            start = day
        for event in same:
            apply(position, event)
    if start <= until:
        yield start, until, position


def _with_later_pauses(position: Position, later: Sequence[tuple[date, list[Event]]]) -> Position:
    entered = [
        Interval(event.from_date, event.to_date)
        for _, same in later
        for event in same
        if isinstance(event, Pause)
    ]
    return replace(position, pauses=[*position.pauses, *entered]) if entered else position


def _pieces(position: Position, first: date, final: date) -> Iterator[tuple[date, date]]:
    """Cut where an instalment becomes past due and where a pause begins or ends."""
    rule = position.terms.delinquency
    delay = DAY * (1 - first_day_offset(rule.origin))
    starts = {rule.calendar.following(row.due_date) + delay for row in position.rows}
    for interval in position.pauses:
        starts |= {interval.from_date + DAY, interval.to_date + DAY}
    cuts = [first, *sorted(day for day in starts if first < day <= final), final + DAY]
    for begin, following in pairwise(cuts):
        yield begin, following - DAY


def _by_bucket(position: Position, begin: date, end: date, edges: Sequence[int]) -> Iterator[Span]:
    """Cut where the bucket changes; between cuts the count never falls, so halving finds the day."""
    is_paused = bool(paused_days(position.pauses, begin, begin))
    while begin <= end:
        first, final = _day(position, begin, edges), _day(position, end, edges)
        inside, until = final, end
        if first.bucket != final.bucket:
            low, high = begin, end
            while (high - low).days > 1:
                middle = low + (high - low) // 2
                if _day(position, middle, edges).bucket == first.bucket:
                    low = middle
                else:
                    high = middle
            inside, until = _day(position, low, edges), low
        yield _span(position, begin, until, first, inside, is_paused)
        begin = until + DAY


def _day(position: Position, day: date, edges: Sequence[int]) -> _Day:
    found = delinquency(position, day)
    days = found.days_past_due
    paused = paused_days(position.pauses, day - DAY * (days - 1), day) if days else 0
    return _Day(
        oldest_due_date=found.oldest_due_date,
        days_past_due=days,
        counted=days - paused,
        delinquent=found.delinquent_days,
        bucket=bucket(found.delinquent_days, edges),
        overdue=found.amount,
    )


def _span(position: Position, begin: date, end: date, first: _Day, final: _Day, is_paused: bool) -> Span:
    return Span(
        from_date=begin,
        to_date=end,
        status=position.status,
        oldest_due_date=first.oldest_due_date,
        first_days_past_due=first.days_past_due,
        final_days_past_due=final.days_past_due,
        first_counted_days=first.counted,
        final_counted_days=final.counted,
        first_delinquent_days=first.delinquent,
        final_delinquent_days=final.delinquent,
        bucket=first.bucket,
        overdue_minor=first.overdue,
        outstanding_minor=0 if position.is_ended else position.outstanding,
        is_paused=is_paused,
    )


def _joined(found: Iterable[Span]) -> Iterator[Span]:
    """Join neighbours between which only the count moved on."""
    held: Span | None = None
    for span in found:
        if held is not None and _goes_on(held, span):
            held = replace(
                held,
                to_date=span.to_date,
                final_days_past_due=span.final_days_past_due,
                final_counted_days=span.final_counted_days,
                final_delinquent_days=span.final_delinquent_days,
            )
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _goes_on(held: Span, span: Span) -> bool:
    return (
        held.status,
        held.oldest_due_date,
        held.bucket,
        held.overdue_minor,
        held.outstanding_minor,
        held.is_paused,
    ) == (
        span.status,
        span.oldest_due_date,
        span.bucket,
        span.overdue_minor,
        span.outstanding_minor,
        span.is_paused,
    )
