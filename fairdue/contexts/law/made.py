"""Contacts, holds and notices as plain rows: what a judgement of the past reads of them, in few round trips."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from fairdue.storage.reads import Read

from .standing import Noticed

Value = TypeVar("Value")


class Made(NamedTuple):
    """A contact as it counts, with its id and its person."""

    pk: int
    person_id: int
    contact_point_id: int | None
    institution_group: str
    made_by: str
    channel: str
    mode: str
    direction: str
    purpose: str
    result: str
    occurred_at: datetime
    account_ids: str
    permit_id: int | None


class Held(NamedTuple):
    """A hold, open or ended."""

    account_id: int | None
    kind: str
    permitted_purposes: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None


_MADE = """
SELECT json_build_array(id, person_id, contact_point_id, institution_group, made_by, channel, mode, direction, purpose,
                        result, occurred_at, account_ids, permit_id)
FROM law_contact
"""
_MADE_OF_PERMIT_SQL = f"{_MADE} WHERE permit_id = $1"
_MADE_BY_ID_SQL = f"{_MADE} WHERE id = ANY($1::bigint[]) ORDER BY id"
_MADE_OF_SQL = f"{_MADE} WHERE person_id = ANY($1::bigint[]) ORDER BY occurred_at DESC, id DESC"
_HELD_OF_SQL = """
SELECT json_build_array(person_id, account_id, kind, permitted_purposes, started_at, ended_at)
FROM law_hold WHERE person_id = ANY($1::bigint[]) ORDER BY id
"""
_NOTICED_OF_SQL = """
SELECT json_build_array(person_id, account_id, kind, issuer, channel, sent_date)
FROM law_notice WHERE person_id = ANY($1::bigint[]) ORDER BY id
"""


def made_read(contact_id: int) -> Read[Made]:
    """Return the read of one contact that there is."""
    return Read(_MADE_BY_ID_SQL, ([contact_id],), lambda rows: _made(rows[0]))


def made_by_id_read(contact_ids: Iterable[int]) -> Read[tuple[Made, ...]]:
    """Return the read of some contacts."""
    return Read(_MADE_BY_ID_SQL, (list(contact_ids),), lambda rows: tuple(map(_made, rows)))


def permitted_read(permit_id: int) -> Read[Made | None]:
    """Return the read of the contact that was counted with a permit."""
    return Read(_MADE_OF_PERMIT_SQL, (permit_id,), lambda rows: _made(rows[0]) if rows else None)


def made_of_read(person_ids: Iterable[int]) -> Read[dict[int, list[Made]]]:
    """Return the read of all contacts with some persons, newest first."""
    return Read(_MADE_OF_SQL, (list(person_ids),), lambda rows: _grouped(rows, 1, _made))


def held_of_read(person_ids: Iterable[int]) -> Read[dict[int, list[Held]]]:
    """Return the read of all holds of some persons, in the order in which they were placed."""
    return Read(_HELD_OF_SQL, (list(person_ids),), lambda rows: _grouped(rows, 0, _held))


def noticed_of_read(person_ids: Iterable[int]) -> Read[dict[int, list[Noticed]]]:
    """Return the read of all notices that some persons were given."""
    return Read(_NOTICED_OF_SQL, (list(person_ids),), lambda rows: _grouped(rows, 0, _noticed))


def _grouped(
    rows: list[list[Any]], place: int, build: Callable[[list[Any]], Value]
) -> dict[int, list[Value]]:
    found: dict[int, list[Value]] = {}
    for row in rows:
        found.setdefault(row[place], []).append(build(row))
    return found


def _made(row: list[Any]) -> Made:
    return Made._make([*row[:10], datetime.fromisoformat(row[10]), *row[11:]])


def _held(row: list[Any]) -> Held:
    _person, account_id, kind, permitted, started, ended = row
    end = datetime.fromisoformat(ended) if ended else None
    return Held(account_id, kind, tuple(permitted), datetime.fromisoformat(started), end)


def _noticed(row: list[Any]) -> Noticed:
    _person, account_id, kind, issuer, channel, sent = row
    return Noticed(account_id, kind, issuer, channel, date.fromisoformat(sent))
