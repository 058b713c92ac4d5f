"""The way from a stored record to an event of a debt's life, and back; what cannot be meant is refused by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from fairdue.engine.ledger.event_kinds import (
    KINDS,
    REVERSAL,
    DetailField,
    DetailsRefused,
    EventKind,
    EventRecord,
    FieldType,
)
from fairdue.engine.ledger.life import events as life
from fairdue.engine.ledger.life.events import Event, EventInvalid
from fairdue.kernel.money import MAX_MINOR

TEXT_LENGTH = 200


def check_details(kind: EventKind, details: Mapping[str, Any]) -> None:
    """Pass if the details are what the kind describes.

    :raises DetailsRefused: naming the first field that is unknown, missing or of another type
    """
    for name, value in details.items():
        described = kind.field(name)
        if described is None:
            raise DetailsRefused(kind.code, name, "is not a field of this kind")
        _CHECKS[described.type](kind.code, described, value)
    for described in kind.fields:
        if described.is_required and details.get(described.name) in (None, "", []):
            raise DetailsRefused(kind.code, described.name, "must be given")


def event_of(record: EventRecord) -> Event:
    """Return the event that a record describes.

    :raises DetailsRefused: if the kind is unknown, the details are not what it describes, or contradict themselves
    """
    if record.kind == REVERSAL:
        return life.Reversal(id=record.id, entered_date=record.entered_date, of=record.reverses_id)
    kind = KINDS.get(record.kind)
    if kind is None:
        raise DetailsRefused(record.kind, "kind", f"is none of {', '.join(KINDS)}")
    check_details(kind, record.details)
    if kind.amount == "needed" and not record.amount:
        raise DetailsRefused(kind.code, "amount", "must be given")
    if kind.amount == "none" and record.amount:
        raise DetailsRefused(kind.code, "amount", "is not a field of this kind")
    own = {"id": record.id, "entered_date": record.entered_date, "effective_date": record.effective_date}
    try:
        return _MAKERS[record.kind](record, own)
    except EventInvalid as error:
        raise DetailsRefused(kind.code, "details", str(error)) from error


def record_of(event: Event) -> EventRecord:
    """Return the record that describes an event: the inverse of `event_of`.

    :raises DetailsRefused: if no kind describes such an event
    """
    if isinstance(event, life.Reversal):
        return EventRecord(
            id=event.id,
            kind=REVERSAL,
            effective_date=event.counts_on,
            entered_date=event.entered_date,
            reverses_id=event.of,
        )
    code = _CODES.get(type(event))
    if code is None:
        raise DetailsRefused(type(event).__name__, "kind", "is no kind of stored event")
    details = {
        name: value for name, value in _details(event).items() if value not in (None, "", 0, (), [], {})
    }
    return EventRecord(
        id=event.id,
        kind=code,
        effective_date=event.counts_on,
        entered_date=event.entered_date,
        amount=getattr(event, "amount", None) or 0,
        component=str(details.get("component", "")),
        details=details,
    )


def _require(is_met: bool, kind: str, name: str, rule: str) -> None:
    if not is_met:
        raise DetailsRefused(kind, name, rule)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_MINOR


def _check_date(kind: str, described: DetailField, value: Any) -> None:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        raise DetailsRefused(kind, described.name, "must be a date YYYY-MM-DD") from None


def _check_count(kind: str, described: DetailField, value: Any) -> None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1200
    _require(is_count, kind, described.name, "must be a whole number from 0 to 1200")


def _check_amount(kind: str, described: DetailField, value: Any) -> None:
    _require(_is_amount(value), kind, described.name, "must be whole minor units from 0 to 2^53")


def _check_text(kind: str, described: DetailField, value: Any) -> None:
    is_text = isinstance(value, str) and len(value) <= TEXT_LENGTH
    _require(is_text, kind, described.name, f"must be text of at most {TEXT_LENGTH} characters")


def _check_flag(kind: str, described: DetailField, value: Any) -> None:
    _require(isinstance(value, bool), kind, described.name, "must be true or false")


def _check_choice(kind: str, described: DetailField, value: Any) -> None:
    _require(
        value in described.choices, kind, described.name, f"must be one of {', '.join(described.choices)}"
    )


def _check_transaction(kind: str, described: DetailField, value: Any) -> None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and value > 0
    _require(is_number, kind, described.name, "must be the number of a transaction")


def _check_amounts(kind: str, described: DetailField, value: Any) -> None:
    is_map = isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
    _require(is_map, kind, described.name, "must give minor units by component")
    for amount in value.values():
        _check_amount(kind, described, amount)


def _check_rows(kind: str, described: DetailField, value: Any) -> None:
    _require(isinstance(value, (list, tuple)), kind, described.name, "must be a list of rows")
    for row in value:
        is_row = isinstance(row, Mapping) and set(row) == {"due_date", "component", "amount"}
        _require(is_row, kind, described.name, "must have due_date, component and amount in each row")
        _check_date(kind, described, row["due_date"])
        _require(isinstance(row["component"], str), kind, described.name, "must name a component in each row")
        _check_amount(kind, described, row["amount"])


_CHECKS: Mapping[FieldType, Callable[[str, DetailField, Any], None]] = {
    "date": _check_date,
    "count": _check_count,
    "amount": _check_amount,
    "text": _check_text,
    "flag": _check_flag,
    "choice": _check_choice,
    "transaction": _check_transaction,
    "amounts": _check_amounts,
    "rows": _check_rows,
    "document": lambda kind, described, value: None,
}


def _day(record: EventRecord, name: str) -> date | None:
    value = record.details.get(name)
    return None if value is None else date.fromisoformat(value)


def _component(record: EventRecord) -> str:
    return record.component or str(record.details.get("component", ""))


def _reference(record: EventRecord) -> str | None:
    of = record.details.get("of")
    return None if of is None else str(of)


def _charge(record: EventRecord, own: dict[str, Any]) -> Event:
    return life.Charge(
        **own,
        amount=record.amount,
        component=_component(record),
        due_date=_day(record, "due_date"),
        is_kept=bool(record.details.get("kept", False)),
    )


def _claim(maker: Callable[..., Event]) -> Callable[[EventRecord, dict[str, Any]], Event]:
    def make(record: EventRecord, own: dict[str, Any]) -> Event:
        return maker(
            **own,
            of=_reference(record),
            component=_component(record),
            ref=str(record.details.get("due_ref", "")),
            amount=record.amount or None,
        )

    return make


def _pause(record: EventRecord, own: dict[str, Any]) -> Event:
    """Return a pause; it counts from its first day where that is earlier, so that a later end finds it running."""
    from_date, to_date = (date.fromisoformat(record.details[name]) for name in ("from", "to"))
    own = own | {"effective_date": min(record.effective_date, from_date)}
    return life.Pause(**own, from_date=from_date, to_date=to_date)


def _deferral(record: EventRecord, own: dict[str, Any]) -> Event:
    given = record.details
    return life.Deferral(
        **own,
        amount=record.amount,
        from_date=date.fromisoformat(given["from_date"]),
        months=given.get("months", 0),
        days=given.get("days", 0),
    )


def _re_age(record: EventRecord, own: dict[str, Any]) -> Event:
    given = record.details
    return life.Reage(
        **own,
        first_due_date=date.fromisoformat(given["first_due_date"]),
        every=given["every"],
        unit=given["unit"],
        instalments=given["instalments"],
    )


def _plan(record: EventRecord, own: dict[str, Any]) -> Event:
    rows = tuple(
        life.PlanRow(date.fromisoformat(row["due_date"]), row["component"], row["amount"])
        for row in record.details["rows"]
    )
    discount = tuple(sorted(record.details.get("discount", {}).items()))
    return life.Plan(**own, rows=rows, discount=discount, until=_day(record, "until"))


def _amount_event(maker: Callable[..., Event]) -> Callable[[EventRecord, dict[str, Any]], Event]:
    return lambda record, own: maker(**own, amount=record.amount)


_MAKERS: Mapping[str, Callable[[EventRecord, dict[str, Any]], Event]] = {
    "payment": _amount_event(life.Receipt),
    "charge": _charge,
    "credit": lambda record, own: life.Credit(**own, amount=record.amount, component=_component(record)),
    "chargeback": lambda record, own: life.Chargeback(**own, amount=record.amount, of=_reference(record)),
    "refund": _amount_event(life.Refund),
    "waiver": _claim(life.Waiver),
    "pause": _pause,
    "resume": lambda record, own: life.Resume(**own),
    "deferral": _deferral,
    "re_age": _re_age,
    "re_amortise": lambda record, own: life.Reamortise(**own),
    "plan": _plan,
    "settlement": lambda record, own: life.Settlement(
        **own, amount=record.amount, by_date=date.fromisoformat(record.details["by_date"])
    ),
    "judgment": lambda record, own: life.Judgment(
        **own,
        amount=record.amount,
        perform_by=date.fromisoformat(record.details["perform_by"]),
        reference=record.details["reference"],
    ),
    "charge_off": lambda record, own: life.ChargeOff(**own),
    "write_off": lambda record, own: life.WriteOff(**own),
    "recovery": lambda record, own: life.Recovery(
        **own, amount=record.amount, is_settling=record.details.get("is_settling", False)
    ),
    "assignment": lambda record, own: life.Assignment(**own, to=record.details["to"]),
    "dispute": _claim(life.Dispute),
}

_CODES: Mapping[type[Event], str] = {
    life.Receipt: "payment", life.Charge: "charge", life.Credit: "credit", life.Chargeback: "chargeback",
    life.Refund: "refund", life.Waiver: "waiver", life.Pause: "pause", life.Resume: "resume",
    life.Deferral: "deferral", life.Reage: "re_age", life.Reamortise: "re_amortise", life.Plan: "plan",
    life.Settlement: "settlement", life.ChargeOff: "charge_off", life.WriteOff: "write_off",
    life.Recovery: "recovery", life.Assignment: "assignment", life.Dispute: "dispute",
    life.Judgment: "judgment",
}  # fmt: skip


def _details(event: Event) -> dict[str, Any]:
    """Return the details as they are stored; what holds nothing is left out by the caller."""
    match event:
        case life.Charge():
            due_date = None if event.due_date is None else event.due_date.isoformat()
            return {"component": event.component, "due_date": due_date, "kept": event.is_kept}
        case life.Claim():
            return {"of": _number(event.of), "component": event.component, "due_ref": event.ref}
        case life.Chargeback():
            return {"of": _number(event.of)}
        case life.Pause():
            return {"from": event.from_date.isoformat(), "to": event.to_date.isoformat()}
        case life.Plan():
            return _plan_details(event)
    return {name: _plain(getattr(event, name)) for name in _FIELDS.get(type(event), ())}


_FIELDS: Mapping[type[Event], tuple[str, ...]] = {
    life.Credit: ("component",),
    life.Deferral: ("from_date", "months", "days"),
    life.Reage: ("first_due_date", "every", "unit", "instalments"),
    life.Settlement: ("by_date",),
    life.Judgment: ("perform_by", "reference"),
    life.Recovery: ("is_settling",),
    life.Assignment: ("to",),
}
"""Kinds whose details are fields of the event by the same names."""


def _number(of: str | None) -> int | None:
    return None if of is None else int(of)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _plan_details(event: life.Plan) -> dict[str, Any]:
    rows = [
        {"due_date": row.due_date.isoformat(), "component": row.component, "amount": row.amount}
        for row in event.rows
    ]
    until = None if event.until is None else event.until.isoformat()
    return {"rows": rows, "discount": dict(event.discount), "until": until}
