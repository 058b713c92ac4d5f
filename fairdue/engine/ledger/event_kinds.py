"""What can happen to an account: a closed vocabulary, and the way from a stored record to an event and back.

Each kind has one description: the fields of its details with type, unit and whether they must be given, whether it
carries an amount, needs an approval and an active account, its words, and the rule it rests on where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from fairdue.engine.ledger.life import events as life
from fairdue.engine.ledger.life.events import Event, EventInvalid
from fairdue.kernel.money import MAX_MINOR

FieldType = Literal[
    "date", "count", "amount", "text", "flag", "choice", "transaction", "amounts", "rows", "document"
]
"""`amounts`: component → minor units; `rows`: list of {due_date, component, amount}; `document`: kept as it is."""
Carries = Literal["needed", "optional", "none"]

REVERSAL = "reversal"
TEXT_LENGTH = 200


class DetailsRefused(ValueError):
    """The details of an event cannot be meant; `field` and `rule` say which and why."""

    def __init__(self, kind: str, field: str, rule: str) -> None:
        super().__init__(f"{kind}: `{field}` {rule}")
        self.kind, self.field, self.rule = kind, field, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailField:
    """One field of an event's details."""

    name: str
    type: FieldType
    en: str
    zh: str
    is_required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """The description of one kind of event."""

    code: str
    en: str
    zh: str
    rule: str
    """What it does, in one sentence that an auditor can check."""
    amount: Carries = "none"
    fields: tuple[DetailField, ...] = ()
    needs_approval: bool = False
    needs_active: bool = False
    """Whether it is refused on an account that owes nothing any more."""
    is_money: bool = False
    """Whether money moves between borrower and creditor."""
    citation: Mapping[str, str] = field(default_factory=dict)

    def field(self, name: str) -> DetailField | None:
        """Return the field of a name, or nothing."""
        return next((one for one in (*self.fields, *COMMON) if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """An event as it is stored: amounts in minor units, details as JSON."""

    id: str
    kind: str
    effective_date: date
    entered_date: date
    amount: int = 0
    component: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    reverses_id: str = ""


COMMON = (
    DetailField(name="note", type="text", en="Note", zh="备注"),
    DetailField(name="reason", type="text", en="Reason", zh="原因"),
    DetailField(name="document", type="document", en="What it was derived from", zh="依据"),
)
"""Fields that every kind may have; they change nothing."""

_COMPONENT = DetailField(name="component", type="text", en="Component", zh="科目")
_CLAIM = (
    _COMPONENT,
    DetailField(name="of", type="transaction", en="Charge", zh="所指费用"),
    DetailField(name="due_ref", type="text", en="Due item", zh="所指账单"),
)


def _kinds(*kinds: EventKind) -> dict[str, EventKind]:
    return {kind.code: kind for kind in kinds}


KINDS: Mapping[str, EventKind] = _kinds(
    EventKind(
        code="payment",
        en="Payment",
        zh="还款",
        amount="needed",
        is_money=True,
        rule="Settles what is owed in the order of the account's allocation policy; what exceeds it is held.",
        citation={"zh": "《民法典》第560、561条", "en": "Civil Code of the PRC arts. 560, 561"},
    ),
    EventKind(
        code="charge",
        en="Charge",
        zh="计收费用",
        amount="needed",
        rule="Adds an amount of one component; with a due date it is asked for from that day on.",
        fields=(
            DetailField(name="component", type="text", en="Component", zh="科目", is_required=True),
            DetailField(name="due_date", type="date", en="Due date", zh="到期日"),
            DetailField(name="why", type="document", en="How it was computed", zh="计算依据"),
            DetailField(name="kept", type="flag", en="Derived by keeping", zh="由本系统计收"),
        ),
    ),
    EventKind(
        code="credit",
        en="Creditor's credit",
        zh="债权人调减",
        amount="needed",
        rule="Lowers one component: first what no due item asks for, then the latest items; what exceeds it is money.",
        fields=(DetailField(name="component", type="text", en="Component", zh="科目", is_required=True),),
    ),
    EventKind(
        code="chargeback",
        en="Chargeback",
        zh="退票退款",
        amount="needed",
        is_money=True,
        rule="Money returned to the payer is owed again: an overpayment held absorbs it first.",
        fields=(DetailField(name="of", type="transaction", en="Returned payment", zh="所退还款"),),
    ),
    EventKind(
        code="refund",
        en="Refund",
        zh="退还溢缴款",
        amount="needed",
        needs_approval=True,
        is_money=True,
        rule="Pays an overpayment out to the borrower, never more than is held.",
    ),
    EventKind(
        code="waiver",
        en="Waiver",
        zh="减免",
        amount="optional",
        needs_approval=True,
        needs_active=True,
        rule="Gives up what is unpaid of a charge or of a component, the oldest first; without an amount all of it.",
        fields=_CLAIM,
    ),
    EventKind(
        code="pause",
        en="Pause of days past due",
        zh="停计逾期",
        needs_active=True,
        rule="Days after `from` up to and including `to` do not count as delinquent, within each due item's own span.",
        fields=(
            DetailField(name="from", type="date", en="From", zh="起", is_required=True),
            DetailField(name="to", type="date", en="To", zh="止", is_required=True),
        ),
    ),
    EventKind(
        code="resume",
        en="End of a pause",
        zh="恢复计逾期",
        needs_active=True,
        rule="The running pause ends on this day.",
    ),
    EventKind(
        code="deferral",
        en="Deferral",
        zh="延期还款",
        amount="optional",
        needs_active=True,
        rule="What is unpaid and due on or after a day falls due later; the amount is interest agreed for it.",
        fields=(
            DetailField(name="from_date", type="date", en="Due on or after", zh="自到期日", is_required=True),
            DetailField(name="months", type="count", unit="months", en="Months", zh="延期月数"),
            DetailField(name="days", type="count", unit="days", en="Days", zh="延期天数"),
        ),
    ),
    EventKind(
        code="re_age",
        en="Re-ageing",
        zh="展期",
        needs_active=True,
        rule="All unpaid principal is put on new instalments; interest and charges stay.",
        fields=(
            DetailField(
                name="first_due_date", type="date", en="First due date", zh="首个到期日", is_required=True
            ),
            DetailField(name="every", type="count", en="Every", zh="每隔", is_required=True),
            DetailField(
                name="unit",
                type="choice",
                en="Unit",
                zh="单位",
                choices=("months", "weeks", "days"),
                is_required=True,
            ),
            DetailField(name="instalments", type="count", en="Instalments", zh="期数", is_required=True),
        ),
    ),
    EventKind(
        code="re_amortise",
        en="Re-amortisation",
        zh="重新分期",
        needs_active=True,
        rule="The unpaid principal already due is spread over the instalments still to come.",
    ),
    EventKind(
        code="plan",
        en="Repayment plan",
        zh="个性化分期协议",
        needs_active=True,
        rule=(
            "Replaces what is unpaid of the components it names by its rows; rows and discount come to exactly that. "
            "Taking it back brings the original due items back."
        ),
        fields=(
            DetailField(name="rows", type="rows", en="Rows", zh="还款计划", is_required=True),
            DetailField(name="discount", type="amounts", unit="minor units", en="Discount", zh="减免"),
            DetailField(name="until", type="date", en="Due on or before", zh="截至到期日"),
        ),
        citation={
            "zh": "《商业银行信用卡业务监督管理办法》第70条（个性化分期）",
            "en": "Measures for the Supervision of Commercial Banks' Credit Card Business art. 70 (card debts)",
        },
    ),
    EventKind(
        code="settlement",
        en="Settlement",
        zh="和解结清",
        amount="needed",
        needs_approval=True,
        needs_active=True,
        rule="The amount is accepted for all that is owed if received by its day; only then is the rest waived.",
        fields=(DetailField(name="by_date", type="date", en="Received by", zh="到账期限", is_required=True),),
    ),
    EventKind(
        code="charge_off",
        en="Charge-off",
        zh="核销（账销案存）",
        needs_approval=True,
        needs_active=True,
        rule="The lender books the loss; the borrower owes as before, and money received is a recovery.",
        citation={
            "zh": "《金融企业呆账核销管理办法》",
            "en": "Measures for writing off bad debts of financial firms",
        },
    ),
    EventKind(
        code="write_off",
        en="Write-off",
        zh="终止确认",
        needs_approval=True,
        needs_active=True,
        rule="Clears what is receivable; what is received afterwards is a recovery and settles no due item.",
    ),
    EventKind(
        code="recovery",
        en="Recovery",
        zh="核销后收回",
        amount="needed",
        is_money=True,
        rule="Money received after a write-off.",
        fields=(DetailField(name="is_settling", type="flag", en="Ends the claim", zh="结清债权"),),
    ),
    EventKind(
        code="assignment",
        en="Assignment",
        zh="债权转让",
        needs_approval=True,
        needs_active=True,
        rule="The receivable passes to another creditor; money received afterwards is held and owed to whom paid it.",
        fields=(DetailField(name="to", type="text", en="New creditor", zh="受让人", is_required=True),),
        citation={"zh": "《民法典》第545、546条", "en": "Civil Code of the PRC arts. 545, 546"},
    ),
    EventKind(
        code="dispute",
        en="Dispute",
        zh="争议",
        amount="optional",
        needs_active=True,
        rule="The amount is left out of allocation and of days past due until the dispute is taken back.",
        fields=_CLAIM,
        citation={"zh": "", "en": "12 CFR 1026.13(d)"},
    ),
)
"""Every kind by code. `reversal` is not one of them: it takes back an event of any kind."""

PLAIN_KINDS = ("payment", "charge", "credit")
"""What creditors' files bring; accounts with nothing else (and no dated charge) are allocated many at a time."""


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
}  # fmt: skip


def _details(event: Event) -> dict[str, Any]:
    match event:
        case life.Charge():
            due_date = None if event.due_date is None else event.due_date.isoformat()
            return {"component": event.component, "due_date": due_date, "kept": event.is_kept}
        case life.Credit():
            return {"component": event.component}
        case life.Claim():
            of = None if event.of is None else int(event.of)
            return {"of": of, "component": event.component, "due_ref": event.ref}
        case life.Chargeback():
            return {"of": None if event.of is None else int(event.of)}
        case life.Pause():
            return {"from": event.from_date.isoformat(), "to": event.to_date.isoformat()}
        case life.Deferral():
            return {"from_date": event.from_date.isoformat(), "months": event.months, "days": event.days}
        case life.Reage():
            first = event.first_due_date.isoformat()
            return {
                "first_due_date": first,
                "every": event.every,
                "unit": event.unit,
                "instalments": event.instalments,
            }
        case life.Plan():
            return _plan_details(event)
        case life.Settlement():
            return {"by_date": event.by_date.isoformat()}
        case life.Recovery():
            return {"is_settling": event.is_settling}
        case life.Assignment():
            return {"to": event.to}
    return {}


def _plan_details(event: life.Plan) -> dict[str, Any]:
    rows = [
        {"due_date": row.due_date.isoformat(), "component": row.component, "amount": row.amount}
        for row in event.rows
    ]
    until = None if event.until is None else event.until.isoformat()
    return {"rows": rows, "discount": dict(event.discount), "until": until}
