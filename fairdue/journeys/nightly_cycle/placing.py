"""Which debtors may be proposed to an agency tonight: as many as the agency's quota takes, the first in rank first.

A strategy asks by the step `place` and the output `agency`. What comes of it is a work item: a person places the debt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairdue.contexts.cases.facade import CapacityOn
from fairdue.journeys.nightly_cycle.night import Night

PLACE = "place"
PLACEMENTS = "placements"


@dataclass(frozen=True, slots=True)
class Placed:
    """Persons whose placement has to wait, and what became of every quota."""

    left_out: list[int]
    report: tuple[dict[str, Any], ...]


def place(night: Night, given: Sequence[CapacityOn]) -> Placed:
    """Fill the quotas of agencies in the order of rank; a placement takes one of every quota that it falls under.

    A quota names its agency, and a creditor if it holds for that creditor's debts alone. An agency without a quota
    takes everybody.
    """
    quotas = [each for each in given if each.kind == PLACEMENTS]
    if not quotas:
        return Placed([], ())
    decided = night.scan("decided").filter(pl.col("step") == PLACE)
    wanted = decided.select("person_id", "agency", "creditor_ids").collect()
    ranked = wanted.join(night.read("ranks"), on="person_id", how="left").sort("rank", "person_id")
    return _filled(ranked, quotas)


def _filled(ranked: pl.DataFrame, quotas: Sequence[CapacityOn]) -> Placed:
    wishes, used, left_out = Counter[int](), Counter[int](), list[int]()
    for row in ranked.iter_rows(named=True):
        mine = [
            number
            for number, quota in enumerate(quotas)
            if quota.name == row["agency"] and quota.creditor_id in (None, *(row["creditor_ids"] or ()))
        ]
        wishes.update(mine)
        if all(used[number] < quotas[number].amount for number in mine):
            used.update(mine)
        else:
            left_out.append(row["person_id"])
    return Placed(left_out, tuple(_line(quota, wishes[n], used[n]) for n, quota in enumerate(quotas)))


def _line(quota: CapacityOn, wanted: int, used: int) -> dict[str, Any]:
    return {
        "kind": quota.kind, "name": quota.name, "creditor_id": quota.creditor_id, "from_hour": None,
        "available": quota.amount, "wanted": wanted, "used": used, "price_minor": 0.0,
    }  # fmt: skip
