"""Write a permit into its chain, with the contact that it counts, by two statements."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import canonical
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import read_one

from ..chain import GENESIS, chain_of, head_seal, permit_hash, signed
from ..counting import PENDING
from ..facts import PersonFacts, Proposal
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


def issue(grant: Grant) -> tuple[int, int]:
    """This function will add a permit to its chain and count its contact; return the ids of both.

    1. The head of the chain is locked until the caller's transaction ends: positions have no gaps and no twins.
    """
    position, previous = _locked_head(chain_of(grant.facts.person.person_id))
    content = _content(grant, position + 1)
    link = permit_hash(previous, content)
    written = read_one(_ISSUE_SQL, _parameters(grant, content, previous, link))
    if written is None:
        raise LookupError("the permit was not written")
    return written[0], written[1]


def _content(grant: Grant, position: int) -> dict[str, Any]:
    """Return what the permit says: everything that its hash covers."""
    facts, proposal = grant.facts, grant.proposal
    inputs = {name: _plain(value) for name, value in grant.row.items()}
    verdict = replace(grant.verdict, reasons=()).as_json()
    return {
        "chain": chain_of(facts.person.person_id),
        "position": position,
        "person_id": facts.person.person_id,
        "contact_point_id": proposal.contact_point_id,
        "channel": proposal.channel,
        "purpose": proposal.purpose,
        "content_sha256": grant.content_sha256,
        "issued_at": facts.now,
        "expires_at": grant.expires_at,
        "issued_to": grant.actor.label[:120],
        "verdict": verdict | {"packs": _packs(grant.rulebook), "facts": inputs},
        "inputs_sha256": hashlib.sha256(canonical(inputs).encode()).hexdigest(),
        "key_id": settings.PERMIT_KEYS.newest,
    }


@lru_cache(maxsize=64)
def _packs(rulebook: Rulebook) -> dict[str, dict[str, str]]:
    return {pack.code: {"version": pack.version, "sha256": pack.sha256} for pack in rulebook.packs}


def _plain(value: Any) -> Any:
    """Return a fact as plain JSON; facts hold no personal value."""
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(item) for item in value] if isinstance(value, list) else value


_HEAD_SQL = "SELECT position, hash FROM law_permitchain WHERE chain = %s FOR UPDATE"


def _locked_head(chain: int) -> tuple[int, bytes]:
    """Lock the head of a chain, started if it does not exist, and return its position and hash."""
    found = read_one(_HEAD_SQL, (chain,))
    if found is None:
        start = PermitChain(chain=chain, position=0, hash=GENESIS, seal=head_seal(chain, 0, GENESIS))
        PermitChain.objects.bulk_create([start], ignore_conflicts=True)
        found = read_one(_HEAD_SQL, (chain,))
    if found is None:
        raise LookupError(f"chain {chain} has no head")
    position, link = found
    return position, bytes(link)


_ISSUE_SQL = """
WITH permit AS (
    INSERT INTO law_permit (chain, position, person_id, contact_point_id, channel, purpose, content_sha256, issued_at,
                            expires_at, issued_to, verdict, inputs_sha256, key_id, previous_hash, hash, signature)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s) RETURNING id
), head AS (
    UPDATE law_permitchain SET position = %s, hash = %s, seal = %s WHERE chain = %s
), contact AS (
    INSERT INTO law_contact (person_id, contact_point_id, institution_group, made_by, channel, mode, direction,
                             purpose, result, occurred_at, recorded_at, permit_id)
    SELECT %s, %s, %s, %s, %s, %s, 'outbound', %s, %s, %s, %s, permit.id FROM permit RETURNING id
)
SELECT permit.id, contact.id FROM permit, contact
"""


def _parameters(grant: Grant, content: dict[str, Any], previous: bytes, link: bytes) -> list[Any]:
    facts, proposal, actor, chain = grant.facts, grant.proposal, grant.actor, content["chain"]
    written = content | {"verdict": json.dumps(content["verdict"], ensure_ascii=False)}
    return [
        *written.values(), previous, link, signed(link, content["key_id"]),
        content["position"], link, head_seal(chain, content["position"], link), chain,
        facts.person.person_id, proposal.contact_point_id, ",".join(facts.groups),
        actor.label[:60] if actor.kind == "agency" else "lender", proposal.channel,
        proposal.mode if proposal.channel == "call" else "", proposal.purpose, PENDING, facts.now, facts.now,
    ]  # fmt: skip
