"""How late accounts and persons were on each day, and how accounts are classified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.conf import settings

from fairdue.contexts.ledger.contracts_standing import (
    BucketStay,
    Classification,
    CureCard,
    DpdHistory,
    DpdSpan,
    InstalmentDelinquency,
    MonthStatus,
    MonthStatusChange,
    PersonDpdHistory,
)
from fairdue.contexts.ledger.models import AccountState
from fairdue.contexts.ledger.queries.account_facts import AccountFacts
from fairdue.contexts.ledger.queries.life import facts_of
from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.ledger.ageing import DEFAULT_EDGES
from fairdue.engine.ledger.life.replaying import position_on, standing_on
from fairdue.engine.ledger.standing.bureau import Month, monthly_statuses
from fairdue.engine.ledger.standing.default import eu_default
from fairdue.engine.ledger.standing.grades import five_grades
from fairdue.engine.ledger.standing.history import DAY, Span, spans
from fairdue.engine.ledger.standing.lateness import lateness
from fairdue.engine.ledger.standing.rules import StandingRules, load_standing_rules
from fairdue.engine.ledger.standing.stages import stage_of
from fairdue.engine.ledger.standing.summing import (
    AccountSpan,
    Cure,
    Stay,
    cures,
    stays,
    worst,
    worst_of_accounts,
)
from fairdue.kernel.money import Money


@cache
def standing_rules() -> StandingRules:
    """Return the reference data of every classification."""
    return load_standing_rules(settings.PACKS_DIR / "reference" / "standing")


@dataclass(frozen=True, slots=True)
class _Story:
    """An account's facts with the history of its lateness up to a day."""

    facts: AccountFacts
    spans: tuple[Span, ...]

    @property
    def charged_off_date(self) -> date | None:
        return position_on(self.facts.history, self.spans[-1].to_date).charged_off_date

    @property
    def due_dates(self) -> tuple[date, ...]:
        position = position_on(self.facts.history, self.spans[-1].to_date)
        return tuple(sorted({row.due_date for row in position.rows}))

    @property
    def forborne_dates(self) -> tuple[date, ...]:
        """Days on which a debt in arrears was given new terms that still stand."""
        rules = standing_rules()["forbearance"].content
        gone = self.facts.reversed_by
        days = [
            one.effective_date
            for one in self.facts.transactions
            if one.kind in rules["kinds"] and one.id not in gone
        ]
        if not rules["only_if_past_due"]:
            return tuple(sorted(days))
        return tuple(sorted(day for day in days if _was_late(self.spans, day - DAY)))


def dpd_history(account_id: int, as_of: date, known_at: datetime | None = None) -> DpdHistory:
    """Return how late an account was on each day up to `as_of`, as known at an instant (default: now).

    1. It begins with the day for which its opening balances stand; each span has one oldest due date, one
       bucket and one overdue amount, and counts on day by day.
    2. What came to be known later for an earlier day counts on that day, if it was known by `known_at`.

    :raises AccountUnknown: if the account is not open
    """
    story = _story(account_id, as_of, known_at)
    deepest = worst(story.spans)
    return DpdHistory(
        account_id=account_id,
        as_of=as_of,
        known_at=known_at,
        spans=tuple(_span(account_id, one, story.facts.currency) for one in story.spans),
        stays=_stays(stays(story.spans)),
        cures=_cures(cures(story.spans)),
        worst_bucket=deepest.bucket if deepest else "M0",
        worst_days_past_due=max((one.final_days_past_due for one in story.spans), default=0),
    )


def person_dpd_history(person_id: int, as_of: date, known_at: datetime | None = None) -> PersonDpdHistory:
    """Return how late a person was on each day: the worst account's days past due and bucket.

    Worst is most delinquent days, then most days past due, then the account with the lower number.
    """
    ids = AccountState.objects.filter(account__person_id=person_id).values_list("account_id", flat=True)
    stories = {one: _story(one, as_of, known_at) for one in sorted(ids)}
    found: Sequence[AccountSpan] = worst_of_accounts({one: story.spans for one, story in stories.items()})
    only = [one.span for one in found]
    deepest = worst(only)
    return PersonDpdHistory(
        person_id=person_id,
        as_of=as_of,
        known_at=known_at,
        spans=tuple(_span(one.account_id, one.span, stories[one.account_id].facts.currency) for one in found),
        stays=_stays(stays(only)),
        cures=_cures(cures(only)),
        worst_bucket=deepest.bucket if deepest else "M0",
        worst_days_past_due=max((one.final_days_past_due for one in only), default=0),
    )


def classifications(
    account_id: int, as_of: date, known_at: datetime | None = None
) -> tuple[Classification, ...]:
    """Return the five grades, the IFRS 9 stage and the EU default state of an account, with reasons.

    A currency without a limit in packs/reference/standing/eu-default.yaml has no default state.

    :raises AccountUnknown: if the account is not open
    """
    story = _story(account_id, as_of, known_at)
    if not story.spans:
        return ()
    numbers, rules = shipped_numbers(), standing_rules()
    product = AccountState.objects.values_list("account__product__kind", flat=True).get(account_id=account_id)
    forborne, charged_off = story.forborne_dates, story.charged_off_date
    found = [
        five_grades(
            story.spans,
            product=product,
            numbers=numbers,
            rules=rules["cn_five_grades"],
            due_dates=story.due_dates,
            restructured_dates=forborne,
            charged_off_date=charged_off,
        ),
        stage_of(
            story.spans,
            numbers=numbers,
            rules=rules["ifrs_stage"],
            forborne_dates=forborne,
            charged_off_date=charged_off,
        ),
    ]
    if story.facts.currency in rules["eu_default"].part("absolute_limits"):
        found.append(
            eu_default(
                story.spans,
                currency=story.facts.currency,
                numbers=numbers,
                rules=rules["eu_default"],
                forborne_dates=forborne,
            )
        )
    return tuple(found)


def instalment_delinquency(
    account_id: int, as_of: date, known_at: datetime | None = None
) -> tuple[InstalmentDelinquency, ...]:
    """Return how late each unpaid instalment is on a day, the oldest first; those not yet due with zero days.

    :raises AccountUnknown: if the account is not open
    """
    facts = facts_of(account_id, known_at)
    position = position_on(facts.history, as_of)
    rule = facts.terms().delinquency
    found = []
    for row in position.rows if position.status == "active" else ():
        if not row.payable:
            continue
        late = lateness(
            [(rule.calendar.following(row.due_date), None)],
            as_of,
            origin=rule.origin,
            grace_days=rule.row_grace_days,
            edges=facts.bucket_edges or DEFAULT_EDGES,
            pauses=[(one.from_date, one.to_date) for one in position.pauses],
        )
        found.append(
            InstalmentDelinquency(
                account_id=account_id,
                due_ref=row.ref,
                due_date=row.due_date,
                unpaid=Money(row.payable, facts.currency),
                days_past_due=late.days_past_due,
                paused_days=late.paused_days,
                delinquent_days=late.delinquent_days,
                bucket=late.bucket,
            )
        )
    return tuple(found)


def bureau_history(
    account_id: int, as_of: date, months: int = 24, known_at: datetime | None = None
) -> tuple[MonthStatus, ...]:
    """Return what a credit bureau is told of each of the last months, the oldest first.

    :raises AccountUnknown: if the account is not open
    """
    story = _story(account_id, as_of, known_at)
    if not story.spans:
        return ()
    found = monthly_statuses(
        story.spans,
        months=months,
        rules=standing_rules()["bureau_cn"],
        charged_off_date=story.charged_off_date,
    )
    return tuple(_month(one, story.facts.currency) for one in found)


def bureau_changes(
    account_id: int, as_of: date, *, known_at: datetime, months: int = 24
) -> tuple[MonthStatusChange, ...]:
    """Return the months whose status is another by what is known now than it was at `known_at`.

    They are what has to be corrected with the bureau when an event counts for an earlier day.

    :raises AccountUnknown: if the account is not open
    """
    then = {one.month: one for one in bureau_history(account_id, as_of, months, known_at)}
    now = {one.month: one for one in bureau_history(account_id, as_of, months)}
    return tuple(
        MonthStatusChange(month=month, before=then.get(month), after=now.get(month))
        for month in sorted({*then, *now})
        if then.get(month) != now.get(month)
    )


def _story(account_id: int, as_of: date, known_at: datetime | None) -> _Story:
    facts = facts_of(account_id, known_at)
    edges = facts.bucket_edges or DEFAULT_EDGES
    found = spans(facts.terms(), standing_on(facts.history, as_of), as_of, edges=edges)
    return _Story(facts, found)


def _was_late(found: Sequence[Span], day: date) -> bool:
    return any(one.final_days_past_due > 0 for one in found if one.from_date <= day <= one.to_date)


def _span(account_id: int, span: Span, currency: str) -> DpdSpan:
    return DpdSpan(
        account_id=account_id,
        from_date=span.from_date,
        to_date=span.to_date,
        oldest_unpaid_due_date=span.oldest_due_date,
        first_days_past_due=span.first_days_past_due,
        final_days_past_due=span.final_days_past_due,
        first_delinquent_days=span.first_delinquent_days,
        final_delinquent_days=span.final_delinquent_days,
        bucket=span.bucket,
        overdue=Money(span.overdue_minor, currency),
    )


def _stays(found: Sequence[Stay]) -> tuple[BucketStay, ...]:
    return tuple(
        BucketStay(bucket=one.bucket, entered_date=one.entered_date, left_date=one.left_date, days=one.days)
        for one in found
    )


def _cures(found: Sequence[Cure]) -> tuple[CureCard, ...]:
    return tuple(
        CureCard(
            cured_date=one.cured_date,
            late_since=one.late_since,
            worst_bucket=one.worst_bucket,
            worst_days_past_due=one.worst_days_past_due,
        )
        for one in found
    )


def _month(month: Month, currency: str) -> MonthStatus:
    return MonthStatus(
        month=month.month,
        status_date=month.status_date,
        code=month.code,
        days_past_due=month.days_past_due,
        overdue=Money(month.overdue_minor, currency),
    )
