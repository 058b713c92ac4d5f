"""The conformance runner: reading, checking, asking without leaking, comparing."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from fairdue.engine.conformance.cases import FileMalformed, find_files, read
from fairdue.engine.conformance.running import Unsupported, run

GATE = """
- id: {id}
  title: a call at night
  kind: gate
  grade: {grade}
  source: {{text: test}}
  packs: [cn]
  rules: [CN-TIME-01]
  see: [CN-TIME-03]
  note: "expected is defer"
  given: {{actor: {{kind: creditor}}, debtor: {{}}, contact_points: [], debts: [], events: []}}
  when: {{at: "2026-05-12T23:00:00+08:00", channel: call, about: [d1], purpose: collect}}
  then: {then}
"""
DEFER = '{outcome: defer, retry_after: "2026-05-13T08:00:00+08:00"}'
MONEY = """
- id: {id}
  title: two moments
  kind: delinquency
  source: {{text: test, ref: test}}
  recomputed: true
  given: {{currency: EUR, loans: [{{id: L1, disbursed_on: '2024-01-01', schedule: [{{due: '2024-02-01', principal: '100.00'}}]}}]}}
  events:
    - {{id: P1, date: '2024-02-01', type: repayment, amount: '130.00'}}
  then:
{then}
"""


def law_file(folder: Path, *, id="T-001", grade="S", then=DEFER, name="law.yaml") -> Path:
    path = folder / name
    path.write_text(GATE.format(id=id, grade=grade, then=then))
    return path


def money_file(folder: Path, then: str, *, id="DLQ-900") -> Path:
    path = folder / "money.yaml"
    path.write_text(MONEY.format(id=id, then=then))
    return path


def results(path: Path, adapters):
    return list(run(read(path), adapters))


def gate(answer):
    return {("law", "gate"): lambda question: answer}


def money(items, refused=None):
    return {("money", "delinquency"): lambda question: {"items": items, "refused": refused or {}}}


RIGHT = {"outcome": "defer", "retry_after": "2026-05-13T00:00:00Z", "rules": ["CN-TIME-01", "CN-FREQ-01"]}


def test_a_right_answer_passes_also_with_more_than_was_asked(tmp_path):
    (result,) = results(law_file(tmp_path), gate(RIGHT | {"flags": ["x"]}))
    assert (result.status, result.differences) == ("pass", ())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": "refuse"}, "outcome"),
        ({"retry_after": "2026-05-13T08:01:00+08:00"}, "retry_after"),
        ({"retry_after": None}, "retry_after"),
        ({"rules": ["CN-TIME-03"]}, "rules"),
    ],
)
def test_a_wrong_answer_fails_and_names_the_field(tmp_path, change, field):
    (result,) = results(law_file(tmp_path), gate(RIGHT | change))
    assert result.status == "fail"
    assert [difference.field for difference in result.differences] == [field]


def test_a_kind_without_an_adapter_is_unsupported_and_not_answered(tmp_path):
    (result,) = results(law_file(tmp_path), {})
    assert (result.status, result.got) == ("unsupported", None)


def test_an_adapter_may_say_that_it_does_not_understand(tmp_path):
    def adapter(question):
        raise Unsupported("no visits yet")

    (result,) = results(law_file(tmp_path), {("law", "gate"): adapter})
    assert (result.status, result.reason) == ("unsupported", "no visits yet")


def test_an_answer_that_is_right_but_incomplete_is_unsupported(tmp_path):
    (result,) = results(law_file(tmp_path), gate({"outcome": "defer", "rules": ["CN-TIME-01"]}))
    assert (result.status, result.reason) == ("unsupported", "not answered: retry_after")


def test_an_adapter_that_breaks_fails_its_case_only(tmp_path):
    def adapter(question):
        raise ZeroDivisionError("by zero")

    first = law_file(tmp_path).read_text()
    path = tmp_path / "two.yaml"
    path.write_text(first + GATE.format(id="T-002", grade="S", then="{outcome: allow}"))
    found = results(path, {("law", "gate"): adapter})
    assert [(result.status, result.got) for result in found] == [
        ("fail", {"error": "ZeroDivisionError: by zero"}),
        ("fail", {"error": "ZeroDivisionError: by zero"}),
    ]


def test_an_adapter_never_sees_what_is_expected(tmp_path):
    seen = []

    def adapter(question):
        seen.append(question)
        return RIGHT

    results(law_file(tmp_path), {("law", "gate"): adapter})
    assert seen[0].keys() == {"kind", "packs", "given", "when", "asks"}
    assert seen[0]["asks"] == ["outcome", "retry_after"]
    assert "defer" not in json.dumps(seen[0]) and "CN-TIME" not in json.dumps(seen[0])


def test_an_adapter_of_a_money_case_sees_the_moments_but_no_amount_expected(tmp_path):
    seen = []

    def adapter(question):
        seen.append(question)
        return {"items": [{"delinquency": {"amount": "87.65"}}, {}]}

    then = "    - {at: '2024-02-02', delinquency: {amount: '87.65'}}\n"
    then += "    - refused: [{event: P1, reason: written_off}]"
    results(money_file(tmp_path, then), {("money", "delinquency"): adapter})
    assert seen[0]["questions"] == [{"at": "2024-02-02", "asks": ["delinquency"]}, {"asks": []}]
    assert "87.65" not in json.dumps(seen[0]) and "written_off" not in json.dumps(seen[0])


def test_an_adapter_cannot_change_the_case(tmp_path):
    def adapter(question):
        question["given"].clear()
        return RIGHT

    path = law_file(tmp_path)
    case = read(path)[0]
    list(run([case], {("law", "gate"): adapter}))
    assert case.document["given"]["debts"] == []


@pytest.mark.parametrize(
    ("then", "answer", "status"),
    [
        ("{outcome: [defer, review]}", {"outcome": "review", "rules": ["CN-TIME-01"]}, "pass"),
        ("{outcome: allow}", {"outcome": "allow"}, "pass"),
        ("{outcome: defer}", {"outcome": "defer"}, "unsupported"),
        ("{outcome: allow, flags: [a, b]}", {"outcome": "allow", "flags": ["c", "b", "a"]}, "pass"),
        ("{outcome: allow, requires: [a, b]}", {"outcome": "allow", "requires": ["a"]}, "fail"),
        ('{max: "15.400"}', {"max": "15.4", "rules": ["CN-TIME-01"]}, "pass"),
        ('{max: "15.40"}', {"max": "15.41", "rules": ["CN-TIME-01"]}, "fail"),
        ('{max: "15.40"}', {"max": "15.40", "rules": []}, "fail"),
        ("{met: true}", {"met": 1, "rules": ["CN-TIME-01"]}, "fail"),
        ('{parts: {b1: "1.00"}}', {"parts": {"b1": "1", "b2": "9"}, "rules": ["CN-TIME-01"]}, "pass"),
        (
            '{sums: [{of: [b1, b2], amount: "3.00"}]}',
            {"parts": {"b1": "1", "b2": "2.00", "b3": "7"}, "rules": ["CN-TIME-01"]},
            "pass",
        ),
        (
            '{sums: [{of: [b1, b2], amount: "3.00"}]}',
            {"parts": {"b1": "1", "b3": "2.00"}, "rules": ["CN-TIME-01"]},
            "fail",
        ),
        (
            "{base: [{id: a, from: x}, {id: b, from: y}]}",
            {"base": [{"id": "b", "from": "y"}, {"id": "a", "from": "x"}], "rules": ["CN-TIME-01"]},
            "pass",
        ),
    ],
)
def test_law_answers_are_compared_field_by_field(tmp_path, then, answer, status):
    (result,) = results(law_file(tmp_path, then=then), gate(answer))
    assert result.status == status


@pytest.mark.parametrize(
    ("then", "items", "status"),
    [
        ("{at: '2024-02-02', totals: {paid: '5.0'}}", [{"totals": {"paid": "5.00", "due": "9"}}], "pass"),
        ("{at: '2024-02-02', totals: {paid: '5.00'}}", [{"totals": {"paid": "5.01"}}], "fail"),
        ("{after: P1, allocation: {P1: {fee: '1.00'}}}", [{"allocation": {"P1": {"fee": "1"}}}], "pass"),
        (
            "{after: P1, allocation: {P1: {principal: '1.00'}}}",
            [{"allocation": {"P1": {"principal": "1", "overpaid": "2"}}}],
            "fail",
        ),
        ("{at: '2024-02-02', schedule: [{nr: 1}]}", [{"schedule": [{"nr": 1}, {"nr": 2}]}], "fail"),
        ("{at: '2024-02-02', schedule_rows: [{nr: 2}]}", [{"schedule": [{"nr": 1}, {"nr": 2}]}], "pass"),
        (
            "{after: P1, postings: {P1: [{account: cash, debit: '5.00'}]}}",
            [{"postings": {"P1": [{"account": "cash", "debit": "7"}, {"account": "cash", "credit": "2"},
                                  {"account": "overpayment", "credit": "0"}]}}],
            "pass",
        ),
        ("{values: {apr: '11.82'}}", [{"values": {"apr": Fraction("11.815")}}], "pass"),
        ("{values: {apr: '11.82'}}", [{"values": {"apr": Fraction("11.8249")}}], "pass"),
        ("{values: {apr: '11.82'}}", [{"values": {"apr": Fraction("11.8251")}}], "fail"),
        ("{values: {apr: '11.82'}, tolerance: '0.125'}", [{"values": {"apr": Fraction("11.9")}}], "pass"),
        ("{values: {months: 12}}", [{"values": {"months": 13}}], "fail"),
        ("{values: {r: ['0.5', '0.25']}}", [{"values": {"r": [Fraction(1, 2), Fraction(1, 4)]}}], "pass"),
        ("{values: {rates: ['0.5']}}", [{"values": {"rates": [Fraction(1, 2), Fraction(1, 4)]}}], "fail"),
        ("{after: P1, state: {status: active}}", [{}], "unsupported"),
    ],
)  # fmt: skip
def test_money_answers_are_compared_item_by_item(tmp_path, then, items, status):
    (result,) = results(money_file(tmp_path, f"    - {then}"), money(items))
    assert result.status == status


def test_an_event_refused_unexpectedly_fails_and_one_refused_as_expected_passes(tmp_path):
    path = money_file(tmp_path, "    - {refused: [{event: P1, reason: written_off}]}")
    assert results(path, money([{}], {"P1": "written_off"}))[0].status == "pass"
    assert results(path, money([{}], {"P1": "not_active"}))[0].status == "fail"
    assert results(path, money([{}]))[0].status == "fail"


def test_a_case_that_the_schema_beside_it_refuses_fails_with_the_place(tmp_path):
    schema = {"type": "array", "items": {"$ref": "#/$defs/case"}, "$defs": {
        "case": {"properties": {"when": {"required": ["at"]}}}}}  # fmt: skip
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    (tmp_path / "cases").mkdir()
    path = law_file(tmp_path / "cases")
    assert results(path, gate(RIGHT))[0].status == "pass"
    path.write_text(path.read_text().replace("when: {at:", "when: {on:"))
    (result,) = results(path, gate(RIGHT))
    assert (result.status, result.got) == ("fail", {"malformed": "when: 'at' is a required property"})


def test_without_a_schema_the_outline_is_checked(tmp_path):
    path = law_file(tmp_path)
    path.write_text(path.read_text().replace("given:", "facts:"))
    (result,) = results(path, gate(RIGHT))
    assert result.got == {"malformed": "given: is required"}


def test_a_case_of_neither_format_is_malformed(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("- {id: a, kind: gate, then: {outcome: allow}}")
    assert results(path, {})[0].status == "fail"


def test_an_id_that_stands_twice_fails_the_second_time(tmp_path):
    path = law_file(tmp_path)
    path.write_text(path.read_text() * 2)
    found = results(path, gate(RIGHT))
    assert [result.status for result in found] == ["pass", "fail"]
    assert found[1].got == {"malformed": "id: T-001 stands already in law.yaml, line 2"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- id: a\n  kind: [gate\n", 3),
        ("- id: a\n  id: b\n", 2),
        ("id: a\n", 1),
        ("- {id: a}\n- just text\n", 2),
        ("", 1),
        ("- id: \x00", 1),
    ],
)
def test_a_malformed_file_is_named_with_its_line(tmp_path, text, line):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(FileMalformed) as caught:
        read(path)
    assert (caught.value.path, caught.value.line) == (path, line)


def test_a_file_that_is_not_utf8_is_malformed(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_bytes("- {id: 催收}".encode("gb18030"))
    with pytest.raises(FileMalformed):
        read(path)


def test_a_folder_with_cases_in_it_means_those_and_any_other_folder_means_all(tmp_path):
    for place in ("law/cases", "money/cases", "plain/deep"):
        (tmp_path / place).mkdir(parents=True)
        law_file(tmp_path / place)
    (tmp_path / "law" / "RULES.yaml").write_text("[]")

    def names(*paths: str) -> list[str]:
        return [str(file.relative_to(tmp_path)) for file in find_files([tmp_path / path for path in paths])]

    assert names("law") == names("law/cases") == ["law/cases/law.yaml"]
    assert names("plain") == ["plain/deep/law.yaml"]
    assert names("") == ["law/cases/law.yaml", "money/cases/law.yaml"]
    assert names("law", "law/cases/law.yaml") == ["law/cases/law.yaml"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError):
        names("empty")
