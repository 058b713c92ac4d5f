"""Contacts, holds, permits and rules as cards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fairdue.engine.law.jurisdictions import parts
from fairdue.storage.reads import Read, read_one

from ..contracts import ContactCard, HoldCard, PermitCard, RulebookEntry
from ..models import Hold, Permit, PermitUse
from ..rules import current, rulebook_of


class PermitUnknown(ValueError):
    """There is no such permit."""

    code = "law.permit.unknown"


def contacts(person_id: int, limit: int = 50) -> tuple[ContactCard, ...]:
    """This function will return a person's contacts, newest first."""
    sql = f"{_CONTACT_SQL} ORDER BY occurred_at DESC, id DESC LIMIT $2"
    return read_one(Read(sql, (person_id, limit), lambda rows: tuple(map(_contact_card, rows))))


def contact_of(person_id: int, contact_id: int) -> ContactCard | None:
    """This function will return one of a person's contacts, None if it is not one of them."""
    sql = f"{_CONTACT_SQL} AND id = $2"
    return read_one(Read(sql, (person_id, contact_id), lambda rows: _contact_card(rows[0]) if rows else None))


_CONTACT_SQL = """
SELECT json_build_array(id, person_id, contact_point_id, institution_group, made_by, channel, mode, direction, purpose,
                        result, occurred_at, permit_id)
FROM law_contact WHERE person_id = $1
"""


def _contact_card(row: list[Any]) -> ContactCard:
    (
        contact_id,
        person_id,
        point_id,
        group,
        made_by,
        channel,
        mode,
        direction,
        purpose,
        result,
        at,
        permit_id,
    ) = row
    return ContactCard(
        contact_id=contact_id, person_id=person_id, contact_point_id=point_id, institution_group=group, made_by=made_by,
        channel=channel, mode=mode, direction=direction, purpose=purpose, result=result,
        occurred_at=datetime.fromisoformat(at), permit_id=permit_id,
    )  # fmt: skip


def open_holds(person_id: int) -> tuple[HoldCard, ...]:
    """This function will return the holds that are open on a person or one of their debts, oldest first."""
    return _holds(person_id, is_open=True)


def holds(person_id: int) -> tuple[HoldCard, ...]:
    """This function will return all holds that ever were on a person, oldest first."""
    return _holds(person_id, is_open=False)


def _holds(person_id: int, *, is_open: bool) -> tuple[HoldCard, ...]:
    found = Hold.objects.filter(person_id=person_id).order_by("started_at", "id")
    if is_open:
        found = found.filter(ended_at__isnull=True)
    return tuple(
        HoldCard(
            hold_id=hold.pk, person_id=person_id, account_id=hold.account_id, kind=hold.kind, reason=hold.reason,
            permitted_purposes=tuple(hold.permitted_purposes), started_at=hold.started_at, ended_at=hold.ended_at,
            placed_by=hold.placed_by, ended_by=hold.ended_by,
        )
        for hold in found
    )  # fmt: skip


def permit(permit_id: int) -> PermitCard:
    """This function will return a permit as it was issued.

    :raises PermitUnknown: if there is no such permit
    """
    found = Permit.objects.filter(id=permit_id).first()
    if found is None:
        raise PermitUnknown(f"permit {permit_id} is not known")
    used_at = PermitUse.objects.filter(permit_id=permit_id).values_list("used_at", flat=True).first()
    return PermitCard(
        permit_id=found.pk, chain=found.chain, position=found.position, person_id=found.person_id,
        contact_point_id=found.contact_point_id, channel=found.channel, purpose=found.purpose,
        content_sha256=found.content_sha256, issued_at=found.issued_at, expires_at=found.expires_at,
        issued_to=found.issued_to, verdict=found.verdict, key_id=found.key_id, used_at=used_at,
    )  # fmt: skip


def permit_hashes(permit_ids: Iterable[int]) -> dict[int, str]:
    """This function will return the hash of each permit in the chain, which no later change survives, by its number."""
    found = Permit.objects.filter(pk__in=set(permit_ids)).values_list("pk", "hash")
    return {permit_id: bytes(digest).hex() for permit_id, digest in found}


def pack_versions(bound: Iterable[str] = ()) -> dict[str, str]:
    """This function will return version and digest of the packs in force, as decisions name them.

    1. The default ones, and those of some jurisdictions, each written as the candidate column has them.
    """
    found = dict(current().identities)
    for jurisdictions in bound:
        found |= rulebook_of(parts(jurisdictions)).identities
    return found


def rulebook() -> tuple[RulebookEntry, ...]:
    """This function will return every check of every pack in force, as a page shows it."""
    return tuple(
        RulebookEntry(
            rule_id=check.id, part=check.part, title_zh=check.title_zh, title_en=check.title_en, yields=check.yields,
            message_zh=check.message_zh, message_en=check.message_en, citation=check.citation,
            evidence=check.evidence, rank=check.rank, effective_from=check.effective_from,
            effective_to=check.effective_to, parameters=dict(check.parameters), applies_to=check.applies_to,
            exceptions=tuple((item["label"]["zh"], item["label"]["en"]) for item in check.unless),
            test_count=sum(test["rule"] == check.key for test in pack.tests), pack=pack.code, version=pack.version,
        )
        for pack in current().packs
        for check in pack.checks
    )  # fmt: skip
