"""The record of a case as a signed PDF, for a complaint or a court."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.engine.documents.rendering import render_pdf
from fairdue.journeys.view_case import DEEP, Timeline, case_timeline
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.storage.pdf_signing import TimestampUnavailable, sign_pdf

PURPOSES = ("complaint", "court", "regulator", "debtor")
REASON_AT_LEAST = 5


class RecordRefused(cases.CaseRefused):
    """The record cannot be made so; `code` says why, nothing was made."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One entry in words; the desk says them, the journey adds what proves them."""

    at: datetime
    what: str
    state: str
    by: str
    text: str
    permit_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWords:
    """What stands at the head and the foot of the record, in the reader's language."""

    title: str
    purpose: str
    debts: tuple[tuple[str, str], ...]
    lender: str
    note: str
    language: str


def whole_timeline(*, case_id: int, actor: Actor, now: datetime) -> Timeline:
    """Return everything that is on record of a case, newest first.

    :raises NotInScope: if the case is not in the actor's scope
    """
    return case_timeline(case_id=case_id, actor=actor, now=now, limit=DEEP)


def case_record_pdf(
    *,
    case_id: int,
    purpose: str,
    reason: str,
    lines: Sequence[RecordLine],
    words: RecordWords,
    actor: Actor,
    now: datetime,
) -> bytes:
    """This function will return the record of a case as a signed PDF, and record who made it, for what, and its digest.

    1. Entries stand oldest first, each with its permit's number and the permit's hash in the chain.
    2. Identities are masked as on the desk. Without a time-stamping authority that answers the file carries no stamp.

    :raises NotInScope: if the case is not in the actor's scope
    :raises RecordRefused: if the purpose is unknown or no reason is given
    """
    actor.require("cases.view")
    case = cases.case_card(case_id=case_id, actor=actor)
    if purpose not in PURPOSES or len(reason.strip()) < REASON_AT_LEAST:
        raise RecordRefused("cases.record.reason", "say what the record is for")
    hashes = law.permit_hashes(line.permit_id for line in lines if line.permit_id)
    data = {
        "title": words.title, "number": str(case_id), "lender": words.lender, "purpose": words.purpose,
        "reason": reason.strip(), "made_by": actor.label, "note": words.note, "count": str(len(lines)),
        "date": _at(now), "debtor": parties.person_card(case.person_id).name_masked,
        "debts": [list(pair) for pair in words.debts], "issued_at": now,
        "entries": [_entry(line, hashes) for line in sorted(lines, key=lambda line: line.at)],
    }  # fmt: skip
    pdf = _signed(render_pdf("case_record", data, language=words.language), words.title, now)
    audit.record(
        code="cases.record.made", actor=actor, subject_type="case", subject_id=case_id, now=now,
        person_id=case.person_id, reason=reason.strip(),
        after={"purpose": purpose, "entries": len(lines), "sha256": hashlib.sha256(pdf).hexdigest()},
    )  # fmt: skip
    return pdf


def _signed(pdf: bytes, reason: str, now: datetime) -> bytes:
    try:
        return sign_pdf(pdf, reason=reason, now=now)
    except TimestampUnavailable:
        return sign_pdf(pdf, reason=reason, now=now, is_stamped=False)


def _at(moment: datetime) -> str:
    return moment.astimezone(HOUSE_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _entry(line: RecordLine, hashes: dict[int, str]) -> dict[str, str]:
    permit_id = line.permit_id
    return {
        "at": _at(line.at), "what": line.what, "state": line.state, "by": line.by, "text": line.text,
        "permit": str(permit_id) if permit_id else "", "hash": hashes.get(permit_id, "") if permit_id else "",
    }  # fmt: skip
