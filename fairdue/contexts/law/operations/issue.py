"""Write a permit into its chain, with the contact that it counts, by two statements."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import run_together

from ..chain import GENESIS, chain_of, content_text, encode, head_seal, joined, link_of, signed
from ..counting import PENDING
from ..facts import Head, PersonFacts, Proposal
from ..models import PermitChain


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a permit is issued for, and upon what."""

    facts: PersonFacts
    proposal: Proposal
    verdict: Verdict
    row: dict[str, Any]
    """Every fact that was judged, by column."""
    rulebook: Rulebook
    head: Head
    """The end of the chain, locked."""
    content_sha256: str
    actor: Actor
    expires_at: datetime


def issue(grant: Grant) -> tuple[int, int]:
    """This function will add a permit to its chain and count its contact; return the ids of both.

    1. The head of the chain is locked until the caller's transaction ends: positions have no gaps and no twins.
    """
    content = _content(grant)
    text = content_text(content)
    link = link_of(grant.head.hash, text)
    ((permit_id, contact_id),) = run_together((_ISSUE_SQL, _parameters(grant, content, link)))
    return int(permit_id or 0), int(contact_id or 0)


def _content(grant: Grant) -> dict[str, Any]:
    """Return what the permit says: everything that its hash covers, the verdict as canonical text."""
    facts, proposal = grant.facts, grant.proposal
    inputs = encode(grant.row)
    return {
        "chain": chain_of(facts.person.person_id),
        "position": grant.head.position + 1,
        "person_id": facts.person.person_id,
        "contact_point_id": proposal.contact_point_id,
        "channel": proposal.channel,
        "purpose": proposal.purpose,
        "content_sha256": grant.content_sha256,
        "issued_at": facts.now,
        "expires_at": grant.expires_at,
        "issued_to": grant.actor.label[:120],
        "verdict": _verdict_text(grant.verdict, inputs, grant.rulebook),
        "inputs_sha256": hashlib.sha256(inputs.encode()).hexdigest(),
        "key_id": settings.PERMIT_KEYS.newest,
    }


def _verdict_text(verdict: Verdict, inputs: str, rulebook: Rulebook) -> str:
    """Return the verdict with the facts and the packs as canonical JSON, of parts that are written once."""
    parts = {
        "asked": _listed(verdict.asked), "facts": inputs, "flags": _listed(verdict.flags),
        "outcome": f'"{verdict.outcome}"', "packs": _packs(rulebook), "reasons": "[]",
        "requires": _listed(verdict.requires), "retry_after": "null",
    }  # fmt: skip
    return joined(parts)


@lru_cache(maxsize=1024)
def _listed(ids: tuple[str, ...]) -> str:
    return encode(ids)


@lru_cache(maxsize=64)
def _packs(rulebook: Rulebook) -> str:
    return encode({pack.code: {"version": pack.version, "sha256": pack.sha256} for pack in rulebook.packs})


def start_chain(chain: int) -> None:
    """This function will write the head of a chain that has no permit yet, unless somebody else just did."""
    start = PermitChain(chain=chain, position=0, hash=GENESIS, seal=head_seal(chain, 0, GENESIS))
    PermitChain.objects.bulk_create([start], ignore_conflicts=True)


_ISSUE_SQL = """
WITH permit AS (
    INSERT INTO law_permit (chain, position, person_id, contact_point_id, channel, purpose, content_sha256, issued_at,
                            expires_at, issued_to, verdict, inputs_sha256, key_id, previous_hash, hash, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING *
), head AS (
    UPDATE law_permitchain SET position = $2, hash = $15, seal = $17 WHERE chain = $1
), contact AS (
    INSERT INTO law_contact (person_id, contact_point_id, institution_group, made_by, channel, mode, direction,
                             purpose, result, occurred_at, recorded_at, permit_id)
    SELECT person_id, contact_point_id, $18, $19, channel, $20, 'outbound', purpose, $21, issued_at, issued_at, id
    FROM permit RETURNING id
)
SELECT permit.id, contact.id FROM permit, contact
"""


def _parameters(grant: Grant, content: dict[str, Any], link: bytes) -> list[Any]:
    actor, chain, position = grant.actor, content["chain"], content["position"]
    return [
        *content.values(), grant.head.hash, link, signed(link, content["key_id"]), head_seal(chain, position, link),
        ",".join(grant.facts.groups), actor.label[:60] if actor.kind == "agency" else "lender",
        grant.proposal.mode if grant.proposal.channel == "call" else "", PENDING,
    ]  # fmt: skip
