"""The locks under which contacts are judged and permits are written, with what stands behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from fairdue.kernel.actor import Actor
from fairdue.storage.reads import Rows, as_one, run_together, values_of

from .chain import chain_of
from .facts import PersonFacts, facts_of, reads_of

LOCK_BUDGET_SQL = """
INSERT INTO law_contactbudget (person_id) VALUES ($1)
ON CONFLICT (person_id) DO UPDATE SET person_id = EXCLUDED.person_id WHERE FALSE
"""
"""Locks the row, which is there afterwards; a row that was there is locked and stays as it is."""
LOCK_HEAD_SQL = "SELECT position, encode(hash, 'hex') FROM law_permitchain WHERE chain = $1 FOR UPDATE"


class Head(NamedTuple):
    """The end of a permit chain, locked."""

    position: int
    hash: bytes


def head_of(rows: Rows) -> Head:
    """This function will return the head of a chain from the row that `LOCK_HEAD_SQL` found."""
    position, link = rows[0]
    return Head(int(position or 0), bytes.fromhex((link or b"").decode()))


def gather_locked(
    asked: Mapping[int, Sequence[int]], *, now: datetime, actor: Actor
) -> tuple[dict[int, PersonFacts], dict[int, Head]]:
    """This function will lock persons' budgets and the heads of their chains, and read what stands behind the locks.

    1. `asked` names the debts concerned by person, none for all that are open. 2. Everything stays locked until the
    caller's transaction ends. Everybody locks budgets before heads, each in ascending order, so nobody waits in a
    circle. 3. A chain that has no head yet is left out of the heads.

    :raises PersonUnknown: if there is no such person
    """
    persons, chains = sorted(asked), sorted({chain_of(person_id) for person_id in asked})
    reads = {person_id: reads_of(person_id, now, None, actor) for person_id in persons}
    rows = run_together(
        *((LOCK_BUDGET_SQL, (person_id,)) for person_id in persons),
        *((LOCK_HEAD_SQL, (chain,)) for chain in chains),
        *(as_one(reads[person_id]) for person_id in persons),
    )
    behind = len(persons) + len(chains)
    heads = {
        chain: head_of(found)
        for chain, found in zip(chains, rows[len(persons) : behind], strict=True)
        if found
    }
    facts = {}
    for person_id, found in zip(persons, rows[behind:], strict=True):
        consents, contacts, standing, every, person, points, open_holds = values_of(reads[person_id], found)
        facts[person_id] = facts_of(
            consents, contacts, standing, every, person, points, open_holds, asked[person_id], now, actor
        )
    return facts, heads
