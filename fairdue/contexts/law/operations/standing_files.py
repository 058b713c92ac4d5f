"""Files of listings, evaluations, certificates and notices: every row is taken, known before, or rejected with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.identity import facade as identity
from fairdue.engine.intake.files import LINE, batches
from fairdue.engine.intake.judging import judge
from fairdue.engine.intake.standing_files import STANDING_KINDS
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date

from ..agency_contracts import RejectedRow
from .standing import (
    NoticeGiven,
    StandingRefused,
    certify_staff,
    delist_agency,
    evaluate_agency,
    list_agency,
    record_notices,
)


@dataclass(slots=True, kw_only=True)
class StandingFile:
    """What became of a file: `rows = taken + rejected`; what was known before changes nothing."""

    kind: str
    rows: int = 0
    taken: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)

    def reject(self, line: int, code: str, column: str) -> None:
        """Note a row that is not taken."""
        self.rejected.append(RejectedRow(line=line, code=code, field=column))

    @property
    def rejections(self) -> dict[str, int]:
        """Reason → count."""
        return dict(Counter(row.code for row in self.rejected))


def import_standing(*, path: Path, kind: str, actor: Actor, now: datetime) -> StandingFile:
    """This function will take a file of `listings`, `evaluations`, `certificates` or `notices`; again changes nothing.

    :raises FileRefused: if the file cannot be read as such a file; nothing was changed
    :raises StandingRefused: if there is no such kind
    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require("agencies.manage")
    if kind not in STANDING_KINDS:
        raise StandingRefused("law.standing.file_kind", f"{kind!r} is none of {', '.join(STANDING_KINDS)}")
    report = StandingFile(kind=kind)
    for batch in batches(path, STANDING_KINDS[kind]):
        judged = judge(batch, STANDING_KINDS[kind], as_of=business_date(now))
        report.rows += judged.row_count
        for finding in judged.findings.unique(LINE, keep="first", maintain_order=True).iter_rows(named=True):
            report.reject(finding[LINE], finding["code"], finding["column"])
        if kind == "notices":
            _notices(report, judged.rows, actor, now)
        else:
            _each(report, judged.rows, _TAKERS[kind], actor, now)
    return report


Taker = Callable[[dict[str, Any], Actor, datetime], None]


def _each(report: StandingFile, rows: pl.DataFrame, take: Taker, actor: Actor, now: datetime) -> None:
    for row in rows.iter_rows(named=True):
        try:
            take(row, actor, now)
        except StandingRefused as refusal:
            report.reject(row[LINE], refusal.code, "")
        else:
            report.taken += 1


def _listing(row: dict[str, Any], actor: Actor, now: datetime) -> None:
    list_agency(
        agency=row["agency"], listed_from=row["listed_from"], list_reference=row["list_reference"],
        reveals_collection=row["reveals_collection"], actor=actor, now=now,
    )  # fmt: skip
    if row["listed_until"] is not None:
        delist_agency(
            agency=row["agency"], listed_until=row["listed_until"], reason="file", actor=actor, now=now
        )


def _evaluation(row: dict[str, Any], actor: Actor, now: datetime) -> None:
    evaluate_agency(
        agency=row["agency"], evaluated_date=row["evaluated_date"], is_passed=row["is_passed"],
        findings=row["findings"] or "", actor=actor, now=now,
    )  # fmt: skip


def _certificate(row: dict[str, Any], actor: Actor, now: datetime) -> None:
    agency, who = row["agency"] or "", row["staff_ref"]
    if not agency:
        found = {card.username: card.staff_id for card in identity.staff_cards(actor=system("certificates"))}
        if who not in found:
            raise StandingRefused("law.standing.staff_unknown", f"nobody of ours is called {who!r}")
        who = str(found[who])
    certify_staff(
        agency=agency, staff_ref=who, trained_date=row["trained_date"], expires_date=row["expires_date"],
        certificate_ref=row["certificate_ref"], actor=actor, now=now,
    )  # fmt: skip


_TAKERS: dict[str, Taker] = {"listings": _listing, "evaluations": _evaluation, "certificates": _certificate}


def _notices(report: StandingFile, rows: pl.DataFrame, actor: Actor, now: datetime) -> None:
    given = []
    for (creditor,), part in rows.partition_by("creditor", as_dict=True).items():
        try:
            card = book.creditor_by_code(str(creditor))
        except book.CreditorUnknown:
            for line in part[LINE]:
                report.reject(line, "law.agency.debt_unknown", "creditor")
            continue
        known = book.account_ids_by_reference(part["account_ref"], creditor_id=card.creditor_id)
        found = part.join(known.select("account_ref", "account_id", "person_id"), on="account_ref")
        for line in part.join(found, on=LINE, how="anti")[LINE]:
            report.reject(line, "law.agency.debt_unknown", "account_ref")
        for row in found.iter_rows(named=True):
            if row["kind"] == "agency" and not row["agency"]:
                report.reject(row[LINE], "law.standing.agency_missing", "agency")
                continue
            given.append(
                NoticeGiven(
                    person_id=row["person_id"], account_id=row["account_id"], kind=row["kind"],
                    issuer=row["agency"] or "", channel=row["channel"] or "", sent_date=row["sent_date"],
                    reference=row["reference"] or "",
                )
            )  # fmt: skip
    record_notices(notices=given, actor=actor, now=now)
    report.taken += len(given)
