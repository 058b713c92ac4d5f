"""What can happen to an account: a closed vocabulary; `event_codec` reads and writes what is stored of it.

Each kind has one description: the fields of its details with type, unit and whether they must be given, whether it
carries an amount, needs an approval and an active account, its words, and the rule it rests on where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

FieldType = Literal[
    "date", "count", "amount", "text", "flag", "choice", "transaction", "amounts", "rows", "document"
]
"""`amounts`: component → minor units; `rows`: list of {due_date, component, amount}; `document`: kept as it is."""
Carries = Literal["needed", "optional", "none"]

REVERSAL = "reversal"


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
        zh="延期",
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
        zh="协商方案",
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
        zh="减免结清",
        amount="needed",
        needs_approval=True,
        needs_active=True,
        rule="The amount is accepted for all that is owed if received by its day; only then is the rest waived.",
        fields=(DetailField(name="by_date", type="date", en="Received by", zh="到账期限", is_required=True),),
    ),
    EventKind(
        code="judgment",
        en="Judgment",
        zh="判决",
        amount="needed",
        needs_approval=True,
        needs_active=True,
        rule="The amount is the money awarded beside interest. From its day on payments follow the order for judgments; "
        "unpaid after the last day to perform, it bears the doubled part of the interest. What is owed stays as it is.",
        fields=(
            DetailField(
                name="perform_by",
                type="date",
                en="Last day to perform",
                zh="履行期限届满日",
                is_required=True,
            ),
            DetailField(name="reference", type="text", en="Case number", zh="案号", is_required=True),
        ),
        citation={
            "zh": "法释〔2014〕8号第1至4条",
            "en": "Judicial Interpretation Fa Shi [2014] No. 8 arts. 1 to 4",
        },
    ),
    EventKind(
        code="charge_off",
        en="Charge-off",
        zh="核销（账销案存）",
        needs_approval=True,
        needs_active=True,
        rule="The lender books the loss; the borrower owes as before, and money received is a recovery.",
        citation={
            "zh": "《金融企业呆账核销管理办法》（条文待核对）",
            "en": "Measures for writing off bad debts of financial firms (wording to be confirmed)",
        },
    ),
    EventKind(
        code="write_off",
        en="Write-off",
        zh="终止确认",
        needs_approval=True,
        needs_active=True,
        rule="Clears what is receivable, after a charge-off or without one: the loss is booked that day unless a "
        "charge-off booked it before. What is received afterwards is a recovery and settles no due item.",
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
        citation={
            "zh": "《民法典》第546条、第545条（后者条文待核对）",
            "en": "Civil Code of the PRC art. 546, and art. 545 (its wording to be confirmed)",
        },
    ),
    EventKind(
        code="dispute",
        en="Dispute",
        zh="异议",
        amount="optional",
        needs_active=True,
        rule="The amount is left out of allocation and of days past due until the dispute is taken back.",
        fields=_CLAIM,
        citation={
            "zh": "12 CFR 1026.13(d)（条文待核对）",
            "en": "12 CFR 1026.13(d) (wording to be confirmed)",
        },
    ),
)
"""Every kind by code. `reversal` is not one of them: it takes back an event of any kind."""

PLAIN_KINDS = ("payment", "charge", "credit")
"""What creditors' files bring; accounts with nothing else (and no dated charge) are allocated many at a time."""
