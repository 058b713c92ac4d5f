"""A bundle of permits that proves itself: permits, facts, uses, pack texts, public keys and the script that verifies."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.packs import canonical
from fairdue.kernel.actor import Actor

from ..chain import CONTENT_FIELDS, plain, signed_bundle
from ..contracts import BundleReport
from ..models import Permit, PermitUse, RulePack

ROWS_AT_ONCE = 2_000
SCRIPT = "tools/verify_permits.py"
README = """Contact permits of {since} to {until} (issued from the first moment on, before the second).
Run `python3 -I verify_permits.py` in this folder, or give it the zip file; it needs nothing but Python.
Neighbours of the same chain, issued outside the span, come along so that chains have no gaps. All texts of people stay
where they are: permits hold ids, digests and facts, no names, numbers or addresses.

本包含 {since} 至 {until} 签发的触达通行证。在本目录运行 `python3 -I verify_permits.py`,或以 zip 文件为参数;只需 Python。
为使链条连续,同一链上相邻的通行证一并导出。通行证只含编号、摘要与事实,不含姓名、号码或地址。
"""


class SpanEmpty(ValueError):
    """No permit was issued in the span, or it ends before it begins."""

    code = "law.permits.span_empty"


class PackUnpublished(LookupError):
    """A permit names a pack version whose text is not stored."""

    code = "law.pack.unpublished"


def export_permits(
    *, since: datetime, until: datetime, path: Path, actor: Actor, now: datetime
) -> BundleReport:
    """This function will write the permits issued in a span of time as a bundle that verifies offline.

    1. Every chain is cut out whole, from its first to its last permit of the span. 2. The manifest names each file's
    digest and each chain's ends, and is signed with the key that signs permits. 3. The file appears in one step.

    :raises SpanEmpty: if no permit was issued in the span
    :raises PackUnpublished: if the text of a pack that a permit names is not stored
    :raises PermissionRefused: if the actor may not see permits
    """
    actor.require("permits.view")
    spans = _spans(since, until)
    if not spans:
        raise SpanEmpty(f"no permit was issued from {since} to {until}")
    draft = path.with_name(f".{path.name}.draft")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as bundle:
            manifest = _written(bundle, spans, since, until, now)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    with transaction.atomic():
        audit.record(
            code="law.permits.exported", actor=actor, subject_type="permit_bundle", subject_id=manifest["digest"],
            now=now, after={"since": since.isoformat(), "until": until.isoformat(), "permits": manifest["permits"]},
        )  # fmt: skip
    return BundleReport(path=path, permits=manifest["permits"], chains=len(spans), packs=manifest["packs"])


def _spans(since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """Return first and last position of each chain in the span."""
    issued = Permit.objects.filter(issued_at__gte=since, issued_at__lt=until)
    ends = issued.values("chain").annotate(first=Min("position"), last=Max("position")).order_by("chain")
    return {row["chain"]: (row["first"], row["last"]) for row in ends}


def _written(
    bundle: zipfile.ZipFile,
    spans: dict[int, tuple[int, int]],
    since: datetime,
    until: datetime,
    now: datetime,
) -> dict[str, Any]:
    digests: dict[str, str] = {}
    chains, packs, permits = _write_permits(bundle, spans, digests)
    for code, sha256 in sorted(packs):
        _put(bundle, digests, f"packs/{code}-{sha256[:12]}.json", _pack_text(code, sha256))
    keys = {str(key_id): key.hex() for key_id, key in settings.PERMIT_KEYS.public.items()}
    _put(bundle, digests, "keys.json", json.dumps(keys, indent=1))
    _put(bundle, digests, "verify_permits.py", (settings.ROOT_DIR / SCRIPT).read_text())
    _put(bundle, digests, "README.txt", README.format(since=since.isoformat(), until=until.isoformat()))
    document = {
        "format": "fairdue permits 1", "created_at": plain(now), "since": plain(since), "until": plain(until),
        "key_id": settings.PERMIT_KEYS.newest, "permits": permits, "chains": chains, "files": digests,
    }  # fmt: skip
    text = json.dumps(document, indent=1, sort_keys=True).encode()
    bundle.writestr("manifest.json", text)
    bundle.writestr("manifest.sig", signed_bundle(text).hex())
    return {"permits": permits, "packs": len(packs), "digest": hashlib.sha256(text).hexdigest()}


def _write_permits(
    bundle: zipfile.ZipFile, spans: dict[int, tuple[int, int]], digests: dict[str, str]
) -> tuple[dict[str, Any], set[tuple[str, str]], int]:
    """Write a line a permit; return the ends of the chains, the packs named, and the number of permits."""
    chains: dict[str, Any] = {}
    packs: set[tuple[str, str]] = set()
    digest, permits = hashlib.sha256(), 0
    with bundle.open("permits.jsonl", "w", force_zip64=True) as file:
        for permit, use in _in_order(spans):
            line = (canonical(_record(permit, use)) + "\n").encode()
            file.write(line)
            digest.update(line)
            permits += 1
            _extend(chains, permit)
            packs |= {(code, pack["sha256"]) for code, pack in permit.verdict["packs"].items()}
    digests["permits.jsonl"] = digest.hexdigest()
    return chains, packs, permits


def _in_order(spans: dict[int, tuple[int, int]]) -> Iterator[tuple[Permit, PermitUse | None]]:
    for chain, (first, last) in spans.items():
        for start in range(first, last + 1, ROWS_AT_ONCE):
            end = min(start + ROWS_AT_ONCE - 1, last)
            permits = list(
                Permit.objects.filter(chain=chain, position__range=(start, end)).order_by("position")
            )
            uses = PermitUse.objects.in_bulk([permit.pk for permit in permits])
            yield from ((permit, uses.get(permit.pk)) for permit in permits)


def _record(permit: Permit, use: PermitUse | None) -> dict[str, Any]:
    used = use and {
        "channel": use.channel, "contact_point_id": use.contact_point_id, "content_sha256": use.content_sha256,
        "used_at": plain(use.used_at),
    }  # fmt: skip
    return {
        "content": {name: plain(getattr(permit, name)) for name in CONTENT_FIELDS},
        "previous_hash": bytes(permit.previous_hash).hex(),
        "hash": bytes(permit.hash).hex(),
        "signature": bytes(permit.signature).hex(),
        "use": used,
    }


def _extend(chains: dict[str, Any], permit: Permit) -> None:
    start = {"first_position": permit.position, "previous_hash": bytes(permit.previous_hash).hex()}
    ends = chains.setdefault(str(permit.chain), start)
    ends |= {"last_position": permit.position, "last_hash": bytes(permit.hash).hex()}


def _pack_text(code: str, sha256: str) -> str:
    stored = RulePack.objects.filter(code=code, sha256=sha256).values_list("content", flat=True).first()
    if stored is None:
        raise PackUnpublished(f"the text of pack {code} with digest {sha256} is not stored")
    return canonical(stored)


def _put(bundle: zipfile.ZipFile, digests: dict[str, str], name: str, text: str) -> None:
    data = text.encode()
    bundle.writestr(name, data)
    digests[name] = hashlib.sha256(data).hexdigest()
