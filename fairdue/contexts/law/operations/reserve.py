"""Ask the gate with fresh facts and, if it allows, issue the permit and count the contact at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.packs import canonical
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor

from ..chain import GENESIS, chain_of, head_seal, permit_hash
from ..contracts import Reservation
from ..counting import PENDING
from ..facts import PersonFacts, Proposal, candidates, gather
from ..models import Contact, ContactBudget, Permit, PermitChain
from ..rules import rulebook_for
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
    3. A permit names the digest of the very text, expires after `lifetime` and is consumed by one send.
    4. One person a transaction: two transactions that reserve for the same persons in other orders would
       wait for each other.

    :raises NotInTransaction: if there is no transaction
    :raises ContactPointUnknown: if the contact point is not the person's
    :raises ChannelUnknown: if the channel is not one that rules speak of
    :raises PermissionRefused: if the actor may not make contacts
    """
    actor.require("contacts.make")
    if not connection.in_atomic_block:
        raise NotInTransaction("law.reserve must run in the transaction that records what is sent")
    lock_budget(person_id)
    facts = gather(person_id=person_id, now=now, actor=actor, account_ids=account_ids)
    proposal = Proposal(channel=channel, contact_point_id=contact_point_id, purpose=purpose, mode=mode)
    rulebook = rulebook_for(facts.groups)
    judgement = judge(candidates(facts, [proposal]), rulebook)
    verdict = explain(judgement, 0)
    if not verdict.is_allowed:
        return Reservation(permit_id=None, contact_id=None, verdict=verdict)
    ensure_published(rulebook, now=now)
    inputs = _inputs(judgement.frame.row(0, named=True))
    permit = _issue(facts, proposal, verdict, inputs, rulebook, content_sha256, actor, lifetime)
    contact = _count(facts, proposal, permit, actor)
    return Reservation(permit_id=permit.pk, contact_id=contact.pk, verdict=verdict)


def lock_budget(person_id: int) -> None:
    """This function will lock the row under which a person's contacts are counted, until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO law_contactbudget (person_id) VALUES (%s) ON CONFLICT DO NOTHING", [person_id]
        )
    ContactBudget.objects.select_for_update().get(person_id=person_id)


def _inputs(row: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that were judged as plain JSON; they hold no personal value."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _issue(
    facts: PersonFacts,
    proposal: Proposal,
    verdict: Verdict,
    inputs: dict[str, Any],
    rulebook: Rulebook,
    content_sha256: str,
    actor: Actor,
    lifetime: timedelta,
) -> Permit:
    head = _lock_head(chain_of(facts.person.person_id))
    packs = {pack.code: {"version": pack.version, "sha256": pack.sha256} for pack in rulebook.packs}
    content: dict[str, Any] = {
        "chain": head.chain,
        "position": head.position + 1,
        "person_id": facts.person.person_id,
        "contact_point_id": proposal.contact_point_id,
        "channel": proposal.channel,
        "purpose": proposal.purpose,
        "content_sha256": content_sha256,
        "issued_at": facts.now,
        "expires_at": facts.now + lifetime,
        "issued_to": actor.label[:120],
        "verdict": replace(verdict, reasons=()).as_json() | {"packs": packs, "facts": inputs},
        "inputs_sha256": hashlib.sha256(canonical(inputs).encode()).hexdigest(),
    }
    link = permit_hash(bytes(head.hash), content)
    permit = Permit.objects.create(**content, previous_hash=bytes(head.hash), hash=link)
    seal = head_seal(head.chain, permit.position, link)
    PermitChain.objects.filter(chain=head.chain).update(position=permit.position, hash=link, seal=seal)
    return permit


def _lock_head(chain: int) -> PermitChain:
    head = PermitChain.objects.select_for_update().filter(chain=chain).first()
    if head is not None:
        return head
    start = PermitChain(chain=chain, position=0, hash=GENESIS, seal=head_seal(chain, 0, GENESIS))
    PermitChain.objects.bulk_create([start], ignore_conflicts=True)
    return PermitChain.objects.select_for_update().get(chain=chain)


def _count(facts: PersonFacts, proposal: Proposal, permit: Permit, actor: Actor) -> Contact:
    return Contact.objects.create(
        person_id=facts.person.person_id,
        contact_point_id=proposal.contact_point_id,
        institution_group=",".join(facts.groups),
        made_by=actor.label[:60] if actor.kind == "agency" else "lender",
        channel=proposal.channel,
        mode=proposal.mode if proposal.channel == "call" else "",
        purpose=proposal.purpose,
        result=PENDING,
        occurred_at=facts.now,
        permit=permit,
        recorded_at=facts.now,
    )
