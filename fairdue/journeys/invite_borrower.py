"""A one-time link for a borrower, and the moment it is used; both leave a trace, the token does not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor

LINK_LIFETIME = timedelta(hours=72)


@transaction.atomic
def invite_borrower(
    *, person_id: int, actor: Actor, now: datetime, lifetime: timedelta = LINK_LIFETIME
) -> str:
    """Return the path of a fresh link that lets one person into the portal, once, within a lifetime.

    :raises PersonUnknown: if there is no such person; no link is issued
    """
    actor.require("contacts.make")
    parties.person_card(person_id)
    token = parties.issue_portal_link(person_id=person_id, now=now, lifetime=lifetime)
    audit.record(
        code="parties.portal_link.issued",
        actor=actor,
        subject_type="person",
        subject_id=person_id,
        now=now,
        person_id=person_id,
        after={"expires_at": (now + lifetime).isoformat()},
    )
    return f"/my/{token}"


@transaction.atomic
def invite_from_case(*, case_id: int, actor: Actor, now: datetime) -> str:
    """Return the path of a fresh link for the person of a case.

    :raises NotInScope: if the case is not in the actor's scope; no link is issued
    """
    actor.require("contacts.make")
    case = cases.case_card(case_id=case_id, actor=actor)
    return invite_borrower(person_id=case.person_id, actor=actor, now=now)


@transaction.atomic
def admit_borrower(*, token: str, now: datetime) -> int:
    """Use a link up and return the person whom it lets in; of two at once, one gets in.

    :raises PortalLinkRefused: if the link is unknown, used or expired; nothing is changed
    """
    person_id = parties.redeem_portal_link(token=token, now=now)
    audit.record(
        code="parties.portal_link.redeemed",
        actor=Actor(kind="borrower", label="borrower", id=person_id, role="borrower"),
        subject_type="person",
        subject_id=person_id,
        now=now,
        person_id=person_id,
    )
    return person_id
