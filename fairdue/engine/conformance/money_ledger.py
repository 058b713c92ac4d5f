"""Answers to ledger cases: each loan's terms and events go through the engine's replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairdue.engine.conformance.money_calculations import answer_calculation
from fairdue.engine.conformance.money_events import loans_of_events, read_event
from fairdue.engine.conformance.money_terms import Unit, read_terms
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.ledger.life import DebtTerms, LoanState, assess_promise, replay
from fairdue.engine.ledger.life.events import (
    Chargeback,
    Event,
    EventInvalid,
    PromiseCancelled,
    PromiseToPay,
    Reamortise,
    Reversal,
    Waiver,
)
from fairdue.engine.ledger.life.state import Entry, RowState

_README_REASONS = {
    "nothing_to_reverse", "future_dated", "written_off", "not_written_off", "charged_off",
    "already_charged_off", "not_active", "pause_overlap", "resume_not_today", "not_paused",
    "exceeds_overpayment", "exceeds_payment", "nothing_to_waive", "exceeds_charge",
}  # fmt: skip
"""What else the engine refuses, the format does not speak about, but for the two tables below."""
_README_REASON_OF = {
    (Waiver, "unknown_reference"): "nothing_to_waive",
    (Chargeback, "unknown_reference"): "exceeds_payment",
}
"""A charge, or payment, that is not there: of it nothing is unpaid, and every amount is above it."""
_ACCEPTED_BY_README = {(Reamortise, "nothing_to_spread_over"), (PromiseCancelled, "unknown_reference")}
"""What the engine refuses because it would change nothing, and the format accepts because it lists no reason."""


def answer_loans_or_calculation(question: dict[str, Any]) -> Answer:
    """Return the states of the loans at each moment asked about, or the values of a calculation."""
    if "loans" not in question["given"]:
        return answer_calculation(question)
    try:
        return _Book.of(question).answer(question["questions"])
    except EventInvalid as error:
        raise Unsupported(f"these events: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The loans of a case with their events, in the order of entry."""

    unit: Unit
    loans: dict[str, DebtTerms]
    events: list[Event]
    loan_of: dict[str, str]
    promised_over: dict[str, list[str]]

    @classmethod
    def of(cls, question: dict[str, Any]) -> _Book:
        given, events = question["given"], question.get("events", [])
        unit = Unit(given.get("minor_digits", 2))
        loans = {loan["id"]: read_terms(loan, unit) for loan in given["loans"]}
        loan_of = loans_of_events(events, list(loans))
        return cls(
            unit=unit,
            loans=loans,
            events=[read_event(event, unit) for event in events],
            loan_of=loan_of,
            promised_over={event["id"]: event.get("loans", [loan_of[event["id"]]]) for event in events},
        )

    def answer(self, moments: list[dict[str, Any]]) -> Answer:
        return {"items": [self._item(moment) for moment in moments], "refused": self._refused()}

    def _refused(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for loan in self.loans:
            found |= self._state(loan, self.events, date.max).refusals
        found = self._in_words_of_readme(found)
        if unknown := set(found.values()) - _README_REASONS:
            raise Unsupported(f"events refused as {', '.join(sorted(unknown))}")
        return found

    def _in_words_of_readme(self, refusals: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        accepted: set[str] = set()
        for event in self.events:
            reason = refusals.get(event.id)
            if reason is None:
                continue
            is_reversal_of_accepted = isinstance(event, Reversal) and event.of in accepted
            if (type(event), reason) in _ACCEPTED_BY_README or is_reversal_of_accepted:
                accepted = (accepted - {event.of}) if isinstance(event, Reversal) else accepted | {event.id}
                continue
            found[event.id] = _README_REASON_OF.get((type(event), reason), reason)
        return found

    def _state(self, loan: str, events: list[Event], as_of: date) -> LoanState:
        own = [event for event in events if self.loan_of[event.id] == loan]
        return replay(self.loans[loan], own, as_of)

    def _item(self, moment: dict[str, Any]) -> dict[str, Any]:
        if not moment["asks"]:
            return {}
        if not moment.keys() & {"at", "after"}:
            raise Unsupported("a state at no moment")
        events, as_of = self._moment(moment)
        item: dict[str, Any] = {}
        if "promise" in moment["asks"]:
            item["promise"] = self._promises(events, as_of)
        if asks := set(moment["asks"]) - {"promise"}:
            loan = moment.get("loan") or (next(iter(self.loans)) if len(self.loans) == 1 else None)
            if loan not in self.loans:
                raise Unsupported("a moment that does not say which loan")
            state = self._state(loan, events, as_of)
            item |= {ask: self._view(ask, state, events) for ask in asks if ask != "schedule_rows"}
            item |= {"schedule": self._schedule(state)} if "schedule_rows" in asks else {}
        return item

    def _moment(self, moment: dict[str, Any]) -> tuple[list[Event], date]:
        events, after = self.events, moment.get("after")
        as_of = date.fromisoformat(moment["at"]) if "at" in moment else date.max
        if after is not None:
            index = [event.id for event in events].index(after)
            events = events[: index + 1]
            as_of = as_of if "at" in moment else events[-1].entered_date
        return [event for event in events if event.entered_date <= as_of], as_of

    def _promises(self, events: list[Event], as_of: date) -> dict[str, Any]:
        states = {loan: self._state(loan, events, as_of) for loan in self.loans}
        standing = {event.id for state in states.values() for event in state.events}
        found: dict[str, Any] = {}
        for promise in events:
            if not isinstance(promise, PromiseToPay):
                continue
            if promise.id not in standing:
                continue
            debts = [states[loan] for loan in dict.fromkeys(self.promised_over[promise.id])]
            result = assess_promise(promise, debts, as_of)
            found[promise.id] = {"status": result.status, "received": self.unit.major(result.received)}
        return found

    def _view(self, ask: str, state: LoanState, events: list[Event]) -> Any:
        if ask in ("allocation", "postings"):
            nothing: dict[str, Any] = {event.id: {} if ask == "allocation" else [] for event in events}
            return nothing | (self._splits(state) if ask == "allocation" else self._postings(state))
        view = _VIEWS.get(ask)
        if view is None:
            raise Unsupported(f"{ask} of a loan")
        return view(self, state)

    def _schedule(self, state: LoanState) -> list[dict[str, Any]]:
        return [self._row(row) for row in state.rows]

    def _row(self, row: RowState) -> dict[str, Any]:
        amounts = dict(row.components) | {
            "total": row.total,
            "paid": row.paid,
            "waived": row.waived,
            "outstanding": row.outstanding,
            "balance": row.balance,
        }
        return {"nr": row.number, "due": row.due_date.isoformat()} | self._major(amounts)

    def _totals(self, state: LoanState) -> dict[str, Any]:
        totals = state.totals
        amounts = dict(totals.by_component) | {
            "due": totals.due,
            "paid": totals.paid,
            "waived": totals.waived,
            "outstanding": totals.outstanding,
            "overpaid": totals.overpaid,
            "written_off": totals.written_off,
            "recovered": totals.recovered,
        }
        return self._major(amounts) | {"rows": len(state.rows)}

    def _splits(self, state: LoanState) -> dict[str, Any]:
        return {
            event_id: self._major(dict(split.parts) | {"overpaid": split.overpaid})
            for event_id, split in state.splits.items()
        }

    def _postings(self, state: LoanState) -> dict[str, Any]:
        return {
            event_id: [self._posting(entry) for entry in entries]
            for event_id, entries in state.entries.items()
        }

    def _posting(self, entry: Entry) -> dict[str, Any]:
        return {
            "account": entry.account,
            "debit": self.unit.major(entry.debit),
            "credit": self.unit.major(entry.credit),
        }

    def _delinquency(self, state: LoanState) -> dict[str, Any]:
        late = state.delinquency
        return {
            "days_past_due": late.days_past_due,
            "delinquent_days": late.delinquent_days,
            "bucket": late.bucket or "none",
            "amount": self.unit.major(late.amount),
            "oldest_due": None if late.oldest_due_date is None else late.oldest_due_date.isoformat(),
            "by_instalment": self._major(dict(late.by_bucket)),
        }

    def _major(self, amounts: dict[str, int]) -> dict[str, Any]:
        return {name: self.unit.major(amount) for name, amount in amounts.items()}


_VIEWS: dict[str, Callable[[_Book, LoanState], Any]] = {
    "schedule": _Book._schedule,
    "totals": _Book._totals,
    "delinquency": _Book._delinquency,
    "state": lambda book, state: {"status": state.status, "charged_off": state.is_charged_off},
    "accrued_interest": lambda book, state: book.unit.major(state.accrued_interest),
}
