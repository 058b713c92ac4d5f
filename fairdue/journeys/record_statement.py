"""What the debtor says about being contacted, recorded from the case: stop, or contact me again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.stop_contacts import CHANNELS, choose_contacts, contact_choices
from fairdue.kernel.actor import Actor

HOURS = ("inconvenient_hours", "agreed_hours", "consented_hours", "direct_hours")
PLAIN = ("inconvenient_place", "no_work", "more_contacts", "objection", "entry_agreed")
STATEMENTS = ("opt_out", "opt_in", *HOURS, *PLAIN)
SOURCES = ("conversation", "letter", "email", "complaint")
"""How the statement reached us."""


class StatementRefused(cases.CaseRefused):
    """The statement cannot be recorded so; `code` says why, nothing was recorded."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def record_statement(
    *,
    case_id: int,
    kind: str,
    actor: Actor,
    now: datetime,
    channel: str = "",
    contact_point_id: int | None = None,
    source: str = "conversation",
    hours: tuple[str, str] | None = None,
) -> bool:
    """Record that contacts by a channel, by all of them, or to one contact point end or may be made again.

    1. Without a channel it counts for every channel; with a contact point only for that one.
    2. It binds at once: the gate reads it in the transaction that reserves a contact.
    3. Hours are those of the person's own clock, every day; a place is a contact point. `direct_hours` open a closed
       hour only to whoever was told so; what an agency was told counts for that agency.
    4. What had been said before stays on record. Returns False when it says nothing new.

    :raises NotInScope: if the case is not in the actor's scope
    :raises StatementRefused: if kind, source or channel is unknown, or both channel and point are named
    :raises ConsentRefused: if the contact point is not one of the person's
    """
    actor.require("contacts.make")
    case = cases.case_card(case_id=case_id, actor=actor)
    _check(kind, channel, contact_point_id, source)
    if kind in (*HOURS, *PLAIN):
        return _about_contacts(case.person_id, kind, channel, contact_point_id, hours, source, actor, now)
    if contact_point_id is not None:
        return _about_point(case.person_id, kind, contact_point_id, source, actor, now)
    if kind == "opt_out" and not channel:
        return _about_everything(case.person_id, source, actor, now)
    before = {choice.channel for choice in contact_choices(case.person_id) if choice.is_stopped}
    named = {channel} if channel else set(CHANNELS)
    stopped = before | named if kind == "opt_out" else before - named
    if stopped == before:
        return False
    choose_contacts(person_id=case.person_id, stopped=frozenset(stopped), actor=actor, now=now, source=source)
    return True


def _check(kind: str, channel: str, contact_point_id: int | None, source: str) -> None:
    if kind not in STATEMENTS:
        raise StatementRefused("cases.statement.kind", f"{kind!r} is none of {', '.join(STATEMENTS)}")
    if source not in SOURCES:
        raise StatementRefused("cases.statement.source", f"{source!r} is none of {', '.join(SOURCES)}")
    if channel and channel not in CHANNELS:
        raise StatementRefused("cases.statement.channel", f"{channel!r} is none of {', '.join(CHANNELS)}")
    if channel and contact_point_id is not None:
        raise StatementRefused("cases.statement.both", "name a channel or a contact point, not both")


def _about_contacts(
    person_id: int,
    kind: str,
    channel: str,
    contact_point_id: int | None,
    hours: tuple[str, str] | None,
    source: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Record when, where or how often the person may be contacted, or what the person thinks of the debt."""
    if kind in HOURS and (hours is None or hours[0] >= hours[1]):
        raise StatementRefused("cases.statement.hours", "say from when to when")
    if kind == "inconvenient_place" and contact_point_id is None:
        raise StatementRefused("cases.statement.point_missing", "say which number or address is meant")
    detail = _detail(kind, hours, actor.made_by)
    for card in parties.latest_consents(person_id):
        if (card.kind, card.channel, card.contact_point_id, card.detail) == (
            kind,
            channel,
            contact_point_id,
            detail,
        ):
            return kind == "more_contacts" and _say(
                person_id, kind, contact_point_id, source, actor, now, channel, detail
            )
    return _say(person_id, kind, contact_point_id, source, actor, now, channel, detail)


def _detail(kind: str, hours: tuple[str, str] | None, made_by: str) -> dict[str, Any]:
    """Return what a statement says besides its kind: the hours, and to whom it was said where that matters."""
    if kind == "direct_hours" and hours:
        return {"times": [{"from": hours[0], "to": hours[1]}], "to": made_by}
    if kind in HOURS and hours:
        return {"from": hours[0], "to": hours[1]}
    return {} if made_by == "lender" else {"to": made_by}


def _about_everything(person_id: int, source: str, actor: Actor, now: datetime) -> bool:
    """Record one objection to every contact, as the outcome "do not contact" does."""
    said = parties.latest_consents(person_id)
    if any(card.kind == "opt_out" and not card.channel and card.contact_point_id is None for card in said):
        return False
    _say(person_id, "opt_out", None, source, actor, now)
    return True


def _about_point(
    person_id: int, kind: str, contact_point_id: int, source: str, actor: Actor, now: datetime
) -> bool:
    points = {point.contact_point_id: point for point in parties.contact_points(person_id)}
    point = points.get(contact_point_id)
    if point is not None and point.is_opted_out == (kind == "opt_out"):
        return False
    _say(person_id, kind, contact_point_id, source, actor, now)
    return True


def _say(
    person_id: int,
    kind: str,
    contact_point_id: int | None,
    source: str,
    actor: Actor,
    now: datetime,
    channel: str = "",
    detail: Mapping[str, Any] | None = None,
) -> bool:
    parties.record_consent(
        person_id=person_id,
        kind=kind,
        channel=channel,
        contact_point_id=contact_point_id,
        source=source,
        detail=dict(detail or {}),
        actor=actor,
        occurred_at=now,
        now=now,
    )
    return True
