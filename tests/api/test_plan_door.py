"""An agency finds a plan for a borrower of its lender, proposes it, reports the recorded agreement, and sees how it goes."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from django.test import Client

from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock
from tests.case_world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_o_clock(monkeypatch):
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str((NOW - datetime.now(UTC)).total_seconds()))


def call(path, document=None, *, agency="swift"):
    body = b"" if document is None else json.dumps(document).encode()
    headers = outreach.sign(key=law.agency_access(agency)["key"], body=body, timestamp=int(time.time()))
    return Client().generic(
        "GET" if document is None else "POST", f"/api/v1/plans{path}", body, content_type="application/json",
        headers=headers | {"X-Fairdue-Agency": agency},
    )  # fmt: skip


def test_an_agency_finds_proposes_and_reports_a_plan_of_its_own_lender_only():
    world = World.build()
    world.staff("agency", creditors=("north",), agency="swift")
    world.staff("agency", creditors=("south",), agency="calm")
    account = world.account(world.person())
    debts = {"creditor": "north", "account_refs": [account.external_ref]}
    found = call("/offers", debts | {"reason": "job"}).json()
    assert {each["kind"] for each in found["offers"]} >= {"instalments"}
    assert all(
        sum(row["amount_minor"] for row in each["instalments"]) == each["total_minor"]
        for each in found["offers"]
    )
    assert call("/offers", debts | {"reason": "job"}).json()["digest"] == found["digest"]
    assert call("/offers", debts | {"reason": "job"}, agency="calm").status_code == 404

    tooth = call("/proposals", debts | {"wish": {"months": 61}})
    assert (tooth.status_code, tooth.json()["code"].startswith("arrangements.wish.")) == (422, True)
    gone = call("/proposals", debts | {"offer_key": "nothing"})
    assert (gone.status_code, gone.json()["code"]) == (409, "arrangements.offer.gone")
    open_to_all = next(
        each for each in found["offers"] if not each["needs_approval"] and each["kind"] == "instalments"
    )
    made = call("/proposals", debts | {"offer_key": open_to_all["key"]}).json()
    assert made["state"] == "ready"
    address = f"/proposals/{made['proposal_id']}/agreement"
    agreed, again = (call(address, {"recording_ref": "REC-9"}) for _ in range(2))
    assert agreed.status_code == again.status_code == 200
    assert agreed.json() == again.json() == call(f"/{agreed.json()['plan_id']}").json()
    assert call(f"/{agreed.json()['plan_id']}", agency="calm").status_code == 404
