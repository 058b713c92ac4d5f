"""The rule packs of this installation, and which of them bind a debt (`packs/rules/in_force.yaml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.jurisdictions import in_force as listed_in_force
from fairdue.engine.law.loading.standing import enforced, needs_confirmation
from fairdue.engine.law.packs import Pack, load_pack

from .batch_gate import JurisdictionUnknown as JurisdictionUnknown
from .batch_gate import LawBook, bound_among, codes_in_force
from .gathered import refuse_ungathered


class PackUnknown(ValueError):
    """There is no such pack, or no such version of it."""

    code = "law.pack.unknown"


def current() -> Rulebook:
    """This function will return the rulebook of a debt that names no jurisdiction.

    :raises PackInvalid: if a pack is not fit for use
    """
    return rulebook_of(frozenset())


def registry() -> tuple[Pack, ...]:
    """This function will return every pack that ships, in the order of their codes, bound or not.

    :raises PackInvalid: if any pack is not fit for use
    """
    return shipped_packs()


@lru_cache(maxsize=1)
def shipped_packs() -> tuple[Pack, ...]:
    """This function will return every pack that ships, read once a process.

    :raises PackInvalid: if any pack is not fit for use
    """
    heads = sorted((settings.PACKS_DIR / "rules").glob("*/pack.yaml"))
    return tuple(_pack(head.parent.name) for head in heads)


def shipped_pack(code: str) -> Pack:
    """This function will return one pack that ships.

    :raises PackUnknown: if there is none of that code
    """
    for pack in shipped_packs():
        if pack.code == code:
            return pack
    raise PackUnknown(f"no pack {code!r} ships; there are {', '.join(pack.code for pack in shipped_packs())}")


def bound_by(debts: Iterable[tuple[str, str]], places: Iterable[str] = ()) -> frozenset[str]:
    """This function will return whose packs bind debts given by jurisdiction and institution group; none: the default.

    1. A debt that names no jurisdiction stands under that of its institution group, else under the default.
    2. The jurisdictions where the person is add up with those of the debts.
    """
    return bound_among(in_force(), debts, places)


def rulebook_for(groups: Iterable[str]) -> Rulebook:
    """This function will return the rulebook of debts of which only the institution groups are known."""
    return rulebook_of(bound_by(("", group) for group in groups))


@lru_cache(maxsize=256)
def rulebook_of(jurisdictions: frozenset[str]) -> Rulebook:
    """This function will return the packs that bind debts of some jurisdictions together; none: the default one.

    1. A rule whose source nobody has read binds as policy of the house that adopted it, or once a reviewer confirmed it.

    2. A rule that asks a fact that nobody gathers binds nobody by silence: there is no such rulebook.

    :raises JurisdictionUnknown: if no packs are listed for one of them
    :raises PackInvalid: if a pack is not fit for use
    :raises FactNotGathered: if a rule asks what this installation does not know
    """
    rulebook = Rulebook(_enforced(tuple(_pack(code) for code in codes_in_force(in_force(), jurisdictions))))
    refuse_ungathered(rulebook.checks)
    return rulebook


def _enforced(packs: tuple[Pack, ...]) -> tuple[Pack, ...]:
    if not needs_confirmation(packs):
        return packs
    from .queries.confirmations import confirmed_keys

    return enforced(packs, confirmed_keys())


def law_book() -> LawBook:
    """This function will return what the packs say here and now as plain data, for judging on other machines.

    :raises PackInvalid: if a pack is not fit for use
    """
    listed = in_force()
    codes = {*listed["always"], *(code for names in listed["jurisdictions"].values() for code in names)}
    packs = {code: _pack(code) for code in sorted(codes)}
    confirmed: frozenset[tuple[str, str, str]] = frozenset()
    if needs_confirmation(tuple(packs.values())):
        from .queries.confirmations import confirmed_keys

        confirmed = frozenset(confirmed_keys())
    return LawBook(listed, packs, confirmed)


def in_force() -> Mapping[str, Any]:
    """This function will return which packs bind which debts, as listed beside the packs."""
    return listed_in_force(settings.PACKS_DIR)


@lru_cache(maxsize=64)
def _pack(code: str) -> Pack:
    return load_pack(settings.PACKS_DIR / "rules" / code)
