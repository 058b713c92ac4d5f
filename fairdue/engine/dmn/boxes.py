"""From boxed expressions to one tree: literal expressions, tables, contexts, lists, relations, calls, functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import cast

from lxml import etree

from fairdue.engine.dmn import xml
from fairdue.engine.dmn.errors import DmnError
from fairdue.engine.dmn.model import (
    AGGREGATIONS,
    HIT_POLICIES,
    Aggregation,
    Broken,
    DecisionTable,
    HitPolicy,
    ResultContext,
    TableInput,
    TableOutput,
    TableRule,
    Typed,
)
from fairdue.engine.feel import FeelError, ast, parse_expression, parse_unary_tests
from fairdue.engine.feel.names import built_in

MAX_BOXES = 40
"""How deep boxes may lie within one another."""
LOGIC = (
    *(
        "literalExpression",
        "decisionTable",
        "context",
        "list",
        "relation",
        "invocation",
        "functionDefinition",
    ),
    *("conditional", "filter", "for", "some", "every"),
)
"""The elements that are boxed expressions."""


_PREFIX = re.compile(r"\A[^\s:<>]+:(?=\S)")


def type_ref(written: str) -> str:
    """Return the name of a type without a prefix.

    DMN 1.1 and 1.2 write `feel:number` and `tns:tLoan`: a qualified name, whose prefix stands for the namespace
    of FEEL or of the file itself. Later versions write the name alone.
    """
    return _PREFIX.sub("", written.strip())


def variable_type(element: etree._Element) -> str:
    """Return the name of the type of an element's variable, or nothing."""
    variable = xml.child(element, "variable")
    return "" if variable is None else type_ref(xml.attribute(variable, "typeRef"))


class BoxReader:
    """Reads the logic of one file; what cannot be read becomes `Broken` and is noted."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = built_in().copy_with(names)
        self.faults: list[str] = []
        self.level = 0

    # -- texts --------------------------------------------------------------------------------

    def expression(self, text: str, where: str) -> ast.Node:
        """Return an expression, or why there is none."""
        if not text.strip():
            return ast.Null()
        try:
            return parse_expression(text, self.names)
        except FeelError as error:
            return self.broken(f"{where}: {error}")

    def tests(self, text: str, where: str) -> ast.UnaryTests:
        """Return a cell; one that cannot be read passes nothing, one that is empty everything."""
        if not text.strip():
            return ast.UnaryTests()
        try:
            return parse_unary_tests(text, self.names)
        except FeelError as error:
            return ast.UnaryTests((self.broken(f"{where}: {error}"),))

    def allowed(self, element: etree._Element | None, where: str) -> ast.UnaryTests | None:
        """Return the values that are allowed, if the file says so."""
        text = xml.text_of(element).strip()
        return self.tests(text, f"{where}, allowed values") if text and text != "-" else None

    def broken(self, message: str) -> ast.Node:
        """Note a fault and stand in for what cannot be read."""
        self.faults.append(message)
        return Broken(message)

    # -- boxes --------------------------------------------------------------------------------

    def logic_in(self, element: etree._Element | None, where: str) -> ast.Node | None:
        """Return the first boxed expression in an element, if it has one."""
        found = None if element is None else xml.child(element, *LOGIC)
        return None if found is None else self.box(found, where)

    def box(self, element: etree._Element, where: str) -> ast.Node:
        """Return a boxed expression as a tree, of its type if one is written."""
        self.level += 1
        if self.level > MAX_BOXES:
            raise DmnError(f"{where}: more than {MAX_BOXES} boxes within one another")
        readers: dict[str, Callable[[etree._Element, str], ast.Node]] = {
            "literalExpression": self.literal,
            "decisionTable": self.table,
            "context": self.context,
            "list": self.list,
            "relation": self.relation,
            "invocation": self.invocation,
            "functionDefinition": self.function,
            "conditional": self.conditional,
            "filter": self.filter,
        }
        found = readers.get(xml.kind(element), self.iteration)(element, where)
        self.level -= 1
        kind = type_ref(xml.attribute(element, "typeRef"))
        return Typed(found, kind) if kind and not isinstance(found, ast.Function) else found

    def part(self, element: etree._Element, kind: str, where: str) -> ast.Node:
        """Return the boxed expression in a child of a kind; null if there is none."""
        return self.logic_in(xml.child(element, kind), where) or ast.Null()

    def literal(self, element: etree._Element, where: str) -> ast.Node:
        """A literal expression; one of another language than FEEL cannot be read."""
        language = xml.attribute(element, "expressionLanguage")
        if language and "feel" not in language.lower():
            return self.broken(f"unsupported: {where}: expressions in {language} are not read, only FEEL")
        return self.expression(xml.text_of(element), where)

    def context(self, element: etree._Element, where: str) -> ast.Node:
        """A boxed context, with or without a result."""
        entries: list[ast.Entry] = []
        for one in xml.children(element, "contextEntry"):
            variable = xml.child(one, "variable")
            value = self.logic_in(one, where) or ast.Null()
            if variable is None:
                return ResultContext(tuple(entries), value)
            kind = type_ref(xml.attribute(variable, "typeRef"))
            is_typed = bool(kind) and not isinstance(value, ast.Function)
            entries.append(
                ast.Entry(xml.attribute(variable, "name"), Typed(value, kind) if is_typed else value)
            )
        return ast.Context(tuple(entries))

    def list(self, element: etree._Element, where: str) -> ast.Node:
        """A boxed list."""
        return ast.ListOf(tuple(self.box(one, where) for one in xml.children(element, *LOGIC)))

    def relation(self, element: etree._Element, where: str) -> ast.Node:
        """A relation: a list of contexts with the same keys."""
        columns = [xml.attribute(one, "name") for one in xml.children(element, "column")]
        rows = []
        for row in xml.children(element, "row"):
            values = [self.box(one, where) for one in xml.children(row, *LOGIC)]
            if len(values) != len(columns):
                return self.broken(
                    f"{where}: a row of the relation has {len(values)} of {len(columns)} values"
                )
            rows.append(ast.Context(tuple(ast.Entry(*pair) for pair in zip(columns, values, strict=True))))
        return ast.ListOf(tuple(rows))

    def invocation(self, element: etree._Element, where: str) -> ast.Node:
        """A call with a name for each argument."""
        names, values = [], []
        for one in xml.children(element, "binding"):
            parameter = xml.child(one, "parameter")
            names.append("" if parameter is None else xml.attribute(parameter, "name"))
            values.append(self.logic_in(one, where) or ast.Null())
        return ast.Call(self.logic_in(element, where) or ast.Null(), tuple(values), tuple(names))

    def function(self, element: etree._Element, where: str) -> ast.Function:
        """A function; one outside FEEL (Java, PMML) is kept and never run."""
        parameters = tuple(
            ast.Parameter(
                xml.attribute(one, "name"), self.type_name(type_ref(xml.attribute(one, "typeRef")), where)
            )
            for one in xml.children(element, "formalParameter")
        )
        is_external = xml.attribute(element, "kind") not in ("", "FEEL")
        body = self.logic_in(element, where) or ast.Null()
        kind = type_ref(xml.attribute(element, "typeRef"))
        return ast.Function(parameters, Typed(body, kind) if kind else body, is_external)

    def type_name(self, written: str, where: str) -> ast.TypeName | None:
        """A type by its name, spaces and all."""
        del where
        return ast.TypeName(written) if written else None

    def conditional(self, element: etree._Element, where: str) -> ast.Node:
        """A boxed `if`."""
        parts = (self.part(element, kind, where) for kind in ("if", "then", "else"))
        return ast.If(*parts)

    def filter(self, element: etree._Element, where: str) -> ast.Node:
        """A boxed filter."""
        return ast.Filter(self.part(element, "in", where), self.part(element, "match", where))

    def iteration(self, element: etree._Element, where: str) -> ast.Node:
        """A boxed `for`, `some` or `every`."""
        name = xml.attribute(element, "iteratorVariable")
        over = (ast.Iteration(name, self.part(element, "in", where)),)
        kind = xml.kind(element)
        if kind == "for":
            return ast.For(over, self.part(element, "return", where))
        return ast.Quantified(kind, over, self.part(element, "satisfies", where))  # type: ignore[arg-type]

    # -- tables -------------------------------------------------------------------------------

    def table(self, element: etree._Element, where: str) -> ast.Node:
        """A decision table, rules as rows."""
        policy = xml.attribute(element, "hitPolicy") or "UNIQUE"
        aggregation = xml.attribute(element, "aggregation") or None
        if policy not in HIT_POLICIES or (aggregation is not None and aggregation not in AGGREGATIONS):
            return self.broken(f"{where}: there is no hit policy {policy} {aggregation or ''}".rstrip())
        inputs = tuple(self.input(one, where) for one in xml.children(element, "input"))
        outputs = tuple(self.output(one, where) for one in xml.children(element, "output"))
        rules = []
        for number, one in enumerate(xml.children(element, "rule"), 1):
            rules.append(self.rule(one, f"{where}, rule {number}"))
            if (len(rules[-1].tests), len(rules[-1].conclusions)) != (len(inputs), len(outputs)):
                return self.broken(f"{where}, rule {number}: it has not one cell for each column")
        if not outputs:
            return self.broken(f"{where}: the table has no output")
        return DecisionTable(
            cast("HitPolicy", policy),
            cast("Aggregation | None", aggregation),
            inputs,
            outputs,
            tuple(rules),
            xml.attribute(element, "id"),
        )

    def input(self, element: etree._Element, where: str) -> TableInput:
        """A column of conditions."""
        expression = xml.child(element, "inputExpression")
        text = xml.text_of(expression)
        kind = "" if expression is None else type_ref(xml.attribute(expression, "typeRef"))
        return TableInput(
            expression=self.expression(text or xml.attribute(element, "label"), f"{where}, input {text}"),
            allowed=self.allowed(xml.child(element, "inputValues"), f"{where}, input {text}"),
            label=xml.attribute(element, "label") or text,
            type_ref=kind,
            id=xml.attribute(element, "id"),
        )

    def output(self, element: etree._Element, where: str) -> TableOutput:
        """A column of conclusions."""
        name = xml.attribute(element, "name")
        default = xml.child(element, "defaultOutputEntry")
        return TableOutput(
            name=name,
            allowed=self.allowed(xml.child(element, "outputValues"), f"{where}, output {name}"),
            default=None if default is None else self.literal(default, f"{where}, default of {name}"),
            type_ref=type_ref(xml.attribute(element, "typeRef")),
            id=xml.attribute(element, "id"),
        )

    def rule(self, element: etree._Element, where: str) -> TableRule:
        """A row."""
        return TableRule(
            tests=tuple(self.tests(xml.text_of(one), where) for one in xml.children(element, "inputEntry")),
            conclusions=tuple(self.literal(one, where) for one in xml.children(element, "outputEntry")),
            id=xml.attribute(element, "id"),
            description=xml.text_of(element, "description"),
        )
