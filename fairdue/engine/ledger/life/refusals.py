"""Why an event is refused: the rules, in the order in which they are asked; the first gives the reason."""

from __future__ import annotations

from collections.abc import Callable

from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life.events import Event
from fairdue.engine.ledger.life.history import History
from fairdue.engine.ledger.life.pausing import overlaps, running_pause
from fairdue.engine.ledger.life.rescheduling import later_rows

_CLOSED_BY_WRITE_OFF = (
    kinds.Receipt, kinds.GoodwillCredit, kinds.Credit, kinds.Reversal, kinds.Charge, kinds.Waiver,
    kinds.Chargeback, kinds.ChargeOff, kinds.WriteOff, kinds.Reage, kinds.Reamortise,
)  # fmt: skip
_FOR_ACTIVE = (
    kinds.ChargeOff, kinds.WriteOff, kinds.Reage, kinds.Reamortise, kinds.Pause, kinds.Resume,
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
    return isinstance(event, kinds.Refund) and event.amount > history.position.held


def _is_reference_unknown(history: History, event: Event) -> bool:
    match event:
        case kinds.Chargeback(of=str(of)):
            return not (history.stands(of) and isinstance(history.entered[of], kinds.Payment))
        case kinds.Waiver(of=of):
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


def _unpaid_of_charge(history: History, charge_id: str) -> int:
    _, item = history.position.charges.get(charge_id, (None, None))
    return 0 if item is None else item.unpaid


def _is_nothing_to_waive(history: History, event: Event) -> bool:
    return isinstance(event, kinds.Waiver) and not _unpaid_of_charge(history, event.of)


def _is_beyond_charge(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Waiver) or event.amount is None:
        return False
    return event.amount > _unpaid_of_charge(history, event.of)


def _is_component_unknown(history: History, event: Event) -> bool:
    return (
        isinstance(event, kinds.Charge | kinds.Credit)
        and event.component not in history.terms.allocation.components
    )


def _is_nothing_to_spread_over(history: History, event: Event) -> bool:
    if not isinstance(event, kinds.Reamortise) or later_rows(history.position, event.counts_on):
        return False
    return any(row.principal.unpaid for row in history.position.rows)


_RULES: tuple[tuple[str, Callable[[History, Event], bool]], ...] = (
    ("nothing_to_reverse", _is_nothing_to_reverse),
    ("future_dated", _is_future_dated),
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
    ("exceeds_charge", _is_beyond_charge),
    ("unknown_component", _is_component_unknown),
    ("nothing_to_spread_over", _is_nothing_to_spread_over),
)

REASONS = tuple(reason for reason, _ in _RULES)
"""Every reason, in the order in which they are asked."""
