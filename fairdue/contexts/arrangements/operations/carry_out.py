"""Carry a plan out in the ledger, and take it back: schedule, waivers, holds."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from fairdue.contexts.arrangements.models import Plan, PlanAccount, Proposal
from fairdue.contexts.arrangements.offer_codec import offer_of
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.negotiation.offers import Offer, OfferPart
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money


def house(actor: Actor) -> Actor:
    """Return the house acting on what was agreed, within the gesture of whoever agreed."""
    return Actor(kind="system", label="agreement", role="system", creditor_ids=None, gesture=actor.gesture)


def carry_out(*, proposal: Proposal, number: str, part: OfferPart, actor: Actor, now: datetime) -> list[int]:
    """This function will record what an agreement does to one debt and return the ledger's events, oldest first.

    1. A settlement is accepted for all that is owed if it comes by its last day and its grace; the rest is waived then.
    2. Everything else replaces what is unpaid by the agreed rows; a waiver in it comes back if the plan is broken.
    3. Interest that the plan itself adds is charged first, so that rows and debt agree to the cent.

    :raises LedgerError: if the debt is not what was agreed about any more; the caller's transaction ends
    """
    offer = offer_of(proposal.offer)
    if offer.kind == "settlement":
        return [_settle(proposal, number, part, actor, now)]
    until = _until(part.account_id, business_date(now)) if offer.scope == "overdue" else None
    charged = [
        _record(
            number, part.account_id, "charge", f":added:{component}", Money(minor, offer.currency), actor, now,
            {"component": component} | ({"due_date": until.isoformat()} if until else {}),
        )
        for component, minor in sorted(part.added.items())
        if minor
    ]  # fmt: skip
    return [*charged, _plan(number, offer, part, until, actor, now)]


def _plan(number: str, offer: Offer, part: OfferPart, until: date | None, actor: Actor, now: datetime) -> int:
    details: dict[str, Any] = {
        "rows": [
            {"due_date": one.due_date.isoformat(), "component": component, "amount": minor}
            for one in part.instalments
            for component, minor in sorted(one.amounts.items())
            if minor
        ],
        "reason": number,
    }
    if waived := {component: minor for component, minor in sorted(part.waived.items()) if minor}:
        details["discount"] = waived
    if until is not None:
        details["until"] = until.isoformat()
    return _record(number, part.account_id, "plan", "", None, actor, now, details)


def _settle(proposal: Proposal, number: str, part: OfferPart, actor: Actor, now: datetime) -> int:
    last = max(one.due_date for one in part.instalments) + timedelta(days=proposal.grace_days)
    total = sum(one.total_minor for one in part.instalments)
    return _record(
        number, part.account_id, "settlement", "", Money(total, proposal.currency), actor, now,
        {"by_date": last.isoformat(), "reason": number},
    )  # fmt: skip


def _record(
    number: str,
    account_id: int,
    kind: str,
    suffix: str,
    amount: Money | None,
    actor: Actor,
    now: datetime,
    details: dict[str, Any],
) -> int:
    receipt = ledger.record_event(
        account_id=account_id, kind=kind, amount=amount, effective_date=business_date(now), details=details,
        external_ref=f"agreement:{number}:{account_id}:{kind}{suffix}", source="agreement", actor=house(actor),
        now=now, approval_ref=f"agreement:{number}",
    )  # fmt: skip
    return receipt.transaction_id


def _until(account_id: int, today: date) -> date:
    return max(due.due_date for due in ledger.account_dues(account_id, today) if due.is_overdue)


def take_back(account: PlanAccount, *, reason: str, actor: Actor, now: datetime) -> None:
    """This function will take a plan's events on one debt back, the newest first; the original due items return."""
    for transaction_id in reversed(account.transaction_ids):
        try:
            ledger.reverse_transaction(
                transaction_id=transaction_id, reason=reason, actor=house(actor), now=now,
                external_ref=f"plan:{account.plan_id}:{transaction_id}:back",
            )  # fmt: skip
        except ledger.AlreadyReversed:
            continue


def hold(plan: Plan, number: str, *, actor: Actor, now: datetime) -> None:
    """This function will stop collection on a plan's debts; reminders of instalments stay allowed."""
    for account_id in plan.account_ids:
        law.place_hold(
            person_id=plan.person_id, kind="plan", reason=f"agreement {number}", account_id=account_id,
            actor=house(actor), now=now,
        )  # fmt: skip


def release(plan: Plan, reason: str, *, actor: Actor, now: datetime) -> None:
    """This function will let collection, or nothing at all, go on: the plan's holds end."""
    for found in law.open_holds(plan.person_id):
        if found.kind == "plan" and found.account_id in plan.account_ids:
            law.lift_hold(hold_id=found.hold_id, reason=reason, actor=house(actor), now=now)


def rows_of(offer: Offer) -> list[dict[str, Any]]:
    """Return the instalments of an offer, numbered within each debt by day."""
    rows: list[dict[str, Any]] = []
    for part in offer.parts:
        days: dict[date, Counter[str]] = {}
        for one in part.instalments:
            days.setdefault(one.due_date, Counter()).update(one.amounts)
        for number, (day, amounts) in enumerate(sorted(days.items()), start=1):
            if total := sum(amounts.values()):
                rows.append(
                    {
                        "account_id": part.account_id, "number": number, "due_date": day, "amount_minor": total,
                        "components": {name: minor for name, minor in sorted(amounts.items()) if minor},
                    }
                )  # fmt: skip
    return rows
