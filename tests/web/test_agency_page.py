"""The agencies' page: what they told of, what they broke, and a file of past contacts taken by hand."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fairdue.contexts.book.models import Account
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law.models import AgencyUpload, Contact
from tests.agency_standing import make_fit
from tests.web.desk_world import PHONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def compliance(world, staff, signed_in):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    make_fit("swift")
    staff("compliance", username="the-compliance", team="head")
    return signed_in("the-compliance")


def file_of(*rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["contact_ref", "creditor", "account_ref", "channel", "contact_value", "occurred_at", "result"]
    )
    writer.writerows(rows)
    return SimpleUploadedFile("october.csv", text.getvalue().encode())


def test_a_file_is_taken_judged_and_its_breaches_shown_masked(compliance, world):
    ref = Account.objects.filter(person=world.person).first().external_ref
    rows = [
        ["c1", "north", ref, "call", PHONE, "2026-10-12T23:30:00+08:00", "conversation"],
        ["c2", "north", ref, "call", PHONE, "2026-10-13T10:30:00+08:00", "conversation"],
        ["c3", "north", "no-such", "call", PHONE, "2026-10-13T10:30:00+08:00", "conversation"],
    ]
    answer = compliance.post("/desk/agencies/", {"agency": "swift", "file": file_of(*rows)}, follow=True)
    page = answer.content.decode()
    assert "3 rows: 2 accepted, 0 known before, 1 rejected. 1 contacts broke a rule." in page
    assert "CN-TIME-01" in page and "c1" in page and PHONE not in page and "李**" in page
    assert (Contact.objects.count(), AgencyUpload.objects.get().breach_count) == (2, 1)
    chosen = compliance.get(f"/desk/agencies/?upload={AgencyUpload.objects.get().pk}").content.decode()
    assert "law.agency.debt_unknown" in chosen


def test_a_file_of_another_kind_is_refused_in_place(compliance):
    answer = compliance.post(
        "/desk/agencies/", {"agency": "swift", "file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")}
    )
    assert answer.status_code == 422
    assert "The file was refused as a whole" in answer.content.decode()
    assert AgencyUpload.objects.count() == 0


def test_a_collector_may_not_open_it(world, staff, signed_in):
    staff("collector")
    assert signed_in("collector").get("/desk/agencies/").status_code == 403
