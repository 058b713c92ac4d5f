"""Nights that give cases to collectors: skills, limits, promises, absences, and who had them before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case, CaseAssignment, PromiseToPay
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import Staff, Team
from fairdue.kernel.actor import system

NIGHT = date(2025, 10, 15)
NOW = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)
SYSTEM = system("test")


def collector(name: str, **said) -> int:
    identity.ensure_team(code="own", name="Own", creditor_ids=[], sees_all_creditors=True)
    staff = Staff.objects.create(
        username=name, password="!", display_name=name, role="collector", team=Team.objects.get(code="own")
    )
    if said:
        cases.set_collector(staff_id=staff.pk, **said, actor=SYSTEM, now=NOW)
    return staff.pk


def has() -> dict[str, int]:
    held = Case.objects.exclude(assigned_to=None).values_list("assigned_to__username", flat=True)
    return {name: list(held).count(name) for name in set(held)}


def test_without_profiles_nobody_is_given_anything(book, night, rows):
    collector("anna")
    night()
    assert has() == {}
    assert CaseAssignment.objects.count() == 0


def test_cases_are_dealt_evenly_within_limits_and_stay_the_next_night(book, night, rows):
    collector("anna", queues=["m2"])
    collector("bo", queues=["m2"])
    collector("chen", queues=["m2"], max_cases=3)
    night()
    first = has()
    assert first["chen"] == 3 and abs(first["anna"] - first["bo"]) <= 2
    assert sum(first.values()) == Case.objects.filter(queue="m2").count() == CaseAssignment.objects.count()
    before = dict(Case.objects.values_list("person_id", "assigned_to_id"))
    (event,) = audit.events(code="cases.night.assigned")
    assert event.after["changed"] == sum(first.values())
    night(NIGHT + timedelta(days=1))
    after = dict(Case.objects.values_list("person_id", "assigned_to_id"))
    moved = [person for person, staff in before.items() if staff and after[person] not in (staff, None)]
    assert len(moved) <= 2


def test_the_holder_of_a_promise_has_the_case_and_who_is_away_gets_none(book, night, rows):
    anna, bo = collector("anna", queues=["m2"]), collector("bo", queues=["m2"])
    night()
    case = Case.objects.filter(assigned_to_id=bo).first()
    PromiseToPay.objects.create(
        case=case, person_id=case.person_id, amount_minor=100, currency="CNY", promised_date=NIGHT - timedelta(days=40),
        grace_days=0, recorded_by_id=anna, recorded_at=NOW - timedelta(days=50), status="open",
    )  # fmt: skip
    given = cases.assignment_facts().filter(person_id=case.person_id).row(0, named=True)
    assert given["promise_to_id"] == anna and given["holder_id"] == bo
    cases.record_absence(
        staff_id=bo,
        first_date=NIGHT + timedelta(days=1),
        final_date=NIGHT + timedelta(days=1),
        actor=SYSTEM,
        now=NOW,
    )
    night(NIGHT + timedelta(days=1))
    worked = rows(
        "select person_id from cases_workitem where status = 'open' and queue = 'm2' and cycle_date = %s",
        NIGHT + timedelta(days=1),
    )
    holders = Case.objects.filter(person_id__in=[row["person_id"] for row in worked]).values_list(
        "assigned_to_id", flat=True
    )
    assert set(holders) == {anna}


def test_who_has_cases_and_no_profile_keeps_them(book, night, rows):
    without, _anna = collector("without"), collector("anna", queues=["m2"])
    night()
    ids = list(Case.objects.filter(assigned_to=_anna).values_list("pk", flat=True)[:4])
    cases.assign(case_ids=ids, staff_id=without, actor=SYSTEM, now=NOW)
    night(NIGHT + timedelta(days=1))
    assert has()["without"] == 4
    assert set(Case.objects.filter(pk__in=ids).values_list("assigned_because", flat=True)) == {"by_hand"}
