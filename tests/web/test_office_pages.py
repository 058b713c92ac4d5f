"""The office pages: the right roles read the book, files, nights, rules, texts, records and staff."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fairdue.contexts.audit.models import Event
from fairdue.contexts.book.models import ImportBatch
from fairdue.contexts.decisions.models import CycleStage
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import Staff
from fairdue.contexts.law.models import Contact
from fairdue.contexts.outreach.models import LocalProviderBehaviour, Template
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.nightly_cycle import run_cycle
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.web.workbench.office_words import EVENTS

PAGES = {
    "book/": "reporting.view",
    "imports/": "book.view",
    "cycles/": "cycle.view",
    "strategies/": "strategy.view",
    "gate/": "gate.try",
    "rulebook/": "gate.try",
    "templates/": "templates.view",
    "outbox/": "outbox.view",
    "audit/": "audit.view",
    "staff/": "staff.manage",
}


@pytest.fixture
def office(world, staff, signed_in):
    """Load the packs and sign in as a role."""

    def as_role(role: str):
        identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
        staff(role, username=f"the-{role}", team="head")
        return signed_in(f"the-{role}")

    load_packs(now=clock.now())
    return as_role


@pytest.mark.parametrize(
    "role", ["collector", "supervisor", "compliance", "strategist", "risk", "administrator", "field"]
)
def test_each_office_page_opens_for_its_permission_only(office, role):
    from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE

    client = office(role)

    answers = {page: client.get(f"/desk/{page}").status_code for page in PAGES}

    assert answers == {
        page: 200 if need in PERMISSIONS_BY_ROLE[role] else 403 for page, need in PAGES.items()
    }


def test_the_gate_answers_a_night_call_with_later_and_its_source(office):
    client = office("compliance")

    page = client.get(
        "/desk/gate/",
        {
            "channel": "call",
            "at": "2026-11-18T23:00",
            "home_zone": "Asia/Shanghai",
            "owner": "debtor",
            "unanswered": 0,
            "conversations": 0,
            "texts": 0,
        },
    ).content.decode()

    assert "CN-TIME-01" in page
    assert "2026-11-19 08:00" in page
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("moment", ["tomorrow", "9999-12-31T23:59", "0001-01-01T00:00"])
def test_an_unreadable_or_impossible_moment_is_refused_in_place(office, moment):
    situation = {"channel": "call", "home_zone": "Asia/Shanghai", "owner": "debtor"}
    answer = office("compliance").get(
        "/desk/gate/", situation | {"at": moment, "unanswered": 0, "conversations": 0, "texts": 0}
    )
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "2026-11-18 21:30" in page
    assert "verdict" not in answer.context


def test_an_uploaded_file_lands_and_its_bad_row_is_explained(office, world, tmp_path, monkeypatch):
    monkeypatch.setattr("fairdue.web.workbench.views.imports.REJECT_DIR", tmp_path)
    client = office("administrator")
    before = ImportBatch.objects.count()
    rows = "party_ref,name,id_type,id_number,home_zone\nP1,王小明,,,Asia/Shanghai\nP2,,,,Asia/Shanghai\n"

    answer = client.post(
        "/desk/imports/",
        {
            "kind": "parties",
            "creditor": world.lender.code,
            "file": SimpleUploadedFile("p.csv", rows.encode()),
        },
        follow=True,
    )

    batch = ImportBatch.objects.latest("id")
    assert ImportBatch.objects.count() == before + 1
    assert (batch.row_count, batch.accepted_count, batch.rejected_count) == (2, 1, 1)
    assert "p.csv" in answer.content.decode()
    rejects = client.get(f"/desk/imports/{batch.pk}/rejects.csv")
    assert rejects.status_code == 200
    assert "name" in b"".join(rejects.streaming_content).decode("utf-8-sig")


def test_who_may_not_import_uploads_nothing(office, world):
    client = office("risk")
    before = ImportBatch.objects.count()

    answer = client.post(
        "/desk/imports/",
        {"kind": "parties", "creditor": world.lender.code, "file": SimpleUploadedFile("p.csv", b"x")},
    )

    assert answer.status_code == 403
    assert ImportBatch.objects.count() == before


def test_a_text_is_retired_by_a_second_person_and_recorded(office):
    client = office("compliance")
    template = Template.objects.filter(approved_at__isnull=False).first()

    client.post("/desk/templates/", {"template_id": template.pk, "verb": "retire", "reason": "wording"})

    template.refresh_from_db()
    assert template.retired_at is not None
    assert Event.objects.filter(code="outreach.template.retired").count() == 1


def test_the_local_provider_does_as_it_is_told(office):
    client = office("administrator")

    client.post("/desk/outbox/", {"fail_percent": 100, "delay_seconds": 5, "drop_answer_percent": 0})

    behaviour = LocalProviderBehaviour.objects.get()
    assert (behaviour.fail_percent, behaviour.delay_seconds, behaviour.duplicate_callbacks) == (100, 5, False)


def test_a_member_of_staff_is_added_and_deactivated_with_a_record(office):
    client = office("administrator")

    client.post(
        "/desk/staff/",
        {
            "verb": "create",
            "username": "new",
            "display_name": "New",
            "role": "risk",
            "team_code": "",
            "password": "a-long-first-word-9",
        },
    )
    created = Staff.objects.get(username="new")
    client.post("/desk/staff/", {"deactivate": created.pk, "reason": "left"})

    created.refresh_from_db()
    assert created.is_active is False
    assert Event.objects.filter(code="identity.staff.deactivated").count() == 1


def test_nobody_deactivates_the_own_access(office):
    page = office("administrator").get("/desk/staff/").content.decode()

    assert "that is you" in page


def test_the_records_are_verified_from_the_page(office):
    page = office("compliance").post("/desk/audit/verify", follow=True).content.decode()

    assert "0 findings" in page


@pytest.mark.django_db(transaction=True)
def test_a_night_shows_its_stages_and_a_date_without_one_is_not_found(office):
    client = office("strategist")
    run_cycle(cycle_date=date(2026, 11, 18), actor=system("test"), now=clock.now())

    page = client.get("/desk/cycles/2026-11-18/").content.decode()

    assert "Landing" in page
    assert set(Event.objects.values_list("code", flat=True)) <= set(EVENTS)
    run_cycle(cycle_date=date(2026, 11, 18), actor=system("test"), now=clock.now(), creditor_code="north")
    assert "?creditor=north" in client.get("/desk/cycles/2026-11-18/").content.decode()
    extra = client.get("/desk/cycles/2026-11-18/?creditor=north").content.decode()
    assert "over the late book of north" in extra
    assert client.get("/desk/cycles/2026-11-18/?creditor=nobody").status_code == 404
    assert client.get("/desk/cycles/2026-11-17/").status_code == 404
    assert client.get("/desk/cycles/nonsense/").status_code == 404


def test_a_night_names_partial_books_and_steps_that_moved(office):
    client = office("strategist")
    run_cycle(cycle_date=date(2026, 11, 18), actor=system("test"), now=clock.now())
    book = {
        "creditor_id": 1, "creditor_code": "bank-a", "kind": "accounts", "reason": "small", "rows": 300, "usual": 1000,
        "is_left_out": True,
    }  # fmt: skip
    told = {"import": {"books": [book], "warnings": ["cycle.book.left_out"]},
            "report": {"trends": [["call", 0.02, 0.05, 4, True], ["sms", 0.1, 0.1, 4, False]]}}  # fmt: skip
    for name, detail in told.items():
        CycleStage.objects.filter(name=name).update(detail=detail)

    page = client.get("/desk/cycles/2026-11-18/").content.decode()

    assert "bank-a" in page and "is much smaller than usual" in page and "Not contacted" in page
    assert "2.0%" in page and "5.0%" in page and "Moved more than usual" in page
