"""Look after agreed plans: judge them, remind before each instalment, ask gently after a missed one, check abilities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import polars as pl
from django.db import transaction

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.arrangements.contracts import MissedInstalment, PlansAssessed
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.send_code import CHANNELS, ways_for_code
from fairdue.kernel.actor import Actor, system
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
    2. A reminder goes a few days before each instalment, once, and a gentle question after a missed one, once.
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
        reminded = sum(_remind(each, now) for each in arrangements.coming_instalments(as_of=as_of))
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


def _remind(coming: arrangements.ComingInstalment, now: datetime) -> bool:
    return _tell(
        coming.person_id, coming.account_id, DUE_TEMPLATE, f"plan:{coming.instalment_id}:due", coming.amount,
        coming.due_date, now, expires_at=now + timedelta(days=(coming.due_date - now.date()).days + 1),
    )  # fmt: skip


def _ask_gently(missed: MissedInstalment, now: datetime) -> bool:
    return _tell(
        missed.person_id, missed.account_id, MISSED_TEMPLATE, f"plan:{missed.instalment_id}:missed", missed.amount,
        missed.due_date, now, expires_at=now + timedelta(days=5),
    )  # fmt: skip


def _tell(
    person_id: int,
    account_id: int,
    template: str,
    dedupe_key: str,
    amount: Money,
    day: date,
    now: datetime,
    *,
    expires_at: datetime,
) -> bool:
    """Plan one message about an instalment on the person's own first way; tell whether it is new."""
    ways = ways_for_code(person_id)
    channel, point = (CHANNELS[ways[0].medium], ways[0].contact_point_id) if ways else ("inapp", None)
    _, is_new = outreach.plan_message(
        person_id=person_id, account_id=account_id, channel=channel, contact_point_id=point, template_code=template,
        purpose=PURPOSE, dedupe_key=dedupe_key, now=now, expires_at=expires_at,
        locale=parties.person_card(person_id).locale,
        values={
            "instalment_amount": {"minor": amount.minor, "currency": amount.currency},
            "instalment_date": day.isoformat(),
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
