"""Published versions of packs: which there are, and how to judge by them again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.loading.standing import enforced, needs_confirmation
from fairdue.engine.law.packs import Pack, digest, pack_of

from ..models import RulePack
from ..pack_contracts import PublishedPack
from ..rules import PackUnknown
from .confirmations import confirmed_keys


class PackAltered(ValueError):
    """What is stored does not give the digest under which it was published, or that a decision named."""

    code = "law.pack.altered"


def published_packs(code: str = "") -> tuple[PublishedPack, ...]:
    """This function will return every published version, or those of one pack, newest first."""
    found = RulePack.objects.order_by("code", "-id").defer("content")
    found = found.filter(code=code) if code else found
    return tuple(
        PublishedPack(code=row.code, version=row.version, sha256=row.sha256, published_at=row.loaded_at)
        for row in found
    )


def published_pack(code: str, version: str) -> Pack:
    """This function will return a published version, fit to judge by; `version` may carry a digest: `2026.11.3@ab12…`.

    :raises PackUnknown: if that version was never published
    :raises PackAltered: if it is not what was published, or not what the digest names
    :raises PackInvalid: if today's vocabulary cannot judge by it
    """
    number, _, named = version.partition("@")
    row = RulePack.objects.filter(code=code, version=number).first()
    if row is None:
        raise PackUnknown(f"pack {code} {number} was never published here")
    if not row.sha256.startswith(named):
        raise PackAltered(f"pack {code} {number} was published as {row.sha256[:12]}, not as {named}")
    return _built(row.pk, row.sha256)


@lru_cache(maxsize=64)
def _built(row_id: int, sha256: str) -> Pack:
    row = RulePack.objects.get(pk=row_id)
    if digest(row.content) != sha256:
        raise PackAltered(f"the stored content of pack {row.code} {row.version} was altered")
    return pack_of(row.content)


def published_rulebook(versions: Mapping[str, str], *, known_at: datetime | None = None) -> Rulebook:
    """This function will return published versions as one rulebook, to replay what was judged by them.

    1. `versions` holds version or version@digest by code, as permits and nights name them. 2. Of rules whose source
    nobody has read, those count that the house had adopted or that were confirmed by `known_at`.

    :raises PackUnknown: if a version was never published
    :raises PackAltered: if one is not what was published
    """
    packs = tuple(published_pack(code, version) for code, version in sorted(versions.items()))
    return Rulebook(enforced(packs, confirmed_keys(known_at) if needs_confirmation(packs) else ()))
