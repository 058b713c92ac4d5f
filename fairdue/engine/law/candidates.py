"""The columns of a proposed contact: what every rule may ask about, and what is meant when nothing is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

MOMENT = pl.Datetime("us", "UTC")
MOMENTS = pl.List(MOMENT)
TEXTS = pl.List(pl.String)


class CandidatesInvalid(ValueError):  # noqa: N818 - a refusal, not a fault
    """The frame cannot be read as candidates: a column is missing, unknown or of another type."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it means, and the value that stands for silence."""

    dtype: Any
    doc: str
    default: Any = None
    is_required: bool = False


CANDIDATE_SCHEMA: dict[str, Column] = {
    "person_id": Column(pl.Int64, "the debtor", is_required=True),
    "contact_point_id": Column(pl.Int64, "the number or address; null for a person as a whole"),
    "at": Column(MOMENT, "the proposed moment of dialling, sending or knocking", is_required=True),
    "channel": Column(pl.String, "call, sms, email, inapp, push, im, letter, visit, public_posting, …", is_required=True),
    "mode": Column(pl.String, "of a call: interactive or announcement", "interactive"),
    "purpose": Column(pl.String, "what the contact is for; collect is the widest", "collect"),
    "states": Column(TEXTS, "what the content says, as far as it matters: amount, days_overdue, arrears", []),
    "actor_kind": Column(pl.String, "who acts: creditor, agency or assignee", "creditor"),
    "sender_account": Column(pl.String, "institution, or private for a staff member's own", "institution"),
    "is_private_sender_agreed": Column(pl.Boolean, "the debtor agreed to a private account", False),
    "is_agency_announced": Column(pl.Boolean, "the debtor was told who the agency is", True),
    "is_assignment_notified": Column(pl.Boolean, "notice of the assignment reached the debtor", True),
    "staff_count": Column(pl.Int64, "of a visit: how many collectors go", 2),
    "enters_premises": Column(pl.Boolean, "of a visit: enters the home or office", False),
    "is_entry_agreed": Column(pl.Boolean, "of a visit: the debtor agreed to the entering", False),
    "product_kinds": Column(TEXTS, "products of the debts concerned", []),
    "is_online": Column(pl.Boolean, "granted through the internet; unknown is read strictly", True),
    "home_zone": Column(pl.String, "zone in which the debtor's days are counted", "Asia/Shanghai"),
    "zones": Column(pl.String, "all plausible zones of the recipient, joined by |", "Asia/Shanghai"),
    "agreed_hours": Column(pl.String, "weekly hours agreed with the debtor, which replace the window", ""),
    "consented_hours": Column(pl.String, "weekly hours that a consent opens beside the window", ""),
    "has_frequency_consent": Column(pl.Boolean, "the debtor agreed to more contacts than the cap", False),
    "owner": Column(pl.String, "whose the contact point is: debtor, third_party or employer", "debtor"),
    "relation": Column(pl.String, "of a third person: guarantor, emergency_contact, …", ""),
    "point_status": Column(pl.String, "valid or invalid", "valid"),
    "is_opted_out": Column(pl.Boolean, "this channel or contact point was closed by the person", False),
    "has_objected": Column(pl.Boolean, "the person clearly objected to all contact", False),
    "is_deceased": Column(pl.Boolean, "the debtor has died", False),
    "age": Column(pl.Int64, "the debtor's age in years; null: adult"),
    "capacity": Column(pl.String, "full or limited capacity of the debtor", "full"),
    "has_only_invalid_numbers": Column(pl.Boolean, "every known number of the debtor is invalid", False),
    "consecutive_failures": Column(pl.Int64, "failed calls to the debtor in a row until now", 0),
    "has_third_refused": Column(pl.Boolean, "this third person refused to be contacted", False),
    "has_third_offered": Column(pl.Boolean, "this third person offered to pay", False),
    "holds": Column(TEXTS, "open holds as kind:permitted,purposes", []),
    "announcements": Column(MOMENTS, "connected announcements to the debtor by the whole group", []),
    "conversations": Column(MOMENTS, "effective conversations with the debtor by the whole group", []),
    "unanswered": Column(MOMENTS, "calls to this contact point that did not reach the debtor", []),
    "unanswered_elsewhere": Column(MOMENTS, "the same of the own number that was tried most, this one apart", []),
    "messages": Column(MOMENTS, "texts, mails and in-app messages to the debtor by the whole group", []),
}  # fmt: skip


def complete(frame: pl.DataFrame) -> pl.DataFrame:
    """This function will add the columns that are left out, with their harmless defaults, in schema order.

    1. Nulls in a column with a default become the default.
    2. Moments may come in any unit and zone; they are read as UTC.

    :raises CandidatesInvalid: if a required column is missing, a column is unknown or cannot be cast
    """
    missing = [
        name for name, column in CANDIDATE_SCHEMA.items() if column.is_required and name not in frame.columns
    ]
    unknown = [name for name in frame.columns if name not in CANDIDATE_SCHEMA]
    if missing or unknown:
        raise CandidatesInvalid(f"missing columns: {missing}; unknown columns: {unknown}")
    types = frame.schema
    if types == _TYPES and not _lacks(frame):
        return frame
    try:
        return frame.select([_expression(name, types.get(name)) for name in CANDIDATE_SCHEMA])
    except pl.exceptions.PolarsError as error:
        raise CandidatesInvalid(str(error)) from error


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """This function will return candidate rows given as plain values as a complete frame.

    :raises CandidatesInvalid: if a fact is unknown, missing or of a wrong type
    """
    unknown = sorted({name for row in rows for name in row} - set(CANDIDATE_SCHEMA))
    if unknown:
        raise CandidatesInvalid(f"no such fact: {', '.join(unknown)}")
    try:
        columns = [_series(name, column, rows) for name, column in CANDIDATE_SCHEMA.items()]
    except (TypeError, KeyError, pl.exceptions.PolarsError) as error:
        raise CandidatesInvalid(str(error)) from error
    return pl.DataFrame(columns)


def _series(name: str, column: Column, rows: Sequence[Mapping[str, Any]]) -> pl.Series:
    values = [row[name] if column.is_required else row.get(name) for row in rows]
    filled = [column.default if value is None else value for value in values]
    return pl.Series(name, filled, dtype=column.dtype)


def _lacks(frame: pl.DataFrame) -> bool:
    """Tell whether a column that has a default holds a null."""
    nulls = frame.null_count().row(0)
    return any(
        count and column.default is not None
        for count, column in zip(nulls, CANDIDATE_SCHEMA.values(), strict=True)
    )


_TYPES = pl.Schema({name: column.dtype for name, column in CANDIDATE_SCHEMA.items()})


@lru_cache(maxsize=1024)
def _expression(name: str, found: Any) -> pl.Expr:
    """Return a column as the schema wants it, from a column of the type that was found."""
    column = CANDIDATE_SCHEMA[name]
    default = pl.lit(column.default, dtype=column.dtype)
    if found is None or found == pl.Null:
        return default.alias(name)
    values = pl.col(name) if found == column.dtype else pl.col(name).cast(column.dtype)
    return values if column.default is None else values.fill_null(default)
