"""Publish rule packs: what a permit names must be readable as it stood."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import Pack
from fairdue.kernel.actor import Actor, system

from ..chain import CHAINS, GENESIS, head_seal
from ..models import PermitChain, RulePack
from ..rules import registry

_published: set[tuple[str, str]] = set()
"""(database, digest) pairs that this process has seen committed."""


class PackChanged(Exception):
    """A pack has other content than the one published under the same version."""

    code = "law.pack.changed"


def load_rule_packs(*, actor: Actor, now: datetime, rulebook: Rulebook | None = None) -> int:
    """This function will store every pack version that is not stored yet and return how many were.

    1. Without a rulebook these are all packs that ship, whether or not they bind anybody; the permit chains begin with
       them, in one order, before anybody holds a lock on one.

    :raises PackChanged: if a published version has other content than the loaded one
    """
    with transaction.atomic():
        stored = [pack for pack in (rulebook.packs if rulebook else registry()) if publish(pack, now)]
        for pack in stored:
            audit.record(
                code="law.pack.published", actor=actor, subject_type="rule_pack", subject_id=pack.code, now=now,
                after={"version": pack.version, "sha256": pack.sha256},
            )  # fmt: skip
    if rulebook is None:
        start_chains()
    return len(stored)


def start_chains() -> None:
    """This function will write the head of every permit chain that has none."""
    heads = [
        PermitChain(chain=chain, position=0, hash=GENESIS, seal=head_seal(chain, 0, GENESIS))
        for chain in range(CHAINS)
    ]
    PermitChain.objects.bulk_create(heads, ignore_conflicts=True)


def ensure_published(rulebook: Rulebook, *, now: datetime) -> None:
    """This function will publish the packs of a rulebook once a process and database."""
    seen = {(str(connection.settings_dict["NAME"]), pack.sha256) for pack in rulebook.packs}
    if seen <= _published:
        return
    load_rule_packs(actor=system("law"), now=now, rulebook=rulebook)
    transaction.on_commit(lambda: _published.update(seen))


def publish(pack: Pack, now: datetime) -> bool:
    """This function will store a version that is not stored yet and tell whether it was not.

    1. Two who publish one version at once store it once; whose content differs from what is stored is refused.

    :raises PackChanged: if the version is stored with other content
    """
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
