"""Click to dial: permit, call, exchange; and the script whose second half waits for the right person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.contracts import CaseCard
from fairdue.contexts.law.contracts import Reservation
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.start_call import CallRefused, start_call
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """What became of a click: the gate's answer, and the call if there is one with its first state."""

    reservation: Reservation
    call_id: int | None
    state: str


def dial_number(*, case_id: int, contact_point_id: int, actor: Actor, now: datetime) -> Dialled:
    """This function will call one number of a case, or say why not.

    1. While somebody is in a call with the person nobody else gets a permit: asked before the gate, and refused by the
       database if two click at once.
    2. Permit and call are committed before anything rings. Must be called outside a transaction.
    3. Without an exchange, or if it cannot be reached, the number is dialled by hand under the same permit.

    :raises NotInScope: if the case is not in the actor's scope
    :raises CallRefused: if somebody is in a call with the person, the case is closed, or the number is not the person's
    """
    case = cases.case_card(case_id=case_id, actor=actor)
    running = outreach.call_in_progress(person_id=case.person_id, now=now)
    if running is not None:
        code = "outreach.call.yours_is_open" if running.staff_id == actor.id else "outreach.call.in_progress"
        raise CallRefused(code, f"{running.staff_name} is in a call with this person")
    reservation, call_id = _opened(case, contact_point_id, actor, now)
    if call_id is None:
        return Dialled(reservation=reservation, call_id=None, state="")
    state = outreach.dial(call_id=call_id, contact_point_id=contact_point_id, actor=actor)
    return Dialled(reservation=reservation, call_id=call_id, state=state)


@transaction.atomic
def _opened(
    case: CaseCard, contact_point_id: int, actor: Actor, now: datetime
) -> tuple[Reservation, int | None]:
    reservation = start_call(case_id=case.case_id, contact_point_id=contact_point_id, actor=actor, now=now)
    if reservation.permit_id is None or reservation.contact_id is None:
        return reservation, None
    try:
        call_id = outreach.open_call(
            permit_id=reservation.permit_id, contact_id=reservation.contact_id, case_id=case.case_id,
            person_id=case.person_id, actor=actor, now=now,
        )  # fmt: skip
    except outreach.CallRefused as refusal:
        raise CallRefused(refusal.code, str(refusal)) from refusal
    return reservation, call_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSheet:
    """An open call with what may be said: `matter` only once the debtor was confirmed."""

    call: outreach.PhoneCallCard
    opening: outreach.Opening
    matter: outreach.Matter | None


def call_sheet(
    *, case_id: int, actor: Actor, now: datetime, language: str, is_asked: bool = False
) -> CallSheet | None:
    """Return the open call on a case with its script, or None; with `is_asked` the exchange is asked first.

    :raises NotInScope: if the case is not in the actor's scope
    """
    case = cases.case_card(case_id=case_id, actor=actor)
    call = outreach.call_in_progress(person_id=case.person_id, now=now)
    if call is not None and is_asked:
        outreach.refresh_call(call_id=call.call_id)
        call = outreach.call_in_progress(person_id=case.person_id, now=now)
    if call is None:
        return None
    accounts = book.account_cards(case.person_id, actor=actor)
    is_confirmed = call.confirmed_at is not None
    return CallSheet(
        call=call,
        opening=_opening(accounts, actor, language),
        matter=_matter(case, accounts, actor, now, language) if is_confirmed else None,
    )


def _opening(accounts: tuple[AccountCard, ...], actor: Actor, language: str) -> outreach.Opening:
    """Return what may be said first; of the debts only who calls is read."""
    first = accounts[0] if accounts else None
    name = (first.creditor_name_zh if language.startswith("zh") else first.creditor_name_en) if first else ""
    return outreach.opening(language=language, staff=actor.label, institution=name)


def _matter(
    case: CaseCard, accounts: tuple[AccountCard, ...], actor: Actor, now: datetime, language: str
) -> outreach.Matter | None:
    by_id = {card.account_id: card for card in accounts}
    found = [
        each
        for each in ledger.person_summary(case.person_id, business_date(now)).accounts
        if each.account_id in by_id
    ]
    if not found:
        return None
    worst = max(found, key=lambda each: (each.days_past_due, each.overdue.minor))
    card, is_chinese = by_id[worst.account_id], language.startswith("zh")
    debt = outreach.SpokenDebt(
        institution=card.creditor_name_zh if is_chinese else card.creditor_name_en,
        product=card.product_name_zh if is_chinese else card.product_name_en,
        overdue=worst.overdue,
        oldest_due=worst.oldest_unpaid_due_date.isoformat() if worst.oldest_unpaid_due_date else "–",
        days=worst.days_past_due,
        jurisdictions=tuple(
            part for each in accounts for part in each.jurisdiction.replace("|", ",").split(",") if part
        ),
    )
    return outreach.matter(language=language, staff=actor.label, debt=debt)


def confirm_party(*, case_id: int, facts: list[str], actor: Actor, now: datetime) -> None:
    """This function will note that the debtor of a case's open call was made sure of.

    :raises NotInScope: if the case is not in the actor's scope
    :raises CallRefused: if there is no open call of the actor's, or too few facts were asked for
    """
    case = cases.case_card(case_id=case_id, actor=actor)
    call = outreach.call_in_progress(person_id=case.person_id, now=now)
    if call is None:
        raise CallRefused("outreach.call.not_open", "there is no open call")
    try:
        outreach.confirm_party(contact_id=call.contact_id, facts=facts, actor=actor, now=now)
    except outreach.CallRefused as refusal:
        raise CallRefused(refusal.code, str(refusal)) from refusal


def finish_call(*, call_id: int | None) -> None:
    """This function will hang up at the exchange once the outcome is recorded; outside any transaction."""
    if call_id is not None:
        outreach.hang_up(call_id=call_id)
