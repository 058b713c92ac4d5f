"""From a debt's position to double entries and due items: what the books must say, each cent with its reason.

Every line moves one amount from one account to another, so debits equal credits by construction. The lines are a
function of the position alone: whoever compares them with what is posted knows what is still to be posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fairdue.engine.ledger import accounts
from fairdue.engine.ledger.accounts import receivable
from fairdue.engine.ledger.life import events as life
from fairdue.engine.ledger.life.events import Event
from fairdue.engine.ledger.life.position import Item, Position, Row, Settled

Key = tuple[str, str]
"""A due item: its reference and its component."""

_KINDS: Mapping[type[Event], str] = {
    life.Waiver: "waiver",
    life.Plan: "plan",
    life.Settlement: "settlement",
    life.Chargeback: "chargeback",
    life.Refund: "refund",
    life.Deferral: "deferral",
    life.Charge: "charge",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An amount that an event moves from the account `credit` to the account `debit`, for a day."""

    event_id: str
    kind: str
    debit: str
    credit: str
    amount: int
    effective_date: date
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class DueState:
    """A due item as it stands. `settled_date` is the day from which nothing of it was unpaid any more."""

    ref: str
    component: str
    due_date: date
    amount: int
    asked: int
    paid: int
    settled_date: date | None
    charge_id: str | None

    @property
    def unpaid(self) -> int:
        """What it asks for and has not got."""
        return self.asked - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What the projection must know beside the position.

    1. `funds`: the account that a payment's money stands on, by event; `cash` where none is named.
    2. `charged_dates`: the day on which a due item's amount becomes receivable, where that is later than the
       opening. What takes such an amount off the books does so no earlier.
    """

    funds: Mapping[str, str]
    charged_dates: Mapping[Key, date]

    def not_before(self, item: Item, day: date) -> date:
        """Return the day, or the later one on which the item becomes receivable."""
        return max(day, self.charged_dates.get((item.ref, item.component), day))


def lines_of(position: Position, events: Iterable[Event], books: Books) -> list[Line]:
    """Return what the standing events post.

    1. A payment debits its fund and credits what it settles; what it does not settle that day is credit balance,
       and leaves it on the day on which it settles something.
    2. Charges without a due date are no matter of the position: part of each may be what due items ask for.
    3. A creditor's credit debits `adjustment`, a waiver `waiver`, a chargeback or refund credits cash.
    4. A charge-off books loss against allowance; whatever lowers or raises the receivable afterwards moves the
       allowance along: money received is recovery.
    5. A write-off or assignment clears what is receivable at the end.
    """
    parts: dict[str, list[tuple[int, Settled]]] = {}
    for number, part in enumerate(position.settled):
        parts.setdefault(part.event_id, []).append((number, part))
    lines: list[Line] = []
    is_charged_off = False
    for event in events:
        mine = parts.get(event.id, [])
        match event:
            case life.Receipt() | life.GoodwillCredit() | life.Credit() | life.Recovery():
                lines += _money(position, event, mine, books)
            case life.Chargeback() | life.Refund():
                lines += _returned(position, event, is_charged_off=is_charged_off)
            case life.Waiver() | life.Plan() | life.Settlement():
                lines += _waived(position, event, mine, books)
            case life.Charge() | life.Deferral():
                lines += _charged(position, event)
                if is_charged_off:
                    lines += _lost_at_once(position, event)
            case life.ChargeOff():
                is_charged_off = position.charged_off_date is not None
                lines += _charged_off(position, event)
            case life.WriteOff():
                lines += _cleared(position, event, "write_off", accounts.WRITE_OFF, books)
            case life.Assignment():
                lines += _cleared(position, event, "assignment", accounts.ASSIGNED, books)
    return lines


def _key(item: Item) -> Key | None:
    return (item.ref, item.component) if item.ref else None


def _is_recovery(position: Position, number: int) -> bool:
    return position.charge_off_mark is not None and number >= position.charge_off_mark


def _money(
    position: Position, event: life.AmountEvent, parts: Sequence[tuple[int, Settled]], books: Books
) -> Iterator[Line]:
    if isinstance(event, life.Credit) and event.id not in position.overpaid:
        return  # the debt had ended before the day of the correction: nothing was left to correct
    is_credit = isinstance(event, life.Credit | life.GoodwillCredit)
    fund = accounts.ADJUSTMENT if is_credit else books.funds.get(event.id, accounts.CASH)
    against = accounts.CHARGE_OFF if is_credit else accounts.RECOVERY
    kind = "recovery" if isinstance(event, life.Recovery) else "allocation"
    day, held = event.counts_on, event.amount
    recovered = position.recoveries.get(event.id, 0)
    if recovered:
        yield Line(event.id, kind, fund, accounts.RECOVERY, recovered, day)
        held -= recovered
    for number, part in parts:
        item = part.item
        is_later = part.effective_date > day
        source = accounts.CREDIT_BALANCE if is_later else fund
        code, on = receivable(item.component), part.effective_date
        yield Line(event.id, kind, source, code, part.amount, on, _key(item))
        held -= 0 if is_later else part.amount
        if _is_recovery(position, number):
            allowance = accounts.ALLOWANCE + item.component
            loss = against + item.component if is_credit else against
            yield Line(event.id, kind, allowance, loss, part.amount, on)
    if held:
        yield Line(event.id, kind, fund, accounts.CREDIT_BALANCE, held, day)


def _returned(position: Position, event: life.AmountEvent, *, is_charged_off: bool) -> Iterator[Line]:
    kind, day = _KINDS[type(event)], event.counts_on
    for component, amount in position.splits.get(event.id, {}).items():
        yield Line(event.id, kind, receivable(component), accounts.CASH, amount, day)
        if is_charged_off:
            loss, allowance = accounts.CHARGE_OFF + component, accounts.ALLOWANCE + component
            yield Line(event.id, kind, loss, allowance, amount, day)
    if absorbed := position.overpaid.get(event.id, 0):
        yield Line(event.id, kind, accounts.CREDIT_BALANCE, accounts.CASH, absorbed, day)
    if recovered := -position.recoveries.get(event.id, 0):
        yield Line(event.id, kind, accounts.RECOVERY, accounts.CASH, recovered, day)


def _waived(
    position: Position, event: Event, parts: Sequence[tuple[int, Settled]], books: Books
) -> Iterator[Line]:
    kind = _KINDS[type(event)]
    for number, part in parts:
        component, day = part.item.component, books.not_before(part.item, part.effective_date)
        waiver, owed = accounts.WAIVER + component, receivable(component)
        if part.amount < 0:
            waiver, owed = owed, waiver
        yield Line(event.id, kind, waiver, owed, abs(part.amount), day, _key(part.item))
        if _is_recovery(position, number):
            yield _released(event, kind, component, part.amount, day)


def _released(event: Event, kind: str, component: str, amount: int, day: date) -> Line:
    """Return the line that takes a loss back which was booked as charge-off and now stands elsewhere.

    Of an amount below zero, the line that books the loss again.
    """
    allowance, loss = accounts.ALLOWANCE + component, accounts.CHARGE_OFF + component
    if amount < 0:
        allowance, loss = loss, allowance
    return Line(event.id, kind, allowance, loss, abs(amount), day)


def _charged(position: Position, event: life.AmountEvent) -> Iterator[Line]:
    _, item = position.charges.get(event.id, (None, None))
    if item is None or item.due_date is None:
        return
    ref = f"charge:{event.id}" if isinstance(event, life.Charge) else f"{event.id}:0"
    debit, credit = receivable(item.component), accounts.INCOME + item.component
    key = (ref, item.component)
    yield Line(event.id, _KINDS[type(event)], debit, credit, event.amount, event.counts_on, key)


def _lost_at_once(position: Position, event: life.AmountEvent) -> Iterator[Line]:
    """Yield the loss of what is charged on a debt that has been charged off."""
    _, item = position.charges.get(event.id, (None, None))
    if item is not None and event.amount:
        loss, allowance = accounts.CHARGE_OFF + item.component, accounts.ALLOWANCE + item.component
        yield Line(event.id, _KINDS[type(event)], loss, allowance, event.amount, event.counts_on)


def _charged_off(position: Position, event: Event) -> Iterator[Line]:
    for component, amount in position.splits.get(event.id, {}).items():
        loss, allowance = accounts.CHARGE_OFF + component, accounts.ALLOWANCE + component
        yield Line(event.id, "charge_off", loss, allowance, amount, event.counts_on)


def _cleared(position: Position, event: Event, kind: str, account: str, books: Books) -> Iterator[Line]:
    """Yield what clears the receivable: what is unpaid at the end, for nothing changes after it."""
    if event.id not in position.splits:
        return
    amounts: dict[tuple[str, date], int] = {}
    for item in position.items:
        if item.unpaid:
            place = (item.component, books.not_before(item, event.counts_on))
            amounts[place] = amounts.get(place, 0) + item.unpaid
    for (component, day), amount in amounts.items():
        yield Line(event.id, kind, account + component, receivable(component), amount, day)
        if position.charge_off_mark is not None:
            yield _released(event, kind, component, amount, day)


def dues_of(position: Position) -> dict[Key, DueState]:
    """Return the due items of a position by reference and component.

    1. An item asks for its amount less what was waived and what is in dispute; once the debt has ended or was
       settled it asks for no more than was paid.
    2. A charge falls due with the row that it joined.
    """
    settled: dict[int, date] = {}
    for part in position.settled:
        settled[id(part.item)] = max(part.effective_date, settled.get(id(part.item), date.min))
    found: dict[Key, DueState] = {}
    for row in position.rows:
        for item in row.items:
            if item.ref and (item.amount or item.paid or item.waived):
                found[item.ref, item.component] = _due(position, row, item, settled.get(id(item)))
    return found


def _due(position: Position, row: Row, item: Item, settled_date: date | None) -> DueState:
    asked = item.paid if position.is_ended else item.paid + item.payable
    return DueState(
        ref=item.ref,
        component=item.component,
        due_date=row.due_date,
        amount=item.amount,
        asked=asked,
        paid=item.paid,
        settled_date=settled_date if asked == item.paid else None,
        charge_id=item.charge_id,
    )


def standing_of(position: Position) -> str:
    """Return what the events made of the account, as `AccountState.standing` keeps it."""
    if position.assigned_date is not None:
        return "assigned"
    if position.is_settled or (position.discharged_date is not None and not position.outstanding):
        return "settled"
    if position.is_written_off:
        return "written_off"
    return "active" if position.charged_off_date is None else "charged_off"


def pauses_of(position: Position) -> list[tuple[date, date]]:
    """Return the pauses that stand as (from, to), in order, those that overlap or touch joined."""
    joined: list[tuple[date, date]] = []
    for interval in sorted(position.pauses, key=lambda one: one.from_date):
        if joined and interval.from_date <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], interval.to_date))
        elif interval.to_date > interval.from_date:
            joined.append((interval.from_date, interval.to_date))
    return joined


def open_balances(position: Position) -> dict[str, int]:
    """Return what is outstanding of each component; nothing once the debt has ended."""
    return {} if position.is_ended else position.unpaid_by_component()
