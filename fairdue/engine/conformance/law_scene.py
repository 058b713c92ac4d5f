"""A gate or count case as a scene: who acts, whom the step reaches, and what is known at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.engine.conformance.running import Unsupported

Fields = Mapping[str, Any]
DEBTOR = "debtor"
EVENTS = frozenset({
    "contact", "inbound", "consent", "agreed_hours", "inconvenient_times", "inconvenient_place", "no_contact_at_work",
    "cease", "refusal_to_pay", "denies_debt", "opt_out", "dispute", "verification_sent", "contact_refused",
    "offers_to_pay", "entry_refused", "wrong_number", "undeliverable", "furnished", "plan_agreed", "plan_breached",
    "plan_in_preparation", "plan_progress", "bankruptcy", "breathing_space", "bereavement", "payment",
    "account_deduction", "signed_demand", "assignment",
})  # fmt: skip
"""Every event of the format; each is read by a fact below or concerns no contact."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with what the format leaves out filled in."""

    place: int
    at: datetime
    kind: str
    by: str
    told_to: str
    about: frozenset[str]
    fields: Fields

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field as it stands in the case."""
        return self.fields.get(name, default)


@dataclass(frozen=True)
class Scene:
    """The facts of a case as they are seen at `at`; events after `known_until` have not happened yet."""

    given: Fields
    when: Fields
    at: datetime
    known_until: datetime

    def later(self, at: datetime) -> Scene:
        """Return the same scene at a later moment, nothing else having happened."""
        return replace(self, at=at)

    @cached_property
    def actor(self) -> str:
        """The id of the actor."""
        return str(self.given["actor"]["id"])

    @cached_property
    def points(self) -> dict[str, Fields]:
        """The contact points by id."""
        return {point["id"]: point for point in self.given["contact_points"]}

    @cached_property
    def debts(self) -> dict[str, Fields]:
        """The debts by id."""
        return {debt["id"]: debt for debt in self.given["debts"]}

    @cached_property
    def target(self) -> Fields:
        """The contact point of the step, empty if it needs none.

        :raises Unsupported: if it is not listed
        """
        name = self.when.get("to")
        if name is not None and name not in self.points:
            raise Unsupported("a contact point that is not listed")
        return self.points.get(name or "", {})

    @cached_property
    def recipient(self) -> str:
        """Whom the step reaches: the debtor or the id of a person."""
        return str(self.when["person"]) if "person" in self.when else self.person_at(self.when.get("to"))

    def person_at(self, point: str | None) -> str:
        """Return who is reached by a contact point."""
        found = self.points.get(point or "", {})
        return str(found.get("person", "")) if found.get("owner") == "third_party" else DEBTOR

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The known events, in order of time.

        :raises Unsupported: if the format has no such event
        """
        known = [
            event
            for event in map(self._event, range(len(self.given["events"])))
            if event.at <= self.known_until
        ]
        if unknown := {event.kind for event in known} - EVENTS:
            raise Unsupported(f"events {sorted(unknown)}")
        return tuple(sorted(known, key=lambda event: event.at))

    def _event(self, place: int) -> Event:
        fields = self.given["events"][place]
        speaker = self.actor if fields["type"] == "contact" else DEBTOR
        return Event(
            place=place, at=datetime.fromisoformat(fields["at"]), kind=fields["type"], by=fields.get("by", speaker),
            told_to=fields.get("told_to", self.actor), about=frozenset(fields.get("about", self.debts)), fields=fields,
        )  # fmt: skip

    def said(self, *kinds: str, by: str | None = None) -> Iterator[Event]:
        """Yield the known statements of some kinds that apply today, by one speaker or the step's recipient."""
        for event in self.events:
            if event.kind in kinds and event.by == (by or self.recipient) and self.applies_today(event):
                yield event

    def applies_today(self, event: Event) -> bool:
        """Tell whether a statement applies on the day of the moment."""
        if event.get("valid_on") and date.fromisoformat(event.get("valid_on")) != self.today:
            return False
        return not event.get("until") or self.today <= date.fromisoformat(event.get("until"))

    @cached_property
    def wrong_points(self) -> frozenset[str]:
        """Contact points that proved to be somebody else's."""
        return frozenset(str(event.get("point")) for event in self.events if event.kind == "wrong_number")

    @cached_property
    def home_zone(self) -> str:
        """Zone in which days are counted: the home's, else that of the first contact point that has one.

        :raises Unsupported: if no zone is known
        """
        listed = [
            self.given["debtor"].get("home_zone"),
            *(point.get("zone") for point in self.points.values()),
        ]
        for zone in filter(None, listed):
            return str(zone)
        raise Unsupported("no zone")

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """All zones in which the recipient may be."""
        debtor = self.given["debtor"]
        if self.target.get("owner") == "third_party":
            return (self.target.get("zone") or debtor.get("home_zone") or self.home_zone,)
        own = [point.get("zone") for point in self.points.values() if point.get("owner", DEBTOR) == DEBTOR]
        listed = filter(None, [debtor.get("home_zone"), *debtor.get("zones", []), *own])
        return tuple(dict.fromkeys(listed)) or (self.home_zone,)

    @cached_property
    def today(self) -> date:
        """The day of the moment in the home zone."""
        return self.day(self.at)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment in the home zone."""
        return moment.astimezone(ZoneInfo(self.home_zone)).date()

    @property
    def is_new_attempt(self) -> bool:
        """Whether the step is a contact of its own: neither a running call going on nor the debtor's own contact."""
        return not self.when.get("continues") and self.when.get("initiated_by", "actor") == "actor"


def scene_of(question: Fields) -> Scene:
    """This function will return the scene of a gate or count question at its own moment."""
    at = datetime.fromisoformat(question["when"]["at"])
    return Scene(given=question["given"], when=question["when"], at=at, known_until=at)
