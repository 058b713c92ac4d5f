"""Write a permit into its chain, with the contact that it counts, by two statements."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
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
from ..facts import PersonFacts, Proposal
from ..locking import LOCK_HEAD_SQL, Head, head_of
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
    content_sha256: str
    actor: Actor
    expires_at: datetime


def issue(grants: Sequence[Grant], heads: Mapping[int, Head]) -> list[tuple[int, int]]:
    """This function will add permits to their chains and count their contacts; return the ids of both, in order.

    1. The heads must be locked until the caller's transaction ends: positions have no gaps and no twins.
    """
    ends, statements = dict(heads), []
    for grant in grants:
        chain = chain_of(grant.facts.person.person_id)
        content = _content(grant, chain, ends[chain].position + 1)
        link = link_of(ends[chain].hash, content_text(content))
        statements.append((_ISSUE_SQL, _parameters(grant, content, ends[chain].hash, link)))
        ends[chain] = Head(content["position"], link)
    found = run_together(*statements) if statements else []
    return [(int(rows[0][0] or 0), int(rows[0][1] or 0)) for rows in found]


def _content(grant: Grant, chain: int, position: int) -> dict[str, Any]:
    """Return what the permit says: everything that its hash covers, the verdict as canonical text."""
    facts, proposal = grant.facts, grant.proposal
    inputs = encode(grant.row)
    return {
        "chain": chain,
        "position": position,
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


def start_chain(chain: int) -> Head:
    """This function will write and lock the head of a chain that has no permit yet, unless somebody else just did.

    Where packs were loaded the chains have begun. Elsewhere two who start several at once may wait in a circle, which
    the database ends.
    """
    start = PermitChain(chain=chain, position=0, hash=GENESIS, seal=head_seal(chain, 0, GENESIS))
    PermitChain.objects.bulk_create([start], ignore_conflicts=True)
    (found,) = run_together((LOCK_HEAD_SQL, (chain,)))
    return head_of(found)


_ISSUE_SQL = """
WITH permit AS (
    INSERT INTO law_permit (chain, position, person_id, contact_point_id, channel, purpose, content_sha256, issued_at,
                            expires_at, issued_to, verdict, inputs_sha256, key_id, previous_hash, hash, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING *
), head AS (
    UPDATE law_permitchain SET position = $2, hash = $15, seal = $17 WHERE chain = $1
), contact AS (
    INSERT INTO law_contact (person_id, contact_point_id, institution_group, made_by, channel, mode, direction,
                             purpose, result, occurred_at, recorded_at, permit_id, account_ids)
    SELECT person_id, contact_point_id, $18, $19, channel, $20, 'outbound', purpose, $21, issued_at, issued_at, id, $22
    FROM permit RETURNING id
)
SELECT permit.id, contact.id FROM permit, contact
"""


def _parameters(grant: Grant, content: dict[str, Any], previous: bytes, link: bytes) -> list[Any]:
    actor, chain, position = grant.actor, content["chain"], content["position"]
    return [
        *content.values(), previous, link, signed(link, content["key_id"]), head_seal(chain, position, link),
        ",".join(grant.facts.groups), actor.made_by,
        grant.proposal.mode if grant.proposal.channel == "call" else "", PENDING,
        ",".join(map(str, grant.facts.account_ids)),
    ]  # fmt: skip
