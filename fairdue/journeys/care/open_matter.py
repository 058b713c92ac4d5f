"""Somebody tells us something: the matter is taken in, and what follows from it happens in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.care import facade as care
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.care.call_back import require_lawful
from fairdue.journeys.care.dispute_money import hold_in_ledger
from fairdue.journeys.care.telling import tell_received
from fairdue.journeys.stop_contacts import choose_contacts, contact_choices
from fairdue.kernel.actor import Actor

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@transaction.atomic
def open_matter(
    *,
    person_id: int,
    kind: str,
    account_ids: Sequence[int],
    words: str,
    channel: str,
    details: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    cause: str = "",
    reference: str = "",
    received_at: datetime | None = None,
    about_staff_ids: Sequence[int] = (),
    facts: Mapping[str, str] | None = None,
) -> care.MatterCard:
    """This function will take in what a person tells us, with everything that follows at once.

    1. A dispute: contacts stop by law, and the ledger leaves the part in question out (`details`: `component`,
       `amount_minor`; nothing said: all of the debt).
    2. A wrong person: the contact point that was used (`contact_point_id`) is not used again.
    3. Limits to contacts are in force before this returns (`stopped`, `hours_from`, `hours_to`, `days`, `third_parties`).
    4. A call back: the hour (`wanted_at`) must be one at which a call is allowed.
    5. The same `reference` is one matter, and nothing happens twice.
    6. The number and the day of the answer are written into the person's inbox.

    :raises PermissionRefused: for staff without `deadlines.record`
    :raises CareRefused: if it cannot be taken in so; nothing was changed
    """
    if kind == "callback":
        require_lawful(person_id=person_id, wanted_at=details.get("wanted_at"), now=now)
    card = care.open_matter(
        person_id=person_id, kind=kind, account_ids=account_ids, words=words, channel=channel, details=details,
        actor=actor, now=now, cause=cause, reference=reference, received_at=received_at,
        about_staff_ids=about_staff_ids, facts=facts,
    )  # fmt: skip
    if card.is_repeated:
        return card
    if kind == "dispute":
        hold_in_ledger(card, actor=actor, now=now)
    elif kind == "wrong_person":
        _leave_point(card, actor, now)
    elif kind == "contact_limits":
        _limit_contacts(card, actor, now)
        care.settle_at_once(matter_id=card.matter_id, outcome="done", actor=actor, now=now)
    if kind not in ("contact_limits", "wrong_person"):
        tell_received(card, now=now)
    return next(each for each in care.matters_of(person_id, now) if each.matter_id == card.matter_id)


def _leave_point(card: care.MatterCard, actor: Actor, now: datetime) -> None:
    point_id = card.details.get("contact_point_id")
    own = {point.contact_point_id for point in parties.contact_points(card.person_id)}
    if point_id is None:
        return
    if point_id not in own:
        raise care.CareRefused("care.matter.contact_point", "this is no contact point of the person")
    parties.mark_contact_point(
        contact_point_id=point_id,
        status="invalid",
        reason=card.number,
        actor=actor,
        now=now,
    )


def _limit_contacts(card: care.MatterCard, actor: Actor, now: datetime) -> None:
    said = card.details
    stopped = frozenset(said.get("stopped", ()))
    if stopped:
        already = frozenset(each.channel for each in contact_choices(card.person_id) if each.is_stopped)
        choose_contacts(
            person_id=card.person_id, stopped=stopped | already, actor=actor, now=now, source=card.channel
        )
    if said.get("hours_from") and said.get("hours_to"):
        times = {"days": list(said.get("days") or WEEK), "from": said["hours_from"], "to": said["hours_to"]}
        _say(card, "agreed_hours", {"times": [times]}, actor, now)
    if said.get("third_parties"):
        for point in parties.contact_points(card.person_id):
            if point.owner == "third_party" and not point.is_opted_out:
                _say(card, "opt_out", {}, actor, now, point_id=point.contact_point_id)


def _say(
    card: care.MatterCard,
    kind: str,
    detail: dict[str, Any],
    actor: Actor,
    now: datetime,
    *,
    point_id: int | None = None,
) -> None:
    parties.record_consent(
        person_id=card.person_id, kind=kind, channel="", contact_point_id=point_id, source=card.channel, detail=detail,
        actor=actor, occurred_at=now, now=now,
    )  # fmt: skip
