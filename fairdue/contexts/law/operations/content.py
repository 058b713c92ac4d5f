"""Publish the content pack: what a refusal of a text names must be readable as it stood."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.content.lexicon import ContentPack, shipped_content
from fairdue.kernel.actor import Actor

from ..models import RulePack
from .packs import PackChanged


def publish_content(*, actor: Actor, now: datetime, pack: ContentPack | None = None) -> bool:
    """This function will store the content pack's version if it is new and return whether it was.

    :raises PackChanged: if the version was published with other content
    """
    pack = pack or shipped_content()
    with transaction.atomic():
        stored, is_new = RulePack.objects.get_or_create(
            code=pack.code,
            version=pack.version,
            defaults={"sha256": pack.sha256, "content": pack.content, "loaded_at": now},
        )
        if stored.sha256 != pack.sha256:
            raise PackChanged(
                f"pack {pack.code} {pack.version} was published with other content: give the change a new version"
            )
        if is_new:
            audit.record(
                code="law.pack.published", actor=actor, subject_type="rule_pack", subject_id=pack.code, now=now,
                after={"version": pack.version, "sha256": pack.sha256},
            )  # fmt: skip
    return is_new
