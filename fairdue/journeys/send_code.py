"""A one-time code to a person's own telephone or mailbox: planned like every message, judged by the gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor

TEMPLATE = "code.one_time"
PURPOSE = "one_time_code"
CHANNELS = {"mobile": "sms", "email": "email"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCode:
    """Where a code went and until when it is good; never the code."""

    code_id: int
    channel: str
    value_masked: str
    expires_at: datetime


class NoWayForCode(LookupError):
    """The person has no telephone or mailbox in use; no code was sent."""

    code = "parties.code.no_way"


def ways_for_code(person_id: int) -> tuple[parties.ContactPointCard, ...]:
    """Return the person's own telephones and mailboxes in use, verified ones first."""
    own = [
        point
        for point in parties.contact_points(person_id)
        if point.owner == "debtor" and point.status == "valid" and point.medium in CHANNELS
    ]
    return tuple(
        sorted(own, key=lambda point: (point.verified_at is None, point.rank, point.contact_point_id))
    )


@transaction.atomic
def send_code(
    *,
    person_id: int,
    purpose: str,
    actor: Actor,
    now: datetime,
    contact_point_id: int | None = None,
    subject: str = "",
    locale: str = "",
) -> SentCode:
    """This function will send a fresh code for one purpose and one subject, through the gate, and say where it went.

    1. It goes to the contact point named, else to the person's first one; an earlier code is worth nothing any more.
    2. The message leaves within seconds after the commit, on the dispatcher's way, and expires with the code.
    3. `parties.facade.try_code(code_id=…, purpose=…, subject=…, code=…, now=…)` tries it.

    :raises NoWayForCode: if there is no contact point of the person's own in use, or the named one is none
    """
    ways = ways_for_code(person_id)
    chosen = [way for way in ways if contact_point_id in (None, way.contact_point_id)]
    if not chosen:
        raise NoWayForCode(f"person {person_id} has no telephone or mailbox in use")
    return send_code_to(chosen[0], purpose=purpose, actor=actor, now=now, subject=subject, locale=locale)


def send_code_to(
    way: parties.ContactPointCard,
    *,
    purpose: str,
    actor: Actor,
    now: datetime,
    subject: str = "",
    locale: str = "",
) -> SentCode:
    """This function will send a fresh code to one contact point, within the caller's transaction.

    :raises CodeForeign: if it is not the person's own, or not in the state that the purpose asks for
    """
    issued = parties.issue_code(
        purpose=purpose,
        person_id=way.person_id,
        contact_point_id=way.contact_point_id,
        subject=subject,
        now=now,
    )
    outreach.plan_message(
        person_id=way.person_id, channel=CHANNELS[way.medium], contact_point_id=way.contact_point_id,
        template_code=TEMPLATE, purpose=PURPOSE, dedupe_key=f"code:{issued.code_id}",
        locale=locale or parties.person_card(way.person_id).locale,
        values={"code": outreach.sealed_value(issued.code)}, now=now, expires_at=issued.expires_at,
    )  # fmt: skip
    audit.record(
        code="parties.code.issued", actor=actor, subject_type="code", subject_id=issued.code_id, person_id=way.person_id,
        now=now, after={"purpose": purpose, "subject": subject, "contact_point_id": way.contact_point_id},
    )  # fmt: skip
    return SentCode(
        code_id=issued.code_id, channel=CHANNELS[way.medium], value_masked=way.value_masked,
        expires_at=issued.expires_at,
    )  # fmt: skip
