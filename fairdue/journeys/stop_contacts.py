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


class ChannelUnknown(ValueError):  # noqa: N818
    """The channel is not one that can be stopped; nothing was changed."""

    code = "parties.consent.channel"


def contact_choices(person_id: int) -> tuple[ChannelChoice, ...]:
    """Return the state of each channel, from the person's latest statements.

    A statement about all channels counts for each; of two statements the later one counts.
    """
    latest: dict[str, tuple[datetime, int, bool]] = {}
    for consent in parties.latest_consents(person_id):
        if consent.kind not in ("opt_in", "opt_out") or consent.contact_point_id is not None:
            continue
        mark = (consent.occurred_at, consent.consent_id, consent.kind == "opt_out")
        for channel in (consent.channel,) if consent.channel else CHANNELS:
            latest[channel] = max(latest.get(channel, mark), mark)
    return tuple(
        ChannelChoice(channel=channel, is_stopped=channel in latest and latest[channel][2])
        for channel in CHANNELS
    )


@transaction.atomic
def choose_contacts(
    *, person_id: int, stopped: frozenset[str], actor: Actor, now: datetime
) -> tuple[ChannelChoice, ...]:
    """Record what changed in the person's choice of channels and return the new state.

    1. Each changed channel is one statement in the append-only consents; an unchanged one writes nothing.
    2. The gate reads it in the transaction that reserves a contact, so it is in force at once.

    :raises ChannelUnknown: if a channel cannot be stopped; nothing is changed
    """
    unknown = stopped - set(CHANNELS)
    if unknown:
        raise ChannelUnknown(f"unknown channels: {', '.join(sorted(unknown))}")
    for choice in contact_choices(person_id):
        is_wanted = choice.channel in stopped
        if is_wanted != choice.is_stopped:
            parties.record_consent(
                person_id=person_id,
                kind="opt_out" if is_wanted else "opt_in",
                channel=choice.channel,
                contact_point_id=None,
                source="portal",
                detail={},
                actor=actor,
                occurred_at=now,
                now=now,
            )
    return contact_choices(person_id)


def stop_contacts(*, person_id: int, channel: str, actor: Actor, now: datetime) -> tuple[ChannelChoice, ...]:
    """Stop one channel, or all of them when `channel` is empty, and return the new state.

    :raises ChannelUnknown: if the channel cannot be stopped
    """
    already = {choice.channel for choice in contact_choices(person_id) if choice.is_stopped}
    wanted = frozenset(CHANNELS) if not channel else frozenset({channel})
    return choose_contacts(person_id=person_id, stopped=wanted | already, actor=actor, now=now)
