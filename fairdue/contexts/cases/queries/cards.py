"""Cards of cases, work items, promises and outcomes; each function is one query, plus one for names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fairdue.contexts.cases.contracts import (
    CaseCard,
    ChangeCard,
    OutcomeCard,
    OutcomeCode,
    PromiseCard,
    WorkItemCard,
)
from fairdue.contexts.cases.errors import NotInScope
from fairdue.contexts.cases.models import Case, CaseChange, Outcome, PromiseToPay, WorkItem
from fairdue.contexts.cases.policies import scope_places, scoped
from fairdue.contexts.cases.reference import outcome_codes
from fairdue.contexts.identity import facade as identity
from fairdue.engine.ledger.ageing import bucket
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money
from fairdue.storage.reads import Read, read_one


def case_card(*, case_id: int, actor: Actor) -> CaseCard:
    """Return one case.

    :raises NotInScope: if there is no such case in the actor's scope
    """
    actor.require("cases.view")
    scope, parameters = scope_places(actor, "own", 2)
    sql = f"{_CARD_SQL} WHERE own.id = $1 AND {scope}"
    found = read_one(Read(sql, (case_id, *parameters), lambda rows: tuple(map(_card, rows))))
    if not found:
        raise NotInScope(f"no case {case_id}")
    return found[0]


_CARD_SQL = """
SELECT json_build_array(own.id, own.person_id, own.creditor_ids, own.status, own.queue, own.team_id, own.assigned_to_id,
                        coalesce(staff.display_name, ''), own.opened_at, own.closed_at, own.assigned_because)
FROM cases_case own LEFT JOIN identity_staff staff ON staff.id = own.assigned_to_id
"""


def _card(row: list[Any]) -> CaseCard:
    case_id, person_id, creditors, status, queue, team_id, staff_id, staff, opened_at, closed_at, because = (
        row
    )
    return CaseCard(
        case_id=case_id, person_id=person_id, creditor_ids=frozenset(creditors), status=status, queue=queue,
        team_id=team_id, assigned_to_id=staff_id, assigned_to=staff, opened_at=datetime.fromisoformat(opened_at),
        closed_at=datetime.fromisoformat(closed_at) if closed_at else None, assigned_because=because if staff_id else "",
    )  # fmt: skip


def person_of_case(case_id: int) -> int | None:
    """Return whose case it is, or None; who asks checks the scope of the person."""
    return Case.objects.filter(pk=case_id).values_list("person_id", flat=True).first()


def case_of_person(*, person_id: int, actor: Actor) -> CaseCard:
    """Return the open case of a person.

    :raises NotInScope: if there is none in the actor's scope
    """
    actor.require("cases.view")
    case = scoped(actor).select_related("assigned_to").filter(person_id=person_id, status="open").first()
    if case is None:
        raise NotInScope("the person has no case here")
    return case_to_card(case)


def scoped_case_ids(*, person_ids: Iterable[int], actor: Actor) -> dict[int, int]:
    """Return the open case's id by person, for those of the persons that the actor may see."""
    actor.require("cases.view")
    rows = scoped(actor).filter(person_id__in=list(person_ids), status="open")
    return dict(rows.values_list("person_id", "id"))


def person_ids_assigned(*, staff_id: int, actor: Actor) -> tuple[int, ...]:
    """Return the persons whose open case a member of staff has, as far as the actor may see them."""
    if not actor.may("cases.view"):
        return ()
    rows = scoped(actor).filter(assigned_to_id=staff_id, status="open")
    return tuple(rows.values_list("person_id", flat=True))


def case_to_card(case: Case) -> CaseCard:
    """Return the card of a case."""
    return CaseCard(
        case_id=case.pk,
        person_id=case.person_id,
        creditor_ids=frozenset(case.creditor_ids),
        status=case.status,
        queue=case.queue,
        team_id=case.team_id,
        assigned_to_id=case.assigned_to_id,
        assigned_to=case.assigned_to.display_name if case.assigned_to else "",
        assigned_because=case.assigned_because if case.assigned_to else "",
        opened_at=case.opened_at,
        closed_at=case.closed_at,
    )


def work_item_card(item: WorkItem) -> WorkItemCard:
    """Return the card of a work item."""
    return WorkItemCard(
        work_item_id=item.pk,
        case_id=item.case_id,
        person_id=item.person_id,
        cycle_date=item.cycle_date,
        kind=item.kind,
        queue=item.queue,
        rank=item.rank,
        reason=item.reason,
        days_past_due=item.days_past_due,
        bucket=bucket(item.days_past_due),
        overdue=Money(item.overdue_minor, item.currency),
        not_before=item.not_before,
        status=item.status,
        done_at=item.done_at,
        done_by=item.done_by,
    )


def open_work_items(*, case_id: int) -> tuple[WorkItemCard, ...]:
    """Return the open work items of a case that the caller has found in scope, in order of work."""
    items = WorkItem.objects.filter(case_id=case_id, status="open").order_by("rank", "id")
    return tuple(work_item_card(item) for item in items)


def promise_card(promise: PromiseToPay, recorded_by: str) -> PromiseCard:
    """Return the card of a promise."""
    return PromiseCard(
        promise_id=promise.pk,
        case_id=promise.case_id,
        person_id=promise.person_id,
        account_id=promise.account_id,
        amount=Money(promise.amount_minor, promise.currency),
        promised_date=promise.promised_date,
        deadline_date=promise.deadline_date,
        tolerance=Money(promise.tolerance_minor, promise.currency),
        grace_days=promise.grace_days,
        received=Money(promise.received_minor, promise.currency),
        status=promise.status,
        recorded_by=recorded_by,
        recorded_at=promise.recorded_at,
        settled_at=promise.settled_at,
    )


def promises_of(*, case_id: int, limit: int = 50, with_names: bool = True) -> tuple[PromiseCard, ...]:
    """Return the promises of a case that the caller has found in scope, newest first."""
    rows = list(PromiseToPay.objects.filter(case_id=case_id).order_by("-id")[:limit])
    names = staff_names(rows) if with_names else {}
    return tuple(promise_card(row, names.get(row.recorded_by_id, "")) for row in rows)


def open_promises(case_ids: Iterable[int]) -> dict[int, PromiseCard]:
    """Return the open promise of each of the cases that has one."""
    rows = PromiseToPay.objects.filter(case_id__in=list(case_ids), status="open")
    return {row.case_id: promise_card(row, "") for row in rows}


def open_promises_over(*, amount: Money, limit: int = 50) -> tuple[PromiseCard, ...]:
    """Return open promises of exactly an amount, newest first: money of that amount may be meant to keep one."""
    rows = PromiseToPay.objects.filter(status="open", amount_minor=amount.minor, currency=amount.currency)
    return tuple(promise_card(row, "") for row in rows.order_by("-id")[:limit])


def open_promise(*, case_id: int) -> PromiseCard | None:
    """Return the open promise of a case that the caller has found in scope, or None."""
    return open_promises([case_id]).get(case_id)


def outcomes_of(*, case_id: int, limit: int = 50, with_names: bool = True) -> tuple[OutcomeCard, ...]:
    """Return the outcomes and notes of a case that the caller has found in scope, newest first."""
    rows = list(Outcome.objects.filter(case_id=case_id).order_by("-id")[:limit])
    names = staff_names(rows) if with_names else {}
    labels = outcome_labels()
    return tuple(outcome_card(row, labels, names.get(row.recorded_by_id, "")) for row in rows)


def outcome_labels() -> dict[str, OutcomeCode]:
    """Return the outcome codes by code."""
    return {code.code: code for code in outcome_codes()}


def outcome_card(row: Outcome, labels: dict[str, OutcomeCode], recorded_by: str) -> OutcomeCard:
    """Return the card of an outcome."""
    label = labels.get(row.code)
    return OutcomeCard(
        outcome_id=row.pk,
        case_id=row.case_id,
        contact_id=row.contact_id,
        channel=row.channel,
        code=row.code,
        label_zh=label.zh if label else row.code,
        label_en=label.en if label else row.code,
        note=row.note,
        recorded_by=recorded_by,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
    )


def change_card(row: CaseChange, changed_by: str) -> ChangeCard:
    """Return the card of a change around a case."""
    return ChangeCard(
        change_id=row.pk, case_id=row.case_id, kind=row.kind, details=row.details, reason=row.reason,
        changed_by=changed_by, changed_by_id=row.changed_by_id, changed_at=row.changed_at, undone_at=row.undone_at,
    )  # fmt: skip


def staff_names(rows: Iterable[Outcome | PromiseToPay]) -> dict[Any, str]:
    """Return the names of those who recorded the rows, without a query when nobody did."""
    ids = {row.recorded_by_id for row in rows if row.recorded_by_id is not None}
    return identity.staff_names(ids) if ids else {}
