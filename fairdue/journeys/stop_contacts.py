"""The borrower says how to be contacted, or not; in force before the page answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor

CHANNELS = ("call", "sms", "email", "visit", "inapp")
"""Channels that a borrower can stop, in the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChoice:
    """One channel and whether contacts by it are stopped."""

    channel: str
    is_stopped: bool


class ChannelUnknown(ValueError):
    """The channel is not one that can be stopped; nothing was changed."""

    code = "parties.consent.channel"


def _opted_out(person_id: int) -> dict[str, bool]:
    """Return, by channel and by "" for all channels, whether the latest statement is an opt-out."""
    return {
        consent.channel: consent.kind == "opt_out"
        for consent in parties.latest_consents(person_id)
        if consent.kind in ("opt_in", "opt_out") and consent.contact_point_id is None
    }


def contact_choices(person_id: int) -> tuple[ChannelChoice, ...]:
    """Return the state of each channel as the gate sees it: stopped by itself or by a statement about all."""
    said = _opted_out(person_id)
    return tuple(
        ChannelChoice(channel=channel, is_stopped=said.get("", False) or said.get(channel, False))
        for channel in CHANNELS
    )


@transaction.atomic
def choose_contacts(
    *, person_id: int, stopped: frozenset[str], actor: Actor, now: datetime, source: str = "portal"
) -> tuple[ChannelChoice, ...]:
    """Record what changed in the person's choice of channels and return the new state.

    1. Each changed channel is one statement in the append-only consents; an unchanged one writes nothing.
    2. An earlier statement about all channels is taken back when one of them is allowed again.
    3. The gate reads it in the transaction that reserves a contact, so it is in force at once.

    :raises ChannelUnknown: if a channel cannot be stopped; nothing is changed
    """
    unknown = stopped - set(CHANNELS)
    if unknown:
        raise ChannelUnknown(f"unknown channels: {', '.join(sorted(unknown))}")
    said = _opted_out(person_id)
    if said.get("") and stopped != set(CHANNELS):
        _say(person_id, "opt_in", "", actor, now, source)
        said[""] = False
    for channel in CHANNELS:
        if not said.get("") and (channel in stopped) != said.get(channel, False):
            kind = "opt_out" if channel in stopped else "opt_in"
            _say(person_id, kind, channel, actor, now, source)
    return contact_choices(person_id)


def _say(person_id: int, kind: str, channel: str, actor: Actor, now: datetime, source: str) -> None:
    parties.record_consent(
        person_id=person_id,
        kind=kind,
        channel=channel,
        contact_point_id=None,
        source=source,
        detail={},
        actor=actor,
        occurred_at=now,
        now=now,
    )


def stop_contacts(*, person_id: int, channel: str, actor: Actor, now: datetime) -> tuple[ChannelChoice, ...]:
    """Stop one channel, or all of them when `channel` is empty, and return the new state.

    :raises ChannelUnknown: if the channel cannot be stopped
    """
    already = {choice.channel for choice in contact_choices(person_id) if choice.is_stopped}
    wanted = frozenset(CHANNELS) if not channel else frozenset({channel})
    return choose_contacts(person_id=person_id, stopped=wanted | already, actor=actor, now=now)
