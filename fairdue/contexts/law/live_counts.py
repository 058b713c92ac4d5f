"""Which contacts count in which special column: one definition for a click and for the night.

A contact is classified by channel, mode, direction, purpose and result alone, of which there are few combinations;
`SCOPES` says whose contacts count there. The night classifies each combination once and joins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from .counting import PENDING, UNCOUNTED

if TYPE_CHECKING:
    from .facts import Counted

UNCONNECTED = ("busy", "not_in_service")
MISSED = (*UNCONNECTED, "no_answer")
SHORT = ("call", "sms")
ELECTRONIC = (*SHORT, "email", "im", "push", "inapp")
REPLIES = ("reply", "dispute_reply", "complaint_reply")
"""Purposes of an answer to a contact that the recipient started."""
LENDER = "lender"
BY_DEBTOR = ("debtor", LENDER)
"""Who stands as the maker of an inbound contact that the lender received; an agency's stand under its code."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose contacts count in a column, and about what."""

    is_own: bool = True
    """Only those of whoever acts; else those of lender and agencies together."""
    is_about: bool = True
    """Only those about a debt that is concerned."""
    is_by_point: bool = False
    """Only those to this contact point."""
    place: str = ""
    """`work` or `home`: only those to contact points there."""


SCOPES: dict[str, Scope] = {
    "debt_calls": Scope(),
    "debt_talks": Scope(),
    "debt_talks_inbound": Scope(),
    "debt_contacts": Scope(),
    "debt_contacts_home": Scope(place="home"),
    "debt_contacts_work": Scope(place="work"),
    "contacts": Scope(is_about=False),
    "number_calls": Scope(is_about=False, is_by_point=True),
    "number_attempts": Scope(is_about=False, is_by_point=True),
    "unsolicited": Scope(is_own=False, is_about=False),
    "debt_conversations": Scope(is_own=False),
    "debt_attempts": Scope(is_own=False),
    "other_debt_conversations": Scope(is_own=False, is_about=False),
}
"""Several debts in one contact count together: a contact that names its debt has that debt's count alone."""


@lru_cache(maxsize=4096)
def special_columns_of(channel: str, mode: str, direction: str, purpose: str, result: str) -> tuple[str, ...]:
    """This function will return the special columns in which a contact counts, scope apart.

    1. A contact whose end nobody knows yet counts as whatever it may become. 2. A wrong number counts nowhere.
    """
    if result in UNCOUNTED:
        return ()
    is_call = channel == "call"
    is_talk = is_call and mode != "announcement" and result in ("conversation", PENDING)
    if direction == "inbound":
        return (
            ("debt_talks", "debt_talks_inbound") if is_call and result in ("conversation", "received") else ()
        )
    is_connected = is_call and result not in UNCONNECTED
    found = ["contacts"]
    if is_connected:
        found += ["debt_calls", "number_calls"]
    if is_connected and result != "conversation":
        found.append("number_attempts")
    if is_talk:
        found += ["debt_talks", "debt_conversations", "other_debt_conversations"]
    if is_call and result != "conversation":
        found.append("debt_attempts")
    if channel in ELECTRONIC:
        found.append("debt_contacts")
    if channel in SHORT:
        found += ["debt_contacts_home", "debt_contacts_work"]
    if result not in MISSED and purpose not in REPLIES:
        found.append("unsolicited")
    return tuple(found)


def is_own(made_by: str, direction: str, actor: str) -> bool:
    """Tell whether a contact is one between the person and whoever acts."""
    if direction == "inbound" and actor == LENDER:
        return made_by in BY_DEBTOR
    return made_by == actor


def debts_of(account_ids: str) -> frozenset[int]:
    """Return the debts that a contact was about; none: all."""
    return frozenset(map(int, filter(None, account_ids.split(","))))


def since_latest_talk(attempts: list[datetime], talks: list[datetime]) -> list[datetime]:
    """Return the attempts after the latest time that contact was made."""
    latest = max(talks, default=None)
    return attempts if latest is None else [moment for moment in attempts if moment > latest]


def counted(
    contacts: tuple[Counted, ...],
    *,
    actor: str,
    debts: frozenset[int],
    others: frozenset[int],
    third: frozenset[int | None],
    at_work: frozenset[int | None],
    point: int | None,
) -> dict[str, list[datetime]]:
    """This function will return the moments of every special column for one recipient.

    1. A third person's are the contacts with that person alone; the debtor's are all but those with third persons.
    """
    found: dict[str, list[datetime]] = {column: [] for column in SCOPES}
    for contact in contacts:
        is_theirs = (
            contact.contact_point_id == point if point in third else contact.contact_point_id not in third
        )
        if not is_theirs:
            continue
        named = debts_of(contact.account_ids)
        is_mine = is_own(contact.made_by, contact.direction, actor)
        for column in special_columns_of(
            contact.channel, contact.mode, contact.direction, contact.purpose, contact.result
        ):
            scope = SCOPES[column]
            if (scope.is_own and not is_mine) or (scope.is_about and named and named.isdisjoint(debts)):
                continue
            if column == "other_debt_conversations" and (
                named.isdisjoint(others) or not named.isdisjoint(debts)
            ):
                continue
            if scope.is_by_point and contact.contact_point_id != point:
                continue
            if scope.place and (contact.contact_point_id in at_work) != (scope.place == "work"):
                continue
            found[column].append(contact.occurred_at)
    found["debt_attempts"] = since_latest_talk(found["debt_attempts"], found["debt_conversations"])
    return found
