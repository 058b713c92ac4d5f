"""An agency reports what a debtor said: once, in its own scope; contacts stop before it is answered."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from case_world import NOW, World
from django.test import Client

from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_o_clock(monkeypatch):
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str((NOW - datetime.now(UTC)).total_seconds()))


def call(path="", document=None, *, agency="swift"):
    body = b"" if document is None else json.dumps(document).encode()
    headers = outreach.sign(key=law.agency_access(agency)["key"], body=body, timestamp=int(time.time()))
    return Client().generic(
        "GET" if document is None else "POST", f"/api/v1/matters{path}", body, content_type="application/json",
        headers=headers | {"X-Fairdue-Agency": agency},
    )  # fmt: skip


def test_an_agency_reports_a_complaint_once_and_reads_how_it_stands():
    world = World.build()
    world.staff("agency", creditors=("north",), agency="swift")
    world.staff("agency", creditors=("south",), agency="calm")
    person = world.person()
    account = world.account(person)
    said = {
        "creditor": "north", "account_ref": account.external_ref, "kind": "complaint", "cause": "calls", "words": "太多电话",
        "received_at": (NOW - timedelta(days=1)).isoformat(), "request_id": "q-1",
    }  # fmt: skip
    first, again = (call(document=said) for _ in range(2))
    assert first.status_code == again.status_code == 200, first.content
    told = first.json()
    assert told == again.json() and "电话" not in first.content.decode()
    assert (told["state"], told["answer_due_date"], told["is_late"], told["are_contacts_stopped"]) == (
        "open", "2026-12-07", False, True,
    )  # fmt: skip
    assert [hold.kind for hold in law.open_holds(person.pk)] == ["complaint"]
    assert call(f"/{told['matter_id']}").json() == told
    assert call(f"/{told['matter_id']}", agency="calm").status_code == 404
    assert call(document=said | {"request_id": "q-2"}, agency="calm").status_code == 404
    ahead = call(document=said | {"request_id": "q-3", "received_at": (NOW + timedelta(days=1)).isoformat()})
    assert (ahead.status_code, ahead.json()["code"]) == (422, "care.matter.in_the_future")
    assert call(document=said | {"kind": "callback"}).status_code == 422
