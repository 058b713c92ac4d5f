"""Why an event is refused: the rules, in the order in which they are asked; the first gives the reason."""

from __future__ import annotations

from collections.abc import Callable

from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life.agreements import deferred_rows, open_settlement, replaceable
from fairdue.engine.ledger.life.claims import claimable
from fairdue.engine.ledger.life.events import Event
from fairdue.engine.ledger.life.history import History
from fairdue.engine.ledger.life.pausing import overlaps, running_pause
from fairdue.engine.ledger.life.rescheduling import later_rows

_CLOSED_BY_WRITE_OFF = (
    kinds.Receipt, kinds.GoodwillCredit, kinds.Credit, kinds.Reversal, kinds.Charge, kinds.Waiver,
    kinds.Chargeback, kinds.ChargeOff, kinds.WriteOff, kinds.Reage, kinds.Reamortise, kinds.Deferral,
    kinds.Plan, kinds.Settlement, kinds.Assignment, kinds.Dispute, kinds.Judgment,
)  # fmt: skip
_FOR_ACTIVE = (
    kinds.ChargeOff, kinds.WriteOff, kinds.Reage, kinds.Reamortise, kinds.Pause, kinds.Resume,
    kinds.Deferral, kinds.Plan, kinds.Settlement, kinds.Assignment, kinds.Dispute, kinds.Judgment,
)  # fmt: skip


def refusal(history: History, event: Event) -> str | None:
    """Return why an event is refused on the state after all accepted events before it, or None.

    An event that is refused changes nothing. The reasons are those of `REASONS`, in that order.
    """
    return next((reason for reason, applies in _RULES if applies(history, event)), None)


def _is_nothing_to_reverse(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Reversal) and not history.stands(event.of)


def _is_future_dated(history: History, event: Event) -> bool:
    effective_date = getattr(event, "effective_date", None)
    return effective_date is not None and effective_date > event.entered_date


def _is_assigned(history: History, event: Event) -> bool:
    is_allowed = isinstance(event, kinds.Reversal | kinds.Refund)
    return history.has(kinds.Assignment) and not is_allowed


def _is_written_off(history: History, event: Event) -> bool:
    return history.has(kinds.WriteOff) and isinstance(event, _CLOSED_BY_WRITE_OFF)


def _is_not_written_off(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Recovery) and history.position.status != "written_off"


def _is_charged_off(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Charge) and history.has(kinds.ChargeOff)


def _is_charged_off_already(history: History, event: Event) -> bool:
    return isinstance(event, kinds.ChargeOff) and history.has(kinds.ChargeOff)


def _is_not_active(history: History, event: Event) -> bool:
    return isinstance(event, _FOR_ACTIVE) and history.position.status != "active"


def _is_pause_overlapping(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Pause) and overlaps(history.position, event)


def _is_not_resumed_today(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Resume) and event.counts_on != event.entered_date


def _is_not_paused(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Resume) and running_pause(history.position, event.counts_on) is None


def _is_beyond_overpayment(history: History, event: Event) -> bool:
    """Money that waits for an item to fall due is the borrower's until then."""
    return isinstance(event, kinds.Refund) and event.amount > history.position_on(event.entered_date).held


def _is_reference_unknown(history: History, event: Event) -> bool:
    match event:
        case kinds.Chargeback(of=str(of)):
            return not (history.stands(of) and isinstance(history.entered[of], kinds.Payment))
        case kinds.Waiver(of=str(of)) | kinds.Dispute(of=str(of)):
            return not isinstance(history.entered.get(of), kinds.Charge)
        case kinds.PromiseCancelled(of=of):
            return not (history.stands(of) and isinstance(history.entered[of], kinds.PromiseToPay))
    return False


def _is_beyond_payment(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Chargeback) or event.of is None:
        return False
    before = sum(
        other.amount
        for other in history.standing()
        if isinstance(other, kinds.Chargeback) and other.of == event.of
    )
    payment = history.entered[event.of]
    return isinstance(payment, kinds.Payment) and before + event.amount > payment.amount


def _is_nothing_to_waive(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Waiver) and not claimable(history.position, event)


def _is_nothing_to_dispute(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Dispute) and not claimable(history.position, event)


def _is_beyond_charge(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Claim) or event.amount is None:
        return False
    return event.amount > claimable(history.position, event)


def _is_component_unknown(history: History, event: Event) -> bool:
    return (
        isinstance(event, kinds.Charge | kinds.Credit)
        and event.component not in history.terms.allocation.components
    )


def _is_plan_component_unknown(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Plan):
        return False
    return not set(event.by_component) <= set(history.terms.allocation.components)


def _is_plan_different(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Plan):
        return False
    return any(
        planned != sum(item.payable for _, item in replaceable(history.position, event, component))
        for component, planned in event.by_component.items()
    )


def _is_plan_past(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Plan) and any(row.due_date < event.counts_on for row in event.rows)


def _is_nothing_to_defer(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Deferral) and not deferred_rows(history.position, event)


def _is_settlement_open(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Settlement):
        return False
    return open_settlement(history.position, event.counts_on) is not None


def _is_settlement_too_much(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Settlement) and event.amount > history.position.outstanding


def _is_judged_already(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Judgment) and history.has(kinds.Judgment)


def _is_nothing_to_spread_over(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Reamortise) or later_rows(history.position, event.counts_on):
        return False
    return any(row.principal.unpaid for row in history.position.rows)


_RULES: tuple[tuple[str, Callable[[History, Event], bool]], ...] = (
    ("nothing_to_reverse", _is_nothing_to_reverse),
    ("future_dated", _is_future_dated),
    ("assigned", _is_assigned),
    ("written_off", _is_written_off),
    ("not_written_off", _is_not_written_off),
    ("charged_off", _is_charged_off),
    ("already_charged_off", _is_charged_off_already),
    ("not_active", _is_not_active),
    ("pause_overlap", _is_pause_overlapping),
    ("resume_not_today", _is_not_resumed_today),
    ("not_paused", _is_not_paused),
    ("exceeds_overpayment", _is_beyond_overpayment),
    ("unknown_reference", _is_reference_unknown),
    ("exceeds_payment", _is_beyond_payment),
    ("nothing_to_waive", _is_nothing_to_waive),
    ("nothing_to_dispute", _is_nothing_to_dispute),
    ("exceeds_charge", _is_beyond_charge),
    ("unknown_component", _is_component_unknown),
    ("nothing_to_spread_over", _is_nothing_to_spread_over),
    ("plan_component_unknown", _is_plan_component_unknown),
    ("plan_in_the_past", _is_plan_past),
    ("plan_differs", _is_plan_different),
    ("nothing_to_defer", _is_nothing_to_defer),
    ("settlement_running", _is_settlement_open),
    ("exceeds_debt", _is_settlement_too_much),
    ("already_judged", _is_judged_already),
)

REASONS = tuple(reason for reason, _ in _RULES)
"""Every reason, in the order in which they are asked."""
