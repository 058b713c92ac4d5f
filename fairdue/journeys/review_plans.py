"""Look after agreed plans: judge them, remind before each instalment, ask gently after a missed one, check abilities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

import polars as pl
from django.db import transaction

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.contracts import PlanDay, PlansAssessed
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.send_code import CHANNELS, ways_for_code
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.kernel.money import Money

DUE_TEMPLATE, MISSED_TEMPLATE, PURPOSE = "notice.plan_due", "notice.plan_missed", "plan_reminder"
QUEUE = "plans"
RANKS = {"plan.broken": 10, "plan.missed": 20, "plan.check": 60}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansReviewed:
    """What a review changed and started."""

    kept: int = 0
    breached: int = 0
    reopened: int = 0
    missed: int = 0
    reminded: int = 0
    to_check: int = 0
    expired_proposals: int = 0

    @property
    def count(self) -> int:
        """How much happened."""
        return self.kept + self.breached + self.reopened + self.missed + self.reminded + self.to_check


def review_plans(*, as_of: date, actor: Actor, now: datetime) -> PlansReviewed:
    """This function will review all plans as of a day; the same day again changes and sends nothing more.

    1. Plans are judged by what the ledger received; broken ones are taken back and go to work again with their history.
    2. A plan has one reminder a few days before each day on which it asks for money, and one gentle question after a
       day that was missed, however many debts are in it.
    3. Whoever's ability was last looked at too long ago gets a person to look at it.

    :raises PermissionRefused: without `cycle.run`
    """
    actor.require("cycle.run")
    judged = arrangements.assess_plans(as_of=as_of, now=now, actor=system("plans"))
    with transaction.atomic():
        expired = arrangements.expire_proposals(actor=system("plans"), now=now)
        told = sum(
            _ask_gently(missed, now) for missed in judged.missed if missed.plan_id not in judged.breached
        )
        _put_to_work(judged, as_of, now)
        checks = _check(as_of, now)
        reminded = sum(_remind(day, now) for day in arrangements.coming_days(as_of=as_of))
    return PlansReviewed(
        kept=len(judged.kept), breached=len(judged.breached), reopened=len(judged.reopened), missed=told,
        reminded=reminded, to_check=checks, expired_proposals=expired,
    )  # fmt: skip


def follow_plans(person_ids: Iterable[int], *, now: datetime) -> None:
    """This function will judge plans of persons once the money that came or went is committed.

    In a transaction of its own, so that plans are always locked before debts; what it misses the night finds.
    """
    persons = tuple(person_ids)
    transaction.on_commit(partial(_assess_of, persons, now), robust=True)


def _assess_of(person_ids: tuple[int, ...], now: datetime) -> None:
    arrangements.assess_plans_of(person_ids=person_ids, now=now)


def _remind(coming: PlanDay, now: datetime) -> bool:
    """Remind of a day; what could not be said by its end is not said any more."""
    end = datetime.combine(coming.due_date + timedelta(days=1), time.min, HOUSE_ZONE)
    return _tell(coming, DUE_TEMPLATE, "due", now, expires_at=end)


def _ask_gently(missed: PlanDay, now: datetime) -> bool:
    return _tell(missed, MISSED_TEMPLATE, "missed", now, expires_at=now + timedelta(days=5))


def _tell(day: PlanDay, template: str, what: str, now: datetime, *, expires_at: datetime) -> bool:
    """Plan one message about a day of a plan on the person's own first way; tell whether it is new."""
    ways = ways_for_code(day.person_id)
    channel, point = (CHANNELS[ways[0].medium], ways[0].contact_point_id) if ways else ("inapp", None)
    _, is_new = outreach.plan_message(
        person_id=day.person_id, account_id=day.account_id, channel=channel, contact_point_id=point,
        template_code=template, purpose=PURPOSE, dedupe_key=f"plan:{day.plan_id}:{day.due_date}:{what}", now=now,
        expires_at=expires_at, locale=parties.person_card(day.person_id).locale,
        values={
            "number": day.number,
            "instalment_amount": {"minor": day.amount.minor, "currency": day.amount.currency},
            "instalment_date": day.due_date.isoformat(),
        },
    )  # fmt: skip
    return is_new


def _put_to_work(judged: PlansAssessed, as_of: date, now: datetime) -> None:
    """Let a person look at whoever missed an instalment or broke a plan."""
    broken = set(judged.breached)
    reasons = {missed.person_id: "plan.missed" for missed in judged.missed}
    reasons |= {missed.person_id: "plan.broken" for missed in judged.missed if missed.plan_id in broken}
    _land(reasons, as_of, now)


def _check(as_of: date, now: datetime) -> int:
    due = arrangements.plans_to_check(as_of=as_of)
    _land({person_id: "plan.check" for _, person_id in due}, as_of, now)
    arrangements.mark_checked([plan_id for plan_id, _ in due], as_of=as_of)
    return len(due)


def _land(reasons: dict[int, str], as_of: date, now: datetime) -> None:
    if not reasons:
        return
    summaries = ledger.person_summaries(sorted(reasons), as_of)
    rows = [_item(person_id, reason, summaries[person_id]) for person_id, reason in sorted(reasons.items())]
    cases.land_work_items(pl.DataFrame(rows), cycle_date=as_of, now=now)


def _item(person_id: int, reason: str, summary: ledger.PersonSummary) -> dict[str, object]:
    overdue = max(summary.overdue.values(), key=lambda money: money.minor, default=Money(0, "CNY"))
    return {
        "person_id": person_id,
        "kind": "review",
        "queue": QUEUE,
        "rank": RANKS[reason],
        "reason": reason,
        "days_past_due": summary.days_past_due,
        "overdue_minor": overdue.minor,
        "currency": overdue.currency,
        "not_before": None,
        "creditor_ids": sorted({card.creditor_id for card in book.account_cards(person_id)}),
    }
