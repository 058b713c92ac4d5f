"""The special facts of one proposed contact: what the packs of single jurisdictions ask, from what is on record.

`batch_facts.py` gathers the same for the night, over columns; a property test on PostgreSQL holds both together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fairdue.kernel.clock import business_date

from .live_counts import REPLIES, counted, is_own
from .public_days import public_holidays
from .statements import Said, said

if TYPE_CHECKING:
    from fairdue.contexts.parties.facade import ConsentCard, ContactPointCard

    from .facts import Counted, PersonFacts, Proposal

NEVER, EXPIRED = 1_000_000, 999_999
"""Days since something that never happened, and since an exam whose certificate is over."""
CALL_CONSENT_DAYS = 7
"""12 CFR 1006.14(b)(3)(i): the day of the consent is the first."""
TALKED = ("conversation", "third_party", "third_party_refused", "third_party_offered", "reserved")
WRITTEN = ("letter", "email", "sms", "inapp")
VISIT_NOTICE_DAYS = 30
"""A visit that was announced longer ago is not the one that is made now."""


class Gathering:
    """One proposal with what several facts need of it, each computed once."""

    def __init__(self, facts: PersonFacts, proposal: Proposal, point: ContactPointCard | None) -> None:
        self.facts, self.proposal, self.point = facts, proposal, point
        self.owner = point.owner if point else "debtor"
        self._counts: dict[str, list[datetime]] | None = None

    @property
    def today(self) -> date:
        """The day in the debtor's home zone."""
        return self.day(self.facts.now)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment in the debtor's home zone."""
        return moment.astimezone(ZoneInfo(self.facts.person.home_zone)).date()

    @property
    def counts(self) -> dict[str, list[datetime]]:
        """The counted contacts by column."""
        if self._counts is None:
            points = self.facts.points
            self._counts = counted(
                self.facts.contacts,
                actor=self.facts.made_by,
                debts=frozenset(self.facts.account_ids),
                others=self.facts.other_account_ids,
                third=frozenset(each.contact_point_id for each in points if each.owner == "third_party"),
                at_work=frozenset(each.contact_point_id for each in points if is_at_work(each)),
                point=self.proposal.contact_point_id,
            )
        return self._counts

    def cards(self, kind: str) -> Iterator[tuple[ConsentCard, Said]]:
        """Yield the statements of a kind that touch this proposal and were not taken back, newest first."""
        for card in self.facts.consents:
            if card.kind != kind or card.channel not in ("", self.proposal.channel):
                continue
            if card.contact_point_id not in (None, self.proposal.contact_point_id):
                continue
            read = said(kind, card.detail)
            if read.is_true:
                yield card, read

    def hours(self, kind: str, *, is_direct: bool = False) -> str:
        """Return the hours of every such statement together; only those made to whoever acts if `is_direct`."""
        found = [
            (card.consent_id, read.hours)
            for card, read in self.cards(kind)
            if not is_direct or read.told_to == self.facts.made_by
        ]
        return ";".join(hours for _, hours in sorted(found) if hours)

    def hold_days(self, kind: str) -> int | None:
        """Return the days since the earliest open hold of a kind began; None if there is none."""
        started = [hold.started_at for hold in self.facts.open_holds if hold.kind == kind]
        return (self.today - self.day(min(started))).days if started else None

    def obtained(self) -> tuple[ConsentCard, Said] | None:
        """Return how this contact point was obtained, if that is on record."""
        if self.proposal.contact_point_id is None:
            return None
        return next((each for each in self.cards("obtained") if each[0].contact_point_id is not None), None)

    def inbound(self) -> Counted | None:
        """Return the contact that a reply would answer: the recipient's latest by this channel, not answered yet."""
        if self.proposal.purpose not in REPLIES:
            return None
        mine = [
            contact
            for contact in self.facts.contacts
            if contact.channel == self.proposal.channel
            and is_own(contact.made_by, contact.direction, self.facts.made_by)
        ]
        started = next((contact for contact in mine if contact.direction == "inbound"), None)
        if started is None:
            return None
        is_answered = any(
            contact.direction == "outbound"
            and contact.purpose in REPLIES
            and contact.occurred_at >= started.occurred_at
            for contact in mine
        )
        return None if is_answered else started


def has_notice(
    facts: PersonFacts, kind: str, *, channels: tuple[str, ...] = (), days: int | None = None
) -> bool:
    """This function will tell whether notice of a kind was given about every debt concerned, by whoever acts."""
    today = business_date(facts.now)
    given = [
        notice
        for notice in facts.notices
        if notice.kind == kind
        and notice.issuer in ("", facts.made_by)
        and (not channels or notice.channel in channels)
        and notice.sent_date <= today
        and (days is None or notice.sent_date >= today - timedelta(days=days))
    ]
    if any(notice.account_id is None for notice in given):
        return True
    told = {notice.account_id for notice in given}
    return bool(facts.account_ids) and told.issuperset(facts.account_ids)


def is_at_work(point: ContactPointCard) -> bool:
    """Tell whether a contact point is at the debtor's workplace."""
    return point.owner == "employer" or point.place == "work"


def do_clocks_differ(zones: list[str], moment: datetime) -> bool:
    """Tell whether zones show different times at a moment."""
    return len({moment.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}) > 1


def _has_call_consent(found: Gathering) -> bool:
    if found.proposal.channel != "call":
        return False
    talks = found.counts["debt_talks"]
    for card, read in found.cards("more_contacts"):
        age = (found.today - found.day(card.occurred_at)).days
        is_spent = any(talk > card.occurred_at for talk in talks)
        if read.told_to == found.facts.made_by and 0 <= age < CALL_CONSENT_DAYS and not is_spent:
            return True
    return False


def _message_days(found: Gathering) -> int | None:
    wrote = [
        contact.occurred_at
        for contact in found.facts.contacts
        if contact.direction == "inbound"
        and contact.channel in ("sms", "email")
        and contact.contact_point_id == found.proposal.contact_point_id
        and is_own(contact.made_by, "inbound", found.facts.made_by)
    ]
    if found.proposal.contact_point_id is None or not wrote:
        return None
    return (found.today - found.day(max(wrote))).days


def _is_reply_at_inconvenience(found: Gathering) -> bool:
    from fairdue.engine.law.hours import WeekClock, open_minutes
    from fairdue.engine.law.moments import is_closed_in

    started = found.inbound()
    named = found.hours("inconvenient_hours")
    if started is None or not named:
        return False
    zone = found.facts.person.home_zone
    return not is_closed_in(zone, WeekClock((zone,), open_minutes(named)), started.occurred_at)


def _opted_out_at(found: Gathering) -> datetime | None:
    if found.proposal.purpose != "confirm_opt_out":
        return None
    return max((card.occurred_at for card, _ in found.cards("opt_out")), default=None)


def _opt_out_minutes(found: Gathering) -> int | None:
    at = _opted_out_at(found)
    return None if at is None else math.ceil((found.facts.now - at).total_seconds() / 60)


def _is_first_confirmation(found: Gathering) -> bool:
    return found.proposal.purpose != "confirm_opt_out" or not any(
        contact.purpose == "confirm_opt_out" and contact.channel == found.proposal.channel
        for contact in found.facts.contacts
    )


def _of_third(found: Gathering) -> list[Counted]:
    if found.owner != "third_party":
        return []
    return [each for each in found.facts.contacts if each.contact_point_id == found.proposal.contact_point_id]


def _location_talks(found: Gathering) -> int:
    return sum(each.purpose == "locate" and each.result in TALKED for each in _of_third(found))


def _has_asked_for_more(found: Gathering) -> bool:
    theirs = _of_third(found)
    talks = [each.occurred_at for each in theirs if each.purpose == "locate" and each.result in TALKED]
    return any(each.direction == "inbound" and talks and each.occurred_at > min(talks) for each in theirs)


def _obtained(name: str, of_none: Any) -> Callable[[Gathering], Any]:
    def gather(found: Gathering) -> Any:
        known = found.obtained()
        if known is None:
            return of_none
        _, read = known
        return {
            "obtained_route": read.route,
            "is_obtained_by_actor": read.obtained_by == found.facts.made_by,
            "obtained_days": (found.today - read.obtained_date).days if read.obtained_date else NEVER,
            "opt_out_days": read.opt_out_days,
            "is_opt_out_simple": read.is_opt_out_simple,
            "is_opt_out_over": read.opt_out_until is not None and read.opt_out_until < found.today,
            "is_domain_public": read.is_domain_public,
            "has_prior_collector_used": bool(read.used_before_by),
        }[name]

    return gather


def _agency_days(found: Gathering) -> int:
    agency = found.facts.agency
    if agency is None:
        return 0
    return (found.today - agency.evaluated_date).days if agency.evaluated_date else NEVER


def _training_days(found: Gathering) -> int:
    """Days since the collector's exam; 0 where no person speaks, `NEVER` where none is on record.

    An agency that does not name who speaks vouches for one of its collectors on record.
    """
    if found.proposal.channel not in ("call", "visit") or found.proposal.mode == "announcement":
        return 0
    if found.facts.agency is None and found.facts.staff_ref is None:
        return 0
    speaker = found.proposal.staff_ref if found.facts.agency else found.facts.staff_ref
    mine = [each for each in found.facts.certificates if speaker in ("", each.staff_ref)]
    holds = [
        each.trained_date for each in mine if each.expires_date is None or each.expires_date >= found.today
    ]
    if holds:
        return (found.today - max(holds)).days
    return EXPIRED if mine else NEVER


def _count(column: str) -> Callable[[Gathering], list[datetime]]:
    return lambda found: found.counts[column]


def _flag(kind: str) -> Callable[[Gathering], bool]:
    return lambda found: any(True for _ in found.cards(kind))


GATHERERS: dict[str, Callable[[Gathering], Any]] = {
    "jurisdiction": lambda found: "|".join(sorted(found.facts.jurisdictions)),
    # when
    "do_clocks_differ": lambda found: do_clocks_differ(found.facts.zones(found.point), found.facts.now),
    "direct_consent_hours": lambda found: found.hours("direct_hours", is_direct=True),
    "inconvenient_hours": lambda found: found.hours("inconvenient_hours"),
    "public_holidays": lambda found: public_holidays(found.facts.jurisdictions, found.facts.now),
    # which step
    "is_reply": lambda found: found.inbound() is not None,
    "is_reply_at_inconvenience": _is_reply_at_inconvenience,
    "grounds": lambda found: found.proposal.grounds,
    "is_medium_required_by_law": lambda found: False,
    "is_identity_verified": lambda found: found.owner == "debtor",
    "does_name_reveal_collection": lambda found: bool(found.facts.agency and found.facts.agency.reveals_collection),
    # recipient and place
    "medium": lambda found: found.point.medium if found.point else "",
    "is_workplace": lambda found: found.point is not None and is_at_work(found.point),
    "is_at_inconvenient_place": lambda found: any(
        card.contact_point_id is not None for card, _ in found.cards("inconvenient_place")
    ),
    "is_work_closed": _flag("no_work"),
    "is_medium_closed": lambda found: found.facts.is_opted_out(found.proposal),
    "is_first_confirmation": _is_first_confirmation,
    "opt_out_minutes": _opt_out_minutes,
    "location_talks": _location_talks,
    "has_asked_for_more": _has_asked_for_more,
    # how the contact point was obtained
    "obtained_route": _obtained("obtained_route", ""),
    "is_obtained_by_actor": _obtained("is_obtained_by_actor", True),
    "obtained_days": _obtained("obtained_days", 0),
    "message_days": _message_days,
    "opt_out_days": _obtained("opt_out_days", None),
    "is_opt_out_simple": _obtained("is_opt_out_simple", True),
    "is_opt_out_over": _obtained("is_opt_out_over", True),
    "is_domain_public": _obtained("is_domain_public", True),
    "has_prior_collector_used": _obtained("has_prior_collector_used", False),
    # state of the debt and the debtor
    "debt_state": lambda found: found.facts.debt_state,
    "breathing_space_day": lambda found: None if (days := found.hold_days("breathing_space")) is None else days + 1,
    "is_in_crisis_moratorium": lambda found: found.hold_days("crisis_moratorium") is not None,
    "plan_preparation_days": lambda found: found.hold_days("plan_preparation"),
    "has_plan_progress": _flag("plan_progress"),
    "bereavement_days": lambda found: found.hold_days("bereavement"),
    "has_prior_objection": _flag("objection"),
    "is_transfer_notified": lambda found: has_notice(found.facts, "transfer"),
    "is_placement_notified": lambda found: has_notice(found.facts, "agency", channels=WRITTEN),
    "is_visit_notified": lambda found: has_notice(found.facts, "visit", days=VISIT_NOTICE_DAYS),
    # agencies and collectors
    "is_agency_listed": lambda found: found.facts.agency is None or found.facts.agency.is_listed,
    "agency_evaluation_days": _agency_days,
    "training_days": _training_days,
    # history
    "has_call_consent": _has_call_consent,
    **{
        column: _count(column)
        for column in (
            "debt_calls", "debt_talks", "debt_talks_inbound", "number_calls", "number_attempts", "contacts",
            "debt_contacts", "debt_contacts_home", "debt_contacts_work", "unsolicited", "debt_conversations",
            "other_debt_conversations", "debt_attempts",
        )
    },
}  # fmt: skip
"""Special fact → what gathers it. Each fact's meaning and default stand in `engine/law/candidates.py`, and only there."""


def special_facts(
    facts: PersonFacts, proposal: Proposal, point: ContactPointCard | None, asked: frozenset[str]
) -> dict[str, Any]:
    """This function will return the special facts that a rulebook asks about one proposal."""
    if not asked:
        return {}
    found = Gathering(facts, proposal, point)
    return {name: GATHERERS[name](found) for name in asked}
