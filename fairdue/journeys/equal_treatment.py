"""Equal treatment looked into: offers as they were shown, agreements, and how often people had complained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.care import facade as care
from fairdue.engine.negotiation.treatment import (
    Granted,
    UnlikePair,
    WaiverLine,
    loudness,
    unlike_pairs,
    waivers_by,
)
from fairdue.kernel.actor import Actor

LOUD_DAYS = 180
"""Complaints of so many days before an agreement count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What an audit of a period found."""

    since: date
    until: date
    sets: int
    agreements: int
    pairs: tuple[UnlikePair, ...]
    by_proposer: tuple[WaiverLine, ...]
    by_segment: tuple[WaiverLine, ...]
    by_loudness: tuple[WaiverLine, ...]
    by_wish: tuple[WaiverLine, ...]


def equal_treatment(*, actor: Actor, since: date, until: date) -> Treatment:
    """This function will look for like people with unlike offers, and for waivers that follow who asked or how loudly.

    :raises PermissionRefused: without `audit.view`
    """
    shown = arrangements.shown_sets(actor=actor, since=since, until=until)
    cards = arrangements.granted(actor=actor, since=since, until=until)
    complaints = care.complaint_instants([card.person_id for card in cards], actor=actor)
    found = [_granted(card, complaints.get(card.person_id, ())) for card in cards]
    return Treatment(
        since=since,
        until=until,
        sets=len(shown),
        agreements=len(found),
        pairs=unlike_pairs(shown),
        by_proposer=waivers_by(found, lambda one: one.proposed_by),
        by_segment=waivers_by(found, lambda one: one.segment),
        by_loudness=waivers_by(found, loudness),
        by_wish=waivers_by(found, lambda one: "own" if one.is_own_wish else "offered"),
    )


def _granted(card: arrangements.GrantedCard, complained: tuple[datetime, ...]) -> Granted:
    start = card.accepted_at - timedelta(days=LOUD_DAYS)
    return Granted(
        agreement_id=card.agreement_id,
        agreed_date=card.agreed_date,
        proposed_by=card.proposed_by,
        segment=segment_of(card.features),
        currency=card.currency,
        arranged_minor=card.total_minor + card.waived_minor,
        waived_minor=card.waived_minor,
        complaints=sum(start <= instant < card.accepted_at for instant in complained),
        is_own_wish=card.is_own_wish,
    )


def segment_of(features: Mapping[str, Any]) -> str:
    """Return the segment of an agreement: product and bucket of the debt longest due, and whether somebody is vulnerable."""
    debts = features.get("debts") or [{"product": "?", "days_past_due": 0}]
    worst = max(debts, key=lambda debt: debt["days_past_due"])
    mark = " +" if features.get("is_vulnerable") else ""
    return f"{worst['product']} M{-(-worst['days_past_due'] // 30)}{mark}"
