"""A person's facts laid out as candidate rows, one a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from fairdue.contexts.parties import facade as parties
from fairdue.engine.law.candidates import frame_of
from fairdue.kernel.clock import business_date

from .counting import (
    CONNECTED,
    PENDING,
    THIRD_OFFERED,
    THIRD_REFUSED,
    UNCOUNTED,
    counted_column,
    is_unanswered,
)
from .facts import MEDIA, ContactPointUnfit, Counted, PersonFacts, Proposal, is_talk
from .live_facts import has_notice, special_facts
from .statements import said, weekly_hours

PHONES = ("mobile", "landline")
WRITTEN = ("letter", "email", "sms", "inapp")
DEMANDS = ("collect", "collection_letter", "remedy_notice")
"""Purposes of texts that tell of the debt."""


def candidates(
    facts: PersonFacts, proposals: Sequence[Proposal], asked: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """This function will return one candidate row a proposal, in order, with the special facts that are asked.

    :raises ContactPointUnknown: if a proposal names a contact point of somebody else
    """
    return frame_of([candidate_row(facts, proposal, asked) for proposal in proposals])


def candidate_row(
    facts: PersonFacts, proposal: Proposal, asked: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """This function will return the facts of one proposal by column, with the special ones that are asked.

    :raises ContactPointUnknown: if the contact point is somebody else's, or the channel cannot reach it
    """
    point = facts.point(proposal.contact_point_id)
    if point is not None and point.medium not in MEDIA[proposal.channel]:
        raise ContactPointUnfit(f"{proposal.channel} does not reach a contact point of medium {point.medium}")
    person, owner = facts.person, point.owner if point else "debtor"
    return {
        "person_id": person.person_id,
        "contact_point_id": proposal.contact_point_id,
        "at": facts.now,
        "channel": proposal.channel,
        "mode": proposal.mode,
        "purpose": proposal.purpose,
        "actor_kind": facts.actor_kind,
        "product_kinds": list(facts.product_kinds),
        "home_zone": person.home_zone,
        "zones": "|".join(facts.zones(point)),
        "owner": owner,
        "relation": point.relation if point else "",
        "point_status": point.status if point else "valid",
        "is_deceased": person.is_deceased,
        "age": age_on(person.birth_date, business_date(facts.now)),
        "has_only_invalid_numbers": _has_only_invalid_numbers(facts.points),
        "holds": list(facts.holds),
        "capacity": "limited" if any(hold.kind == "capacity" for hold in facts.open_holds) else "full",
        **_step(facts, proposal, owner),
        **_said(facts, proposal, point),
        **_history(facts, proposal.contact_point_id),
        **special_facts(facts, proposal, point, asked),
    }


def _step(facts: PersonFacts, proposal: Proposal, owner: str) -> dict[str, Any]:
    """What kind of step it is, in facts that stay at their defaults unless something special is proposed."""
    step: dict[str, Any] = {}
    if proposal.channel == "visit":
        step |= {"staff_count": proposal.staff_count, "enters_premises": proposal.enters_premises}
        step["is_entry_agreed"] = _has_said(facts, proposal, "entry_agreed")
    if facts.actor_kind == "agency":
        step |= {
            "is_agency_announced": has_notice(facts, "agency"),
            "sender_account": proposal.sender_account,
        }
        step["is_private_sender_agreed"] = _has_said(facts, proposal, "private_sender")
    if facts.actor_kind == "assignee":
        step["is_assignment_notified"] = has_notice(facts, "assignment")
    if owner != "debtor" and proposal.channel in WRITTEN and proposal.purpose in DEMANDS:
        step["states"] = ["amount", "arrears"]
    return step


def _has_said(facts: PersonFacts, proposal: Proposal, kind: str) -> bool:
    cards = [card for card in facts.touching(proposal) if card.kind == kind]
    return any(said(kind, card.detail).is_true for card in cards)


def age_on(birth_date: date | None, day: date) -> int | None:
    """This function will return the full years of life on a day; None if the birthday is not known."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _has_only_invalid_numbers(points: Sequence[parties.ContactPointCard]) -> bool:
    own = [point.status == "valid" for point in points if point.owner == "debtor" and point.medium in PHONES]
    return bool(own) and not any(own)


def _said(facts: PersonFacts, proposal: Proposal, point: parties.ContactPointCard | None) -> dict[str, Any]:
    """What the person said about being contacted, as far as it touches this proposal."""
    cards = facts.touching(proposal)
    opted_out = [card for card in cards if card.kind == "opt_out"]
    hours = [weekly_hours(card.detail) for card in cards if card.kind == "agreed_hours"]
    consented = [
        (card.consent_id, weekly_hours(card.detail)) for card in cards if card.kind == "consented_hours"
    ]
    return {
        "is_opted_out": bool(opted_out) or (point is not None and point.is_opted_out),
        "has_objected": any(card.channel == "" and card.contact_point_id is None for card in opted_out),
        "agreed_hours": next(filter(None, hours), ""),
        "consented_hours": ";".join(text for _, text in sorted(consented) if text),
        "has_frequency_consent": any(card.kind == "more_contacts" for card in cards),
    }


def _history(facts: PersonFacts, contact_point_id: int | None) -> dict[str, Any]:
    third = {point.contact_point_id for point in facts.points if point.owner == "third_party"}
    counted: dict[str, list[datetime]] = {"announcements": [], "conversations": [], "messages": []}
    unanswered: dict[int | None, list[datetime]] = {}
    for contact in facts.contacts:
        if contact.direction != "outbound" or contact.result in UNCOUNTED:
            continue
        if is_unanswered(channel=contact.channel, result=contact.result):
            unanswered.setdefault(contact.contact_point_id, []).append(contact.occurred_at)
        column = counted_column(channel=contact.channel, mode=contact.mode, result=contact.result)
        if column and contact.contact_point_id not in third:
            counted[column].append(contact.occurred_at)
    elsewhere = [moments for point, moments in unanswered.items() if point not in third | {contact_point_id}]
    results = {contact.result for contact in facts.contacts if contact.contact_point_id == contact_point_id}
    return {
        **counted,
        "unanswered": unanswered.get(contact_point_id, []),
        "unanswered_elsewhere": max(elsewhere, key=len, default=[]),
        "consecutive_failures": failures_in_a_row(facts.contacts, third, facts.spoke_at),
        "has_third_refused": contact_point_id is not None and THIRD_REFUSED in results,
        "has_third_offered": contact_point_id is not None and THIRD_OFFERED in results,
    }


def failures_in_a_row(contacts: Sequence[Counted], third: set[int], spoke_at: datetime | None = None) -> int:
    """This function will count failed calls to the debtor since the latest time anybody spoke (CN-WHO-04).

    1. Contacts come newest first. 2. A conversation with the debtor, or a contact by the debtor, ends the row;
    an announcement that connected is no failure. 3. A call that nobody knows the end of yet is none either.
    4. Nor does a failure count at or before `spoke_at`, when the debtor spoke with somebody else of the house.
    """
    failures = 0
    for contact in contacts:
        if contact.contact_point_id in third:
            continue
        if is_talk(contact) or (spoke_at is not None and contact.occurred_at <= spoke_at):
            return failures
        if contact.channel == "call":
            failures += contact.result not in (*UNCOUNTED, *CONNECTED, PENDING)
    return failures
