"""Proof that no permit was altered, removed, inserted, signed by somebody else or used for something else."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.db import connection

from ..chain import CONTENT_FIELDS, GENESIS, head_seal, is_signed, permit_hash
from ..contracts import ChainFault, ChainReport
from ..models import Permit, PermitChain

ROWS_AT_ONCE = 5_000


def verify_permits() -> ChainReport:
    """This function will follow every permit chain from its first link to its sealed head.

    1. A row whose content does not give its hash was altered. 2. A position that is missing, or permits that a
    head counts and the table lacks, were removed. 3. A row that does not follow the one before it, or stands
    beyond the head, was inserted. 4. A permit whose signature is not that of the key it names is unsigned. 5. A
    permit was misused if its use, or the contact that it counts, differs from it or lies outside its time.
    """
    faults: list[ChainFault] = []
    heads = {head.chain: head for head in PermitChain.objects.all()}
    reached: dict[int, tuple[int, bytes]] = {}
    permits = 0
    for permit in _in_order():
        permits += 1
        position, previous = reached.get(permit.chain, (0, GENESIS))
        faults += _link_faults(permit, position, previous)
        reached[permit.chain] = (permit.position, bytes(permit.hash))
    for chain in sorted(heads.keys() | reached.keys()):
        faults += _head_faults(chain, heads.get(chain), *reached.get(chain, (0, GENESIS)))
    faults += _misused()
    return ChainReport(permits=permits, chains=len(heads.keys() | reached.keys()), faults=tuple(faults))


def _in_order() -> Iterator[Permit]:
    return Permit.objects.order_by("chain", "position").iterator(chunk_size=ROWS_AT_ONCE)


def _link_faults(permit: Permit, position: int, previous: bytes) -> list[ChainFault]:
    faults = []
    content = {name: getattr(permit, name) for name in CONTENT_FIELDS}
    if not hmac.compare_digest(permit_hash(bytes(permit.previous_hash), content), bytes(permit.hash)):
        faults.append(_fault(permit, "altered"))
    if not is_signed(bytes(permit.hash), bytes(permit.signature), permit.key_id):
        faults.append(_fault(permit, "unsigned"))
    if permit.position > position + 1:
        faults.append(ChainFault(chain=permit.chain, position=position + 1, permit_id=None, kind="removed"))
    elif bytes(permit.previous_hash) != previous or permit.position <= position:
        faults.append(_fault(permit, "inserted"))
    return faults


_MISUSED_SQL = """
SELECT permit.chain, permit.position, permit.id FROM law_permit permit
  JOIN law_permituse used ON used.permit_id = permit.id
 WHERE used.channel <> permit.channel OR used.contact_point_id IS DISTINCT FROM permit.contact_point_id
    OR used.content_sha256 <> permit.content_sha256 OR used.used_at < permit.issued_at
    OR used.used_at >= permit.expires_at
UNION
SELECT permit.chain, permit.position, permit.id FROM law_permit permit
  JOIN law_contact contact ON contact.permit_id = permit.id
 WHERE contact.person_id <> permit.person_id OR contact.channel <> permit.channel
    OR contact.contact_point_id IS DISTINCT FROM permit.contact_point_id
ORDER BY 1, 2
"""


def _misused() -> list[ChainFault]:
    with connection.cursor() as cursor:
        cursor.execute(_MISUSED_SQL)
        return [
            ChainFault(chain=chain, position=position, permit_id=permit_id, kind="misused")
            for chain, position, permit_id in cursor.fetchall()
        ]


def _head_faults(chain: int, head: PermitChain | None, position: int, last: bytes) -> list[ChainFault]:
    if head is None:
        return [ChainFault(chain=chain, position=0, permit_id=None, kind="removed")]
    if not hmac.compare_digest(head_seal(chain, head.position, bytes(head.hash)), bytes(head.seal)):
        return [ChainFault(chain=chain, position=head.position, permit_id=None, kind="altered")]
    if head.position > position:
        return [ChainFault(chain=chain, position=position + 1, permit_id=None, kind="removed")]
    if head.position < position:
        return [ChainFault(chain=chain, position=head.position + 1, permit_id=None, kind="inserted")]
    return (
        []
        if bytes(head.hash) == last
        else [ChainFault(chain=chain, position=position, permit_id=None, kind="altered")]
    )


def _fault(permit: Permit, kind: str) -> ChainFault:
    return ChainFault(chain=permit.chain, position=permit.position, permit_id=permit.pk, kind=kind)
