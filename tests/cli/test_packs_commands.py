"""`fairdue packs` as a person or a machine uses it: check, diff, coverage, rulebook, versions, confirm."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import RuleConfirmation
from fairdue.kernel.actor import system

RULES = Path(__file__).parents[2] / "packs" / "rules"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SEEN = "Full text of the guideline, edition of 2026-01-30, article 12, page 7"


def run(*words: str):
    return CliRunner().invoke(build(), ["packs", *words])


@pytest.fixture
def folder(tmp_path) -> Path:
    shutil.copytree(RULES, tmp_path / "rules")
    return tmp_path / "rules"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_faulty_pack_is_told_by_file_field_and_advice_with_status_one(folder):
    edit(folder / "house" / "checks" / "contact.yaml", "uses: count.reached", "uses: count.guessed")
    answer = run("check", "--folder", str(folder), "--json")
    assert answer.exit_code == 1
    report = next(one for one in json.loads(answer.stdout)["packs"] if one["faults"])
    assert report["pack"] == "house"
    detail = report["details"][0]
    assert (detail["file"], detail["field"]) == ("checks/contact.yaml", "HOUSE-MSG-01: uses")
    assert detail["advice"].startswith("there are hours.closed")


def test_a_difference_is_told_in_words_of_both_languages_with_status_one(folder):
    edit(folder / "cn" / "parameters" / "contact.yaml", 'value: "22:00"', 'value: "21:00"')
    answer = run("diff", "cn", str(folder / "cn"), "--json")
    assert answer.exit_code == 1
    changes = json.loads(answer.stdout)["packs"][0]["changes"]
    assert [change["words"] for change in changes] == [
        {"zh": "night.open_to：参数 from 2025-02-28 原为 22:00, 现为 21:00",
         "en": "night.open_to: parameter from 2025-02-28 was 22:00, is now 21:00"}
    ]  # fmt: skip
    assert "原为 22:00, 现为 21:00" in run("diff", "cn", str(folder / "cn"), "--language", "zh").stdout


def test_whole_folders_are_compared_pack_by_pack(folder):
    assert run("diff", str(RULES), str(folder)).exit_code == 0
    shutil.rmtree(folder / "sg")
    answer = run("diff", str(RULES), str(folder), "--json")
    assert answer.exit_code == 1
    found = {one["pack"]: one for one in json.loads(answer.stdout)["packs"]}
    assert len(found) == 12
    assert found["sg"]["after"] == ""
    assert {change["kind"] for change in found["sg"]["changes"]} == {"removed"}
    assert [code for code, one in found.items() if one["changes"]] == ["sg"]


def test_sides_that_cannot_be_read_are_wrong_questions(tmp_path):
    assert run("diff", "cn", "nowhere").exit_code == 2
    assert run("diff", "cn", str(tmp_path)).exit_code == 2


def test_coverage_says_of_every_article_what_is_done_and_names_its_tests():
    answer = run("coverage", "--pack", "cn", "--json")
    assert answer.exit_code == 0
    instruments = {one["source"]: one for one in json.loads(answer.stdout)["packs"]["cn"]}
    articles = {one["article"]: one for one in instruments["CN-M1"]["articles"]}
    assert articles["66"]["state"] == "not"
    assert articles["66"]["reason"]["en"].startswith("Commission belongs to placement")
    assert articles["68"]["state"] == "implemented"
    assert "CN-WHO-01#1" in articles["68"]["tests"]
    spoken = run("coverage", "--pack", "cn", "--language", "zh").stdout
    assert "66 · 未实现" in spoken


def test_the_rulebook_is_read_an_article_at_a_time():
    answer = run("rulebook", "--source", "CN-G3", "--article", "22")
    assert answer.exit_code == 0
    assert "CN-VISIT-01#1" in answer.stdout
    assert "visit.staff (persons): 2026-01-30: 2" in answer.stdout
    assert "CN-TIME-01" not in answer.stdout
    assert run("rulebook", "--source", "CN-G3", "--article", "99").exit_code == 2


@pytest.mark.django_db
def test_published_versions_are_listed_and_compared_with_what_ships():
    law.load_rule_packs(actor=system("test"), now=NOW)
    hk = law.shipped_pack("hk")
    found = json.loads(run("versions", "--pack", "hk", "--json").stdout)["versions"]
    assert [(one["code"], one["version"], one["sha256"]) for one in found] == [("hk", hk.version, hk.sha256)]
    assert run("diff", f"hk@{hk.version}", "hk").exit_code == 0
    assert run("diff", "hk@1999.1.1", "hk").exit_code == 2


@pytest.mark.django_db
def test_a_reviewer_confirms_a_rule_by_name_and_takes_it_back():
    for role in ("legal", "collector"):
        identity.create_staff(
            username=f"the-{role}", password="a-long-Password-7", display_name="Chen", role=role, team_code=None,
            actor=system("test"), now=NOW, locale="en",
        )  # fmt: skip
    assert run("confirm", "CN-TIME-01", "--source", SEEN, "--by", "nobody").exit_code == 2
    assert run("confirm", "CN-TIME-01", "--source", SEEN, "--by", "the-collector").exit_code == 2
    assert run("confirm", "CN-WHAT-01", "--source", SEEN, "--by", "the-legal").exit_code == 2
    assert RuleConfirmation.objects.count() == 0

    answer = run("confirm", "CN-TIME-01", "--source", SEEN, "--by", "the-legal", "--json")

    assert answer.exit_code == 0, answer.output
    card = json.loads(answer.stdout)
    assert (card["pack"], card["decision"], card["decided_by"]) == ("cn", "confirmed", "Chen")
    assert run("confirm", "CN-TIME-01", "--source", SEEN, "--by", "the-legal").exit_code == 2
    assert (
        run(
            "confirm", "CN-TIME-01", "--source", "It was a draft", "--by", "the-legal", "--withdraw"
        ).exit_code
        == 0
    )
    assert law.rule_standings("cn")["cn", "CN-TIME-01"].basis == "house_ahead"
