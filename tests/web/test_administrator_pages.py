"""Administration and compliance: power needs two, invitations work once, the machine room, reasons from any number."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book.models import Creditor
from fairdue.contexts.cases.models import Capacity
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.change_models import Invitation, StaffChange
from fairdue.contexts.identity.models import Staff, Team
from fairdue.contexts.law.models import Contact
from fairdue.kernel import clock
from fairdue.kernel.sms import sms_size
from tests.web.desk_world import DEBTOR, PHONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(world, staff, signed_in):
    staff("administrator", team=None)
    staff("administrator", username="second", team=None)
    staff("collector", username="wang")
    return signed_in("administrator")


def test_a_change_that_gives_power_waits_for_another_administrator(admin, signed_in):
    wang = Staff.objects.get(username="wang")
    page = f"/desk/staff/{wang.pk}/"
    said = {
        "verb": "change",
        "role": "supervisor",
        "team_code": "early",
        "email": "w@lender.example",
        "reason": "promoted",
    }
    assert "waits for another administrator" in admin.post(page, said, follow=True).content.decode()
    wang.refresh_from_db()
    assert (wang.role, wang.email) == ("collector", "")
    change = StaffChange.objects.get()
    own = admin.post("/desk/staff/changes/", {"change_id": change.pk, "verb": "approve"}, follow=True)
    assert "neither who asked nor whom it concerns" in own.content.decode()
    assert "waits already" in admin.post(page, said | {"reason": "again"}).content.decode()
    admin.logout()
    second = signed_in("second")
    assert (
        "Approved"
        in second.post(
            "/desk/staff/changes/", {"change_id": change.pk, "verb": "approve"}, follow=True
        ).content.decode()
    )
    wang.refresh_from_db()
    assert (wang.role, wang.email) == ("supervisor", "w@lender.example")
    assert "w@lender.example" not in str(
        [event.after for event in audit.events(subject_type="identity.staff", subject_id=wang.pk)]
    )
    down = second.post(page, said | {"role": "collector", "reason": "asked to"}, follow=True).content.decode()
    assert "The audit log names you" in down and Staff.objects.get(pk=wang.pk).role == "collector"
    me = Staff.objects.get(username="second").pk
    assert second.post(f"/desk/staff/{me}/", said).status_code == 422
    assert second.get("/desk/staff/999999/").status_code == 404


def test_an_invitation_lets_its_person_choose_a_password_once(admin, client):
    wang = Staff.objects.get(username="wang")
    page = admin.post(f"/desk/staff/{wang.pk}/", {"verb": "invite"}).content.decode()
    link = re.search(r"/accounts/invitation/[\w-]+/", page)[0]
    admin.logout()
    assert "wang" in client.get(link).content.decode()
    assert client.post(link, {"password": "short"}).status_code == 422
    assert client.post(link, {"password": "a-new-Password-9"}).status_code == 302
    assert Staff.objects.get(pk=wang.pk).check_password("a-new-Password-9")
    assert client.get(link).status_code == 404 and Invitation.objects.get().used_at is not None
    late = identity.invite_staff(
        staff_id=wang.pk, actor=identity.actor_by_username("second"), now=clock.now()
    )
    with pytest.raises(identity.InvitationUnknown):
        identity.invited(secret=late, now=clock.now() + timedelta(days=8))


def test_teams_and_creditors_are_set_up_with_a_record(admin, world):
    done = admin.post(
        "/desk/teams/", {"code": "late", "name": "Late team", "creditors": [world.lender.pk]}, follow=True
    )
    assert "North Bank" in done.content.decode() and Team.objects.get(code="late").creditors.count() == 1
    assert audit.events(code="identity.team.set")[0].after["creditors"] == [world.lender.pk]
    refused = admin.post(
        "/desk/teams/", {"code": "swift2", "name": "S", "agency_code": "swift", "sees_all": "on"}
    )
    assert refused.status_code == 422 and not Team.objects.filter(code="swift2").exists()
    said = {
        "code": "west",
        "name_zh": "西方银行",
        "name_en": "West Bank",
        "institution_kind": "bank",
        "institution_group": "west",
        "contact_phone": "95500",
    }
    assert (
        admin.post("/desk/creditors/", said).status_code == 302
        and Creditor.objects.get(code="west").contact_phone == "95500"
    )


def test_the_machine_room_shows_state_jobs_and_keys_and_no_key(admin, settings):
    with connection.cursor() as cursor:  # what other tests queued
        cursor.execute("delete from procrastinate_events; delete from procrastinate_jobs")
    assert "PostgreSQL" in admin.get("/desk/health/").content.decode()
    assert "Nothing waits" in admin.get("/desk/jobs/").content.decode()
    assert "has not failed" in admin.post("/desk/jobs/", {"job_id": "1"}, follow=True).content.decode()
    keys = admin.get("/desk/keys/").content.decode()
    assert "Seal again under the newest key" in keys and settings.SECRET_KEY not in keys


def test_a_closed_day_has_no_calls_letters_or_visits(staff, world, signed_in):
    Team.objects.filter(code="early").update(sees_all_creditors=True)
    staff("supervisor")
    day = clock.business_date(clock.now()) + timedelta(days=3)
    said = {"first_date": day.isoformat(), "final_date": day.isoformat(), "note": "Moving house"}
    page = signed_in("supervisor").post("/desk/closed-days/", said, follow=True).content.decode()
    assert "Moving house" in page
    assert sorted(Capacity.objects.values_list("kind", "amount")) == [
        ("calls", 0),
        ("letters", 0),
        ("visits", 0),
    ]


def test_a_reason_is_found_from_a_number_within_the_scope_only(staff, world, signed_in):
    staff("compliance")
    client = signed_in("compliance")
    contact = Contact.objects.create(
        person_id=world.person.pk, institution_group="north", made_by="lender", channel="call", result="no_answer",
        occurred_at=clock.now(), recorded_at=clock.now(),
    )  # fmt: skip
    text = client.get(f"/desk/why/?number={contact.pk}&kind=contact").content.decode()
    assert "No answer" in text and "gate was not asked" in text and DEBTOR not in text
    assert f"/desk/case/{world.case.pk}/" in client.get(f"/desk/why/?number={world.case.pk}").content.decode()
    foreign = client.get(f"/desk/why/?number={world.foreign_case.pk}&kind=case").content.decode()
    assert "Nothing of that number is in your scope" in foreign
    client.post(
        f"/desk/case/{world.case.pk}/reveal",
        {"field": "contact", "contact_point_id": world.point.pk, "reason": "complaint 12"},
    )
    log = client.get("/desk/access/").content.decode()
    assert "complaint 12" in log and PHONE[3:] not in log


def test_text_messages_are_counted_as_networks_do():
    assert (sms_size("a" * 160).parts, sms_size("a" * 161).parts, sms_size("€" * 80).places) == (1, 2, 160)
    assert (sms_size("款" * 70).parts, sms_size("款" * 71).parts, sms_size("款" * 135).parts) == (1, 2, 3)
    assert sms_size("a" * 152 + "€" + "a" * 152).parts == 3  # no character is cut in two
    assert sms_size("").parts == 1 and not sms_size("你好").is_narrow
