"""A pack that lacks anything is refused as a whole, and the refusal names file, field and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import PackInvalid, load_pack
from fairdue.engine.law.trying import try_case

RULES = Path(__file__).parents[3] / "packs" / "rules"
CHECKS, TESTS, PARAMETERS = "checks/contact.yaml", "tests/contact.yaml", "parameters/contact.yaml"
COMPLAINTS, COVERAGE, RECIPIENTS = "numbers/complaints.yaml", "coverage.yaml", "checks/recipients.yaml"


@pytest.fixture
def rules(tmp_path) -> Path:
    shutil.copytree(RULES, tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def house(rules) -> Path:
    return rules / "house"


def edit(folder: Path, file: str, old: str, new: str, count: int = 1) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def refusal(folder: Path):
    with pytest.raises(PackInvalid) as caught:
        load_pack(folder)
    return caught.value


FAULTS = [
    (CHECKS, "  citation: [{source: HOUSE, article: messages}]\n", "", "HOUSE-MSG-01", "'citation' is a required", "schema"),
    (CHECKS, "{source: HOUSE, article: messages}", "{source: GONE}", "HOUSE-MSG-01: citation.0.source", "GONE is not listed", "sources.yaml"),
    (CHECKS, "    zh: 该联系方式已知无效或尚未验证，请勿使用，以免打扰无关人员。\n", "", "HOUSE-POINT-01: message", "'zh' is a required", "schema"),
    (CHECKS, "    zh: 该联系方式已知无效或尚未验证，请勿使用，以免打扰无关人员。\n", "    zh: invalid\n", "HOUSE-POINT-01: message.zh", "not in this language", "translate"),
    (CHECKS, "en: Messages a day}", "en: 每日}", "HOUSE-MSG-01: title.en", "not in this language", "translate"),
    (CHECKS, "uses: count.reached", "uses: count.guessed", "HOUSE-MSG-01: uses", "no check function 'count.guessed'", "there are"),
    (CHECKS, "point_status: {not: [valid, removed]}", "point_mood: {not: [valid, removed]}", "HOUSE-POINT-01: condition", "no candidate column 'point_mood'", "README"),
    (CHECKS, "{used} messages went out today", "{mood} messages went out today", "HOUSE-MSG-01: message.en", "names mood", "it may name"),
    (CHECKS, "max: {parameter: messages.per_day}, days: 1", "days: 1", "HOUSE-MSG-01: params.max", "parameter max is missing", "needs it"),
    (CHECKS, "{parameter: messages.per_day}", "{parameter: messages.per_year}", "HOUSE-MSG-01: params", "no parameter messages.per_year", "parameters/*.yaml"),
    (CHECKS, "yields: defer", "yields: forbid", "HOUSE-MSG-01: yields", "'forbid' is not one of", "schema"),
    (CHECKS, "id: HOUSE-MSG-02", "id: HOUSE-MSG-01", "HOUSE-MSG-01: effective_from", "validity from 2021-01-01 overlaps", "`part`"),
    (CHECKS, "  yields: defer", "  yields: defer\n  yields: hold", "", "'yields' stands twice", "correct it there"),
    (TESTS, "is_broken: true", "is_broken: false", "HOUSE-MSG-01: tests", "no test that breaks it", "is_broken: true"),
    (TESTS, "rule: HOUSE-MSG-01", "rule: HOUSE-MSG-99", "HOUSE-MSG-99: rule", "which is no check", "name a check"),
    ("pack.yaml", 'version: "', 'version: "v', "version", "does not match", "schema"),
    ("pack.yaml", "code: house", "code: cottage", "code", "is not the folder's name 'house'", "make them the same"),
    (PARAMETERS, "from: 2021-01-01", "from: 2022-01-01", "HOUSE-MSG-01: effective_from", "has no value on 2021-01-01", "begin later"),
    (PARAMETERS, "{from: 2021-01-01, value", "{from: 2021-01-01, to: 2021-12-31, value", "HOUSE-MSG-01: effective_to", "has no value after 2021-12-31", "next value"),
    ("adopted.yaml", "  rules: all\n", "", "item 1", "'rules' is a required", "schema"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "problem", "advice"), FAULTS, ids=[f"{f[0]}: {f[4]}" for f in FAULTS]
)
def test_a_fault_names_file_field_and_what_to_do(house, file, old, new, field, problem, advice):
    edit(house, file, old, new)
    details = refusal(house).details
    place = CHECKS if file == PARAMETERS else file
    place = CHECKS if "no test that" in problem else place
    found = [fault for fault in details if (fault.file, fault.field) == (place, field)]
    assert any(problem in fault.problem and advice in fault.advice for fault in found), details


def later(first: str, second: str) -> tuple[str, str]:
    value = "- {from: 2021-01-01, value: 2, citation: House policy}"
    return (
        value,
        f"- {{from: 2021-01-01, to: {first}, value: 2, citation: x}}\n    - {{from: {second}, value: 1, citation: y}}",
    )


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("2021-06-30", "2021-08-01", "leaves a gap between 2021-06-30 and 2021-08-01"),
        ("2021-06-30", "2021-06-30", "validity from 2021-01-01 overlaps the one from 2021-06-30"),
        ("2020-06-30", "2021-08-01", "ends on 2020-06-30, before it begins on 2021-01-01"),
    ],
)
def test_values_of_a_dated_parameter_follow_each_other_day_by_day(house, first, second, says):
    edit(house, PARAMETERS, *later(first, second))
    fault = next(fault for fault in refusal(house).details if says in fault.problem)
    assert (fault.file, fault.field) == (PARAMETERS, "messages.per_day: values")
    assert fault.advice == "let each value begin on the day after the one before it ends"


NUMBERS = [
    ("values: [{value: 15}]", "values: [{to: 2020-01-01, value: 15}, {from: 2020-01-03, value: 14}]", "CN-CMP-01: parameters.days", "leaves a gap"),
    ("values: [{value: 15}]", "values: [{to: 2020-01-01, value: 15}, {from: 2020-01-01, value: 14}]", "CN-CMP-01: parameters.days", "overlaps"),
    ("citation: 征信业管理条例 25", "citation: 某网文", "CN-CMP-04: citation", "names no listed source"),
    ("id: CN-CMP-02", "id: CN-CMP-01", "CN-CMP-01: id", "is given twice"),
    ("  rank: ministerial_rule\n", "", "CN-CMP-01", "'rank' is a required property"),
    ("  citation: 征信业管理条例 25\n", "", "CN-CMP-04", "'citation' is a required property"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "says"), NUMBERS, ids=[item[3] for item in NUMBERS])
def test_computing_rules_are_held_to_the_same(rules, old, new, field, says):
    edit(rules / "cn", COMPLAINTS, old, new)
    found = [(fault.file, fault.field) for fault in refusal(rules / "cn").details if says in fault.problem]
    assert (COMPLAINTS, field) in found


def test_two_exceptions_that_can_hold_at_once_need_an_order(rules):
    path = rules / "cn" / RECIPIENTS
    text = path.read_text()
    path.write_text(text.replace("- order: 2\n      label", "- label", 1))
    fault = refusal(rules / "cn").details[0]
    assert (fault.file, fault.field) == (RECIPIENTS, "CN-WHO-03: unless")
    assert "“every own number is invalid (CN-WHO-04)”" in fault.problem
    assert "can hold at once without an order" in fault.problem
    path.write_text(text.replace("- order: 2\n", "- order: 1\n", 1))
    assert "can hold at once without an order" in refusal(rules / "cn").details[0].problem


def test_two_exceptions_that_exclude_each_other_need_none(rules):
    path = rules / "us" / "checks" / "media.yaml"
    text = path.read_text()
    start = text.index("- id: US-TEXT-01")
    consent = "obtained_route: consumer_consent,"
    changed = text[start:].replace("- order: 1\n      ", "- ", 1).replace("- order: 2\n      ", "- ", 1)
    path.write_text(text[:start] + changed)
    assert "US-TEXT-01: unless" in [fault.field for fault in refusal(rules / "us").details]
    assert consent in changed
    message = "{message_days: {at_most: {parameter: text.max_age_days}}"
    assert message in changed
    path.write_text(
        text[:start]
        + changed.replace(message, message.replace("{message", "{obtained_route: creditor_notice, message"))
    )
    assert load_pack(rules / "us").code == "us"


def test_a_file_that_nothing_reads_is_a_fault(house):
    (house / "check").mkdir()
    (house / "check" / "more.yaml").write_text("- id: HOUSE-X-01\n")
    (house / "checks" / "other.yml").write_text("- id: HOUSE-X-02\n")
    assert [(fault.file, fault.problem) for fault in refusal(house).details] == [
        ("check/more.yaml", "is read by nothing"),
        ("checks/other.yml", "is read by nothing"),
    ]


@pytest.mark.parametrize(("text", "says"), [("- {id: [", "is not readable YAML (line 2"), ("", "is empty")])
def test_a_file_that_cannot_be_read_says_where(house, text, says):
    (house / CHECKS).write_text(text + "\n" if text else "")
    fault = refusal(house).details[0]
    assert fault.file == CHECKS
    assert says in fault.problem


def test_a_missing_file_is_named_with_the_folder_it_belongs_to(house):
    (house / "sources.yaml").unlink()
    assert [fault.file for fault in refusal(house).details] == ["sources.yaml"]


COVERED = [
    ("- source: CN-L2\n  article: \"21\"\n  state: not", "- source: CN-L2\n  article: \"21\"\n  state: implemented", "CN-L2 21", "no rule cites it"),
    ("- source: CN-L1\n  article: art. 1064\n", "- source: CN-L1\n  article: art. 546\n", "CN-L1 546", "said not to be implemented, but rules cite it"),
    ("- source: CN-R1\n  article: \"26\"", "- source: CN-R1\n  article: \"13\"", "CN-R1 13", "is said twice"),
    ("- source: CN-R1\n  article: \"26\"", "- source: CN-R9\n  article: \"26\"", "CN-R9 26", "is not listed"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "says"), COVERED, ids=[item[3] for item in COVERED])
def test_what_is_said_of_an_article_must_agree_with_the_rules(rules, old, new, field, says):
    edit(rules / "cn", COVERAGE, old, new)
    fault = refusal(rules / "cn").details[0]
    assert (fault.file, fault.field) == (COVERAGE, field)
    assert says in fault.problem


def test_a_dated_value_holds_from_its_day(house):
    edit(house, PARAMETERS, *later("2026-05-12", "2026-05-13"))
    rulebook = Rulebook((load_pack(house),))

    def outcome(day: int) -> str:
        facts = {
            "channel": "sms",
            "at": f"2026-05-{day}T16:00:00+08:00",
            "messages": [f"2026-05-{day}T09:00:00+08:00"],
        }
        return try_case(facts, rulebook).outcome

    assert (outcome(12), outcome(13)) == ("allow", "defer")


def test_the_digest_follows_rules_numbers_and_texts_and_not_what_is_said_about_our_system(rules):
    before = load_pack(rules / "cn").sha256
    assert load_pack(RULES / "cn").sha256 == before
    edit(rules / "cn", COVERAGE, "佣金模型属于委外管理", "佣金模型")
    assert load_pack(rules / "cn").sha256 == before
    digests = {before}
    for file, old, new in (
        (COMPLAINTS, "争议简单的投诉十五日内处理", "争议简单的投诉十五日内办结"),
        (CHECKS, "夜间不得催收", "夜间禁止催收"),
        (PARAMETERS, 'value: "22:00"', 'value: "21:00"'),
    ):
        edit(rules / "cn", file, old, new)
        digests.add(load_pack(rules / "cn").sha256)
    assert len(digests) == 4
