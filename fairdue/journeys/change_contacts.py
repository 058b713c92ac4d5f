"""The borrower changes how they are reached: a new telephone or mailbox shows itself by a code, the old ones hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.identify_borrower import borrower_actor
from fairdue.journeys.send_code import CHANNELS, SentCode, send_code_to, ways_for_code

TEMPLATE = "notice.contact_changed"
PURPOSE = "confirm_change"
LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPoints:
    """A person's own telephones and mailboxes: in use, and given but not yet shown to be theirs."""

    in_use: tuple[parties.ContactPointCard, ...]
    waiting: tuple[parties.ContactPointCard, ...]


def own_points(person_id: int) -> OwnPoints:
    """Return what a person may change about how they are reached."""
    waiting = tuple(
        point
        for point in parties.contact_points(person_id)
        if point.owner == "debtor" and point.status == "pending" and point.medium in CHANNELS
    )
    return OwnPoints(in_use=ways_for_code(person_id), waiting=waiting)


@transaction.atomic
def give_contact(*, person_id: int, written: str, now: datetime, locale: str = "") -> tuple[int, SentCode]:
    """This function will note a new telephone or mailbox and send a code there; it is not used before the code was typed.

    The caller has made sure, by a code to an old way, that it is the person who asks.

    :raises ContactPointRefused: as `parties.give_contact_point` says; nothing was sent
    """
    point = parties.give_contact_point(
        person_id=person_id, written=written, actor=borrower_actor(person_id), now=now
    )
    return point.contact_point_id, _send(point, now, locale)


@transaction.atomic
def send_again(*, person_id: int, contact_point_id: int, now: datetime, locale: str = "") -> SentCode:
    """This function will send another code to a telephone or mailbox that still waits; the earlier code is worth nothing.

    :raises ContactPointRefused: if it does not wait
    """
    for point in own_points(person_id).waiting:
        if point.contact_point_id == contact_point_id:
            return _send(point, now, locale)
    raise parties.ContactPointRefused(
        "parties.contact_point.not_waiting", f"{contact_point_id} does not wait"
    )


def _send(point: parties.ContactPointCard, now: datetime, locale: str) -> SentCode:
    return send_code_to(
        point, purpose=parties.NEW_POINT, subject=_subject(point.contact_point_id), now=now, locale=locale,
        actor=borrower_actor(point.person_id),
    )  # fmt: skip


def _subject(contact_point_id: int) -> str:
    return f"point:{contact_point_id}"


@transaction.atomic
def confirm_contact(
    *, person_id: int, contact_point_id: int, code_id: int, code: str, now: datetime
) -> parties.CodeAnswer:
    """This function will try the code that went to a new telephone or mailbox; right, it is in use and the old ones are told.

    :raises ContactPointRefused: if it does not wait any more; the code stays good
    """
    answer = parties.try_code(
        code_id=code_id, purpose=parties.NEW_POINT, subject=_subject(contact_point_id), code=code, now=now
    )
    if answer.person_id is None:
        return answer
    if (answer.person_id, answer.contact_point_id) != (person_id, contact_point_id):
        return parties.CodeAnswer(refused="expired")
    old = ways_for_code(person_id)
    parties.take_into_use(
        contact_point_id=contact_point_id, person_id=person_id, actor=borrower_actor(person_id), now=now
    )
    _tell(person_id, old, f"added:{contact_point_id}:{code_id}", now)
    return answer


@transaction.atomic
def remove_contact(*, person_id: int, contact_point_id: int, now: datetime) -> None:
    """This function will take a telephone or mailbox out of use for good and tell the others that are left.

    :raises ContactPointRefused: if it is the only one in use, or not theirs; nothing was changed
    """
    was_used = {point.contact_point_id for point in ways_for_code(person_id)}
    parties.remove_contact_point(
        contact_point_id=contact_point_id, person_id=person_id, actor=borrower_actor(person_id), now=now
    )
    if contact_point_id in was_used:
        _tell(person_id, ways_for_code(person_id), f"removed:{contact_point_id}:{now:%Y%m%d%H%M%S}", now)


def _tell(person_id: int, ways: tuple[parties.ContactPointCard, ...], what: str, now: datetime) -> None:
    """Say it in the inbox and at every way given: who did not do it learns of it where they are reached."""
    locale = parties.person_card(person_id).locale
    for channel, point_id in [
        ("inapp", None),
        *((CHANNELS[each.medium], each.contact_point_id) for each in ways),
    ]:
        outreach.plan_message(
            person_id=person_id, channel=channel, contact_point_id=point_id, template_code=TEMPLATE, purpose=PURPOSE,
            dedupe_key=f"contact:{what}:{point_id or 'inbox'}"[:80], locale=locale, now=now, expires_at=now + LIFETIME,
        )  # fmt: skip
