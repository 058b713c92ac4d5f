"""Everything the rules may ask about one person, read in one round trip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.storage.reads import Read, read_together

from .contracts import HoldCard
from .counting import THIRD_OFFERED, THIRD_REFUSED
from .live_counts import LENDER
from .rules import bound_by
from .standing import AgencyState, Certificate, Noticed, Standing, standing_read

HISTORY = timedelta(days=60)
"""Longer than any window of a cap; failures in a row are looked for within it."""


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
    staff_count: int = 1
    """Of a visit: how many go; who does not say so goes alone."""
    enters_premises: bool = False
    grounds: str = ""
    """Special reason for a call, as a person gave it."""
    staff_ref: str = ""
    """Who at the agency speaks, by its own number."""
    sender_account: str = "institution"

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
    made_by: str = LENDER
    purpose: str = "collect"
    account_ids: str = ""
    """The debts it was about, joined by commas; empty: all to its groups."""


class OpenHold(NamedTuple):
    """An open hold: the debt it is on, or None for all, how a rule reads it, and since when it is open."""

    account_id: int | None
    fact: str
    started_at: datetime

    @property
    def kind(self) -> str:
        """What stands before the colon."""
        return self.fact.partition(":")[0]


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
    """`creditor`, `agency`, or `assignee` where a debt concerned was bought."""
    made_by: str = LENDER
    """Who acts, as contacts name it: the lender or an agency's code."""
    jurisdictions: frozenset[str] = frozenset()
    """Of the debts concerned, of the person and of the person's places; none: the default."""
    debt_states: tuple[str, ...] = ()
    other_account_ids: frozenset[int] = frozenset()
    open_holds: tuple[OpenHold, ...] = ()
    """The holds that concern the debts, with their beginnings."""
    notices: tuple[Noticed, ...] = ()
    agency: AgencyState | None = None
    """How the agency stands that acts; None: the lender acts."""
    staff_ref: str | None = None
    """Of our own collector who would speak; None: none of ours."""
    certificates: tuple[Certificate, ...] = ()
    """Of the acting side's collectors."""
    spoke_at: datetime | None = None
    """When the debtor latest spoke with anybody of the house, on whatever debt: who spoke is not lost."""

    @property
    def debt_state(self) -> str:
        """Return `settled` if every debt concerned is closed."""
        return "settled" if self.debt_states and set(self.debt_states) == {"closed"} else "open"

    def zones(self, point: parties.ContactPointCard | None) -> list[str]:
        """Return all zones in which the recipient may be: a third person's own, else all of the debtor's."""
        home = self.person.home_zone
        if point is not None and point.owner == "third_party":
            return [point.zone or home]
        own = [other.zone for other in self.points if other.owner == "debtor" and other.zone]
        return list(dict.fromkeys([home, *own]))

    def touching(self, proposal: Proposal) -> list[parties.ConsentCard]:
        """Return what the person said as far as it touches a proposal, newest first."""
        channels, points = ("", proposal.channel), (None, proposal.contact_point_id)
        return [
            card for card in self.consents if card.channel in channels and card.contact_point_id in points
        ]

    def is_opted_out(self, proposal: Proposal) -> bool:
        """Tell whether the person closed the channel or the contact point."""
        point = self.point(proposal.contact_point_id)
        closed = any(card.kind == "opt_out" for card in self.touching(proposal))
        return closed or (point is not None and point.is_opted_out)

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
    consents, contacts, standing, *rest = read_together(*reads_of(person_id, now, known, actor))
    every, person, points, open_holds = rest if known is None else _of_known(known)
    return facts_of(consents, contacts, standing, every, person, points, open_holds, account_ids, now, actor)


def facts_of(
    consents: tuple[parties.ConsentCard, ...],
    contacts: tuple[Counted, ...],
    standing: Standing,
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
    mine = tuple(hold for hold in open_holds if hold.account_id in concerned)
    return PersonFacts(
        person=person,
        points=points,
        consents=consents,
        account_ids=tuple(debt.account_id for debt in debts),
        groups=groups,
        product_kinds=tuple(sorted({debt.product_kind for debt in debts})),
        contacts=tuple(contact for contact in contacts if _counts_for(contact, groups)),
        holds=tuple(hold.fact for hold in mine),
        now=now,
        actor_kind=kind_of(debts, is_agency=actor.kind == "agency"),
        made_by=actor.made_by,
        jurisdictions=jurisdictions_of(debts, person, points),
        debt_states=tuple(debt.status for debt in debts),
        other_account_ids=frozenset(debt.account_id for debt in every) - set(concerned),
        open_holds=mine,
        notices=standing.notices,
        agency=standing.agency,
        staff_ref=standing.staff_ref,
        certificates=standing.certificates,
        spoke_at=spoke_at(contacts, points),
    )


def kind_of(debts: Sequence[book.AccountCard | book.DebtFacts], *, is_agency: bool) -> str:
    """This function will return who acts in the law's eyes: who bought one of the debts acts as its assignee."""
    if is_agency:
        return "agency"
    return "assignee" if any(debt.institution_kind == "assignee" for debt in debts) else "creditor"


def jurisdictions_of(
    debts: Sequence[book.AccountCard | book.DebtFacts],
    person: parties.PersonCard,
    points: Sequence[parties.ContactPointCard],
) -> frozenset[str]:
    """This function will return whose packs bind: of the debts, of the person and of the person's own places, together."""
    places = [person.residence, *(point.jurisdiction for point in points if point.owner == "debtor")]
    return bound_by(((debt.jurisdiction, debt.institution_group) for debt in debts), places)


def reads_of(person_id: int, now: datetime, known: Known | None, actor: Actor) -> list[Read[Any]]:
    """This function will return the reads of a person, as `facts_of` takes their values; three if the rest is known."""
    reads: list[Read[Any]] = [
        parties.latest_consents_read(person_id),
        _contacts_read(person_id, now),
        standing_read(person_id, business_date(now), actor),
    ]
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
        OpenHold(hold.account_id, hold_fact(hold.kind, hold.permitted_purposes), hold.started_at)
        for hold in known.holds
        if hold.ended_at is None
    )
    return known.accounts, known.person, known.points, holds


def _concerns(debt: book.AccountCard | book.DebtFacts, account_ids: Sequence[int]) -> bool:
    return debt.account_id in account_ids if account_ids else debt.status != "closed"


def _counts_for(contact: Counted, groups: tuple[str, ...]) -> bool:
    """Tell whether a contact counts for some institution groups; what a third person refused is refused to everybody."""
    if contact.result == THIRD_REFUSED:
        return True
    return not groups or not set(groups).isdisjoint(contact.institution_group.split(","))


def spoke_at(contacts: Iterable[Counted], points: Sequence[parties.ContactPointCard]) -> datetime | None:
    """This function will return when the debtor latest spoke with anybody of the house; None: not known to have."""
    third = {point.contact_point_id for point in points if point.owner == "third_party"}
    return max(
        (each.occurred_at for each in contacts if is_talk(each) and each.contact_point_id not in third),
        default=None,
    )


def is_talk(contact: Counted) -> bool:
    """Tell whether a contact ends a row of failures: a conversation, or one that the other side began."""
    return contact.direction == "inbound" or contact.result == "conversation"


_CONTACTS_SQL = """
SELECT json_build_array(contact_point_id, institution_group, channel, mode, direction, result, occurred_at, made_by,
                        purpose, account_ids)
FROM law_contact
WHERE person_id = $1 AND (occurred_at >= $2 OR result IN ($3, $4) OR purpose = 'locate')
ORDER BY occurred_at DESC, id DESC
"""
_OPEN_HOLDS_SQL = """
SELECT json_build_array(account_id, kind, permitted_purposes, started_at)
FROM law_hold WHERE person_id = $1 AND ended_at IS NULL ORDER BY id
"""


def _contacts_read(person_id: int, now: datetime) -> Read[tuple[Counted, ...]]:
    parameters = (person_id, now - HISTORY, THIRD_REFUSED, THIRD_OFFERED)
    return Read(_CONTACTS_SQL, parameters, lambda rows: tuple(map(_counted, rows)))


def _counted(row: list[Any]) -> Counted:
    return Counted._make([*row[:6], datetime.fromisoformat(row[6]), *row[7:]])


def _open_holds_read(person_id: int) -> Read[tuple[OpenHold, ...]]:
    def build(rows: list[list[Any]]) -> tuple[OpenHold, ...]:
        return tuple(
            OpenHold(account_id, hold_fact(kind, permitted), datetime.fromisoformat(started))
            for account_id, kind, permitted, started in rows
        )

    return Read(_OPEN_HOLDS_SQL, (person_id,), build)


def hold_fact(kind: str, permitted_purposes: Sequence[str]) -> str:
    """Return an open hold as the rules read it."""
    return f"{kind}:{','.join(permitted_purposes)}"
