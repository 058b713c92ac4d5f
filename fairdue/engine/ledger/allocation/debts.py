"""Dividing one payment among several debts of a person, before each debt's own order of payment applies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any, Literal

Reason = Literal[
    "designated", "agreed", "due", "not_due", "least_secured", "heaviest", "earliest", "pro_rata", "excess"
]
"""What placed a share: named by the payer; agreed before; the first of the law's tests that told the debt from
the one after it; in proportion, for want of any difference; or, after all debts are paid, nothing."""

ARTICLE = "《民法典》第560条 / Civil Code of the PRC art. 560"
CITATIONS: dict[str, str] = {
    "designated": f"{ARTICLE}(1)",
    "agreed": f"{ARTICLE}(1)",
    "due": f"{ARTICLE}(2)",
    "not_due": f"{ARTICLE}(2)",
    "least_secured": f"{ARTICLE}(2)",
    "heaviest": f"{ARTICLE}(2)",
    "earliest": f"{ARTICLE}(2)",
    "pro_rata": f"{ARTICLE}(2)",
    "excess": "",
}


class DebtsUnordered(ValueError):
    """What is known of the debts does not order them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDebt:
    """A debt among others, and what decides its place.

    1. `due_minor` is how much of it is due; None means all of it if `is_due`.
    2. `due_date` is that of its oldest unpaid part; `annual_rate` stands for how heavily it burdens.
    """

    id: str
    amount_minor: int
    due_minor: int | None = None
    is_due: bool = True
    due_date: date | None = None
    is_secured: bool = False
    annual_rate: Fraction | None = None
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one debt gets of the money at one step, and why there."""

    debt_id: str
    amount_minor: int
    reason: Reason
    citation: str


@dataclass(frozen=True, slots=True)
class _Claim:
    debt: OpenDebt
    amount_minor: int
    is_due: bool

    @property
    def rank(self) -> tuple[Any, ...]:
        debt = self.debt
        return (not self.is_due, debt.is_secured, -(debt.annual_rate or 0), debt.due_date or date.max)


_TESTS: tuple[Reason, ...] = ("due", "least_secured", "heaviest", "earliest")


def divide(
    amount_minor: int,
    debts: Sequence[OpenDebt],
    *,
    designated: str | None = None,
    agreed_order: Sequence[str] = (),
) -> tuple[Share, ...]:
    """Return what each debt gets of one payment, in order (Civil Code of the PRC art. 560).

    1. The debt that the payer designates comes first; then those that the parties agreed on, in that order.
    2. Of the others, what is due before what is not due; then the one with the least security, the heaviest
       burden, the earliest due date; debts alike in all of these in proportion to their amounts, the cents
       left over by the largest fraction.
    3. A debt in dispute gets nothing unless the payer designates it.
    4. Shares sum to the amount: what exceeds all debts is a share of no debt, with the reason `excess`.

    :raises DebtsUnordered: if a designated or agreed debt is none of these, or the rate or the due date of
        some of the debts left to the law is not known while that of others is
    """
    known = {debt.id for debt in debts}
    for name in [*agreed_order, *([designated] if designated is not None else [])]:
        if name not in known:
            raise DebtsUnordered(f"{name} is none of these debts")
    shares: list[Share] = []
    left = amount_minor
    for claims, reason in _in_order(debts, designated, agreed_order):
        parts = in_proportion([claim.amount_minor for claim in claims], left)
        left -= sum(parts)
        given = [(claim, part) for claim, part in zip(claims, parts, strict=True) if part]
        shares += [Share(claim.debt.id, part, reason, CITATIONS[reason]) for claim, part in given]
    if left:
        shares.append(Share("", left, "excess", ""))
    return tuple(shares)


def _in_order(
    debts: Sequence[OpenDebt], designated: str | None, agreed_order: Sequence[str]
) -> list[tuple[list[_Claim], Reason]]:
    """Return the claims in order, those of equal rank together, each with what placed it."""
    by_id = {debt.id: debt for debt in debts}
    found: list[tuple[list[_Claim], Reason]] = []
    if designated is not None:
        found.append(([_whole(by_id[designated])], "designated"))
    agreed = [name for name in agreed_order if name != designated and not by_id[name].is_disputed]
    found += [([_whole(by_id[name])], "agreed") for name in agreed]
    named = {designated, *agreed_order}
    rest = [debt for debt in debts if debt.id not in named and not debt.is_disputed]
    _require_comparable(rest)
    claims = sorted((claim for debt in rest for claim in _claims(debt)), key=lambda claim: claim.rank)
    groups = [list(group) for _, group in groupby(claims, key=lambda claim: claim.rank)]
    for place, group in enumerate(groups):
        found.append((group, _reason(groups, place)))
    return found


def _whole(debt: OpenDebt) -> _Claim:
    return _Claim(debt, debt.amount_minor, True)


def _claims(debt: OpenDebt) -> Iterable[_Claim]:
    """Yield the part of a debt that is due, then the part that is not."""
    whole = debt.amount_minor if debt.is_due else 0
    due = whole if debt.due_minor is None else min(debt.due_minor, debt.amount_minor)
    if due:
        yield _Claim(debt, due, True)
    if debt.amount_minor > due:
        yield _Claim(debt, debt.amount_minor - due, False)


def _reason(groups: list[list[_Claim]], place: int) -> Reason:
    """Return the first test that told a group from the one after it, or before it when it is the last."""
    group = groups[place]
    if len(group) > 1:
        return "pro_rata"
    if len(groups) == 1:
        return "due" if group[0].is_due else "not_due"
    other = groups[place + 1] if place + 1 < len(groups) else groups[place - 1]
    pairs = zip(_TESTS, group[0].rank, other[0].rank, strict=True)
    reason = next(test for test, mine, theirs in pairs if mine != theirs)
    return "not_due" if reason == "due" and not group[0].is_due else reason


def _require_comparable(debts: Sequence[OpenDebt]) -> None:
    for name in ("annual_rate", "due_date"):
        given = [getattr(debt, name) is not None for debt in debts]
        if any(given) and not all(given):
            raise DebtsUnordered(f"{name} of one of the debts is not given")


def in_proportion(amounts: Sequence[int], amount_minor: int) -> list[int]:
    """Return what claims of equal rank get: in proportion, the cents left over by largest fraction."""
    total = sum(amounts)
    money = min(amount_minor, total)
    exact = [Fraction(money * amount, total) if total else Fraction(0) for amount in amounts]
    shares = [int(share) for share in exact]
    by_fraction = sorted(range(len(amounts)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_fraction[: money - sum(shares)]:
        shares[place] += 1
    return shares
