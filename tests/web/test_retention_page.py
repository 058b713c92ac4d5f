"""The page "Retention": classes with rule and end, what falls due, why something is here, runs with their proofs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.audit.models import DeletionRun
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.parties.models import PortalLink
from fairdue.journeys import retention
from fairdue.kernel import clock
from fairdue.kernel.actor import system

pytestmark = pytest.mark.django_db


@pytest.fixture
def compliance(world, staff, signed_in):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    staff("compliance", username="the-compliance", team="head")
    return signed_in("the-compliance")


@pytest.fixture
def link(world):
    """A link that ended two hundred days ago: it may go."""
    long_ago = clock.now() - timedelta(days=200)
    return PortalLink.objects.create(
        token_hash=b"x" * 32, person_id=world.person.pk, issued_at=long_ago, expires_at=long_ago
    )


def page_of(client, address="/desk/retention/", **asked):
    return client.get(address, asked).content.decode()


def test_before_the_first_count_the_page_shows_classes_and_rules_and_says_what_to_do(compliance):
    page = page_of(compliance)
    assert "Nothing was counted yet" in page and "No run yet" in page
    assert (
        "Text of a message" in page and "5 years from when it was made (HOUSE-RET-01, House policy)" in page
    )
    assert "10 years from settlement (CN-RET-09, 反洗钱法 34)" in page
    assert "law_permit" in page  # what stays, and why


def test_counting_shows_what_is_due_and_erases_nothing(compliance, link):
    answer = compliance.post("/desk/retention/count", follow=True).content.decode()
    assert (
        "1 record may go now." in answer
        and "Records are due" in answer
        and "What falls due by month" in answer
    )
    assert PortalLink.objects.filter(pk=link.pk).exists()
    assert [run.kind for run in DeletionRun.objects.all()] == ["plan"]


def test_a_run_shows_its_batches_with_the_digests_that_prove_them(compliance, link):
    now = clock.now()
    report = retention.run(as_of=clock.business_date(now), actor=system("test"), now=now)
    page = page_of(compliance, f"/desk/retention/runs/{report.run_id}/")
    assert "Borrower&#x27;s link to the portal" in page and "CN-RET-10 1" in page
    assert "0 overdue" in compliance.post("/desk/retention/verify", follow=True).content.decode()
    assert "Nothing is due" in page_of(compliance)
    assert compliance.get("/desk/retention/runs/999/").status_code == 404


def test_why_answers_for_a_person_a_record_an_erased_one_and_an_unknown_one(compliance, world, link):
    page = page_of(compliance, subject=str(world.person.pk))
    assert "Why it is still here" in page and "no end yet: a debt is open" in page
    now = clock.now()
    retention.run(as_of=clock.business_date(now), actor=system("test"), now=now)
    assert "batch 1" in page_of(compliance, subject=f"portal_link:{link.pk}")
    for unknown in ("portal_link:0", "x", "portal_failure:zz", "login_session:a'b"):
        assert "There is no such record, and no run erased one." in page_of(compliance, subject=unknown)


def test_the_list_can_be_taken_as_a_file(compliance):
    file = b"".join(compliance.get("/desk/retention/", {"export": "csv", "table": "classes"})).decode(
        "utf-8-sig"
    )
    assert "Text of a message" in file and "HOUSE-RET-02" in file


@pytest.mark.parametrize(("role", "may_see", "may_count"), [
    ("collector", 403, 403), ("supervisor", 403, 403), ("legal", 200, 403), ("administrator", 200, 403), ("compliance", 200, 302),
])  # fmt: skip
def test_each_role_may_do_what_the_table_says(world, staff, signed_in, role, may_see, may_count):
    staff(role, username="somebody")
    client = signed_in("somebody")
    assert client.get("/desk/retention/").status_code == may_see
    assert client.post("/desk/retention/count").status_code == may_count


def test_the_page_is_there_in_chinese(world, staff, signed_in):
    staff("compliance", username="hegui", locale="zh-hans")
    page = page_of(signed_in("hegui"))
    assert "消息正文" in page and "信用卡催收" not in page
