"""The timeline of a case: cards of all contexts merged, newest first, paged by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any, Literal

from fairdue.contexts.arrangements.facade import PlanCard
from fairdue.contexts.care.facade import MatterCard
from fairdue.contexts.cases.contracts import ChangeCard, OutcomeCard, PromiseCard
from fairdue.contexts.cases.facade import CaseRefused
from fairdue.contexts.decisions.contracts import DecisionCard
from fairdue.contexts.law.contracts import ContactCard, HoldCard
from fairdue.contexts.ledger.contracts import TransactionCard
from fairdue.contexts.outreach.contracts import MessageCard
from fairdue.contexts.outreach.facade import ErrandCard, PhoneCallCard
from fairdue.kernel.clock import HOUSE_ZONE, business_date

EntryKind = Literal[
    "contact", "message", "outcome", "promise", "transaction", "decision", "hold", "change", "errand", "matter",
    "plan",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened; `card` is the owning context's card of it.

    `contact`: law.ContactCard · `message`: outreach.MessageCard · `outcome`: cases.OutcomeCard ·
    `promise`: cases.PromiseCard · `transaction`: ledger.TransactionCard with its allocation parts ·
    `decision`: decisions.DecisionCard · `hold`: law.HoldCard · `change`: cases.ChangeCard · `errand`:
    outreach.ErrandCard · `matter`: what a person told or asked for · `plan`: an agreed plan. `key` is unique within
    the case. `contact_id` joins an outcome or a message with the contact that it belongs to.
    """

    kind: EntryKind
    at: datetime
    key: str
    card: Any
    phase: str = ""
    """Of a hold: `started` or `ended`."""
    contact_id: int | None = None
    permit_id: int | None = None
    """Of an outcome: the permit of its contact."""
    call: PhoneCallCard | None = None
    """Of a contact or an outcome that was dialled here."""
    is_withdrawn: bool = False
    """Of a note whose writer took it back."""

    @property
    def sort_key(self) -> tuple[datetime, str]:
        """Newest first is this key descending."""
        return self.at, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Entries newest first; `next_before` is what to pass as `before` for older ones, or None."""

    entries: tuple[TimelineEntry, ...]
    next_before: str | None


class TimelineCursorInvalid(CaseRefused):
    """The marker is not one that an earlier page gave out."""

    code = "cases.timeline.cursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the contexts handed over for one case."""

    contacts: tuple[ContactCard, ...] = ()
    messages: tuple[MessageCard, ...] = ()
    outcomes: tuple[OutcomeCard, ...] = ()
    promises: tuple[PromiseCard, ...] = ()
    transactions: tuple[TransactionCard, ...] = ()
    holds: tuple[HoldCard, ...] = ()
    decision: DecisionCard | None = None
    changes: tuple[ChangeCard, ...] = ()
    calls: tuple[PhoneCallCard, ...] = ()
    errands: tuple[ErrandCard, ...] = ()
    matters: tuple[MatterCard, ...] = ()
    plans: tuple[PlanCard, ...] = ()


Keep = Callable[[TimelineEntry], bool]


def page(history: History, *, before: str | None, limit: int, keep: Keep | None = None) -> Timeline:
    """Return one page of the merged history.

    1. A contact that has an outcome or a message is shown by that, not twice.
    2. Pages continue by key (moment and entry), so nothing is shown twice when new things happen.
    3. With `keep` only what it keeps is shown, and counts for the page.

    :raises TimelineCursorInvalid: if `before` is not a marker of an earlier page
    """
    entries = sorted(_entries(history), key=lambda entry: entry.sort_key, reverse=True)
    if keep is not None:
        entries = [entry for entry in entries if keep(entry)]
    if before is not None:
        mark = _parse(before)
        entries = [entry for entry in entries if entry.sort_key < mark]
    shown = tuple(entries[:limit])
    return Timeline(entries=shown, next_before=_mark(shown[-1]) if len(entries) > limit else None)


def _mark(entry: TimelineEntry) -> str:
    return f"{entry.at.astimezone(UTC).strftime('%Y%m%dT%H%M%S.%f')}.{entry.key}"


def _parse(before: str) -> tuple[datetime, str]:
    try:
        seconds, micros, key = before.split(".", 2)
        return datetime.strptime(f"{seconds}.{micros}", "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), key
    except ValueError as error:
        raise TimelineCursorInvalid("the page marker is not valid; open the case again") from error


def _entries(history: History) -> Iterator[TimelineEntry]:
    told = {card.contact_id for card in history.outcomes} | {card.contact_id for card in history.messages}
    calls = {call.contact_id: call for call in history.calls}
    for contact in history.contacts:
        if contact.contact_id not in told:
            yield TimelineEntry(
                call=calls.get(contact.contact_id),
                kind="contact",
                at=contact.occurred_at,
                key=f"contact-{contact.contact_id:012d}",
                card=contact,
                contact_id=contact.contact_id,
            )
    permits = {contact.contact_id: contact.permit_id for contact in history.contacts}
    for entry in _said(history):
        yield replace(
            entry, call=calls.get(entry.contact_id or 0), permit_id=permits.get(entry.contact_id or 0)
        )
    yield from _promised_and_paid(history)
    yield from _changed(history)
    yield from _holds(history.holds)
    if history.decision is not None:
        yield _decision(history.decision)


def _changed(history: History) -> Iterator[TimelineEntry]:
    for change in history.changes:
        if change.kind != "note_withdrawn":
            key = f"change-{change.change_id:012d}"
            yield TimelineEntry(kind="change", at=change.changed_at, key=key, card=change)
    for errand in history.errands:
        at = errand.settled_at or errand.asked_at
        yield TimelineEntry(kind="errand", at=at, key=f"errand-{errand.errand_id:012d}", card=errand)
    for matter in history.matters:
        key = f"matter-{matter.matter_id:012d}"
        yield TimelineEntry(kind="matter", at=matter.opened_at, key=key, card=matter)
    for plan in history.plans:
        key, at = f"plan-{plan.plan_id:012d}", datetime.combine(plan.started_date, time(), HOUSE_ZONE)
        yield TimelineEntry(kind="plan", at=at, key=key, card=plan)


def _said(history: History) -> Iterator[TimelineEntry]:
    withdrawn = {each.details["outcome"] for each in history.changes if each.kind == "note_withdrawn"}
    for message in history.messages:
        yield TimelineEntry(
            kind="message",
            at=message.sent_at or message.recorded_at,
            key=f"message-{message.message_id:012d}",
            card=message,
            contact_id=message.contact_id,
        )
    for outcome in history.outcomes:
        yield TimelineEntry(
            kind="outcome",
            at=outcome.occurred_at,
            key=f"outcome-{outcome.outcome_id:012d}",
            card=outcome,
            contact_id=outcome.contact_id,
            is_withdrawn=outcome.outcome_id in withdrawn,
        )


def _promised_and_paid(history: History) -> Iterator[TimelineEntry]:
    for promise in history.promises:
        yield TimelineEntry(
            kind="promise", at=promise.recorded_at, key=f"promise-{promise.promise_id:012d}", card=promise
        )
    for row in history.transactions:
        yield TimelineEntry(
            kind="transaction", at=booked_at(row), key=f"transaction-{row.transaction_id:012d}", card=row
        )


def booked_at(row: TransactionCard) -> datetime:
    """Return where a booking stands: when it was recorded, or on its effective day if that is earlier."""
    if business_date(row.recorded_at) <= row.effective_date:
        return row.recorded_at
    return datetime.combine(row.effective_date, time(), HOUSE_ZONE)


def _holds(holds: Iterable[HoldCard]) -> Iterator[TimelineEntry]:
    for hold in holds:
        key = f"hold-{hold.hold_id:012d}"
        yield TimelineEntry(kind="hold", at=hold.started_at, key=f"{key}-a", card=hold, phase="started")
        if hold.ended_at is not None:
            yield TimelineEntry(kind="hold", at=hold.ended_at, key=f"{key}-b", card=hold, phase="ended")


def _decision(decision: DecisionCard) -> TimelineEntry:
    at = datetime.combine(decision.cycle_date, time(), HOUSE_ZONE)
    return TimelineEntry(kind="decision", at=at, key=f"decision-{decision.cycle_id:012d}", card=decision)
