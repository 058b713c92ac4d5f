"""Carry a plan out in the ledger, and take it back: schedule, waivers, holds."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from fairdue.contexts.arrangements.models import Plan, PlanAccount, Proposal
from fairdue.contexts.arrangements.offer_codec import offer_of
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.negotiation.carrying import LedgerStep, ledger_steps
from fairdue.engine.negotiation.offers import Offer, OfferPart
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

SOURCE = "agreement"
"""Of every event of the ledger that carries an agreement out."""


def house(actor: Actor) -> Actor:
    """Return the house acting on what was agreed, within the gesture of whoever agreed."""
    return Actor(kind="system", label="agreement", role="system", creditor_ids=None, gesture=actor.gesture)


def carry_out(*, proposal: Proposal, number: str, part: OfferPart, actor: Actor, now: datetime) -> list[int]:
    """This function will record what an agreement does to one debt and return the ledger's events, oldest first.

    1. A settlement is accepted for all that is owed if it comes by its last day and its grace; the rest is waived then.
    2. Everything else replaces what is unpaid by the agreed rows; a waiver in it comes back if the plan is broken.
    3. Interest that the plan itself adds is charged first, so that rows and debt agree to the cent; what a loan that is
       kept here has earned since its last posting is given up, so that nothing is owed beside the plan.

    :raises LedgerError: if the debt is not what was agreed about any more; the caller's transaction ends
    """
    offer = offer_of(proposal.offer)
    if offer.kind == "settlement":
        return [_settle(proposal, number, part, actor, now)]
    until = _until(part.account_id, business_date(now)) if offer.scope == "overdue" else None
    steps = ledger_steps(part, number=number, agreed_date=business_date(now), until=until)
    done = [_record(number, part.account_id, step, offer.currency, actor, now) for step in steps]
    _keep(part.account_id, now)
    rest = () if until else _rest(part, number, business_date(now))
    return [*(_record(number, part.account_id, step, offer.currency, actor, now) for step in rest), *done]


def _rest(part: OfferPart, number: str, today: date) -> list[LedgerStep]:
    """Return what gives up what a kept loan has earned since its last posting: no plan leaves arrears of cents."""
    asked: Counter[str] = Counter()
    for one in part.instalments:
        asked.update(one.amounts)
    owed = ledger.account_summary(part.account_id, today).by_component
    return [
        LedgerStep(
            kind="waiver",
            amount_minor=money.minor - asked[name],
            details={"component": name, "reason": number},
        )
        for name, money in owed.items()
        if money.minor > asked[name]
    ]


def _keep(account_id: int, now: datetime) -> None:
    """Let a loan that is kept here follow at once: a plan ends its schedule's interest, taken back it runs again."""
    if ledger.is_kept(account_id):
        ledger.keep_contracts(until=business_date(now), now=now, account_ids=[account_id])


def _settle(proposal: Proposal, number: str, part: OfferPart, actor: Actor, now: datetime) -> int:
    last = max(one.due_date for one in part.instalments) + timedelta(days=proposal.grace_days)
    total = sum(one.total_minor for one in part.instalments)
    step = LedgerStep(
        kind="settlement", amount_minor=total, details={"by_date": last.isoformat(), "reason": number}
    )
    return _record(number, part.account_id, step, proposal.currency, actor, now)


def _record(
    number: str, account_id: int, step: LedgerStep, currency: str, actor: Actor, now: datetime
) -> int:
    name = "" if step.kind not in ("charge", "waiver") else f":added:{step.details['component']}"
    receipt = ledger.record_event(
        account_id=account_id, kind=step.kind, amount=Money(step.amount_minor, currency) if step.amount_minor else None,
        effective_date=business_date(now), details=step.details, source=SOURCE, actor=house(actor), now=now,
        external_ref=f"agreement:{number}:{account_id}:{step.kind}{name}", approval_ref=f"agreement:{number}",
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
    _keep(account.account_id, now)


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
