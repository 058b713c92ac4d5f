"""The gate's word on contacts that were made, with the facts of then."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairdue.engine.law.candidates import frame_of
from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.one_row import verdict_of
from fairdue.engine.law.verdict import Verdict

from .asof import History, histories, row_at
from .made import Made
from .models import Contact
from .rules import rulebook_of

PERSONS_AT_ONCE = 500
FEW = 8
NEVER_LEFT = ("failed",)
ALLOWED = Verdict(outcome="allow")
RulebookFor = Callable[[frozenset[str]], Rulebook]
"""The rulebook of some jurisdictions together; none: of the default one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One contact and what the gate would have said, under each rulebook that was asked."""

    contact: Made | Contact
    verdicts: tuple[Verdict, ...]

    @property
    def verdict(self) -> Verdict:
        """The word of the first rulebook."""
        return self.verdicts[0]


def judge_past(
    contacts: Iterable[Made | Contact],
    *,
    rulebooks: Sequence[RulebookFor] = (rulebook_of,),
    account_ids: Mapping[int, Sequence[int]] | None = None,
) -> Iterator[Judged]:
    """This function will judge contacts that were made, with the facts of each one's own moment, person by person.

    1. Contacts by the debtor and contacts that never left are passed over.
    2. `account_ids` names the debts that a contact was about, by contact; of others all debts count.
    """
    by_person = itertools.groupby(
        sorted((each for each in contacts if is_judged(each)), key=lambda each: (each.person_id, each.pk)),
        key=lambda each: each.person_id,
    )
    grouped = ((person_id, list(group)) for person_id, group in by_person)
    while batch := dict(itertools.islice(grouped, PERSONS_AT_ONCE)):
        known = histories(batch)
        mine = [contact for person_id in batch if person_id in known for contact in batch[person_id]]
        yield from _judge(mine, known, rulebooks, account_ids or {})


def is_judged(contact: Made | Contact) -> bool:
    """Tell whether the gate has a word on a contact."""
    return contact.direction == "outbound" and contact.result not in NEVER_LEFT


def _judge(
    contacts: Sequence[Made | Contact],
    known: Mapping[int, History],
    rulebooks: Sequence[RulebookFor],
    account_ids: Mapping[int, Sequence[int]],
) -> Iterator[Judged]:
    """Judge under each set of packs together, and return the contacts in their order."""
    rows: dict[frozenset[str], list[tuple[Made | Contact, dict[str, Any]]]] = {}

    def asked_of(bound: frozenset[str]) -> frozenset[str]:
        return frozenset().union(*(rulebook(bound).special for rulebook in rulebooks))

    for contact in contacts:
        bound, row = row_at(
            known[contact.person_id], contact, account_ids=account_ids.get(contact.pk, ()), asked_of=asked_of
        )
        rows.setdefault(bound, []).append((contact, row))
    verdicts: dict[int, list[Verdict]] = {}
    for bound, listed in rows.items():
        for rulebook in rulebooks:
            found = _verdicts([row for _, row in listed], rulebook(bound))
            for (contact, _), verdict in zip(listed, found, strict=True):
                verdicts.setdefault(contact.pk, []).append(verdict)
    for contact in contacts:
        yield Judged(contact=contact, verdicts=tuple(verdicts[contact.pk]))


def _verdicts(rows: Sequence[Mapping[str, Any]], rulebook: Rulebook) -> list[Verdict]:
    """Judge rows in order: a few one by one, for columns cost as much for one row as for hundreds; many over columns."""
    if len(rows) <= FEW:
        found = [verdict_of(row, rulebook)[0] for row in rows]
        return [ALLOWED if verdict.outcome == "allow" else verdict for verdict in found]
    judgement = judge(frame_of(rows), rulebook)
    return [
        ALLOWED if outcome == "allow" else explain(judgement, place)
        for place, outcome in enumerate(judgement.outcome)
    ]
