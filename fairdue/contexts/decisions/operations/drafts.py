"""Writing drafts: saved under an optimistic lock, copied from any version, deleted while nobody relies on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions.contracts import StrategyCard
from fairdue.contexts.decisions.documents import digest
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.decisions.queries.strategies import StrategyUnknown, strategy_card
from fairdue.kernel.actor import Actor

REVIEWED = ("approved", "published", "retired")
"""Whose content a second person has seen; a copy of it has only the copier as author."""


class StrategyChangedMeanwhile(ValueError):
    """Somebody saved the draft since it was read; nothing was saved."""

    code = "decisions.strategy.changed_meanwhile"


class StrategyNotWritable(ValueError):
    """The version is no draft: it stays as it is, and a copy of it can be changed."""

    code = "decisions.strategy.not_a_draft"


class StrategyVersionTaken(ValueError):
    """That version of the strategy exists already."""

    code = "decisions.strategy.version_taken"


class StrategyDocumentUnusable(ValueError):
    """The document is no mapping, or names another code than the strategy's."""

    code = "decisions.strategy.document_unusable"


@transaction.atomic
def save_draft(
    *,
    code: str,
    document: Mapping[str, Any],
    base_version_id: int | None = None,
    draft_id: int | None = None,
    expected_sha256: str | None = None,
    actor: Actor,
    now: datetime,
) -> StrategyCard:
    """Save a strategy's document as a new draft, or over the draft that was read, and return it.

    1. A draft may still be wrong in any part; what it must have is its code.
    2. A new draft whose version is missing or taken by its base gets the next free one.
    3. Saving over a draft needs the digest that was read (`expected_sha256`): two who save at once are
       told, and nothing of the first is lost.
    4. Whoever saves is an author from then on; a copy of content that nobody approved keeps its authors too.
    5. The same content again changes nothing.

    :raises StrategyChangedMeanwhile: if the draft was saved by another since it was read
    :raises StrategyNotWritable: if it is a draft no more
    :raises StrategyVersionTaken: if another version has the document's version
    :raises StrategyDocumentUnusable: if the document is none
    :raises StrategyUnknown: if the draft or the base does not exist
    """
    actor.require("strategy.edit")
    if not isinstance(document, Mapping) or document.get("code", code) != code or not _CODE.match(code):
        raise StrategyDocumentUnusable(f"the document is not one of the strategy {code!r}")
    lock_code(code)
    if draft_id is None:
        return _create(code, dict(document) | {"code": code}, base_version_id, actor, now)
    return _overwrite(draft_id, dict(document) | {"code": code}, expected_sha256, actor, now)


def save_file_draft(*, document: Mapping[str, Any], actor: Actor, now: datetime) -> StrategyCard:
    """Save what a file says as a new draft, based on the version of its number, else on the newest one.

    :raises StrategyVersionTaken: if its version is taken by another than its base
    :raises StrategyDocumentUnusable: if the document is none
    """
    code, version = str(document.get("code", "")), str(document.get("version", ""))
    known = StrategyVersion.objects.filter(code=code).order_by("-loaded_at", "-pk")
    base = known.filter(version=version).first() or known.first()
    return save_draft(
        code=code, document=document, base_version_id=base.pk if base else None, actor=actor, now=now
    )


_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def lock_code(code: str) -> None:
    """Let two who change versions of one strategy go one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"strategy:{code}"])


def _create(
    code: str, document: dict[str, Any], base_id: int | None, actor: Actor, now: datetime
) -> StrategyCard:
    base = _known(base_id) if base_id is not None else None
    version = str(document.get("version") or "")[:20]
    is_same_as_base = base is not None and version == base.version
    if not version or is_same_as_base:
        version = next_version(code, after=base.version if base else version, now=now)
    document["version"] = version
    _require_free(code, version)
    inherited = base.author_ids if base is not None and base.status not in REVIEWED else []
    saved = StrategyVersion.objects.create(
        code=code,
        version=version,
        sha256=digest(document),
        content=document,
        status="draft",
        origin="desk",
        base=base,
        author_ids=_authors(inherited, actor),
        author_label=actor.label,
        loaded_at=now,
        changed_at=now,
    )
    record(saved, "decisions.strategy.draft_saved", actor, now)
    return strategy_card(saved)


def _overwrite(
    draft_id: int, document: dict[str, Any], expected: str | None, actor: Actor, now: datetime
) -> StrategyCard:
    draft = locked(draft_id)
    if draft.status != "draft":
        raise StrategyNotWritable(f"{draft.code}@{draft.version} is {draft.status}; save a copy of it")
    if draft.sha256 != expected:
        raise StrategyChangedMeanwhile(
            f"{draft.code}@{draft.version} was saved by {draft.author_label} meanwhile; read it again"
        )
    document["version"] = str(document.get("version") or draft.version)[:20]
    found = digest(document)
    if found == draft.sha256:
        return strategy_card(draft)
    _require_free(draft.code, document["version"], besides=draft.pk)
    draft.version, draft.content, draft.sha256 = document["version"], document, found
    draft.author_ids = _authors(draft.author_ids, actor)
    draft.author_label, draft.changed_at = actor.label, now
    draft.findings, draft.acknowledged_by_id = [], None
    draft.save()
    record(draft, "decisions.strategy.draft_saved", actor, now)
    return strategy_card(draft)


def _authors(known: list[int], actor: Actor) -> list[int]:
    return sorted({*known, *([actor.id] if actor.id is not None else [])})


def _require_free(code: str, version: str, besides: int | None = None) -> None:
    taken = StrategyVersion.objects.filter(code=code, version=version).exclude(pk=besides or 0)
    if taken.exists():
        raise StrategyVersionTaken(f"{code}@{version} exists already; give the draft another version")


def next_version(code: str, *, after: str, now: datetime) -> str:
    """Return the next free version: the last number raised by one until nobody has it."""
    used = set(StrategyVersion.objects.filter(code=code).values_list("version", flat=True))
    found = re.fullmatch(r"(.*?)(\d+)", after)
    stem, number = (found[1], int(found[2])) if found else (f"{now.year}.", 0)
    while f"{stem}{number + 1}" in used:
        number += 1
    return f"{stem}{number + 1}"[:20]


@transaction.atomic
def delete_draft(*, draft_id: int, actor: Actor, now: datetime) -> None:
    """Delete a draft; what was checked stays for ever.

    :raises StrategyNotWritable: if it is a draft no more
    :raises StrategyUnknown: if it does not exist
    """
    actor.require("strategy.edit")
    draft = locked(draft_id)
    if draft.status != "draft":
        raise StrategyNotWritable(f"{draft.code}@{draft.version} is {draft.status}; retire it instead")
    record(draft, "decisions.strategy.draft_deleted", actor, now)
    StrategyVersion.objects.filter(base=draft).update(base=draft.base_id)
    draft.delete()


def locked(strategy_id: int) -> StrategyVersion:
    """Return a version under its row's lock.

    :raises StrategyUnknown: if it does not exist
    """
    found = StrategyVersion.objects.select_for_update().filter(pk=strategy_id).first()
    if found is None:
        raise StrategyUnknown(f"there is no strategy version {strategy_id}")
    return found


def _known(strategy_id: int) -> StrategyVersion:
    found = StrategyVersion.objects.filter(pk=strategy_id).first()
    if found is None:
        raise StrategyUnknown(f"there is no strategy version {strategy_id}")
    return found


def record(version: StrategyVersion, code: str, actor: Actor, now: datetime, **more: Any) -> None:
    """Keep one step of a version's life in the audit record."""
    audit.record(
        code=code,
        actor=actor,
        subject_type="strategy",
        subject_id=version.pk,
        now=now,
        after={
            "code": version.code,
            "version": version.version,
            "sha256": version.sha256,
            "status": version.status,
            **more,
        },
    )
