"""Debts whose postings are made from their replayed life, for explanations without a database. Amounts are cents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from fairdue.engine.ledger.explaining.facts import Due, Facts, Happening, LateRule, Line, Span
from fairdue.engine.ledger.life import DebtTerms, replay
from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life.terms import AllocationRule, Instalment

START = date(2024, 1, 1)
CITATION = {"zh": "合同", "en": "by contract"}


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def debt(*rows: tuple, **more) -> DebtTerms:
    """A debt with rows (reference, month-day, principal, interest)."""
    instalments = tuple(Instalment(day(due), *amounts, ref=ref) for ref, due, *amounts in rows)
    rule = more.pop("allocation", AllocationRule(code="test", citation=CITATION))
    return DebtTerms(disbursed_date=START, instalments=instalments, allocation=rule, **more)


class Book:
    """Postings as the life of a debt makes them."""

    def __init__(self, terms: DebtTerms, events: list, as_of: date) -> None:
        self.state = replay(terms, events, as_of, known_date=date(2030, 1, 1))
        self.lines: list[Line] = []
        self.paid: Counter[int | None] = Counter()
        self.waived: Counter[int | None] = Counter()
        self.settling: dict[tuple[int, int | None, str], int] = {}
        self.item_ids = {
            (row.number, component): 1000 * row.number + place
            for row in self.state.rows
            for place, component in enumerate(sorted(row.components))
        }
        self.open(terms)
        self.settle()

    def post(self, event, debit, credit, amount, on, item=None) -> None:
        if amount:
            self.lines.append(
                Line(
                    id=len(self.lines) + 1, transaction_id=event, kind="allocation" if event else "opening",
                    debit=debit, credit=credit, due_item_id=item, amount=amount, effective_date=on,
                    recorded_at=_at(on),
                )
            )  # fmt: skip

    def open(self, terms: DebtTerms) -> None:
        opened: Counter[str] = Counter()
        for row in terms.instalments:
            opened.update({"principal": row.principal, "interest": row.interest})
        for component, amount in [*opened.items(), *terms.unscheduled]:
            self.post(None, f"receivable:{component}", "opening", amount, START)
        for event in self.state.events:
            if isinstance(event, kinds.Charge):
                code = event.component
                self.post(
                    int(event.id), f"receivable:{code}", f"income:{code}", event.amount, event.counts_on
                )

    def settle(self) -> None:
        for place, part in enumerate(self.state.parts):
            event, item = int(part.event_id), self.item_ids.get((part.row_number or 0, part.component))
            account = f"waiver:{part.component}" if part.is_waived else "cash"
            self.post(event, account, f"receivable:{part.component}", part.amount, part.effective_date, item)
            (self.waived if part.is_waived else self.paid)[item] += part.amount
            if not part.is_waived:
                self.settling.setdefault((event, item, part.component), place)
        for event in self.state.events:
            if isinstance(event, kinds.Payment):
                held = self.state.splits[event.id].overpaid
                self.post(int(event.id), "cash", "credit_balance", held, event.counts_on)

    def dues(self, as_of: date, origin: str) -> Iterator[Due]:
        for row in self.state.rows:
            for component, amount in row.components.items():
                number = self.item_ids[row.number, component]
                unpaid = amount - self.waived[number] - self.paid[number]
                has_passed = row.due_date < as_of or (row.due_date == as_of and origin == "due_date")
                if amount:
                    yield Due(
                        id=number, ref=row.ref, due_date=row.due_date, component=component, amount=amount,
                        unpaid=unpaid, is_overdue=has_passed and unpaid > 0,
                    )  # fmt: skip


def facts_of(terms: DebtTerms, events: list, as_of: date) -> Facts:
    """Return what explanations read, with the postings that the life of the debt comes to."""
    book = Book(terms, events, as_of)
    dues = tuple(book.dues(as_of, terms.delinquency.origin))
    calendar = terms.delinquency.calendar
    return Facts(
        as_of=as_of,
        currency="CNY",
        days_past_due=book.state.delinquency.delinquent_days,
        lines=tuple(book.lines),
        happenings={int(event.id): _happening(event) for event in events},
        dues=dues,
        rule=terms.allocation,
        late=LateRule(
            origin=terms.delinquency.origin,
            grace_days=terms.delinquency.grace_days,
            counted_due_date={due.due_date: calendar.following(due.due_date) for due in dues},
        ),
        pauses=tuple(
            Span(from_date=event.from_date, to_date=event.to_date, transaction_id=int(event.id))
            for event in book.state.events
            if isinstance(event, kinds.Pause)
        ),
        settling_order=book.settling,
    )


def _at(on: date) -> datetime:
    return datetime.combine(on, time(4), UTC)


def _happening(event) -> Happening:
    names = {kinds.Receipt: "payment", kinds.Charge: "charge", kinds.Waiver: "waiver", kinds.Reversal: "reversal",
             kinds.Pause: "pause"}  # fmt: skip
    of = getattr(event, "of", None)
    return Happening(
        id=int(event.id),
        kind=names[type(event)],
        component=getattr(event, "component", "") or "",
        amount=getattr(event, "amount", 0) or 0,
        effective_date=event.counts_on,
        recorded_at=_at(event.entered_date),
        source="test",
        external_ref=f"R{event.id}",
        reverses_id=int(of) if of and isinstance(event, kinds.Reversal) else None,
    )
