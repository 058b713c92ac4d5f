"""The permit pages: what was permitted, by which rules and facts, proved on the spot, given away as a bundle."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Permit
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import DEBTOR, PHONE

pytestmark = pytest.mark.django_db
DIGEST = "ab" * 32


@pytest.fixture
def permit(world, at_half_past_ten):
    law.load_rule_packs(actor=system("test"), now=clock.now())
    with transaction.atomic():
        found = law.reserve(
            person_id=world.person.pk, channel="sms", contact_point_id=world.point.pk, purpose="collect",
            content_sha256=DIGEST, actor=system("test"), now=clock.now(),
        )  # fmt: skip
    return Permit.objects.get(pk=found.permit_id)


@pytest.fixture
def compliance(staff, signed_in, permit):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    staff("compliance", username="the-compliance", team="head")
    return signed_in("the-compliance")


def test_a_permit_is_proved_in_words_with_its_rules_and_facts(compliance, permit, world):
    text = compliance.get(f"/desk/permits/{permit.pk}/").content.decode()
    assert "Proved" in text and text.count("Passes</span>") == 4 and "Cannot be checked" in text
    assert "CN-TIME-01" in text and bytes(permit.hash).hex() in text and DIGEST in text
    assert "It was not used" in text and f"/desk/case/{world.case.pk}/" in text
    assert DEBTOR not in text and PHONE not in text


def test_an_altered_permit_fails_before_the_readers_eyes(compliance, permit):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE law_permit SET purpose = 'service' WHERE id = %s", [permit.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    text = compliance.get(f"/desk/permits/{permit.pk}/").content.decode()
    assert "A check fails" in text and "Fails" in text
    assert "Faults found" in compliance.get("/desk/permits/?verify=1").content.decode()


def test_the_bundle_of_one_permit_verifies_with_python_alone(compliance, permit, tmp_path):
    answer = compliance.get(f"/desk/permits/{permit.pk}/bundle")
    path = tmp_path / "permit.zip"
    path.write_bytes(answer.content)
    assert zipfile.ZipFile(io.BytesIO(answer.content)).read("permits.jsonl").count(b"\n") == 1
    script = settings.ROOT_DIR / "tools" / "verify_permits.py"
    done = subprocess.run([sys.executable, "-I", script, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_list_is_filtered_verified_and_taken_as_a_file(compliance, permit, world):
    text = compliance.get("/desk/permits/").content.decode()
    assert f"/desk/permits/{permit.pk}/" in text and "李**" in text and "Not used" in text
    assert "Intact" in compliance.get("/desk/permits/?verify=1").content.decode()
    for asked in (
        {"channel": "call"},
        {"case": world.second_case.pk},
        {"day": "2020-01-01"},
        {"case": "999999"},
    ):
        assert "Nothing was permitted" in compliance.get("/desk/permits/", asked).content.decode()
    assert (
        f"/desk/permits/{permit.pk}/"
        in compliance.get("/desk/permits/", {"case": world.case.pk}).content.decode()
    )
    file = compliance.get("/desk/permits/?export=csv").content.decode("utf-8-sig")
    assert str(permit.pk) in file and "李**" in file


def test_the_case_leads_to_the_permit(compliance, permit, world):
    assert f"/desk/permits/{permit.pk}/" in compliance.get(f"/desk/case/{world.case.pk}/").content.decode()


def test_outside_the_scope_and_without_the_permission_there_is_nothing(
    permit, world, staff, signed_in, client
):
    identity.ensure_team(code="south", name="South", creditor_ids=[world.lender.pk + 1])
    staff("compliance", username="south", team="south")
    south = signed_in("south")
    assert south.get(f"/desk/permits/{permit.pk}/").status_code == 404
    assert "Nothing was permitted" in south.get("/desk/permits/").content.decode()
    client.logout()
    staff("collector")
    collector = signed_in("collector")
    assert collector.get("/desk/permits/").status_code == 403
    assert collector.get(f"/desk/permits/{permit.pk}/bundle").status_code == 403


def test_a_use_is_shown_as_permitted(compliance, permit):
    with transaction.atomic():
        law.use_permit(
            permit_id=permit.pk, channel="sms", contact_point_id=permit.contact_point_id, content_sha256=DIGEST,
            now=permit.issued_at + timedelta(seconds=5),
        )  # fmt: skip
    text = compliance.get(f"/desk/permits/{permit.pk}/").content.decode()
    assert text.count("Passes</span>") == 5 and "once" in text
