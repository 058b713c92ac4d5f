"""The permits of one person as a bundle that proves itself, for the person: nothing of anybody else is in it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.packs import canonical
from fairdue.kernel.actor import Actor

from ..chain import plain, signed_bundle
from ..models import Permit, PermitUse
from .export import SCRIPT, _pack_text, _put, _record

LIMIT = 2_000
README = """The permits of the contacts with one person, and the contacts themselves (contacts.json).
Run `python3 -I verify_permits.py` in this folder, or give it the zip file; it needs nothing but Python.
Each permit is signed by itself. Permits of other people, which lie between them in the same chain, are not here: so the
check holds that none was altered, not that none was left out; contacts.json lists every contact of which is known.

本包含与一人有关的触达许可证,以及触达记录本身(contacts.json)。在本目录运行 `python3 -I verify_permits.py`;只需 Python。
每份许可证单独签名。同一链上属于他人的许可证不在其中:因此可核验每份均未被改动,而有无遗漏请对照 contacts.json。
"""


@transaction.atomic
def person_bundle(
    *, person_id: int, contacts: tuple[Mapping[str, Any], ...], actor: Actor, now: datetime
) -> bytes:
    """This function will return a zip file with every permit of a person, newest `LIMIT`, that verifies offline.

    1. `contacts` are listed as they are given, in contacts.json. 2. The manifest is signed like that of every bundle.

    :raises PermissionRefused: if the actor is neither the person nor may see permits
    """
    if actor.kind != "borrower" or actor.id != person_id:
        actor.require("permits.view")
    newest = Permit.objects.filter(person_id=person_id).order_by("-issued_at", "-id")[:LIMIT]
    permits = sorted(newest, key=lambda permit: (permit.chain, permit.position))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bundle:
        digest = _write(bundle, permits, contacts, now)
    audit.record(
        code="law.permits.given_to_person", actor=actor, subject_type="permit_bundle", subject_id=digest, now=now,
        person_id=person_id, after={"permits": len(permits)},
    )  # fmt: skip
    return written.getvalue()


def _write(
    bundle: zipfile.ZipFile, permits: list[Permit], contacts: tuple[Mapping[str, Any], ...], now: datetime
) -> str:
    digests: dict[str, str] = {}
    uses = PermitUse.objects.in_bulk([permit.pk for permit in permits])
    lines = [canonical(_record(permit, uses.get(permit.pk))) + "\n" for permit in permits]
    _put(bundle, digests, "permits.jsonl", "".join(lines))
    packs = {(code, pack["sha256"]) for permit in permits for code, pack in permit.verdict["packs"].items()}
    for code, sha256 in sorted(packs):
        _put(bundle, digests, f"packs/{code}-{sha256[:12]}.json", _pack_text(code, sha256))
    keys = {str(key_id): key.hex() for key_id, key in settings.PERMIT_KEYS.public.items()}
    _put(bundle, digests, "keys.json", json.dumps(keys, indent=1))
    _put(bundle, digests, "contacts.json", json.dumps(list(contacts), indent=1, ensure_ascii=False))
    _put(bundle, digests, "verify_permits.py", (settings.ROOT_DIR / SCRIPT).read_text())
    _put(bundle, digests, "README.txt", README)
    document = {
        "format": "fairdue permits 1", "scope": "person", "created_at": plain(now),
        "key_id": settings.PERMIT_KEYS.newest, "permits": len(permits), "chains": _ends(permits), "files": digests,
    }  # fmt: skip
    text = json.dumps(document, indent=1, sort_keys=True).encode()
    bundle.writestr("manifest.json", text)
    bundle.writestr("manifest.sig", signed_bundle(text).hex())
    return hashlib.sha256(text).hexdigest()


def _ends(permits: list[Permit]) -> dict[str, Any]:
    chains: dict[str, Any] = {}
    for permit in permits:
        start = {"first_position": permit.position, "previous_hash": bytes(permit.previous_hash).hex()}
        ends = chains.setdefault(str(permit.chain), start)
        ends |= {"last_position": permit.position, "last_hash": bytes(permit.hash).hex()}
    return chains
