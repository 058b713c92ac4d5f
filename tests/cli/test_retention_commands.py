"""`fairdue retention`, the nightly job, and the demonstration's borrowers of long ago."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.audit import facade as audit
from fairdue.contexts.parties.models import PortalLink
from fairdue.jobs.tasks import erase_what_is_due
from fairdue.journeys import retention
from fairdue.journeys.seed_past import seed_past
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.retention_world import lender

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
RUNNER = CliRunner()


@pytest.fixture
def past(tmp_path):
    """The demonstration's three borrowers: eleven and six years ago, and one held by a lawsuit."""
    lender(product="credit_card")
    now = clock.now()
    made = seed_past(
        creditor_code="north", product_code="credit_card", demo_date=clock.business_date(now), folder=tmp_path,
        actor=system("demo"), now=now,
    )  # fmt: skip
    assert made == 3


def asked(*words, status=0):
    answer = RUNNER.invoke(build(), ["retention", *words])
    assert answer.exit_code == status, answer.output
    return answer.stdout


def test_plan_run_verify_and_why_tell_one_story(past):
    planned = {each["code"]: each for each in json.loads(asked("plan", "--json"))["classes"]}
    assert (planned["call_note"]["due"], planned["call_note"]["stopped"]) == (2, 1)
    assert (planned["person_identity"]["due"], planned["person_identity"]["waiting"]) == (1, 2)
    report = json.loads(asked("run", "--json"))
    assert report["erased"]["call_note"] == 2 and report["erased"]["contact_point"] == 2
    proof = json.loads(asked("verify", "--json"))
    assert (proof["is_proved"], proof["records"]) == (True, report["total"])
    assert json.loads(asked("run", "--json"))["total"] == 0
    assert "no person 999999" in RUNNER.invoke(build(), ["retention", "why", "999999"]).output
    person = PortalLink.objects.values_list("person_id", flat=True).last()
    assert {each["stop"] for each in json.loads(asked("why", str(person), "--json"))["records"]} == {
        "hold:internal"
    }
    asked("why", "x", status=1)
    asked("plan", "--as-of", "tomorrow", status=2)


def test_people_are_asked_before_anything_is_erased(past):
    declined = RUNNER.invoke(build(), ["retention", "run"], input="n\n")
    assert declined.exit_code == 1 and audit.deletion_runs() == ()
    asked("plan", "--store")
    assert retention.stored_plan()[0].due > 0
    assert "may go" in RUNNER.invoke(build(), ["retention", "plan"]).output


def test_the_nightly_job_erases_and_may_run_twice(past):
    for _time in range(2):
        erase_what_is_due()
    first, second = audit.deletion_runs()[1], audit.deletion_runs()[0]
    assert len(audit.deletion_batches(run_id=first.run_id)) > 5
    assert audit.deletion_batches(run_id=second.run_id) == ()
    assert PortalLink.objects.filter(expires_at__lt=clock.now() - timedelta(days=184)).count() == 1  # held
