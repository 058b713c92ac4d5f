"""分案: which collector works which case: by skill and language, loyal where it matters, fair where it does not.

A case counts one unit, a hard case `HARD` units. In this order:

1. Who is away, not trained for the queue, does not speak the language, or may not see the creditor gets none; an
   agency's cases stay with its own people; nobody gets more cases, or more hard ones, than the own limits.
2. Who holds the debtor's promise keeps the case; so does whom a supervisor named, and who spoke with the debtor
   latest.
3. Who has the case from earlier keeps it, unless the loads would differ by more than one hard case: then as few
   cases as possible go over to who has least.
4. A case of nobody goes to whoever has the lightest load; hard cases are dealt first, ties go to the lower id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HARD = 2
"""Units of a hard case."""

PROMISE, BY_HAND, SPOKE, HELD, FAIR, BALANCE, NOBODY = (
    "promise", "by_hand", "spoke_latest", "held", "lightest_load", "balance", "nobody",
)  # fmt: skip
STICKY = (PROMISE, BY_HAND, SPOKE)
"""Reasons for which a case never goes over to somebody else for the sake of balance."""


Sort = tuple[str, str, frozenset[int], str, bool]
"""What cases have in common that the same collectors can take: queue, language, creditors, agency, whether hard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Who works cases; limits and creditors of None are without limit. `has_units` is work that stays as it is."""

    staff_id: int
    queues: frozenset[str]
    languages: frozenset[str] = frozenset()
    creditor_ids: frozenset[int] | None = None
    max_cases: int | None = None
    max_hard: int | None = None
    agency: str = ""
    is_absent: bool = False
    has_cases: int = 0
    has_hard: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One case that is to be worked; `rank` is its place in the queue, smaller first."""

    person_id: int
    queue: str
    language: str
    creditor_ids: frozenset[int] = frozenset()
    agency: str = ""
    is_hard: bool = False
    rank: int = 0
    holder_id: int | None = None
    is_by_hand: bool = False
    promise_to_id: int | None = None
    spoke_id: int | None = None

    @property
    def sort(self) -> Sort:
        """What decides who can take the case."""
        return (self.queue, self.language, self.creditor_ids, self.agency, self.is_hard)

    @property
    def units(self) -> int:
        """What the case weighs in a load."""
        return HARD if self.is_hard else 1


@dataclass(frozen=True, slots=True)
class Given:
    """Who works a case, None for nobody, and why."""

    person_id: int
    staff_id: int | None
    reason: str


class _Desk:
    """What one collector has got so far."""

    def __init__(self, collector: Collector) -> None:
        self.who = collector
        self.cases, self.hard = collector.has_cases, collector.has_hard
        self.movable: dict[Sort, list[Work]] = defaultdict(list)

    @property
    def load(self) -> int:
        return self.cases + (HARD - 1) * self.hard

    def can(self, sort: Sort) -> bool:
        who = self.who
        queue, language, creditor_ids, agency, _is_hard = sort
        speaks = not who.languages or not language or language in who.languages
        may_see = who.creditor_ids is None or bool(who.creditor_ids & creditor_ids)
        return not who.is_absent and queue in who.queues and speaks and may_see and agency == who.agency

    def has_room(self, is_hard: bool) -> bool:
        who = self.who
        fits = who.max_cases is None or self.cases < who.max_cases
        return fits and (not is_hard or who.max_hard is None or self.hard < who.max_hard)

    def takes(self, work: Work) -> bool:
        return self.has_room(work.is_hard) and self.can(work.sort)

    def add(self, work: Work, sign: int = 1) -> None:
        self.cases += sign
        self.hard += sign * work.is_hard


def assign(works: Iterable[Work], collectors: Sequence[Collector]) -> tuple[Given, ...]:
    """Return for every case who works it and why, by person; the same cases in any order give the same answer."""
    desks = {each.staff_id: _Desk(each) for each in sorted(collectors, key=lambda each: each.staff_id)}
    given: dict[int, tuple[int | None, str]] = {}
    waiting = sorted(works, key=lambda work: (not work.is_hard, work.rank, work.person_id))
    for reason in (PROMISE, BY_HAND, SPOKE, HELD):
        waiting = [work for work in waiting if not _keep(work, reason, desks, given)]
    _share_out(waiting, desks, given)
    return tuple(Given(person_id, *given[person_id]) for person_id in sorted(given))


def _wanted(work: Work, reason: str) -> int | None:
    if reason == BY_HAND and not work.is_by_hand:
        return None
    return {PROMISE: work.promise_to_id, SPOKE: work.spoke_id}.get(reason, work.holder_id)


def _keep(work: Work, reason: str, desks: dict[int, _Desk], given: dict[int, tuple[int | None, str]]) -> bool:
    staff_id = _wanted(work, reason)
    desk = desks.get(staff_id) if staff_id is not None else None
    if desk is None or not desk.takes(work):
        return False
    _give(work, desk, reason, given)
    return True


def _give(work: Work, desk: _Desk, reason: str, given: dict[int, tuple[int | None, str]]) -> None:
    desk.add(work)
    given[work.person_id] = (desk.who.staff_id, reason)
    if reason not in STICKY:
        desk.movable[work.sort].append(work)


def _deal(work: Work, desks: dict[int, _Desk], given: dict[int, tuple[int | None, str]]) -> None:
    best: _Desk | None = None
    for desk in desks.values():
        if (best is None or desk.load < best.load) and desk.takes(work):
            best = desk
    if best is None:
        given[work.person_id] = (None, NOBODY)
    else:
        _give(work, best, FAIR, given)


def _share_out(
    waiting: list[Work], desks: dict[int, _Desk], given: dict[int, tuple[int | None, str]]
) -> None:
    """Deal and even out, again while somebody has room now for a case that nobody could take before."""
    is_room_left = True
    while is_room_left:
        for work in waiting:
            _deal(work, desks, given)
        _balance(desks, given)
        waiting = [work for work in waiting if given[work.person_id][0] is None]
        is_room_left = any(desk.takes(work) for work in waiting for desk in desks.values())


def _balance(desks: dict[int, _Desk], given: dict[int, tuple[int | None, str]]) -> None:
    """Move one case at a time from who has most to who has least, until no pair differs by more than a hard case.

    Every move lowers the sum of the squares of the loads, so this ends.
    """
    while True:
        order = sorted(desks.values(), key=lambda desk: (-desk.load, desk.who.staff_id))
        if not any(_move(heavy, light, given) for heavy in order for light in reversed(order)):
            return


def _order(item: tuple[Sort, list[Work]]) -> tuple[bool, str, str, list[int], str]:
    """Hard cases first: one of them evens out most."""
    (queue, language, creditor_ids, agency, is_hard), _works = item
    return (not is_hard, queue, language, sorted(creditor_ids), agency)


def _move(heavy: _Desk, light: _Desk, given: dict[int, tuple[int | None, str]]) -> bool:
    if heavy.load - light.load <= HARD:
        return False
    for kind, works in sorted(heavy.movable.items(), key=_order):
        if works and light.can(kind) and light.has_room(kind[-1]):
            work = works.pop()
            heavy.add(work, -1)
            light.add(work)
            light.movable[kind].append(work)
            stays = work.holder_id == light.who.staff_id
            given[work.person_id] = (light.who.staff_id, HELD if stays else BALANCE)
            return True
    return False
