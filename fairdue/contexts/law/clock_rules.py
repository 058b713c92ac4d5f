"""Which clocks an occasion starts, by the packs that bind the debts concerned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fairdue.contexts.book import facade as book
from fairdue.engine.law.deadlines.clocks import Clock, clocks_of
from fairdue.engine.law.packs import Pack

from .rules import in_force, shipped_pack


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundClock:
    """A clock of a pack, and the debts that the pack binds."""

    pack: Pack
    clock: Clock
    accounts: tuple[book.AccountCard, ...]


@lru_cache(maxsize=64)
def clocks_in(code: str) -> tuple[Clock, ...]:
    """Return the clocks of a pack that ships."""
    return clocks_of(shipped_pack(code).content)


def clock(pack: str, kind: str) -> Clock | None:
    """Return one clock of a pack, if the pack that ships still has it."""
    return next((each for each in clocks_in(pack) if each.kind == kind), None)


def binding(account: book.AccountCard | None) -> tuple[str, ...]:
    """Return the codes of the packs that bind a debt; without a debt the default ones."""
    listed = in_force()
    jurisdiction = ""
    if account is not None:
        jurisdiction = account.jurisdiction or listed["institution_groups"].get(account.institution_group, "")
    codes = (*listed["always"], *listed["jurisdictions"].get(jurisdiction or listed["default"], ()))
    return tuple(dict.fromkeys(codes))


def responding(occasion: str, accounts: Sequence[book.AccountCard]) -> tuple[BoundClock, ...]:
    """This function will return every clock that an occasion starts, each with the debts that its pack binds.

    1. The packs of all debts add up; a person without debts is under the default ones.
    2. What the house promises where the law is silent runs only if no other pack starts a clock of that kind.
    """
    by_pack: dict[str, list[book.AccountCard]] = {}
    for account in accounts or (None,):
        for code in binding(account):
            by_pack.setdefault(code, []).extend([account] if account else [])
    found = [
        BoundClock(pack=shipped_pack(code), clock=each, accounts=tuple(debts))
        for code, debts in by_pack.items()
        for each in clocks_in(code)
        if occasion in each.occasions
    ]
    by_law = {bound.clock.kind for bound in found if not bound.clock.is_fallback}
    return tuple(bound for bound in found if not bound.clock.is_fallback or bound.clock.kind not in by_law)


@lru_cache(maxsize=1)
def every_clock() -> tuple[Clock, ...]:
    """Return the clocks of every pack that some jurisdiction lists."""
    return tuple(each for code in _listed() for each in clocks_in(code))


def _listed() -> list[str]:
    listed = in_force()
    return sorted(
        {*listed["always"], *(code for packs in listed["jurisdictions"].values() for code in packs)}
    )


@lru_cache(maxsize=16)
def packs_with(occasion: str) -> frozenset[str]:
    """Return the packs whose clocks an occasion starts, among those that some jurisdiction lists."""
    return frozenset(
        code for code in _listed() if any(occasion in each.occasions for each in clocks_in(code))
    )


def occasions_of(accounts: Iterable[book.AccountCard]) -> frozenset[str]:
    """Return every occasion that starts a clock for some debts."""
    debts: list[book.AccountCard | None] = [*accounts]
    codes = {code for account in debts or [None] for code in binding(account)}
    return frozenset(name for code in codes for each in clocks_in(code) for name in each.occasions)
