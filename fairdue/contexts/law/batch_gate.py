"""The gate over columns, from data that fits in a parcel: no Django set-up, no database, so that any machine may ask it.

`LawBook` is what the packs of this installation say at one moment; `fairdue.contexts.law.facade.law_book` makes one.
Others import it from `columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.jurisdictions import parts as parts_of
from fairdue.engine.law.loading.standing import enforced
from fairdue.engine.law.packs import Pack

from .gathered import refuse_ungathered

RulebookFor = Callable[[frozenset[str]], Rulebook]


class JurisdictionUnknown(ValueError):
    """No packs are listed for this jurisdiction."""

    code = "law.jurisdiction.unknown"


@dataclass(frozen=True, eq=False)
class LawBook:
    """The packs of an installation, which of them bind which debts, and what was confirmed: plain data."""

    listed: Mapping[str, Any]
    packs: Mapping[str, Pack]
    confirmed: frozenset[tuple[str, str, str]]
    _made: dict[frozenset[str], Rulebook] = field(default_factory=dict, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """What was compiled stays behind."""
        return (LawBook, (dict(self.listed), dict(self.packs), self.confirmed))

    def rulebook_of(self, jurisdictions: frozenset[str]) -> Rulebook:
        """This function will return the packs that bind debts of some jurisdictions together; none: the default one.

        :raises JurisdictionUnknown: if no packs are listed for one of them
        :raises FactNotGathered: if a rule asks what this installation does not know
        """
        if jurisdictions not in self._made:
            codes = codes_in_force(self.listed, jurisdictions)
            packs = enforced(tuple(self.packs[code] for code in codes), self.confirmed)
            rulebook = Rulebook(packs)
            refuse_ungathered(rulebook.checks)
            self._made[jurisdictions] = rulebook
        return self._made[jurisdictions]

    def bound_by(self, debts: Iterable[tuple[str, str]], places: Iterable[str] = ()) -> frozenset[str]:
        """This function will return whose packs bind debts given by jurisdiction and institution group."""
        return bound_among(self.listed, debts, places)

    def identities(self, bound: Iterable[str] = ()) -> dict[str, str]:
        """This function will return version and digest of the default packs and of those of some jurisdictions."""
        found = dict(self.rulebook_of(frozenset()).identities)
        for jurisdictions in bound:
            found |= self.rulebook_of(parts_of(jurisdictions)).identities
        return found


def codes_in_force(listed: Mapping[str, Any], jurisdictions: frozenset[str]) -> tuple[str, ...]:
    """Return the codes of the packs that bind debts of some jurisdictions, in order.

    :raises JurisdictionUnknown: if no packs are listed for one of them
    """
    wanted = jurisdictions - {""} or {listed["default"]}
    if unknown := wanted - listed["jurisdictions"].keys():
        raise JurisdictionUnknown(f"no packs are in force for {', '.join(sorted(unknown))}")
    return tuple(
        sorted({*listed["always"], *(code for name in wanted for code in listed["jurisdictions"][name])})
    )


def bound_among(
    listed: Mapping[str, Any], debts: Iterable[tuple[str, str]], places: Iterable[str] = ()
) -> frozenset[str]:
    """This function will return whose packs bind debts given by jurisdiction and institution group; none: the default.

    1. A debt that names no jurisdiction stands under that of its institution group, else under the default.
    2. The jurisdictions where the person is add up with those of the debts.
    """
    of_group, default = listed["institution_groups"], listed["default"]
    found = {jurisdiction or of_group.get(group, default) for jurisdiction, group in debts} or {default}
    found |= {place for place in places if place}
    return frozenset() if found == {default} else frozenset(found)


def judge_lines(frame: pl.DataFrame, rulebook_of: RulebookFor, *, now: datetime) -> pl.DataFrame:
    """This function will add outcome, rule_ids and retry_after to candidate rows, keeping their order and columns.

    1. Columns of `CANDIDATE_SCHEMA` are facts, all others are carried along untouched.
    2. Rows without `at` are judged at `now`.
    3. The column `jurisdiction`, if there is one, says whose packs bind a row, several joined by |; none or empty: the
       default ones.

    :raises CandidatesInvalid: if a fact column is missing or of a wrong type
    :raises JurisdictionUnknown: if no packs are listed for a row's jurisdiction
    """
    facts = frame.select(name for name in frame.columns if name in CANDIDATE_SCHEMA)
    at = pl.col("at").fill_null(now) if "at" in facts.columns else pl.lit(now)
    rows = facts.with_columns(at.dt.convert_time_zone("UTC").dt.cast_time_unit("us").alias("at"))
    return frame.hstack(_judged(rows, rulebook_of))


def _judged(rows: pl.DataFrame, rulebook_of: RulebookFor) -> pl.DataFrame:
    """Judge rows, each under the packs of its jurisdiction, and return the answers in row order."""
    if "jurisdiction" not in rows.columns:
        return judge(rows, rulebook_of(frozenset())).columns()
    named = rows.with_columns(pl.col("jurisdiction").fill_null("")).with_row_index("row")
    parts = [
        judge(part.drop("row"), rulebook_of(parts_of(part["jurisdiction"][0])))
        .columns()
        .with_columns(part["row"])
        for part in named.partition_by("jurisdiction", maintain_order=True)
    ]
    return (
        pl.concat(parts).sort("row").drop("row") if parts else judge(rows, rulebook_of(frozenset())).columns()
    )
