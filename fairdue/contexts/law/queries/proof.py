"""Permits for a reader: a list of them, and the proof of one."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

from django.db.models import Q, QuerySet

from fairdue.contexts.book import facade as book
from fairdue.engine.law.candidates import CandidatesInvalid
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import PackInvalid
from fairdue.engine.law.trying import try_case
from fairdue.kernel.actor import Actor

from ..chain import CONTENT_FIELDS, GENESIS, head_seal, is_signed, permit_hash
from ..models import Contact, Permit, PermitChain, PermitUse, RulePack
from ..proof_contracts import AskedRule, NamedPack, PermitLine, PermitProof
from ..rules import PackUnknown
from .cards import PermitUnknown, permit
from .published import PackAltered, published_rulebook


def permit_lines(
    *,
    actor: Actor,
    person_id: int | None = None,
    channel: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[PermitLine, ...]:
    """This function will return permits in the actor's scope, newest first.

    1. Issued from `since`, included, to `until`, excluded. 2. Only those older than `before_id`, if one is given.

    :raises PermissionRefused: without `permits.view`
    """
    actor.require("permits.view")
    wanted = {
        "person_id": person_id, "channel": channel or None, "issued_at__gte": since, "issued_at__lt": until,
        "id__lt": before_id,
    }  # fmt: skip
    found = _in_scope(actor).filter(**{name: value for name, value in wanted.items() if value is not None})
    rows = list(found.order_by("-id")[:limit])
    used = dict(
        PermitUse.objects.filter(permit_id__in=[row.pk for row in rows]).values_list("permit_id", "used_at")
    )
    return tuple(
        PermitLine(
            permit_id=row.pk, person_id=row.person_id, chain=row.chain, position=row.position, channel=row.channel,
            purpose=row.purpose, issued_at=row.issued_at, issued_to=row.issued_to, used_at=used.get(row.pk),
        )
        for row in rows
    )  # fmt: skip


def _in_scope(actor: Actor) -> QuerySet[Permit]:
    """Return the permits that an actor may see: those whose contact was made for its creditors' groups."""
    if actor.creditor_ids is None:
        return Permit.objects.all()
    groups = sorted({re.escape(card.institution_group) for card in book.creditors(actor)})
    if not groups:
        return Permit.objects.none()
    made_for = Contact.objects.filter(institution_group__regex=f"(^|,)({'|'.join(groups)})(,|$)")
    return Permit.objects.filter(Q(pk__in=made_for.exclude(permit=None).values("permit_id")))


def permit_proof(permit_id: int, *, actor: Actor) -> PermitProof:
    """This function will make every check that one permit allows, and return it with what it says.

    1. Its hash, signature and neighbours in the chain. 2. Its use against what it allows. 3. Its verdict, judged
    again with the facts and pack versions that it names, under the confirmations known when it was issued.

    :raises PermitUnknown: if there is no such permit in the actor's scope
    :raises PermissionRefused: without `permits.view`
    """
    actor.require("permits.view")
    found = _in_scope(actor).filter(pk=permit_id).first()
    if found is None:
        raise PermitUnknown(f"permit {permit_id} is not known")
    packs, rulebook = _packs(found), _rulebook(found)
    head = PermitChain.objects.filter(chain=found.chain).first()
    contact = Contact.objects.filter(permit_id=found.pk).values_list("pk", flat=True).first()
    return PermitProof(
        permit=permit(found.pk), inputs_sha256=found.inputs_sha256, previous_hash=bytes(found.previous_hash).hex(),
        hash=bytes(found.hash).hex(), signature=bytes(found.signature).hex(),
        chain_length=head.position if head else 0, facts=dict(found.verdict.get("facts", {})),
        rules=_rules(found, rulebook), packs=packs, contact_id=contact, is_unaltered=_is_unaltered(found),
        is_signed=is_signed(bytes(found.hash), bytes(found.signature), found.key_id), is_linked=_is_linked(found, head),
        is_use_as_permitted=_is_use_as_permitted(found), is_same_again=_is_same_again(found, rulebook),
    )  # fmt: skip


def _is_unaltered(found: Permit) -> bool:
    content = {name: getattr(found, name) for name in CONTENT_FIELDS}
    return hmac.compare_digest(permit_hash(bytes(found.previous_hash), content), bytes(found.hash))


def _is_linked(found: Permit, head: PermitChain | None) -> bool:
    places = (found.position - 1, found.position + 1)
    beside = {each.position: each for each in Permit.objects.filter(chain=found.chain, position__in=places)}
    before, after = (beside.get(place) for place in places)
    follows = bytes(found.previous_hash) == (bytes(before.hash) if before else GENESIS)
    if before is None and found.position > 1:
        return False
    if after is not None:
        return follows and bytes(after.previous_hash) == bytes(found.hash)
    return follows and head is not None and _is_head(found, head)


def _is_head(found: Permit, head: PermitChain) -> bool:
    seal = head_seal(head.chain, head.position, bytes(head.hash))
    is_sealed = hmac.compare_digest(seal, bytes(head.seal))
    return is_sealed and head.position == found.position and bytes(head.hash) == bytes(found.hash)


def _is_use_as_permitted(found: Permit) -> bool | None:
    use = PermitUse.objects.filter(permit_id=found.pk).first()
    if use is None:
        return None
    said = (found.channel, found.contact_point_id, found.content_sha256)
    is_same = (use.channel, use.contact_point_id, use.content_sha256) == said
    return is_same and found.issued_at <= use.used_at < found.expires_at


def _packs(found: Permit) -> tuple[NamedPack, ...]:
    named = found.verdict.get("packs", {})
    stored = set(RulePack.objects.filter(code__in=named).values_list("code", "sha256"))
    return tuple(
        NamedPack(
            code=code,
            version=pack["version"],
            sha256=pack["sha256"],
            is_stored=(code, pack["sha256"]) in stored,
        )
        for code, pack in sorted(named.items())
    )


def _rulebook(found: Permit) -> Rulebook | None:
    """Return the rulebook that the permit names, or None if it can no longer be built."""
    versions = {
        code: f"{pack['version']}@{pack['sha256']}" for code, pack in found.verdict.get("packs", {}).items()
    }
    try:
        return published_rulebook(versions, known_at=found.issued_at)
    except (PackUnknown, PackAltered, PackInvalid):
        return None


def _is_same_again(found: Permit, rulebook: Rulebook | None) -> bool | None:
    if rulebook is None:
        return None
    try:
        again = try_case(found.verdict["facts"], rulebook)
    except (CandidatesInvalid, KeyError):
        return None
    return again.is_allowed and list(again.asked) == list(found.verdict.get("asked", ()))


def _rules(found: Permit, rulebook: Rulebook | None) -> tuple[AskedRule, ...]:
    checks = {check.id: check for check in reversed(rulebook.checks)} if rulebook else {}
    return tuple(
        AskedRule(
            rule_id=rule, title_zh=check.title_zh, title_en=check.title_en, citation=check.citation,
            evidence=check.evidence, effective_from=check.effective_from, pack=check.pack, version=check.version,
        )
        for rule in found.verdict.get("asked", ())
        if (check := checks.get(rule)) is not None
    )  # fmt: skip
