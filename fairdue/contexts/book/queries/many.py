"""Accounts of many persons at once."""

from __future__ import annotations

from collections.abc import Iterable

from fairdue.storage.reads import read_one

from ..contracts import AccountCard
from .accounts import account_cards_of_read


def account_cards_of(person_ids: Iterable[int]) -> dict[int, tuple[AccountCard, ...]]:
    """Return all accounts of some persons in one query, in the order in which `account_cards` gives them."""
    return read_one(account_cards_of_read(person_ids))
