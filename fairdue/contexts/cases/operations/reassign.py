"""Move many cases from one collector to others: shown before it is done, and taken back as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.errors import NotInScope
from fairdue.contexts.cases.models import Case, CollectorProfile
from fairdue.contexts.cases.operations.assign import ASSIGN_LIMIT, AssigneeRefused, assign
from fairdue.contexts.cases.policies import scoped
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLine:
    """One collector's open cases before and after; `max_cases` is what the collector takes, None without limit."""

    staff_id: int
    name: str
    before: int
    after: int
    max_cases: int | None

    @property
    def is_over(self) -> bool:
        """Whether the collector would have more than can be taken."""
        return self.max_cases is not None and self.after > self.max_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassignment:
    """What would move: (case, to whom), and everybody's load before and after."""

    moves: tuple[tuple[int, int], ...]
    loads: tuple[LoadLine, ...]


def preview_reassign(
    *, from_id: int | None, to_ids: Sequence[int], limit: int, queue: str = "", actor: Actor
) -> Reassignment:
    """This function will say which cases would move, each to the collector who then has fewest; it changes nothing.

    1. `from_id` None: cases that nobody has. Cases with open work first, in the order of the queue.
    2. Only within the actor's scope; `to_ids` are members whom the actor may give cases to.
    """
    actor.require("cases.assign")
    names = {card.staff_id: card.display_name for card in identity.staff_cards(actor=actor) if card.is_active}
    targets = [each for each in dict.fromkeys(to_ids) if each in names and each != from_id]
    if not targets:
        raise AssigneeRefused("cases.assignee.not_active", "nobody to give the cases to")
    cases = scoped(actor).filter(status="open", assigned_to_id=from_id)
    if queue:
        cases = cases.filter(work_items__status="open", work_items__queue=queue).distinct()
    wanted = list(cases.order_by("pk").values_list("pk", flat=True)[: min(max(limit, 0), ASSIGN_LIMIT)])
    everyone = [*targets, *([from_id] if from_id is not None else [])]
    before = _loads(everyone)
    after = Counter(before)
    moves = []
    for case_id in wanted:
        chosen = min(targets, key=lambda each: (after[each], each))
        after[chosen] += 1
        if from_id is not None:
            after[from_id] -= 1
        moves.append((case_id, chosen))
    limits = dict(CollectorProfile.objects.filter(staff_id__in=everyone).values_list("staff_id", "max_cases"))
    loads = tuple(
        LoadLine(
            staff_id=each, name=names.get(each, ""), before=before[each], after=after[each], max_cases=limits.get(each)
        )
        for each in everyone
    )  # fmt: skip
    return Reassignment(moves=tuple(moves), loads=loads)


def _loads(staff_ids: Sequence[int]) -> Counter[int]:
    rows = Case.objects.filter(status="open", assigned_to_id__in=list(staff_ids))
    return Counter(rows.values_list("assigned_to_id", flat=True))


@transaction.atomic
def reassign(*, moves: Sequence[tuple[int, int]], actor: Actor, now: datetime) -> dict[int, int | None]:
    """This function will give the cases as previewed, all or none, and return who had each case before.

    :raises NotInScope: if any case is not open in the actor's scope
    :raises AssigneeRefused: if an assignee may not have one of them
    """
    actor.require("cases.assign")
    if len(moves) > ASSIGN_LIMIT:
        raise AssigneeRefused("cases.assign.too_many", f"at most {ASSIGN_LIMIT} cases at once")
    ids = sorted({case_id for case_id, _to in moves})
    rows = scoped(actor).select_for_update(of=("self",)).filter(pk__in=ids, status="open").order_by("pk")
    before: dict[int, int | None] = dict(rows.values_list("pk", "assigned_to_id"))
    if len(before) != len(ids):
        raise NotInScope(f"{len(ids) - len(before)} of {len(ids)} cases were not found")
    for staff_id in sorted({to for _case, to in moves}):
        assign(
            case_ids=[case for case, to in moves if to == staff_id], staff_id=staff_id, actor=actor, now=now
        )
    return before


@transaction.atomic
def take_back_assignments(
    *, before: Sequence[tuple[int, int | None]], given: Sequence[tuple[int, int]], actor: Actor, now: datetime
) -> int:
    """This function will give cases back to who had them, where nobody changed them since, and return how many.

    :raises NotInScope: if a case is not in the actor's scope any more
    """
    actor.require("cases.assign")
    now_with, earlier = dict(given), dict(before)
    rows = list(scoped(actor).select_for_update(of=("self",)).filter(pk__in=sorted(now_with), status="open"))
    if len(rows) != len(now_with):
        raise NotInScope(f"{len(now_with) - len(rows)} cases were not found")
    back = 0
    for case in rows:
        if case.assigned_to_id != now_with[case.pk] or earlier.get(case.pk) == case.assigned_to_id:
            continue
        person = identity.actor_by_id(earlier[case.pk] or 0)
        Case.objects.filter(pk=case.pk).update(
            assigned_to_id=earlier[case.pk], team_id=person.team_id if person else case.team_id,
            assigned_because="by_hand" if person else "",
        )  # fmt: skip
        audit.record(
            code="cases.case.assigned", actor=actor, subject_type="case", subject_id=case.pk, now=now,
            person_id=case.person_id, reason="undo", before={"assigned_to": case.assigned_to_id},
            after={"assigned_to": earlier[case.pk]},
        )  # fmt: skip
        back += 1
    return back
