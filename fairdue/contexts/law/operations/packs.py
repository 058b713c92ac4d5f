"""Publish rule packs: what a permit names must be readable as it stood."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import Pack
from fairdue.kernel.actor import Actor, system

from ..models import RulePack
from ..rules import current

_published: set[tuple[str, str]] = set()
"""(database, digest) pairs that this process has seen committed."""


class PackChanged(Exception):
    """A pack has other content than the one published under the same version."""

    code = "law.pack.changed"


def load_rule_packs(*, actor: Actor, now: datetime, rulebook: Rulebook | None = None) -> int:
    """This function will store every loaded pack version that is not stored yet and return how many were.

    :raises PackChanged: if a published version has other content than the loaded one
    """
    with transaction.atomic():
        stored = [pack for pack in (rulebook or current()).packs if _publish(pack, now)]
        for pack in stored:
            audit.record(
                code="law.pack.published", actor=actor, subject_type="rule_pack", subject_id=pack.code, now=now,
                after={"version": pack.version, "sha256": pack.sha256},
            )  # fmt: skip
    return len(stored)


def ensure_published(*, now: datetime) -> None:
    """This function will publish the loaded packs once a process and database."""
    packs = current().packs
    seen = {(str(connection.settings_dict["NAME"]), pack.sha256) for pack in packs}
    if seen <= _published:
        return
    load_rule_packs(actor=system("law"), now=now)
    transaction.on_commit(lambda: _published.update(seen))


def _publish(pack: Pack, now: datetime) -> bool:
    _, is_new = RulePack.objects.get_or_create(
        code=pack.code,
        version=pack.version,
        defaults={"sha256": pack.sha256, "content": pack.content, "loaded_at": now},
    )
    stored = (
        RulePack.objects.filter(code=pack.code, version=pack.version).values_list("sha256", flat=True).get()
    )
    if stored != pack.sha256:
        raise PackChanged(
            f"pack {pack.code} {pack.version} was published with other content: give the change a new version"
        )
    return is_new
