"""Everything the rules may ask about one person, read in one round trip, and laid out as candidate rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.engine.law.candidates import frame_of
from fairdue.engine.law.hours import DAYS
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import Read, read_together

from .contracts import HoldCard
from .counting import (
    CONNECTED,
    PENDING,
    THIRD_OFFERED,
    THIRD_REFUSED,
    UNCOUNTED,
    counted_column,
    is_unanswered,
)

HISTORY = timedelta(days=60)
"""Longer than any window of a cap; failures in a row are looked for within it."""
PHONES = ("mobile", "landline")


class ContactPointUnknown(ValueError):
    """The contact point is not one of the person's."""

    code = "law.contact_point.unknown"


class ContactPointUnfit(ContactPointUnknown):
    """The channel cannot reach this contact point: a text to a street, a letter to a number, or a text to nowhere."""

    code = "law.contact_point.unfit"


class ChannelUnknown(ValueError):
    """No rule speaks of this channel, so nothing may be concluded from no rule being broken."""

    code = "law.channel.unknown"


CHANNELS = ("call", "sms", "email", "inapp", "letter", "visit")
MEDIA = {
    "call": ("mobile", "landline"), "sms": ("mobile",), "email": ("email",), "inapp": ("app",),
    "letter": ("address",), "visit": ("address",),
}  # fmt: skip
"""Which contact points a channel can reach."""
POINTED = ("call", "sms", "email")
"""Channels that reach nobody without a contact point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One way in which a contact is proposed."""

    channel: str
    contact_point_id: int | None
    purpose: str
    mode: str = "interactive"

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS:
            raise ChannelUnknown(f"channel {self.channel!r} is none of {', '.join(CHANNELS)}")


class Counted(NamedTuple):
    """A contact as far as it counts."""

    contact_point_id: int | None
    institution_group: str
    channel: str
    mode: str
    direction: str
    result: str
    occurred_at: datetime


class OpenHold(NamedTuple):
    """An open hold: the debt it is on, or None for all, and how a rule reads it."""

    account_id: int | None
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A person as the law sees one at a moment."""

    person: parties.PersonCard
    points: tuple[parties.ContactPointCard, ...]
    consents: tuple[parties.ConsentCard, ...]
    account_ids: tuple[int, ...]
    groups: tuple[str, ...]
    product_kinds: tuple[str, ...]
    contacts: tuple[Counted, ...]
    holds: tuple[str, ...]
    now: datetime
    actor_kind: str

    def point(self, contact_point_id: int | None) -> parties.ContactPointCard | None:
        """Return one contact point.

        :raises ContactPointUnknown: if it is not the person's
        """
        if contact_point_id is None:
            return None
        for point in self.points:
            if point.contact_point_id == contact_point_id:
                return point
        raise ContactPointUnknown(
            f"contact point {contact_point_id} is not one of person {self.person.person_id}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the caller has just read of the person, so that a preview need not read it again."""

    person: parties.PersonCard
    points: tuple[parties.ContactPointCard, ...]
    accounts: tuple[book.AccountCard, ...]
    """All of the person's debts, also those out of the actor's scope."""
    holds: tuple[HoldCard, ...]


def gather(
    *,
    person_id: int,
    now: datetime,
    actor: Actor,
    account_ids: Sequence[int] = (),
    known: Known | None = None,
) -> PersonFacts:
    """This function will read what the rules may ask about a person, as it stands at this moment, in one round trip.

    1. Contacts of every institution group that the debts concern count, whoever made them.
    2. A hold counts if it is on the whole person or on one of the debts concerned.
    """
    consents, contacts, *rest = read_together(*reads_of(person_id, now, known))
    every, person, points, open_holds = rest if known is None else _of_known(known)
    return facts_of(consents, contacts, every, person, points, open_holds, account_ids, now, actor)


def facts_of(
    consents: tuple[parties.ConsentCard, ...],
    contacts: tuple[Counted, ...],
    every: Sequence[book.AccountCard | book.DebtFacts],
    person: parties.PersonCard,
    points: tuple[parties.ContactPointCard, ...],
    open_holds: tuple[OpenHold, ...],
    account_ids: Sequence[int],
    now: datetime,
    actor: Actor,
) -> PersonFacts:
    """This function will put together what the rules may ask about a person, as far as the debts concerned go."""
    debts = [debt for debt in every if _concerns(debt, account_ids)]
    concerned = (None, *(debt.account_id for debt in debts))
    groups = tuple(sorted({debt.institution_group for debt in debts}))
    return PersonFacts(
        person=person,
        points=points,
        consents=consents,
        account_ids=tuple(debt.account_id for debt in debts),
        groups=groups,
        product_kinds=tuple(sorted({debt.product_kind for debt in debts})),
        contacts=tuple(contact for contact in contacts if _counts_for(contact, groups)),
        holds=tuple(hold.fact for hold in open_holds if hold.account_id in concerned),
        now=now,
        actor_kind="agency" if actor.kind == "agency" else "creditor",
    )


def reads_of(person_id: int, now: datetime, known: Known | None) -> list[Read[Any]]:
    """This function will return the reads of a person, as `facts_of` takes their values; two if the rest is known."""
    reads: list[Read[Any]] = [parties.latest_consents_read(person_id), _contacts_read(person_id, now)]
    if known is None:
        reads += [
            book.debt_facts_read(person_id),
            parties.person_read(person_id),
            parties.contact_points_read(person_id),
            _open_holds_read(person_id),
        ]
    return reads


def _of_known(known: Known) -> tuple[Any, ...]:
    holds = tuple(
        OpenHold(hold.account_id, hold_fact(hold.kind, hold.permitted_purposes))
        for hold in known.holds
        if hold.ended_at is None
    )
    return known.accounts, known.person, known.points, holds


def _concerns(debt: book.AccountCard | book.DebtFacts, account_ids: Sequence[int]) -> bool:
    return debt.account_id in account_ids if account_ids else debt.status != "closed"


def _counts_for(contact: Counted, groups: tuple[str, ...]) -> bool:
    return not groups or not set(groups).isdisjoint(contact.institution_group.split(","))


_CONTACTS_SQL = """
SELECT contact_point_id, institution_group, channel, mode, direction, result, occurred_at
FROM law_contact
WHERE person_id = $1 AND (occurred_at >= $2 OR result IN ($3, $4))
ORDER BY occurred_at DESC, id DESC
"""
_OPEN_HOLDS_SQL = """
SELECT account_id, kind, permitted_purposes FROM law_hold WHERE person_id = $1 AND ended_at IS NULL ORDER BY id
"""


def _contacts_read(person_id: int, now: datetime) -> Read[tuple[Counted, ...]]:
    parameters = (person_id, now - HISTORY, THIRD_REFUSED, THIRD_OFFERED)
    return Read(_CONTACTS_SQL, parameters, lambda rows: tuple(map(_counted, rows)))


def _counted(row: list[Any]) -> Counted:
    return Counted._make([*row[:-1], datetime.fromisoformat(row[-1])])


def _open_holds_read(person_id: int) -> Read[tuple[OpenHold, ...]]:
    def build(rows: list[list[Any]]) -> tuple[OpenHold, ...]:
        return tuple(OpenHold(account_id, hold_fact(kind, permitted)) for account_id, kind, permitted in rows)

    return Read(_OPEN_HOLDS_SQL, (person_id,), build)


def hold_fact(kind: str, permitted_purposes: Sequence[str]) -> str:
    """Return an open hold as the rules read it."""
    return f"{kind}:{','.join(permitted_purposes)}"


def candidates(facts: PersonFacts, proposals: Sequence[Proposal]) -> pl.DataFrame:
    """This function will return one candidate row a proposal, in order.

    :raises ContactPointUnknown: if a proposal names a contact point of somebody else
    """
    return frame_of([candidate_row(facts, proposal) for proposal in proposals])


def candidate_row(facts: PersonFacts, proposal: Proposal) -> dict[str, Any]:
    """This function will return the facts of one proposal by column.

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
        "zones": "|".join(_zones(facts, point)),
        "owner": owner,
        "relation": point.relation if point else "",
        "point_status": point.status if point else "valid",
        "is_deceased": person.is_deceased,
        # only the year is known here: until it is certain, the birthday of the year has not come
        "age": facts.now.year - person.birth_year - 1 if person.birth_year else None,
        "has_only_invalid_numbers": _has_only_invalid_numbers(facts.points),
        "holds": list(facts.holds),
        **_said(facts, proposal, point),
        **_history(facts, proposal.contact_point_id),
    }


def _has_only_invalid_numbers(points: Sequence[parties.ContactPointCard]) -> bool:
    own = [point.status == "valid" for point in points if point.owner == "debtor" and point.medium in PHONES]
    return bool(own) and not any(own)


def _zones(facts: PersonFacts, point: parties.ContactPointCard | None) -> list[str]:
    """All zones in which the recipient may be: a third person's own, else all of the debtor's."""
    home = facts.person.home_zone
    if point is not None and point.owner == "third_party":
        return [point.zone or home]
    own = [other.zone for other in facts.points if other.owner == "debtor" and other.zone]
    return list(dict.fromkeys([home, *own]))


def _said(facts: PersonFacts, proposal: Proposal, point: parties.ContactPointCard | None) -> dict[str, Any]:
    """What the person said about being contacted, as far as it touches this proposal."""
    channels, points = ("", proposal.channel), (None, proposal.contact_point_id)
    said = [card for card in facts.consents if card.channel in channels and card.contact_point_id in points]
    opted_out = [card for card in said if card.kind == "opt_out"]
    hours = [agreed_hours(card.detail) for card in said if card.kind == "agreed_hours"]
    return {
        "is_opted_out": bool(opted_out) or (point is not None and point.is_opted_out),
        "has_objected": any(card.channel == "" and card.contact_point_id is None for card in opted_out),
        "agreed_hours": next(filter(None, hours), ""),
        "has_frequency_consent": any(card.kind == "more_contacts" for card in said),
    }


def agreed_hours(detail: dict[str, Any]) -> str:
    """This function will write agreed hours as weekly hours: `times` (days, from, to), or one `from` and `to`."""
    times = detail.get("times") or ([detail] if "from" in detail and "to" in detail else [])
    return ";".join(f"{','.join(time.get('days') or DAYS)} {time['from']}-{time['to']}" for time in times)


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
        "consecutive_failures": failures_in_a_row(facts.contacts, third),
        "has_third_refused": contact_point_id is not None and THIRD_REFUSED in results,
        "has_third_offered": contact_point_id is not None and THIRD_OFFERED in results,
    }


def failures_in_a_row(contacts: Sequence[Counted], third: set[int]) -> int:
    """This function will count failed calls to the debtor since the latest time anybody spoke (CN-WHO-04).

    1. Contacts come newest first. 2. A conversation with the debtor, or a contact by the debtor, ends the row;
    an announcement that connected is no failure. 3. A call that nobody knows the end of yet is none either.
    """
    failures = 0
    for contact in contacts:
        if contact.contact_point_id in third:
            continue
        if contact.direction == "inbound" or contact.result == "conversation":
            return failures
        if contact.channel == "call":
            failures += contact.result not in (*UNCOUNTED, *CONNECTED, PENDING)
    return failures
