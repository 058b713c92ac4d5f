"""What spans of lateness come to: stays in buckets, cures, the worst of several accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from fairdue.engine.ledger.standing.history import DAY, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Consecutive days in one bucket; `left_date` is the first day in another, empty while it lasts."""

    bucket: str
    entered_date: date
    left_date: date | None
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """The first day on which nothing was past due any more, and what it ended."""

    cured_date: date
    late_since: date
    worst_bucket: str
    worst_days_past_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSpan:
    """A span, and whose it is."""

    account_id: int
    span: Span


def stays(spans: Iterable[Span]) -> tuple[Stay, ...]:
    """Return the stays in buckets, the earliest first."""
    groups = [list(same) for _, same in groupby(spans, key=lambda span: span.bucket)]
    return tuple(
        Stay(
            bucket=group[0].bucket,
            entered_date=group[0].from_date,
            left_date=group[-1].to_date + DAY if number < len(groups) else None,
            days=sum(span.days for span in group),
        )
        for number, group in enumerate(groups, start=1)
    )


def cures(spans: Iterable[Span]) -> tuple[Cure, ...]:
    """Return every return to nothing past due, the earliest first."""
    found: list[Cure] = []
    late: list[Span] = []
    for is_late, same in groupby(spans, key=lambda span: span.final_days_past_due > 0):
        group = list(same)
        if not is_late and late:
            found.append(_cure(late, group[0].from_date))
        late = group if is_late else []
    return tuple(found)


def worst(spans: Iterable[Span]) -> Span | None:
    """Return the span that ended with most delinquent days, the earliest of equals."""
    return max(spans, key=_lateness, default=None)


def worst_of_accounts(by_account: Mapping[int, Sequence[Span]]) -> tuple[AccountSpan, ...]:
    """Return, for each day on which any account was open, the span of the account that was worst then.

    Worst is most delinquent days, then most days past due, then the lower account id.
    """
    found: list[AccountSpan] = []
    for day in _days(by_account):
        piece = max(_on(by_account, day), key=lambda one: (*_lateness(one.span), -one.account_id))
        if found and _follows(found[-1], piece):
            found[-1] = replace(found[-1], span=_extended(found[-1].span, piece.span))
        else:
            found.append(piece)
    return tuple(found)


def _cure(late: Sequence[Span], cured_date: date) -> Cure:
    deepest = max(late, key=_lateness)
    return Cure(
        cured_date=cured_date,
        late_since=late[0].from_date,
        worst_bucket=deepest.bucket,
        worst_days_past_due=max(span.final_days_past_due for span in late),
    )


def _lateness(span: Span) -> tuple[int, int]:
    return span.final_delinquent_days, span.final_days_past_due


def _days(by_account: Mapping[int, Sequence[Span]]) -> Iterable[date]:
    every = [span for spans in by_account.values() for span in spans]
    if not every:
        return ()
    start, end = min(span.from_date for span in every), max(span.to_date for span in every)
    return (start + timedelta(days=number) for number in range((end - start).days + 1))


def _on(by_account: Mapping[int, Sequence[Span]], day: date) -> list[AccountSpan]:
    return [
        AccountSpan(account_id=account_id, span=one_day(span, day))
        for account_id, spans in by_account.items()
        for span in spans
        if span.from_date <= day <= span.to_date
    ]


def one_day(span: Span, day: date) -> Span:
    """Return the part of a span that is one day of it."""
    passed = (day - span.from_date).days
    late = passed if span.first_days_past_due else 0
    counted = 0 if span.is_paused else late
    days = span.first_days_past_due + late
    return replace(
        span,
        from_date=day,
        to_date=day,
        first_days_past_due=days,
        final_days_past_due=days,
        first_counted_days=span.first_counted_days + counted,
        final_counted_days=span.first_counted_days + counted,
        first_delinquent_days=_delinquent(span, passed),
        final_delinquent_days=_delinquent(span, passed),
    )


def _delinquent(span: Span, passed: int) -> int:
    """Delinquent days on a day: they may stand at zero through the grace before they rise."""
    left = span.days - 1 - passed
    rising = span.final_delinquent_days - (0 if span.is_paused else left)
    return max(rising, span.first_delinquent_days)


def _follows(before: AccountSpan, after: AccountSpan) -> bool:
    first, second = before.span, after.span
    return (
        before.account_id == after.account_id
        and second.from_date == first.to_date + DAY
        and (first.bucket, first.oldest_due_date, first.overdue_minor, first.is_paused, first.status)
        == (second.bucket, second.oldest_due_date, second.overdue_minor, second.is_paused, second.status)
        and first.outstanding_minor == second.outstanding_minor
    )


def _extended(first: Span, second: Span) -> Span:
    return replace(
        first,
        to_date=second.to_date,
        final_days_past_due=second.final_days_past_due,
        final_counted_days=second.final_counted_days,
        final_delinquent_days=second.final_delinquent_days,
    )
