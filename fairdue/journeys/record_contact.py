"""After the phone is down: the outcome and everything that follows from it, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.contracts import CaseCard, OutcomeCode, PromiseCard
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import ContactCard
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseDraft:
    """What the debtor named: an amount, a date, and the account if it is for one."""

    amount: Money
    promised_date: date
    account_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecorded:
    """What was recorded; `consequences` are codes such as `contact_point.invalid`, `contacts.opt_out`."""

    outcome_id: int
    contact_id: int | None
    promise: PromiseCard | None
    hold_id: int | None
    consequences: tuple[str, ...]
    call_id: int | None = None
    """The call that is to be hung up, if it was dialled here."""


class ContactRefused(cases.CaseRefused):
    """The contact cannot be recorded so; `code` says why, nothing was recorded."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _contact(case: CaseCard, contact_id: int) -> ContactCard:
    found = law.contact_of(case.person_id, contact_id)
    if found is None:
        raise ContactRefused("cases.contact.not_found", f"contact {contact_id} is not one of this case")
    return found


def _check(outcome: OutcomeCode, promise: PromiseDraft | None) -> None:
    if outcome.asks_promise and promise is None:
        raise ContactRefused("cases.contact.promise_missing", "name the amount and the date of the promise")
    if promise is not None and not outcome.is_right_party:
        raise ContactRefused("cases.contact.promise_by_whom", "only the debtor can promise")


@transaction.atomic
def record_contact(
    *,
    case_id: int,
    code: str,
    actor: Actor,
    now: datetime,
    contact_id: int | None = None,
    channel: str = "call",
    note: str = "",
    promise: PromiseDraft | None = None,
    work_item_id: int | None = None,
    contact_point_id: int | None = None,
    occurred_at: datetime | None = None,
) -> ContactRecorded:
    """Record how a contact ended with everything that follows from it, in one transaction.

    1. The outcome is appended and the work item closed; the law's contact becomes what the code says.
    2. A promise is recorded by its rules; if it breaks one, nothing at all is recorded.
    3. A wrong number is marked invalid; "do not call" becomes an opt-out at once, a third person's refusal
       one of that number; hardship, dispute and complaint place a hold at once.
    4. A call that was dialled here is closed by it; one of the debtor's outcomes needs the debtor to be confirmed.
    5. The debtor's own call (`channel="inbound"`) has no reservation and does not count against caps.

    :raises NotInScope: if the case is not in the actor's scope
    :raises ContactRefused: if the contact is not this case's or settled, or promise and code do not fit
    :raises OutcomeRefused: if code and channel do not fit, or somebody else recorded this contact first
    :raises PromiseRefused: if the promise breaks a rule
    """
    outcome = cases.outcome_code(code)
    case = cases.case_card(case_id=case_id, actor=actor)
    _check(outcome, promise)
    law.lock_budget(case.person_id)  # before the case's row, in whatever order the steps below want them
    moment = occurred_at or now
    is_settled = contact_id is None and channel == "inbound"
    if is_settled:
        contact_id = _inbound(case, outcome, contact_point_id, actor, moment, now)
    call_id: int | None = None
    outcome_id = cases.record_outcome(
        case_id=case_id, channel=channel, code=code, note=note, contact_id=contact_id, actor=actor, now=now,
        work_item_id=work_item_id, occurred_at=moment,
    )  # fmt: skip
    if contact_id is not None and not is_settled:
        contact_point_id = _settle(case, contact_id, outcome, now)
        call_id = _conclude(contact_id, outcome, now)
    promised = _promise(case_id, promise, actor, now)
    hold_id = _hold(case, outcome, actor, now)
    consequences = _consequences(case, outcome, channel, contact_point_id, actor, moment, now)
    return ContactRecorded(
        outcome_id=outcome_id,
        contact_id=contact_id,
        promise=promised,
        hold_id=hold_id,
        consequences=consequences,
        call_id=call_id,
    )


def _inbound(
    case: CaseCard,
    outcome: OutcomeCode,
    contact_point_id: int | None,
    actor: Actor,
    occurred_at: datetime,
    now: datetime,
) -> int:
    return law.record_contact(
        person_id=case.person_id,
        channel="call",
        result=outcome.result,
        occurred_at=occurred_at,
        made_by="debtor",
        actor=actor,
        now=now,
        contact_point_id=contact_point_id,
        direction="inbound",
    )


def _settle(case: CaseCard, contact_id: int, outcome: OutcomeCode, now: datetime) -> int | None:
    """Give the counted contact its result and return the contact point that was used."""
    contact = _contact(case, contact_id)
    if not law.settle_contact(contact_id=contact_id, result=outcome.result, now=now):
        raise ContactRefused("cases.contact.settled", f"contact {contact_id} has its result already")
    return contact.contact_point_id


def _conclude(contact_id: int, outcome: OutcomeCode, now: datetime) -> int | None:
    """Close the call that the contact was, if it was dialled here; nothing of the debtor without a confirmation."""
    try:
        return outreach.conclude_call(contact_id=contact_id, is_right_party=outcome.is_right_party, now=now)
    except outreach.CallRefused as refusal:
        raise ContactRefused(refusal.code, str(refusal)) from refusal


def _promise(case_id: int, draft: PromiseDraft | None, actor: Actor, now: datetime) -> PromiseCard | None:
    if draft is None:
        return None
    return cases.record_promise(
        case_id=case_id,
        account_id=draft.account_id,
        amount=draft.amount,
        promised_date=draft.promised_date,
        actor=actor,
        now=now,
    )


def _hold(case: CaseCard, outcome: OutcomeCode, actor: Actor, now: datetime) -> int | None:
    """Place the hold that the code asks for, unless one of its kind is open."""
    if not outcome.asks_hold:
        return None
    if any(hold.kind == outcome.asks_hold for hold in law.open_holds(case.person_id)):
        return None
    return law.place_hold(
        person_id=case.person_id, kind=outcome.asks_hold, reason=outcome.en, actor=actor, now=now
    )


def _consequences(
    case: CaseCard,
    outcome: OutcomeCode,
    channel: str,
    contact_point_id: int | None,
    actor: Actor,
    occurred_at: datetime,
    now: datetime,
) -> tuple[str, ...]:
    done: list[str] = []
    if outcome.marks_invalid and contact_point_id is not None:
        parties.mark_contact_point(
            contact_point_id=contact_point_id, status="invalid", reason=outcome.code, actor=actor, now=now
        )
        done.append("contact_point.invalid")
    if outcome.opts_out:
        by_point = outcome.opts_out == "point"
        if by_point and contact_point_id is None:
            raise ContactRefused("cases.contact.point_missing", "say which number is not to be used")
        heard_on = "call" if channel == "inbound" else channel
        parties.record_consent(
            person_id=case.person_id,
            kind="opt_out",
            channel="" if outcome.opts_out == "all" or by_point else heard_on,
            contact_point_id=contact_point_id if by_point else None,
            source="conversation",
            detail={"outcome": outcome.code},
            actor=actor,
            occurred_at=occurred_at,
            now=now,
        )
        done.append("contacts.opt_out")
    return tuple(done)
