"""The columns of a proposed contact: what every rule may ask about, and what is meant when nothing is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import polars as pl

MOMENT = pl.Datetime("us", "UTC")
MOMENTS = pl.List(MOMENT)
TEXTS = pl.List(pl.String)


class CandidatesInvalid(ValueError):
    """The frame cannot be read as candidates: a column is missing, unknown or of another type."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it means, and the value that stands for silence."""

    dtype: Any
    doc: str
    default: Any = None
    is_required: bool = False
    is_common: bool = True
    """Part of every frame; other columns are added only where a rule in force asks about them."""


SPECIAL: dict[str, Column] = {
    "jurisdiction": Column(pl.String, "of the debt: decides which packs bind (packs/rules/in_force.yaml)", ""),
    # when
    "do_clocks_differ": Column(pl.Boolean, "the plausible zones show different times now", False),
    "direct_consent_hours": Column(pl.String, "weekly hours opened by a consent given to this very collector", ""),
    "inconvenient_hours": Column(pl.String, "weekly hours that the recipient named as inconvenient", ""),
    "public_holidays": Column(pl.String, "public holidays that matter, as dates joined by |", ""),
    # which step
    "is_reply": Column(pl.Boolean, "the one answer, in its medium, to a contact the recipient started", False),
    "is_reply_at_inconvenience": Column(
        pl.Boolean, "such an answer to a contact started at an inconvenient time or from such a place", False
    ),
    "grounds": Column(pl.String, "special reason for a call: required_by_law, active_litigation, …", ""),
    "is_medium_required_by_law": Column(pl.Boolean, "the law requires this very medium", False),
    "is_identity_verified": Column(pl.Boolean, "the person at the other end was identified as the debtor", True),
    "does_name_reveal_collection": Column(pl.Boolean, "the actor's business name tells of debt collection", False),
    # recipient and place
    "medium": Column(pl.String, "of the contact point: mobile, landline, email, address, app, …", ""),
    "is_workplace": Column(pl.Boolean, "the contact point is at the debtor's workplace", False),
    "is_at_inconvenient_place": Column(pl.Boolean, "tied to a place that was named as inconvenient", False),
    "is_work_closed": Column(pl.Boolean, "the debtor cannot or may not be contacted at work", False),
    "is_medium_closed": Column(pl.Boolean, "the recipient asked not to use this medium or contact point", False),
    "is_first_confirmation": Column(pl.Boolean, "no opt-out of this medium was confirmed before", True),
    "opt_out_minutes": Column(pl.Int64, "whole minutes begun since the opt-out that is confirmed; null: none"),
    "location_talks": Column(pl.Int64, "conversations to locate the debtor with this person until now", 0),
    "has_asked_for_more": Column(pl.Boolean, "this third person got in touch after such a conversation", False),
    # how the contact point was obtained
    "obtained_route": Column(pl.String, "consumer_consent, creditor_notice, consumer_called; empty: lawful", ""),
    "is_obtained_by_actor": Column(pl.Boolean, "the collector obtained it from the consumer itself", True),
    "obtained_days": Column(pl.Int64, "days since it was obtained", 0),
    "message_days": Column(pl.Int64, "days since the consumer wrote from it to this collector; null: never"),
    "opt_out_days": Column(pl.Int64, "days the creditor's notice gave to opt out; null: no notice"),
    "is_opt_out_simple": Column(pl.Boolean, "that notice named a simple electronic way to opt out", True),
    "is_opt_out_over": Column(pl.Boolean, "the days to opt out have passed", True),
    "is_domain_public": Column(pl.Boolean, "the e-mail domain is open to the general public", True),
    "has_prior_collector_used": Column(pl.Boolean, "the collector just before used the address", False),
    # state of the debt and the debtor
    "debt_state": Column(pl.String, "open or settled", "open"),
    "breathing_space_day": Column(pl.Int64, "day of a standard breathing space, its start being 1; null: none"),
    "is_in_crisis_moratorium": Column(pl.Boolean, "a mental-health crisis breathing space runs", False),
    "plan_preparation_days": Column(pl.Int64, "days since a plan began to be prepared; null: none is"),
    "has_plan_progress": Column(pl.Boolean, "there is evidence of progress with that plan", False),
    "bereavement_days": Column(pl.Int64, "days since a death in the debtor's family; null: none"),
    "has_prior_objection": Column(pl.Boolean, "earlier refused to pay, denied the debt or asked to be left alone", False),
    "is_transfer_notified": Column(pl.Boolean, "the notice of the loan's transfer was sent", True),
    "is_placement_notified": Column(pl.Boolean, "advance notice that an agency will be used was given", True),
    "is_visit_notified": Column(pl.Boolean, "the visit was announced", True),
    # agencies and collectors
    "is_agency_listed": Column(pl.Boolean, "the agency stands on the lender's published list today", True),
    "agency_evaluation_days": Column(pl.Int64, "days since the agency last passed an evaluation; 1000000: never", 0),
    "training_days": Column(
        pl.Int64, "days since the collector who speaks passed the exam; 999999: certificate over, 1000000: none known", 0
    ),
    # history of this recipient with this actor, unless it says otherwise
    "debt_calls": Column(MOMENTS, "connected calls about this debt, those under direct consent apart", []),
    "debt_talks": Column(MOMENTS, "telephone conversations about this debt, whoever called", []),
    "debt_talks_inbound": Column(MOMENTS, "those of them that the recipient started", []),
    "has_call_consent": Column(pl.Boolean, "direct consent to more calls about this debt holds now", False),
    "number_calls": Column(MOMENTS, "connected calls to this number", []),
    "number_attempts": Column(MOMENTS, "calls to this number that nobody answered, and voicemails", []),
    "contacts": Column(MOMENTS, "outbound contacts by any way", []),
    "debt_contacts": Column(MOMENTS, "calls, texts, mails and other messages about this debt", []),
    "debt_contacts_home": Column(MOMENTS, "calls and texts about this debt to home or mobile", []),
    "debt_contacts_work": Column(MOMENTS, "calls and texts about this debt to the workplace", []),
    "unsolicited": Column(MOMENTS, "contacts by the whole group that got through and were not asked for", []),
    "debt_conversations": Column(MOMENTS, "contacts made about this debt by the whole group", []),
    "other_debt_conversations": Column(MOMENTS, "the same about a debt that this contact is not about", []),
    "debt_attempts": Column(MOMENTS, "calls about this debt since the latest contact was made", []),
}  # fmt: skip
"""Facts that the packs of single jurisdictions ask about."""

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
    "point_status": Column(pl.String, "valid, invalid, pending (not verified yet) or removed (by the person)", "valid"),
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
    **{name: replace(column, is_common=False) for name, column in SPECIAL.items()},
}  # fmt: skip


def complete(frame: pl.DataFrame, special: Iterable[str] = ()) -> pl.DataFrame:
    """This function will add the columns that are left out, with their harmless defaults, in schema order.

    1. Nulls in a column with a default become the default.
    2. Moments may come in any unit and zone; they are read as UTC.
    3. A special column stays if it is there, and is added only if it is named.

    :raises CandidatesInvalid: if a required column is missing, a column is unknown or cannot be cast
    """
    missing = [
        name for name, column in CANDIDATE_SCHEMA.items() if column.is_required and name not in frame.columns
    ]
    unknown = [name for name in frame.columns if name not in CANDIDATE_SCHEMA]
    if missing or unknown:
        raise CandidatesInvalid(f"missing columns: {missing}; unknown columns: {unknown}")
    types = frame.schema
    wanted = _schema(frozenset(special).union(name for name in frame.columns if name in SPECIAL))
    if types == wanted and not _lacks(frame):
        return frame
    try:
        return frame.select([_expression(name, types.get(name)) for name in wanted])
    except pl.exceptions.PolarsError as error:
        raise CandidatesInvalid(str(error)) from error


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """This function will return candidate rows given as plain values as a complete frame.

    :raises CandidatesInvalid: if a fact is unknown, missing or of a wrong type
    """
    named = {name for row in rows for name in row}
    if unknown := sorted(named - CANDIDATE_SCHEMA.keys()):
        raise CandidatesInvalid(f"no such fact: {', '.join(unknown)}")
    try:
        columns = [
            _series(name, CANDIDATE_SCHEMA[name], rows) for name in _schema(frozenset(named & SPECIAL.keys()))
        ]
    except (TypeError, KeyError, pl.exceptions.PolarsError) as error:
        raise CandidatesInvalid(str(error)) from error
    return pl.DataFrame(columns)


def _series(name: str, column: Column, rows: Sequence[Mapping[str, Any]]) -> pl.Series:
    values = [row[name] if column.is_required else row.get(name) for row in rows]
    filled = [column.default if value is None else value for value in values]
    return pl.Series(name, filled, dtype=column.dtype)


def _lacks(frame: pl.DataFrame) -> bool:
    """Tell whether a column that has a default holds a null."""
    nulls = frame.null_count().row(0, named=True)
    return any(count and CANDIDATE_SCHEMA[name].default is not None for name, count in nulls.items())


@lru_cache(maxsize=256)
def _schema(special: frozenset[str]) -> pl.Schema:
    """Return the types of the common columns and of some special ones, in schema order."""
    return pl.Schema(
        {
            name: column.dtype
            for name, column in CANDIDATE_SCHEMA.items()
            if column.is_common or name in special
        }
    )


@lru_cache(maxsize=256)
def schema_names(special: frozenset[str]) -> tuple[str, ...]:
    """Return the names of the common columns and of some special ones, in schema order."""
    return tuple(_schema(special))


@lru_cache(maxsize=1024)
def _expression(name: str, found: Any) -> pl.Expr:
    """Return a column as the schema wants it, from a column of the type that was found."""
    column = CANDIDATE_SCHEMA[name]
    default = pl.lit(column.default, dtype=column.dtype)
    if found is None or found == pl.Null:
        return default.alias(name)
    values = pl.col(name) if found == column.dtype else pl.col(name).cast(column.dtype)
    return values if column.default is None else values.fill_null(default)
