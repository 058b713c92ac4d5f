"""Pages of strategies: who opens what, files down and up, the saves that scripts send, the steps of a version's life."""

from __future__ import annotations

import json

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.contexts.identity.facade import PERMISSIONS_BY_ROLE
from fairdue.engine.strategy.interchange.book import book_of
from fairdue.engine.strategy.interchange.xlsx import read_strategy_workbook
from fairdue.kernel.actor import system
from fairdue.kernel.clock import now
from tests.web.desk_world import ROLES

pytestmark = pytest.mark.django_db
CODE = "reminders-cn"


@pytest.fixture
def live(db):
    decisions.load_strategies(actor=system("test"), now=now())
    return decisions.published_strategy(CODE)


@pytest.fixture
def draft(live):
    return decisions.save_draft(
        code=CODE, document=live.content, base_version_id=live.strategy_id, actor=system("test"), now=now()
    )


@pytest.fixture
def strategist(staff, signed_in):
    staff("strategist", team=None)
    return signed_in("strategist")


def page(card, part: str = "") -> str:
    return f"/desk/strategies/{card.strategy_id}/{part}"


def _after(version: str, steps: int) -> str:
    """The number of a draft made so many drafts after a version."""
    year, number = version.split(".")
    return f"{year}.{int(number) + steps}"


def send(client, card, part: str, data):
    return client.post(page(card, part), json.dumps(data), content_type="application/json")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_its_permissions_name(world, draft, staff, signed_in, role):
    staff(role, team="agency" if role == "agency" else "early")
    client = signed_in(role)
    needed = {
        ("get", "/desk/strategies/"): "strategy.view", ("get", page(draft)): "strategy.view", ("get", page(draft, "findings")): "strategy.view",
        ("get", page(draft, "try")): "strategy.view", ("get", page(draft, "file/yaml")): "strategy.view", ("get", page(draft, "shadow")): "strategy.view",
        ("get", page(draft, "edit")): "strategy.edit", ("get", "/desk/strategies/upload"): "strategy.edit",
        ("get", f"/desk/strategies/compare?a={draft.base_version_id}&b={draft.strategy_id}"): "strategy.view",
        ("post", page(draft, "cells")): "strategy.edit", ("post", page(draft, "save")): "strategy.edit",
        ("post", page(draft, "step/approve")): "strategy.approve", ("post", page(draft, "step/publish")): "strategy.publish",
    }  # fmt: skip
    for (method, path), permission in needed.items():
        status = getattr(client, method)(path).status_code
        assert (status == 403) is (permission not in PERMISSIONS_BY_ROLE[role]), (role, path, status)


def test_what_is_no_version_is_not_found(strategist, live):
    for path in ("/desk/strategies/999999/", "/desk/strategies/compare", "/desk/strategies/compare?a=1&b=x", page(live, "file/exe"), page(live, "file/..")):  # fmt: skip
        assert strategist.get(path).status_code == 404
    assert strategist.post(page(live, "step/explode")).status_code == 404
    assert strategist.get(page(live, "edit"))["Location"] == page(live)


def test_a_version_goes_down_as_a_file_and_up_as_a_draft(strategist, live):
    content = strategist.get(page(live, "file/xlsx")).content
    assert read_strategy_workbook(content) == live.content
    assert yaml.safe_load(strategist.get(page(live, "file/yaml")).content) == live.content
    for form in ("dmn", "dmn13", "bpmn", "svg"):
        answer = strategist.get(page(live, f"file/{form}"))
        assert answer.content.lstrip().startswith(b"<"), form
        assert f'"{CODE}-{live.version}.{form.rstrip("13")}"' in answer["Content-Disposition"]
    file = SimpleUploadedFile("mine.xlsx", content)
    answer = strategist.post("/desk/strategies/upload", {"file": file})
    made = StrategyVersion.objects.get(code=CODE, status="draft")
    assert answer["Location"] == f"/desk/strategies/{made.pk}/"
    assert (made.base_id, made.version) == (live.strategy_id, _after(live.version, 1))
    assert {**made.content, "version": live.version} == live.content


def test_a_file_that_cannot_be_read_names_its_faults_and_makes_no_draft(strategist, live):
    count = StrategyVersion.objects.count()
    for name, content, said in (
        ("x.xlsx", b"no", "no readable .xlsx workbook"), ("x.yaml", b"a: [", "line 1"), ("x.dmn", b"<a/>", "Nothing was taken over"),
    ):  # fmt: skip
        answer = strategist.post("/desk/strategies/upload", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422 and said in answer.content.decode(), name
    assert StrategyVersion.objects.count() == count


def test_a_save_keeps_what_was_typed_and_says_what_is_wrong(strategist, draft):
    book = book_of(draft.content).as_json()
    table = next(each for each in book["tables"] if each["decision_id"] == book["result"])
    table["rows"][0]["cells"]["when:standing"] = "deceased"
    answer = send(strategist, draft, "save", {"book": book, "expected": draft.sha256})
    assert answer.status_code == 200
    fault = answer.json()["faults"][0]
    assert (fault["decision"], fault["row_id"], fault["column"]) == (
        "next_step",
        table["rows"][0]["row_id"],
        "standing",
    )
    saved = StrategyVersion.objects.get(pk=draft.strategy_id)
    assert saved.sha256 == answer.json()["sha256"]
    assert saved.content["decisions"][-1]["rows"][0]["when"]["standing"] == "deceased"
    assert {**saved.content, "decisions": 0} == {**draft.content, "decisions": 0}


def test_an_older_save_is_refused_with_the_newer_one_and_becomes_a_draft_of_its_own(strategist, draft):
    theirs = {**draft.content, "title": {"zh": "对方", "en": "Theirs"}}
    decisions.save_draft(
        code=CODE, document=theirs, draft_id=draft.strategy_id, expected_sha256=draft.sha256, actor=system("other"), now=now()
    )  # fmt: skip
    book = book_of(draft.content).as_json() | {"en": "Mine"}
    refused = send(strategist, draft, "save", {"book": book, "expected": draft.sha256})
    assert refused.status_code == 409
    assert refused.json()["book"]["en"] == "Theirs" and refused.json()["by"] == "other"
    assert any("Mine" in text for text in refused.json()["changes"])
    assert StrategyVersion.objects.get(pk=draft.strategy_id).content["title"]["en"] == "Theirs"
    kept = send(strategist, draft, "save", {"book": book, "expected": draft.sha256, "as_copy": True})
    mine = StrategyVersion.objects.get(code=CODE, version=_after(draft.version, 1))
    assert kept.json()["goto"] == f"/desk/strategies/{mine.pk}/edit"
    assert mine.content["title"]["en"] == "Mine"


@pytest.mark.parametrize("data", ["nonsense", {}, {"book": {"tables": 5}}, {"book": []}, []])
def test_what_is_no_book_is_refused_and_changes_nothing(strategist, draft, data):
    assert send(strategist, draft, "save", data).status_code in (400, 422, 409)
    assert send(strategist, draft, "cells", data).status_code == 400
    assert StrategyVersion.objects.get(pk=draft.strategy_id).sha256 == draft.sha256


def test_cells_are_checked_one_by_one(strategist, draft):
    cells = [
        {"kind": "when", "type": "integer", "text": "[1..30]"}, {"kind": "when", "type": "integer", "text": "[30..1"},
        {"kind": "then", "type": "text", "text": "dance", "allowed": "call, none", "has_default": True}, {"kind": "when", "type": "integer", "text": "> limit"},
    ]  # fmt: skip
    problems = send(strategist, draft, "cells", {"types": {"limit": "integer"}, "cells": cells}).json()[
        "problems"
    ]
    assert (
        problems[0] == ""
        and problems[1].startswith("“[30..1” cannot be read")
        and "allowed values: call, none" in problems[2]
    )
    assert problems[3] == ""


def test_an_account_is_tried_row_by_row(strategist, live):
    answer = strategist.post(
        page(live, "try"), {"f-days_past_due": "12", "f-is_deceased": "true", "f-overdue_minor": "5000"}
    )
    text = answer.content.decode()
    assert "The debtor has died: no contact at all, a person reviews the case" in text
    assert "Fired" in text and "Does not fit" in text
    wrong = strategist.post(page(live, "try"), {"f-days_past_due": "soon"})
    assert wrong.status_code == 422 and "This is not of the fact" in wrong.content.decode()


def test_a_copy_is_deleted_again_and_a_published_version_is_not(strategist, live):
    made = strategist.post(page(live, "copy"))["Location"]
    copy = StrategyVersion.objects.get(code=CODE, status="draft")
    assert made == f"/desk/strategies/{copy.pk}/edit"
    strategist.post(f"/desk/strategies/{copy.pk}/delete")
    strategist.post(page(live, "delete"))
    assert [each.pk for each in StrategyVersion.objects.filter(code=CODE)] == [live.strategy_id]


def test_who_wrote_a_version_reads_why_they_cannot_approve_it(strategist, live, staff, signed_in):
    strategist.post(page(live, "copy"))
    copy = StrategyVersion.objects.get(code=CODE, status="draft")
    StrategyVersion.objects.filter(pk=copy.pk).update(status="checked")
    strategist.post(f"/desk/strategies/{copy.pk}/step/shadow")
    text = strategist.get(f"/desk/strategies/{copy.pk}/").content.decode()
    assert "You wrote it: another person approves it." in text
    strategist.post(f"/desk/strategies/{copy.pk}/step/approve")
    assert StrategyVersion.objects.get(pk=copy.pk).status == "shadow"
    strategist.post("/accounts/logout/")
    staff("supervisor", team=None)
    other = signed_in("supervisor").get(f"/desk/strategies/{copy.pk}/").content.decode()
    assert "No night has passed in its shadow yet" in other
