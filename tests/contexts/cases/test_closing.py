"""Closing a case: only when nothing is left, or by a supervisor who says why; the night opens a new one."""

from __future__ import annotations

import pytest
from case_world import NOW, TODAY, World, cny

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case, PromiseToPay, WorkItem
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import PermissionRefused

pytestmark = pytest.mark.django_db


def opened(role: str = "collector", **debt: int):
    world = World.build()
    actor, person = world.staff(role), world.person()
    account = world.account(person, **debt)
    world.work(person)
    return world, actor, person, account, world.case(person)


def nothing_was_closed() -> bool:
    return (
        set(Case.objects.values_list("status", flat=True)) == {"open"}
        and set(WorkItem.objects.values_list("status", flat=True)) == {"open"}
        and audit.events(code="cases.case.closed") == ()
    )


def test_a_case_in_which_nothing_is_due_closes_with_its_work() -> None:
    _, actor, _, _, case_id = opened(overdue=0)
    closed = cases.close_case(case_id=case_id, reason="", actor=actor, now=NOW)
    assert (closed.closed_work_count, closed.cancelled_promise_count) == (1, 0)
    case = Case.objects.get()
    assert (case.status, case.closed_at) == ("closed", NOW)
    assert WorkItem.objects.get().status == "done"
    (event,) = audit.events(subject_type="case", subject_id=case_id, code="cases.case.closed")
    assert event.after is not None and event.after["despite"] == []
    with pytest.raises(cases.CloseRefused) as again:
        cases.close_case(case_id=case_id, reason="x", actor=actor, now=NOW)
    assert again.value.code == "cases.close.closed"


def test_a_collector_cannot_close_what_is_overdue_even_with_a_reason() -> None:
    _, actor, _, _, case_id = opened()
    with pytest.raises(cases.CloseRefused) as refusal:
        cases.close_case(case_id=case_id, reason="tired", actor=actor, now=NOW)
    assert refusal.value.code == "cases.close.still_due"
    assert nothing_was_closed()


def test_an_open_promise_keeps_a_case_open_though_nothing_is_overdue() -> None:
    _, actor, _, _, case_id = opened(overdue=0)
    cases.record_promise(
        case_id=case_id, account_id=None, amount=cny("100"), promised_date=TODAY, actor=actor, now=NOW
    )
    with pytest.raises(cases.CloseRefused):
        cases.close_case(case_id=case_id, reason="", actor=actor, now=NOW)
    assert nothing_was_closed()
    assert PromiseToPay.objects.get().status == "open"


def test_a_supervisor_closes_all_the_same_with_a_reason_and_the_promise_ends() -> None:
    _, actor, _, _, case_id = opened("supervisor")
    cases.record_promise(
        case_id=case_id, account_id=None, amount=cny("100"), promised_date=TODAY, actor=actor, now=NOW
    )
    with pytest.raises(cases.CloseRefused) as refusal:
        cases.close_case(case_id=case_id, reason=" ", actor=actor, now=NOW)
    assert refusal.value.code == "cases.close.reason_missing"
    closed = cases.close_case(case_id=case_id, reason="Returned to the lender", actor=actor, now=NOW)
    assert closed.cancelled_promise_count == 1
    assert PromiseToPay.objects.get().status == "cancelled"
    (event,) = audit.events(subject_type="case", subject_id=case_id, code="cases.case.closed")
    assert event.after is not None and event.after["despite"] == ["overdue", "promise"]
    assert event.reason == "Returned to the lender"


def test_a_lenders_overdue_debt_outside_the_scope_keeps_the_case_open() -> None:
    world, actor, person, _, case_id = opened("supervisor", overdue=0)
    world.account(person, "south")
    with pytest.raises(cases.CloseRefused) as refusal:
        cases.close_case(case_id=case_id, reason="ours is settled", actor=actor, now=NOW)
    assert refusal.value.code == "cases.close.other_creditor"
    assert nothing_was_closed()


def test_who_does_not_work_cases_or_does_not_see_it_closes_none() -> None:
    world, _, _, _, case_id = opened(overdue=0)
    with pytest.raises(PermissionRefused):
        cases.close_case(case_id=case_id, reason="x", actor=world.staff("legal"), now=NOW)
    with pytest.raises(cases.NotInScope):
        cases.close_case(
            case_id=case_id, reason="x", actor=world.staff("collector", creditors=("south",)), now=NOW
        )
    assert nothing_was_closed()


def test_the_night_opens_a_new_case_after_one_was_closed() -> None:
    world, actor, person, account, case_id = opened(overdue=0)
    cases.close_case(case_id=case_id, reason="", actor=actor, now=NOW)
    assert ledger.account_summary(account.pk, TODAY).overdue == cny("0")
    world.work(person, cycle_date=TODAY.replace(day=24))
    assert Case.objects.filter(person_id=person.pk, status="open").exclude(pk=case_id).count() == 1


def test_nothing_can_be_promised_in_a_closed_case() -> None:
    _, actor, _, _, case_id = opened(overdue=0)
    cases.close_case(case_id=case_id, reason="", actor=actor, now=NOW)
    with pytest.raises(cases.PromiseRefused) as refusal:
        cases.record_promise(
            case_id=case_id, account_id=None, amount=cny("1"), promised_date=TODAY, actor=actor, now=NOW
        )
    assert refusal.value.code == "cases.promise.case_closed"
    assert PromiseToPay.objects.count() == 0
