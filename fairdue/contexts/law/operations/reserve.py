"""Ask the gate with fresh facts and, if it allows, issue the permit and count the contact at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.one_row import open_until, verdict_of
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import run_together

from ..chain import chain_of
from ..contracts import Asked, Reservation
from ..facts import POINTED, ContactPointUnfit, PersonFacts, Proposal
from ..locking import LOCK_BUDGET_SQL, Head, gather_locked
from ..rows import candidate_row
from ..rules import rulebook_of
from .issue import Grant, issue, start_chain
from .packs import ensure_published

PERMIT_LIFETIME = timedelta(minutes=15)


class PersonTwice(ValueError):
    """Two contacts with the same person were asked for at once."""

    code = "law.reservation.person_twice"


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
    staff_ref: str = "",
    staff_count: int = 1,
    sender_account: str = "institution",
) -> Reservation:
    """This function will judge a contact and, if allowed, write its permit and count it, in the caller's transaction.

    1. The person's budget row is locked first, so of several who ask at once each sees the others' contacts.
    2. The reserved contact counts against every cap until it is settled.
    3. A permit names the digest of the very text, is consumed by one send, and expires after `lifetime` or when the
       hours close in which it was judged, whichever comes first.
    4. One reservation a transaction, by this or by `reserve_many`: two transactions that reserve for the same persons
       one after the other could wait for each other.

    :raises NotInTransaction: if there is no transaction
    :raises ContactPointUnknown: if the contact point is not the person's
    :raises ContactPointUnfit: if the channel cannot reach the contact point
    :raises ChannelUnknown: if the channel is not one that rules speak of
    :raises PermissionRefused: if the actor may not make contacts
    """
    asked = Asked(
        person_id=person_id, channel=channel, contact_point_id=contact_point_id, purpose=purpose,
        content_sha256=content_sha256, mode=mode, account_ids=account_ids, staff_ref=staff_ref,
        staff_count=staff_count, sender_account=sender_account,
    )  # fmt: skip
    (reservation,) = reserve_many([asked], now=now, actor=actor, lifetime=lifetime)
    return reservation


def reserve_many(
    every: Sequence[Asked], *, now: datetime, actor: Actor, lifetime: timedelta = PERMIT_LIFETIME
) -> tuple[Reservation, ...]:
    """This function will judge contacts with several persons as `reserve` judges one, and return the answers in order.

    1. All stand or fall together, with the caller's transaction.

    :raises PersonTwice: if two are for the same person: the second would not see the first
    """
    actor.require("contacts.make")
    if not connection.in_atomic_block:
        raise NotInTransaction("law.reserve must run in the transaction that records what is sent")
    if len({asked.person_id for asked in every}) < len(every):
        raise PersonTwice("several contacts with one person are asked for one after the other")
    if not every:
        return ()
    proposals = [_proposal(asked) for asked in every]
    debts = {asked.person_id: asked.account_ids for asked in every}
    facts, heads = _locked(debts, now.astimezone(UTC), actor)
    judged = [
        _judged(facts[asked.person_id], proposal, lifetime)
        for asked, proposal in zip(every, proposals, strict=True)
    ]
    grants = [
        Grant(
            facts=facts[asked.person_id], proposal=proposal, verdict=found.verdict, row=found.row,
            rulebook=found.rulebook, content_sha256=asked.content_sha256, actor=actor, expires_at=found.expires_at,
        )
        for asked, proposal, found in zip(every, proposals, judged, strict=True)
        if found.verdict.is_allowed
    ]  # fmt: skip
    for rulebook in {grant.rulebook for grant in grants}:
        ensure_published(rulebook, now=now)
    issued = iter(issue(grants, heads))
    return tuple(_answer(found, issued) for found in judged)


def _proposal(asked: Asked) -> Proposal:
    if asked.contact_point_id is None and asked.channel in POINTED:
        raise ContactPointUnfit(f"{asked.channel} reaches nobody without a contact point")
    return Proposal(
        channel=asked.channel, contact_point_id=asked.contact_point_id, purpose=asked.purpose, mode=asked.mode,
        staff_count=asked.staff_count, enters_premises=asked.enters_premises, grounds=asked.grounds,
        staff_ref=asked.staff_ref, sender_account=asked.sender_account,
    )  # fmt: skip


def _answer(judged: Judged, issued: Iterator[tuple[int, int]]) -> Reservation:
    if not judged.verdict.is_allowed:
        return Reservation(permit_id=None, contact_id=None, verdict=judged.verdict)
    permit_id, contact_id = next(issued)
    return Reservation(
        permit_id=permit_id, contact_id=contact_id, verdict=judged.verdict, expires_at=judged.expires_at
    )


def lock_budget(person_id: int) -> None:
    """This function will lock the row under which a person's contacts are counted, until the caller's transaction ends."""
    run_together((LOCK_BUDGET_SQL, (person_id,)))


def _locked(
    debts: Mapping[int, Sequence[int]], now: datetime, actor: Actor
) -> tuple[dict[int, PersonFacts], dict[int, Head]]:
    """Lock budgets and chains and read what stands behind the locks; start the chains that have no permit yet."""
    facts, heads = gather_locked(debts, now=now, actor=actor)
    for chain in sorted({chain_of(person_id) for person_id in debts} - heads.keys()):
        heads[chain] = start_chain(chain)
    return facts, heads


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the facts and rules it follows from, and until when it holds."""

    verdict: Verdict
    row: dict[str, Any]
    rulebook: Rulebook
    expires_at: datetime


def _judged(facts: PersonFacts, proposal: Proposal, lifetime: timedelta) -> Judged:
    rulebook = rulebook_of(facts.jurisdictions)
    verdict, row, checks = verdict_of(candidate_row(facts, proposal, rulebook.special), rulebook)
    return Judged(verdict, row, rulebook, open_until(row, checks, facts.now + lifetime))
