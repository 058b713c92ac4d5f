"""The register of agencies and collectors: who may act, recorded by hand and by file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fairdue.contexts.book.models import Account
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law.models import AgencyEvaluation, AgencyListing, Notice, StaffCertificate
from fairdue.kernel import clock

pytestmark = pytest.mark.django_db
URL = "/desk/agencies/register"


@pytest.fixture
def compliance(world, staff, signed_in):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    staff("compliance", username="the-compliance", team="head")
    return signed_in("the-compliance")


def today():
    return clock.business_date(clock.now())


def record(client, step, **said):
    return client.post(URL, {"step": step, "agency": "swift", "on": today().isoformat()} | said)


def test_an_agency_is_listed_evaluated_and_its_collector_trained(compliance):
    assert "Not listed" in compliance.get(URL).content.decode()
    assert record(compliance, "list", reference="https://bank.example/list").status_code == 302
    assert record(compliance, "evaluate", reference="fine", is_passed="on").status_code == 302
    assert record(compliance, "certify", reference="C-1", staff_ref="S1").status_code == 302
    page = compliance.get(URL).content.decode()
    assert "Not listed" not in page and "1 trained" in page and "C-1" in page
    assert (AgencyListing.objects.get().agency, AgencyEvaluation.objects.get().is_passed) == ("swift", True)


def test_what_cannot_be_is_refused_in_place_and_nothing_is_recorded(compliance):
    answer = record(compliance, "list")
    assert answer.status_code == 422 and "Say where the list was published." in answer.content.decode()
    late = record(compliance, "evaluate", on=(today() + timedelta(days=1)).isoformat())
    assert late.status_code == 422 and "choose a day that is not in the future" in late.content.decode()
    assert record(compliance, "delist", reference="ended").status_code == 422
    assert record(compliance, "certify", agency="", staff_ref="nobody", reference="C").status_code == 422
    assert (
        AgencyListing.objects.count(),
        AgencyEvaluation.objects.count(),
        StaffCertificate.objects.count(),
    ) == (0, 0, 0)


def test_a_file_of_notices_is_taken_row_by_row_and_once(compliance, world):
    reference = Account.objects.filter(person=world.person).first().external_ref
    text = (
        "creditor,account_ref,kind,agency,channel,sent_date,reference\n"
        f"north,{reference},agency,swift,letter,{today().isoformat()},L-1\n"
        f"north,no-such,agency,swift,letter,{today().isoformat()},L-2\n"
    )
    for _ in range(2):
        file = SimpleUploadedFile("notices.csv", text.encode())
        page = compliance.post(URL, {"kind": "notices", "file": file}, follow=True).content.decode()
        assert "2 rows: 1 taken, 1 rejected. 1 × law.agency.debt_unknown." in page
    notice = Notice.objects.get()
    assert (notice.issuer, notice.kind, notice.person_id) == ("swift", "agency", world.person.pk)


def test_who_does_not_manage_agencies_does_not_see_it(world, staff, signed_in):
    staff("collector", username="a-collector")
    client = signed_in("a-collector")
    assert client.get(URL).status_code == 403
