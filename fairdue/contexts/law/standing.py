"""How whoever acts stands: notices that the person was given, the agency's listing and evaluation, certificates of staff."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from fairdue.kernel.actor import Actor
from fairdue.storage.reads import Read


class Noticed(NamedTuple):
    """A notice that the person was given."""

    account_id: int | None
    kind: str
    issuer: str
    channel: str
    sent_date: date


class AgencyState(NamedTuple):
    """An agency on a day."""

    is_listed: bool = False
    evaluated_date: date | None = None
    """Of the latest evaluation that it passed."""
    reveals_collection: bool = False


class Certificate(NamedTuple):
    """A collector passed training and exam."""

    staff_ref: str
    trained_date: date
    expires_date: date | None


class Standing(NamedTuple):
    """What is on record about whoever acts and what the person was told."""

    notices: tuple[Noticed, ...] = ()
    agency: AgencyState | None = None
    staff_ref: str | None = None
    """Of our own collector; None: nobody of ours speaks."""
    certificates: tuple[Certificate, ...] = ()


def standing_read(person_id: int, today: date, actor: Actor) -> Read[Standing]:
    """This function will return the read of what was noticed to a person and how whoever acts stands on a day."""
    if actor.kind == "agency":
        return Read(
            f"{_NOTICES}{_AGENCY}", (person_id, actor.made_by, today), lambda rows: _agency_standing(rows)
        )
    if actor.kind == "staff" and actor.id is not None:
        own = str(actor.id)
        return Read(f"{_NOTICES}{_OWN_STAFF}", (person_id, own, today), lambda rows: _standing(rows, own))
    return Read(_NOTICES, (person_id,), lambda rows: _standing(rows, None))


def agency_state_read(code: str, today: date) -> Read[AgencyState]:
    """This function will return the read of how an agency stands on a day."""
    return Read(_AGENCY_ALONE, (code, today), lambda rows: _state(rows))


_NOTICES = """
SELECT json_build_array('notice', account_id::text, kind, issuer, channel, sent_date, NULL, FALSE)
FROM law_notice WHERE person_id = $1
"""
_AGENCY = """
UNION ALL SELECT json_build_array('listing', NULL, '', '', '', listed_from, listed_until, reveals_collection)
FROM law_agencylisting
WHERE agency = $2 AND listed_from <= $3 AND (listed_until IS NULL OR listed_until >= $3)
UNION ALL SELECT json_build_array('evaluation', NULL, '', '', '', max(evaluated_date), NULL, FALSE)
FROM law_agencyevaluation
WHERE agency = $2 AND is_passed AND evaluated_date <= $3 HAVING max(evaluated_date) IS NOT NULL
UNION ALL SELECT json_build_array('certificate', staff_ref, '', '', '', trained_date, expires_date, FALSE)
FROM law_staffcertificate
WHERE agency = $2 AND trained_date <= $3 AND (expires_date IS NULL OR expires_date >= $3)
"""
_AGENCY_ALONE = _AGENCY.removeprefix("\nUNION ALL ").replace("$2", "$1").replace("$3", "$2")
_OWN_STAFF = """
UNION ALL SELECT json_build_array('certificate', staff_ref, '', '', '', trained_date, expires_date, FALSE)
FROM law_staffcertificate
WHERE agency = '' AND staff_ref = $2 AND trained_date <= $3
"""


def _standing(rows: list[list[Any]], staff_ref: str | None) -> Standing:
    notices = tuple(
        Noticed(int(ref) if ref else None, kind, issuer, channel, date.fromisoformat(day))
        for what, ref, kind, issuer, channel, day, _until, _flag in rows
        if what == "notice"
    )
    certificates = tuple(
        Certificate(ref, date.fromisoformat(day), date.fromisoformat(until) if until else None)
        for what, ref, _kind, _issuer, _channel, day, until, _flag in rows
        if what == "certificate"
    )
    return Standing(notices, None, staff_ref, certificates)


def _agency_standing(rows: list[list[Any]]) -> Standing:
    return _standing(rows, None)._replace(agency=_state(rows))


def _state(rows: list[list[Any]]) -> AgencyState:
    listings = [row for row in rows if row[0] == "listing"]
    evaluated = [date.fromisoformat(row[5]) for row in rows if row[0] == "evaluation"]
    return AgencyState(bool(listings), max(evaluated, default=None), any(row[7] for row in listings))
