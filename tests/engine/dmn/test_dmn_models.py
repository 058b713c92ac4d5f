"""Models of our own for what the shared folder does not show: every hit policy, types, knowledge, boxes, refusals."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairdue.engine.dmn import DmnError, Result, evaluate_model, read_model
from fairdue.engine.dmn.conformance import run_folder
from fairdue.engine.dmn.xml import NAMESPACES


def model(body: str, namespace: str = NAMESPACES["1.5"]) -> bytes:
    return f'<definitions xmlns="{namespace}" name="m" namespace="n" id="d">{body}</definitions>'.encode()


def given(name: str, kind: str) -> str:
    return f'<inputData id="i_{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'


def decision(name: str, box: str, *needs: str, kind: str = "", knows: str = "") -> str:
    needed = "".join(
        f'<informationRequirement><{"requiredDecision" if one[0] == "d" else "requiredInput"} href="#{one}"/>'
        "</informationRequirement>"
        for one in needs
    )
    known = (
        f'<knowledgeRequirement><requiredKnowledge href="#{knows}"/></knowledgeRequirement>' if knows else ""
    )
    reference = f' typeRef="{kind}"' if kind else ""
    return f'<decision id="d_{name}" name="{name}"><variable name="{name}"{reference}/>{needed}{known}{box}</decision>'


def text(expression: str, tag: str = "literalExpression") -> str:
    return f"<{tag}><text>{expression.replace('<', '&lt;')}</text></{tag}>"


def table(policy: str, columns: dict[str, str], rules: list[tuple[str, ...]], default: str = "") -> bytes:
    """A table over the number Age; each rule has one test and one value for each column."""
    outputs = "".join(
        f'<output name="{name}">'
        + (text(allowed, "outputValues") if allowed else "")
        + (text(default, "defaultOutputEntry") if default else "")
        + "</output>"
        for name, allowed in columns.items()
    )
    rows = "".join(
        "<rule>"
        + text(rule[0], "inputEntry")
        + "".join(text(one, "outputEntry") for one in rule[1:])
        + "</rule>"
        for rule in rules
    )
    box = f"<decisionTable {policy}><input>{text('Age', 'inputExpression')}</input>{outputs}{rows}</decisionTable>"
    return model(given("Age", "number") + decision("D", box, "i_Age"))


def asked(content: bytes, name: str = "D", **inputs: Any) -> Result:
    return evaluate_model(read_model(content), inputs, [name])[name]


ORDERED = {"Status": '"Best", "Good", "Poor"', "Rate": "1, 2, 3"}
ROWS = [("> 10", '"Poor"', "1"), ("> 20", '"Best"', "3"), ("> 30", '"Best"', "2"), ("> 40", '"Poor"', "1")]


def row(status: str, rate: int) -> dict[str, Any]:
    return {"Status": status, "Rate": Decimal(rate)}


@pytest.mark.parametrize(
    ("policy", "age", "wanted"),
    [
        ('hitPolicy="UNIQUE"', 15, row("Poor", 1)),
        ('hitPolicy="UNIQUE"', 25, None),
        ("", 15, row("Poor", 1)),
        ('hitPolicy="FIRST"', 45, row("Poor", 1)),
        ('hitPolicy="ANY"', 25, None),
        ('hitPolicy="PRIORITY"', 25, row("Best", 3)),
        ('hitPolicy="PRIORITY"', 35, row("Best", 2)),
        ('hitPolicy="OUTPUT ORDER"', 35, [row("Best", 2), row("Best", 3), row("Poor", 1)]),
        ('hitPolicy="RULE ORDER"', 35, [row("Poor", 1), row("Best", 3), row("Best", 2)]),
        ('hitPolicy="COLLECT"', 25, [row("Poor", 1), row("Best", 3)]),
        ('hitPolicy="UNIQUE"', 5, None),
        ('hitPolicy="COLLECT"', 5, []),
        ('hitPolicy="RULE ORDER"', 5, None),
    ],
)
def test_each_hit_policy_makes_of_several_outputs_what_the_standard_says(
    policy: str, age: int, wanted: Any
) -> None:
    assert asked(table(policy, ORDERED, ROWS), Age=age).value == wanted


SINGLE = [("> 10", "98.83"), ("> 20", "64.32"), ("> 30", "98.83")]


@pytest.mark.parametrize(
    ("policy", "age", "wanted"),
    [
        ('hitPolicy="COLLECT" aggregation="SUM"', 35, "261.98"),
        ('hitPolicy="COLLECT" aggregation="MIN"', 35, "64.32"),
        ('hitPolicy="COLLECT" aggregation="MAX"', 35, "98.83"),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 35, "3"),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 5, "0"),
        ('hitPolicy="COLLECT" aggregation="SUM"', 5, None),
        ('hitPolicy="PRIORITY"', 35, "64.32"),
        ('hitPolicy="FIRST"', 35, "98.83"),
    ],
)
def test_each_hit_policy_makes_of_one_output_what_the_standard_says(
    policy: str, age: int, wanted: Any
) -> None:
    found = asked(table(policy, {"Fee": "64.32, 98.83"}, SINGLE), Age=age).value
    assert found == (None if wanted is None else Decimal(wanted))


@pytest.mark.parametrize("policy", ["OUTPUT ORDER", "RULE ORDER"])
def test_lists_of_one_output_come_in_the_order_of_values_or_of_rows(policy: str) -> None:
    found = asked(table(f'hitPolicy="{policy}"', {"Fee": "64.32, 98.83"}, SINGLE), Age=35).value
    wanted = ["64.32", "98.83", "98.83"] if policy == "OUTPUT ORDER" else ["98.83", "64.32", "98.83"]
    assert found == [Decimal(one) for one in wanted]


def test_a_violation_is_null_with_the_rows_named() -> None:
    found = asked(table('hitPolicy="UNIQUE"', ORDERED, ROWS), Age=25)
    assert (found.value, found.messages) == (None, ("the table is UNIQUE, but 2 rows fire: 1, 2",))


def test_no_row_gives_the_default() -> None:
    content = table('hitPolicy="UNIQUE"', {"Status": ""}, [("> 10", '"yes"')], default='"no"')
    assert (asked(content, Age=5).value, asked(content, Age=11).value) == ("no", "yes")


def test_rows_that_agree_under_any_give_what_they_say() -> None:
    content = table('hitPolicy="ANY"', {"Status": ""}, [("> 10", '"a"'), ("> 20", '"a"'), ("> 30", '"b"')])
    assert [asked(content, Age=age).value for age in (15, 25, 35)] == ["a", "a", None]


def test_an_output_that_is_not_allowed_is_null() -> None:
    content = table('hitPolicy="UNIQUE"', {"Status": '"a", "b"'}, [("> 10", '"c"')])
    assert "which is not allowed" in asked(content, Age=11).messages[0]


STATUS = (
    '<itemDefinition name="tStatus"><typeRef>string</typeRef>'
    '<allowedValues><text>"UNEMPLOYED","EMPLOYED","STUDENT"</text></allowedValues></itemDefinition>'
)


def test_an_input_of_a_type_with_allowed_values_must_have_one_of_them() -> None:
    name = "Employment Status"
    source = f'<inputData id="i_1" name="{name}"><variable name="{name}" typeRef="tStatus"/></inputData>'
    content = model(STATUS + source + decision("D", text(f'"You are " + {name}'), "i_1", kind="string"))
    read = read_model(content)
    assert evaluate_model(read, {name: "STUDENT"})["D"].value == "You are STUDENT"
    assert evaluate_model(read, {name: "student"})["D"].value is None
    assert evaluate_model(read, {name: 3})["D"].value is None


PMT = (
    '<itemDefinition name="tLoan"><itemComponent name="amount"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="rate"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="term"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    '<businessKnowledgeModel id="b_PMT" name="PMT"><variable name="PMT" typeRef="number"/><encapsulatedLogic>'
    '<formalParameter name="p" typeRef="number"/><formalParameter name="r" typeRef="number"/>'
    '<formalParameter name="n" typeRef="number"/>'
    "<literalExpression><text>(p*r/12)/(1-(1+r/12)**-n)</text></literalExpression>"
    "</encapsulatedLogic></businessKnowledgeModel>"
)


def _binding(name: str, expression: str) -> str:
    return f'<binding><parameter name="{name}"/>{text(expression)}</binding>'


@pytest.mark.parametrize("is_boxed", [True, False])
def test_knowledge_is_invoked_in_a_context_by_boxes_and_by_name(is_boxed: bool) -> None:
    boxed = f"<invocation>{text('PMT')}{_binding('p', 'Loan.amount')}{_binding('r', 'Loan.rate')}" + (
        f"{_binding('n', 'Loan.term')}</invocation>"
    )
    call = boxed if is_boxed else text("PMT(Loan.amount, Loan.rate, Loan.term)")
    box = (
        f'<context><contextEntry><variable name="Payment"/>{call}</contextEntry>'
        f'<contextEntry><variable name="Fee" typeRef="number"/>{text("100")}</contextEntry>'
        f"<contextEntry>{text('Payment + Fee')}</contextEntry></context>"
    )
    content = model(PMT + given("Loan", "tLoan") + decision("D", box, "i_Loan", kind="number", knows="b_PMT"))
    found = asked(content, Loan={"amount": 600000, "rate": Decimal("0.0375"), "term": 360}).value
    assert round(found, 6) == Decimal("2878.693549")
    assert asked(content, Loan={"amount": 600000}).value is None


def test_knowledge_may_call_itself_and_what_never_ends_is_null() -> None:
    body = '<businessKnowledgeModel id="b" name="f"><encapsulatedLogic><formalParameter name="n"/>{}</encapsulatedLogic>'
    body += (
        '<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement></businessKnowledgeModel>'
    )
    good = body.format(text("if n = 0 then 1 else n * f(n - 1)"))
    assert asked(model(good + decision("D", text("f(10)"), knows="b"))).value == 3628800
    found = asked(model(body.format(text("f(n)")) + decision("D", text("f(1)"), knows="b")))
    assert found.value is None
    assert "too deeply" in " ".join(found.messages)


@pytest.mark.parametrize(
    ("box", "wanted"),
    [
        (f"<list>{text('1')}{text('1 + 1')}</list>", [1, 2]),
        (
            '<relation><column name="a"/><column name="b"/>'
            f"<row>{text('1')}{text('2')}</row><row>{text('3')}{text('4')}</row></relation>",
            [{"a": 1, "b": 2}, {"a": 3, "b": 4}],
        ),
        (
            f"<conditional><if>{text('1 = 1')}</if><then>{text('1')}</then><else>{text('2')}</else></conditional>",
            1,
        ),
        (f"<filter><in>{text('[1, 2, 3]')}</in><match>{text('item > 1')}</match></filter>", [2, 3]),
        (
            f'<for iteratorVariable="x"><in>{text("[1, 2]")}</in><return>{text("x * 2")}</return></for>',
            [2, 4],
        ),
        (
            f'<some iteratorVariable="x"><in>{text("[1, 2]")}</in><satisfies>{text("x > 1")}</satisfies></some>',
            True,
        ),
        (f'<context><contextEntry><variable name="a b"/>{text("1")}</contextEntry></context>', {"a b": 1}),
    ],
)
def test_boxes_come_to_what_they_say(box: str, wanted: Any) -> None:
    assert asked(model(decision("D", box))).value == wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("not(A)", [False, True, None]),
        ("A and true", [True, False, None]),
        ("A and false", [False, False, False]),
        ("A or true", [True, True, True]),
        ("A or null", [True, None, None]),
    ],
)
def test_logic_has_three_values(expression: str, wanted: list[Any]) -> None:
    content = model(given("A", "boolean") + decision("D", text(expression), "i_A"))
    assert [asked(content, A=value).value for value in (True, False, None)] == wanted


def test_decisions_are_asked_through_the_graph_and_a_service_is_a_function() -> None:
    service = '<decisionService id="s" name="Doubled"><outputDecision href="#d_Twice"/><inputData href="#i_x"/></decisionService>'
    twice = decision("Twice", text("x * 2"), "i_x", kind="number")
    once_more = decision("D", text("Twice + 1"), "d_Twice")
    other = decision("E", text("Doubled(x + 1)"), "i_x", knows="s")
    results = evaluate_model(
        read_model(model(given("x", "number") + twice + once_more + other + service)), {"x": 5}
    )
    assert {name: one.value for name, one in results.items()} == {"Twice": 10, "D": 11, "E": 12}


@pytest.mark.parametrize("version", sorted(NAMESPACES))
@pytest.mark.parametrize("prefix", ["", "feel:", "own:"])
def test_every_version_of_the_namespace_is_read_and_types_with_any_prefix(version: str, prefix: str) -> None:
    item = f'<itemDefinition name="Small"><typeRef>{prefix}number</typeRef>{text("< 3", "allowedValues")}</itemDefinition>'
    content = model(item + decision("D", text("1 + 1"), kind=f"{prefix}Small"), NAMESPACES[version])
    assert asked(content).value == 2
    assert asked(content.replace(b"1 + 1", b"1 + 2")).value is None


def test_a_reference_with_the_address_of_the_file_itself_is_one_into_it() -> None:
    content = model(decision("A", text("B"), "d_B") + decision("B", text("5")))
    assert asked(content.replace(b'"#d_B"', b'"n#d_B"'), "A").value == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            model(decision("A", text("B"), "d_B") + decision("B", text("A"), "d_A")),
            "in a circle: (A → B → A|B → A → B)",
        ),
        (model(decision("A", text("B"), "d_B")), "A requires #d_B, which the file does not have"),
        (model(decision("A", text("B"), "d_B")).replace(b'href="#d_B"', b""), "its href is missing"),
        (
            model(decision("A", text("B"), "d_B")).replace(b"#d_B", b"o#b"),
            "unsupported: A requires o#b of another file",
        ),
        (
            model('<decisionService id="s" name="S"><outputDecision href="#no"/></decisionService>'),
            "S requires #no",
        ),
        (model(decision("A", text("1")) * 2), "stands for two elements"),
        (b"<definitions/>", "not DMN 1.1 to 1.5"),
        (b"<definitions", "not XML"),
        (b"", "not XML"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]>' + model(""), "document type"),
        (model("<decision" + " " * 20_000_000), "20000000 at most"),
        (model(decision("A", "<list>" * 60 + "</list>" * 60)), "boxes within one another"),
    ],
)
def test_a_file_that_is_no_model_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(DmnError, match=words):
        read_model(content)


def test_logic_that_cannot_be_read_is_null_and_named_and_the_rest_is_asked() -> None:
    read = read_model(model(decision("A", text("1 +")) + decision("B", text("2"))))
    results = evaluate_model(read, {})
    assert (results["A"].value, results["B"].value) == (None, 2)
    assert read.faults[0].startswith("the decision A: expected a value")
    assert results["A"].messages == read.faults


def test_a_decision_that_is_not_there_is_refused() -> None:
    with pytest.raises(DmnError, match="no decision X"):
        evaluate_model(read_model(model("")), {}, ["X"])


def test_a_file_of_the_kit_that_is_cut_off_is_one_failed_case_and_the_others_are_run(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<testCases><testCase")
    (tmp_path / "b.xml").write_text(
        '<testCases><modelName>none.dmn</modelName><testCase id="1"/></testCases>'
    )
    found = [(one.test, one.is_passed, one.message.partition(":")[0]) for one in run_folder(tmp_path)]
    assert found == [("a", False, "a.xml"), ("b/1", False, "none.dmn")]
