"""Facts as they stood at an earlier moment, for many persons at once: what a replay judges by.

1. Contacts before the moment count, with what came of them; a wrong number is un-counted also here.
2. Holds that were open then, statements made until then, the state of a contact point as it was marked then.
3. What the records do not date (a debt's end, an imported opt-out) is taken as it stands now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.clock import business_date
from fairdue.storage.reads import read_one, read_together

from .counting import THIRD_OFFERED, THIRD_REFUSED
from .facts import (
    HISTORY,
    MEDIA,
    POINTED,
    Counted,
    OpenHold,
    PersonFacts,
    Proposal,
    hold_fact,
    jurisdictions_of,
    kind_of,
    spoke_at,
)
from .made import Held, Made, held_of_read, made_of_read, noticed_of_read
from .models import Contact
from .rows import candidate_row
from .standing import AgencyState, Noticed, agency_state_read

UNKNOWN_POINT = 0
"""Stands for a number or address that is on no record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything on record about one person that a rule may ask."""

    person: parties.PersonCard
    points: tuple[parties.ContactPointCard, ...]
    marks: tuple[tuple[datetime, int, str], ...]
    """When which contact point was marked, and what it had been before."""
    consents: tuple[parties.ConsentCard, ...]
    """All of them, newest first."""
    accounts: tuple[book.AccountCard, ...]
    contacts: tuple[Made, ...]
    """Newest first."""
    holds: tuple[Held, ...]
    notices: tuple[Noticed, ...]


def histories(person_ids: Iterable[int]) -> dict[int, History]:
    """This function will read the histories of some persons in one round trip."""
    wanted = sorted(set(person_ids))
    persons, points, consents, accounts, marks, contacts, holds, notices = read_together(
        parties.persons_read(wanted), parties.contact_points_of_read(wanted), parties.consents_of_read(wanted),
        book.account_cards_of_read(wanted), audit.states_before_read(wanted, "parties.contact_point.marked"),
        made_of_read(wanted), held_of_read(wanted), noticed_of_read(wanted),
    )  # fmt: skip
    marked = _marks(marks)
    return {
        person_id: History(
            person=persons[person_id], points=points.get(person_id, ()), marks=marked.get(person_id, ()),
            consents=consents.get(person_id, ()), accounts=accounts.get(person_id, ()),
            contacts=tuple(contacts.get(person_id, ())), holds=tuple(holds.get(person_id, ())),
            notices=tuple(notices.get(person_id, ())),
        )
        for person_id in wanted
        if person_id in persons
    }  # fmt: skip


def _marks(every: Iterable[audit.StateBefore]) -> dict[int, tuple[tuple[datetime, int, str], ...]]:
    found: dict[int, list[tuple[datetime, int, str]]] = {}
    for event in every:
        before = str(event.before.get("status", "valid"))
        found.setdefault(event.person_id, []).append((event.occurred_at, int(event.subject_id), before))
    return {person: tuple(marks) for person, marks in found.items()}


def facts_at(
    history: History,
    at: datetime,
    *,
    made_by: str = "lender",
    account_ids: Sequence[int] = (),
    but_contact: int | None = None,
) -> PersonFacts:
    """This function will return a person's facts as they stood at a moment, one contact itself left out."""
    day = business_date(at)
    accounts = [card for card in history.accounts if card.opened_date <= day]
    if account_ids:
        accounts = [card for card in accounts if card.account_id in account_ids]
    groups = tuple(sorted({card.institution_group for card in accounts}))
    concerned = (None, *(card.account_id for card in accounts))
    said = parties.latest_of(card for card in history.consents if card.occurred_at <= at)
    open_holds = tuple(
        OpenHold(hold.account_id, hold_fact(hold.kind, hold.permitted_purposes), hold.started_at)
        for hold in history.holds
        if _is_open(hold, at) and hold.account_id in concerned
    )
    return PersonFacts(
        person=replace(history.person, is_deceased=_was_dead(history, at)),
        points=tuple(_point_at(point, history, at) for point in history.points),
        consents=said,
        account_ids=tuple(card.account_id for card in accounts),
        groups=groups,
        product_kinds=tuple(sorted({card.product_kind for card in accounts})),
        contacts=tuple(_counted(contact) for contact in _before(history, at, groups, but_contact)),
        spoke_at=spoke_at(map(_counted, _before(history, at, (), but_contact)), history.points),
        holds=tuple(hold.fact for hold in open_holds),
        now=at,
        actor_kind=kind_of(accounts, is_agency=made_by != "lender"),
        made_by=made_by,
        jurisdictions=jurisdictions_of(accounts, history.person, history.points),
        debt_states=("active",),
        other_account_ids=frozenset(card.account_id for card in history.accounts) - set(concerned),
        open_holds=open_holds,
        notices=history.notices,
        agency=None if made_by == "lender" else agency_at(made_by, day),
    )


def agency_at(code: str, day: date) -> AgencyState:
    """This function will return how an agency stood on a day."""
    return read_one(agency_state_read(code, day))


def row_at(
    history: History,
    contact: Made | Contact,
    *,
    account_ids: Sequence[int] = (),
    asked_of: Callable[[frozenset[str]], frozenset[str]] = lambda _bound: frozenset(),
) -> tuple[frozenset[str], dict[str, Any]]:
    """This function will return the jurisdictions and the facts under which a contact was made, by column.

    1. Unless the debts are named, they are those to the groups on whose account the contact was made.
    2. A number or address that nobody knows of the person is read as one of the debtor's own.
    3. `asked_of` names the special facts that the packs of some jurisdictions ask.
    4. Which of its collectors spoke, and how many came to a visit, an agency's file does not say: not asked of it.
    """
    facts = facts_at(
        history,
        contact.occurred_at,
        made_by=contact.made_by,
        account_ids=account_ids or _debts_of(history, contact),
        but_contact=contact.pk,
    )
    fitting = {
        point.contact_point_id for point in facts.points if point.medium in MEDIA.get(contact.channel, ())
    }
    point_id = contact.contact_point_id
    if point_id is None and contact.channel not in POINTED:
        return facts.jurisdictions, _row(facts, _proposal(contact, None), asked_of)
    if point_id not in fitting:
        unknown = _unknown_point(contact)
        facts, point_id = replace(facts, points=(*facts.points, unknown)), unknown.contact_point_id
    row = _row(facts, _proposal(contact, point_id), asked_of)
    return facts.jurisdictions, row | {"contact_point_id": contact.contact_point_id}


def _row(
    facts: PersonFacts, proposal: Proposal, asked_of: Callable[[frozenset[str]], frozenset[str]]
) -> dict[str, Any]:
    return candidate_row(facts, proposal, asked_of(facts.jurisdictions) - UNASKED)


UNASKED = frozenset({"training_days"})


def _debts_of(history: History, contact: Made | Contact) -> tuple[int, ...]:
    if contact.account_ids:
        return tuple(map(int, contact.account_ids.split(",")))
    groups = contact.institution_group.split(",")
    return tuple(card.account_id for card in history.accounts if card.institution_group in groups)


def _proposal(contact: Made | Contact, contact_point_id: int | None) -> Proposal:
    return Proposal(
        channel=contact.channel,
        contact_point_id=contact_point_id,
        purpose=contact.purpose,
        mode=contact.mode or "interactive",
        staff_count=2,
    )


def _unknown_point(contact: Made | Contact) -> parties.ContactPointCard:
    return parties.ContactPointCard(
        contact_point_id=UNKNOWN_POINT, person_id=contact.person_id, medium=MEDIA[contact.channel][0], owner="debtor",
        relation="", value_masked="", zone="", rank=99, status="valid", is_opted_out=False, verified_at=None,
    )  # fmt: skip


def _before(
    history: History, at: datetime, groups: tuple[str, ...], but_contact: int | None
) -> Iterable[Made]:
    """Yield the contacts that counted then; of those at the very moment only the ones recorded before."""
    for contact in history.contacts:
        if contact.pk == but_contact or contact.occurred_at > at:
            continue
        if contact.occurred_at == at and but_contact is not None and contact.pk > but_contact:
            continue
        is_recent = contact.occurred_at >= at - HISTORY or contact.result in (THIRD_REFUSED, THIRD_OFFERED)
        is_refusal = contact.result == THIRD_REFUSED  # to everybody, whoever heard it
        if is_recent and (
            is_refusal or not groups or not set(groups).isdisjoint(contact.institution_group.split(","))
        ):
            yield contact


def _counted(contact: Made) -> Counted:
    return Counted(
        contact.contact_point_id, contact.institution_group, contact.channel, contact.mode, contact.direction,
        contact.result, contact.occurred_at, contact.made_by, contact.purpose, contact.account_ids,
    )  # fmt: skip


def _is_open(hold: Held, at: datetime) -> bool:
    return hold.started_at <= at and (hold.ended_at is None or hold.ended_at > at)


def _was_dead(history: History, at: datetime) -> bool:
    """Tell whether the death was known: a hold dates it; without one it counts as known all along."""
    dated = [hold.started_at for hold in history.holds if hold.kind == "deceased"]
    return history.person.is_deceased and (not dated or min(dated) <= at)


def _point_at(point: parties.ContactPointCard, history: History, at: datetime) -> parties.ContactPointCard:
    later = [
        before for marked_at, of, before in history.marks if of == point.contact_point_id and marked_at > at
    ]
    said = [
        card
        for card in history.consents
        if card.contact_point_id == point.contact_point_id and card.kind in ("opt_in", "opt_out")
    ]
    earlier = next((card for card in said if card.occurred_at <= at), None)
    is_opted_out = earlier is not None and earlier.kind == "opt_out" if said else point.is_opted_out
    return replace(point, status=later[0] if later else point.status, is_opted_out=is_opted_out)
