"""Who stands at the agencies' door: their scope, their pace, and one answer to one question."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import Read, as_one, insert_row, read_together, run_together, values_of

from ..agency_contracts import Agency
from ..facts import MEDIA, POINTED, ChannelUnknown

PERMISSIONS = frozenset({"contacts.make"})


class AgencyRefused(ValueError):
    """An agency's question or report cannot be taken; `code` says why, nothing was changed."""

    code = "law.agency.refused"


class DebtUnknown(AgencyRefused):
    """There is no such debt among those that were placed with the agency."""

    code = "law.agency.debt_unknown"


class PointUnknown(AgencyRefused):
    """The number or address is not one that the lender knows of this person."""

    code = "law.agency.point_unknown"


class RequestReused(AgencyRefused):
    """The request id came before with another body."""

    code = "law.agency.request_reused"


class TooFast(AgencyRefused):
    """The agency asks more often than was agreed; try again after `seconds`."""

    code = "law.agency.too_fast"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many calls in this minute: try again in {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The debt and the contact point that an agency speaks of."""

    account: book.AccountCard
    point: parties.ContactPointCard | None

    @property
    def person_id(self) -> int:
        """The debtor."""
        return self.account.person_id

    @property
    def contact_point_id(self) -> int | None:
        """The id of the contact point, if the channel has one."""
        return self.point.contact_point_id if self.point else None


class AgencyUnknown(AgencyRefused):
    """No team of this installation belongs to such an agency."""

    code = "law.agency.unknown"


def agency_of(code: str) -> Agency:
    """This function will return an agency with its scope: the creditors of its teams.

    :raises AgencyUnknown: if no team belongs to it
    """
    mine = [team for team in identity.teams() if team.agency_code == code and code]
    if not mine:
        raise AgencyUnknown(f"no team belongs to an agency {code!r}")
    return Agency(
        code=code, creditor_ids=frozenset().union(*(team.creditor_ids or frozenset() for team in mine))
    )


def agency_access(code: str) -> dict[str, Any] | None:
    """This function will return key and pace of an agency; outside production every agency has a key of its own without being named."""
    named: dict[str, Any] | None = settings.AGENCIES.get(code)
    if named is not None or settings.MODE == "production" or not code:
        return named
    own_key = hmac.new(settings.SMS_PROVIDER_KEY.encode(), b"agency:" + code.encode(), "sha256").hexdigest()
    return {"key": own_key, "per_minute": settings.AGENCY_CALLS_PER_MINUTE}


def agency_codes() -> tuple[str, ...]:
    """This function will return the codes of all agencies that have a team."""
    return tuple(sorted({team.agency_code for team in identity.teams() if team.agency_code}))


def agency_actor(agency: Agency) -> Actor:
    """This function will return the actor for an agency: its contacts are made by its code."""
    return Actor(
        kind="agency",
        label=agency.code,
        agency_code=agency.code,
        role="agency",
        creditor_ids=agency.creditor_ids,
        permissions=PERMISSIONS,
    )


def keep_pace(agency: str, *, per_minute: int, now: datetime) -> None:
    """This function will count a call and refuse it if the agency made `per_minute` calls in this minute before.

    1. The count commits by itself: refused calls count as well, and nobody waits for it.

    :raises TooFast: with the seconds until the next minute
    """
    minute = now.replace(second=0, microsecond=0)
    (rows,) = run_together((_PACE_SQL, (agency, minute)))
    if int(rows[0][0] or 0) > per_minute:
        raise TooFast(60 - now.second)


_PACE_SQL = """
INSERT INTO law_agencypace (agency, minute_at, calls) VALUES ($1, $2, 1)
ON CONFLICT (agency) DO UPDATE SET
  calls = CASE WHEN law_agencypace.minute_at = EXCLUDED.minute_at THEN law_agencypace.calls + 1 ELSE 1 END,
  minute_at = EXCLUDED.minute_at
RETURNING calls
"""


@transaction.atomic
def answer_once(
    *,
    agency: str,
    kind: str,
    request_id: str,
    question: Mapping[str, Any],
    work: Callable[[], Mapping[str, Any]],
    now: datetime,
) -> tuple[dict[str, Any], bool]:
    """This function will do the work of a request and keep its answer; a repetition gets (answer, True).

    1. Work and answer are one transaction. 2. Of two deliveries at once the second waits and gets the first's answer.

    :raises RequestReused: if the id came before with another body
    """
    body = json.dumps(question, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(body.encode()).hexdigest()
    known = _held(agency, kind, request_id)
    if known is not None:
        body_sha256, before = known
        if body_sha256 != digest:
            raise RequestReused(f"request {request_id!r} came before with another body")
        return before, True
    answer = dict(work())
    insert_row(
        "law_agencycall",
        {
            "agency": agency, "kind": kind, "request_id": request_id, "body_sha256": digest,
            "answer": json.dumps(answer), "recorded_at": now,
        },
    )  # fmt: skip
    return answer, False


def _held(agency: str, kind: str, request_id: str) -> tuple[str, dict[str, Any]] | None:
    """Let one at a time work on a request, until the transaction ends; return digest and answer if there is one."""
    name = f"law.agency\0{agency}\0{kind}\0{request_id}"
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    known = Read(_KNOWN_SQL, (agency, kind, request_id), lambda rows: tuple(rows[0]) if rows else None)
    _, rows = run_together((_LOCK_SQL, (key,)), as_one([known]))
    found: tuple[str, dict[str, Any]] | None = values_of([known], rows)[0]
    return found


_LOCK_SQL = "SELECT pg_advisory_xact_lock($1)"
_KNOWN_SQL = """
SELECT json_build_array(body_sha256, answer) FROM law_agencycall WHERE agency = $1 AND kind = $2 AND request_id = $3
"""


def target(
    *, agency: Agency, creditor: str, account_ref: str, channel: str, contact_value: str
) -> tuple[Target, bool]:
    """This function will return the debt and contact point of a call, and whether the number is known.

    1. A debt outside the agency's scope and one that does not exist are answered alike.

    :raises DebtUnknown: if it is not among the agency's debts
    :raises ChannelUnknown: if no rule speaks of the channel
    """
    if channel not in MEDIA:
        raise ChannelUnknown(f"channel {channel!r} is none of {', '.join(MEDIA)}")
    account, points = read_together(
        book.account_by_reference_read(creditor, account_ref, creditor_ids=agency.creditor_ids),
        parties.contact_points_by_value_read(contact_value),
    )
    if account is None:
        raise DebtUnknown(f"no debt {account_ref!r} of {creditor!r} is placed with {agency.code}")
    if not contact_value.strip():
        return Target(account=account, point=None), channel not in POINTED
    point = points.get(account.person_id)
    if point is not None and point.medium not in MEDIA[channel]:
        point = None
    return Target(account=account, point=point), point is not None
