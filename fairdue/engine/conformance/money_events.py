"""Reading the events of ledger cases, and finding the loan each belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from fairdue.engine.conformance.money_terms import Unit
from fairdue.engine.conformance.running import Unsupported
from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life.events import Event, EventInvalid

Fields = Mapping[str, Any]


def read_event(given: Fields, unit: Unit) -> Event:
    """Return an event of a case.

    :raises Unsupported: if the format's rules do not say what such an event means
    """
    reader = _READERS.get(given["type"])
    if reader is None:
        raise Unsupported(f"the event {given['type']}")
    own = {"id": given["id"], "entered_date": date.fromisoformat(given["date"])}
    if "amount" in given:
        own["amount"] = unit.minor(given["amount"])
    try:
        return reader(given, own)
    except EventInvalid as error:
        raise Unsupported(f"this event: {error}") from error


def loans_of_events(events: Sequence[Fields], loan_ids: Sequence[str]) -> dict[str, str]:
    """Return the loan of each event: the one it names, that of the event it refers to, or the only one."""
    found: dict[str, str] = {}
    for event in events:
        named: str | None = event.get("loan") or next(iter(event.get("loans", ())), None)
        referred = found.get(event.get("of", ""))
        only = loan_ids[0] if len(loan_ids) == 1 or event["type"] == "reversal" else None
        loan = named or referred or only
        if loan is None or loan not in loan_ids:
            raise Unsupported(f"{event['id']}: an event without a loan")
        found[event["id"]] = loan
    return found


def _day(given: Fields, field: str) -> date | None:
    return date.fromisoformat(given[field]) if field in given else None


def _receipt(given: Fields, own: Fields) -> Event:
    return kinds.Receipt(**own, effective_date=_day(given, "effective"))


def _credit(given: Fields, own: Fields) -> Event:
    return kinds.GoodwillCredit(
        **own, effective_date=_day(given, "effective"), in_advance=given.get("in_advance")
    )


def _charge(given: Fields, own: Fields) -> Event:
    return kinds.Charge(**own, component=given["charge_type"], due_date=date.fromisoformat(given["due"]))


def _pause(given: Fields, own: Fields) -> Event:
    return kinds.Pause(
        **own, from_date=date.fromisoformat(given["from"]), to_date=date.fromisoformat(given["to"])
    )


def _reage(given: Fields, own: Fields) -> Event:
    return kinds.Reage(
        **own,
        first_due_date=date.fromisoformat(given["first_due"]),
        every=given["every"],
        unit=given["unit"],
        instalments=given["instalments"],
    )


def _promise(given: Fields, own: Fields) -> Event:
    return kinds.PromiseToPay(
        **own,
        due_date=date.fromisoformat(given["due"]),
        tolerance=Fraction(given.get("tolerance_pct", 0)) / 100,
        grace_days=given.get("grace_days", 0),
    )


_READERS: dict[str, Callable[[Fields, Fields], Event]] = {
    "repayment": _receipt,
    "credit": _credit,
    "reversal": lambda given, own: kinds.Reversal(**own, of=given["of"]),
    "charge": _charge,
    "waive": lambda given, own: kinds.Waiver(**own, of=given["of"]),
    "chargeback": lambda given, own: kinds.Chargeback(**own, of=given.get("of")),
    "refund": lambda given, own: kinds.Refund(**own),
    "pause": _pause,
    "resume": lambda given, own: kinds.Resume(**own, effective_date=_day(given, "effective")),
    "reage": _reage,
    "reamortise": lambda given, own: kinds.Reamortise(**own),
    "charge_off": lambda given, own: kinds.ChargeOff(**own, effective_date=_day(given, "effective")),
    "write_off": lambda given, own: kinds.WriteOff(**own),
    "recovery": lambda given, own: kinds.Recovery(**own, is_settling=given.get("settles", False)),
    "promise": _promise,
    "cancel_promise": lambda given, own: kinds.PromiseCancelled(**own, of=given["of"]),
}
