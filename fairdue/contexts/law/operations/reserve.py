"""Ask the gate with fresh facts and, if it allows, issue the permit and count the contact at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.one_row import open_until, verdict_of
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import run_together

from ..chain import chain_of
from ..contracts import Reservation
from ..facts import (
    LOCK_BUDGET_SQL,
    POINTED,
    ContactPointUnfit,
    Head,
    PersonFacts,
    Proposal,
    candidate_row,
    gather_locked,
)
from ..rules import rulebook_for
from .issue import Grant, issue, start_chain
from .packs import ensure_published

PERMIT_LIFETIME = timedelta(minutes=15)


class NotInTransaction(RuntimeError):
    """A reservation was asked for outside a transaction."""


def reserve(
    *,
    person_id: int,
    channel: str,
    contact_point_id: int | None,
    purpose: str,
    content_sha256: str,
    now: datetime,
    actor: Actor,
    mode: str = "interactive",
    account_ids: Sequence[int] = (),
    lifetime: timedelta = PERMIT_LIFETIME,
) -> Reservation:
    """This function will judge a contact and, if allowed, write its permit and count it, in the caller's transaction.

    1. The person's budget row is locked first, so of several who ask at once each sees the others' contacts.
    2. The reserved contact counts against every cap until it is settled.
    3. A permit names the digest of the very text, is consumed by one send, and expires after `lifetime` or when the
       hours close in which it was judged, whichever comes first.
    4. One person a transaction: two transactions that reserve for the same persons in other orders would
       wait for each other.

    :raises NotInTransaction: if there is no transaction
    :raises ContactPointUnknown: if the contact point is not the person's
    :raises ContactPointUnfit: if the channel cannot reach the contact point
    :raises ChannelUnknown: if the channel is not one that rules speak of
    :raises PermissionRefused: if the actor may not make contacts
    """
    actor.require("contacts.make")
    if not connection.in_atomic_block:
        raise NotInTransaction("law.reserve must run in the transaction that records what is sent")
    proposal = Proposal(channel=channel, contact_point_id=contact_point_id, purpose=purpose, mode=mode)
    if contact_point_id is None and channel in POINTED:
        raise ContactPointUnfit(f"{channel} reaches nobody without a contact point")
    facts, head = _locked_facts(person_id, now.astimezone(UTC), actor, account_ids)
    rulebook = rulebook_for(facts.groups)
    verdict, row, expires_at = _judged(facts, proposal, rulebook, lifetime)
    if not verdict.is_allowed:
        return Reservation(permit_id=None, contact_id=None, verdict=verdict)
    ensure_published(rulebook, now=now)
    permit_id, contact_id = issue(
        Grant(
            facts=facts, proposal=proposal, verdict=verdict, row=row, rulebook=rulebook,
            head=head, content_sha256=content_sha256, actor=actor, expires_at=expires_at,
        )
    )  # fmt: skip
    return Reservation(permit_id=permit_id, contact_id=contact_id, verdict=verdict)


def lock_budget(person_id: int) -> None:
    """This function will lock the row under which a person's contacts are counted, until the caller's transaction ends."""
    run_together((LOCK_BUDGET_SQL, (person_id,)))


def _locked_facts(
    person_id: int, now: datetime, actor: Actor, account_ids: Sequence[int]
) -> tuple[PersonFacts, Head]:
    """Lock the person's budget and chain and read what stands behind the locks."""
    asked: dict[str, Any] = {"person_id": person_id, "now": now, "actor": actor, "account_ids": account_ids}
    found = gather_locked(**asked)
    if found is None:
        start_chain(chain_of(person_id))
        found = gather_locked(**asked)
    if found is None:
        raise LookupError(f"the chain of person {person_id} has no head")
    return found


def _judged(
    facts: PersonFacts, proposal: Proposal, rulebook: Rulebook, lifetime: timedelta
) -> tuple[Verdict, dict[str, Any], datetime]:
    """Judge one row; return the verdict, the facts and until when the verdict holds."""
    verdict, row, asked = verdict_of(candidate_row(facts, proposal), rulebook)
    return verdict, row, open_until(row, asked, facts.now + lifetime)
