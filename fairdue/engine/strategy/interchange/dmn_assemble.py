"""From a DMN shape to a strategy's document: our own words where nothing changed, else what the DMN says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from fairdue.engine.feel import FeelError, ast, parse_expression, parse_unary_tests, to_text
from fairdue.engine.feel.transform import rebuilt
from fairdue.engine.strategy.interchange.dmn_read import DmnProblem
from fairdue.engine.strategy.interchange.dmn_shape import (
    TEXT_LIST,
    TYPES,
    ColumnShape,
    DecisionShape,
    InputShape,
    RuleShape,
    Shape,
    undecided,
)
from fairdue.engine.strategy.interchange.dmn_values import NotWritten, words_of, written_value

Item = dict[str, Any]
_KINDS = {"number": "number", "string": "text", "boolean": "boolean", "date": "date", TEXT_LIST: "list"}
_ROW_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")


class Assembler:
    """Puts one document together; what cannot be held is added to the problems."""

    def __init__(self, shape: Shape, own: Shape | None, problems: list[DmnProblem]) -> None:
        self.shape = shape
        self.own = own
        self.problems = problems
        self.own_inputs = {one.name: one for one in own.inputs} if own else {}
        self.own_decisions = {one.name: one for one in own.decisions} if own else {}
        self.taken: set[str] = set()
        self.facts = {one.name: self.slug(one.name, "fact") for one in shape.inputs}
        self.ids = {one.name: self.decision_id(one) for one in shape.decisions}
        self.outputs = {one.name: self.output_names(one) for one in shape.decisions}
        self.names = {
            *self.facts,
            *self.ids,
            *(column.label for one in shape.decisions for column in one.outputs),
        }

    def problem(self, where: str, en: str, zh: str) -> None:
        """Note one reason why the file is no strategy."""
        self.problems.append(DmnProblem(where=where, zh=zh, en=en))

    # -- names --------------------------------------------------------------------------------

    def slug(self, name: str, otherwise: str) -> str:
        """Return a name as a strategy has names, unlike every one before."""
        found = name if _PLAIN.match(name) else words_of(name)
        found = found if found else f"{otherwise}_{len(self.taken) + 1}"
        while found in self.taken:
            found += "_2"
        self.taken.add(found)
        return found

    def decision_id(self, decision: DecisionShape) -> str:
        """Return the id of a decision; ids are names of their own, but an expression's is its output too."""
        return (
            decision.name
            if _PLAIN.match(decision.name)
            else words_of(decision.name) or f"decision_{len(self.taken)}"
        )

    def output_names(self, decision: DecisionShape) -> dict[str, str]:
        """Return the names of a decision's outputs in the strategy, by those in the DMN."""
        own = self.ids[decision.name]
        if decision.expression is not None:
            self.taken.add(own)
            return {"": own}
        found: dict[str, str] = {}
        for column in decision.outputs:
            wanted = column.label or own
            name = wanted if _PLAIN.match(wanted) else words_of(wanted) or own
            found[column.label] = self.slug(name if name not in self.taken else f"{own}_{name}", "output")
        return found

    def back(self, node: ast.Node) -> ast.Node | None:
        """Return what the strategy writes for a node of the DMN, if it is another."""
        if (plain := undecided(node)) is not None:
            return rebuilt(plain, self.back)
        if (
            isinstance(node, ast.Path)
            and isinstance(node.source, ast.Name)
            and node.source.name in self.outputs
        ):
            outputs = self.outputs[node.source.name]
            return ast.Name(outputs[node.name]) if node.name in outputs else None
        if isinstance(node, ast.Name):
            if node.name in self.facts:
                return ast.Name(self.facts[node.name])
            if len(outputs := self.outputs.get(node.name, {})) == 1:
                return ast.Name(next(iter(outputs.values())))
        return None

    # -- the whole ----------------------------------------------------------------------------

    def document(self, result: str = "") -> Item:
        """Return the document; `result` names the decision that is carried out, in the file's words or ours."""
        known: Item = dict(self.own.source) if self.own else {}
        is_same = self.own is not None and (self.own.name, self.own.label) == (
            self.shape.name,
            self.shape.label,
        )
        label = self.shape.label or self.shape.name
        words = {"code": words_of(self.shape.name, "-") or "strategy", "title": {"zh": label, "en": label}}
        head = known if is_same else {**known, **words}
        found = {"version": "1", **head, "inputs": [self.fact(one) for one in self.shape.inputs]}
        found["decisions"] = [self.decision(one) for one in self.shape.decisions]
        if not self.shape.decisions:
            self.problem("", "the file has no decision", "文件中没有决策")
        elif result or known.get("result") not in self.ids.values():
            found["result"] = self.result(result)
        return found

    def result(self, wanted: str) -> str:
        """Return the decision that was named, or else the one that no other reads."""
        if wanted in self.ids or wanted in self.ids.values():
            return self.ids.get(wanted, wanted)
        read = {name for one in self.shape.decisions for name in one.requires}
        last = [one.name for one in self.shape.decisions if one.name not in read]
        if len(last) == 1:
            return self.ids[last[0]]
        listed = ", ".join(last) or "none"
        en = f"one decision is carried out, the one that no other reads; here: {listed} (name it by --result)"
        self.problem(
            "", en, f"须恰有一个不被其他决策引用的决策作为结果,现有:{listed}(命令行可用 --result 指定)"
        )
        return ""

    def kind(self, type_ref: str, where: str) -> str:
        """Return a type of strategies."""
        if type_ref not in _KINDS:
            shown = type_ref or "no type"
            en = f"{shown}: a strategy has number, string, boolean and date; give it one of these"
            self.problem(where, en, f"类型 {shown}:策略只有 number、string、boolean、date")
            return "text"
        return _KINDS[type_ref]

    def fact(self, item: InputShape) -> Item:
        """Return an input of the strategy."""
        own = self.own_inputs.get(item.name)
        if own is not None and own == item:
            return dict(own.source)
        asked = (column for one in self.shape.decisions for column in one.inputs if column.text == item.name)
        type_ref = item.type_ref or next((column.type_ref for column in asked if column.type_ref), "")
        found: Item = {"name": self.facts[item.name], "type": self.kind(type_ref, item.name)}
        if own is not None and TYPES.get(own.source["type"]) == type_ref:
            found["type"] = own.source["type"]
        return found | ({"zh": item.label, "en": item.label} if item.label != found["name"] else {})

    # -- decisions ----------------------------------------------------------------------------

    def decision(self, item: DecisionShape) -> Item:
        """Return a decision: its head and columns, then its rows."""
        own = self.own_decisions.get(item.name)
        head, rules = replace(item, rules=()), item.rules
        if own is not None and replace(own, rules=()) == head:
            found = dict(own.source)
        else:
            found = self.literal(item, own) if item.expression is not None else self.table(item, own)
        if item.expression is None:
            before = {rule.row_id: rule for rule in own.rules} if own else {}
            found["rows"] = [
                self.row(rule, before.get(rule.row_id), found, number, item.name)
                for number, rule in enumerate(rules, 1)
            ]
        return found

    def title(self, item: DecisionShape, own: DecisionShape | None) -> Any:
        """Return the title of a decision."""
        if own is not None and own.label == item.label and "title" in own.source:
            return own.source["title"]
        return {"zh": item.label, "en": item.label}

    def literal(self, item: DecisionShape, own: DecisionShape | None) -> Item:
        """Return a decision by an expression."""
        text = item.expression or ""
        if not text:
            self.problem(
                item.name, "the decision has neither a table nor an expression", "决策既无决策表也无表达式"
            )
        kind = self.kind(item.type_ref, item.name)
        found = {"id": self.ids[item.name], "title": self.title(item, own), "type": kind}
        if own is not None and "type" in own.source and own.type_ref == item.type_ref:
            found["type"] = own.source["type"]
        is_same = own is not None and own.expression == text
        return found | {
            "expression": own.source["expression"] if own and is_same else self.expression(text, item.name)
        }

    def expression(self, text: str, where: str) -> str:
        """Return an expression in the strategy's names."""
        try:
            tree = parse_expression(text, self.names)
        except FeelError as error:
            self.problem(where, str(error), f"无法读取表达式:{error}")
            return text
        found = rebuilt(tree, self.back)
        return text if found == tree else to_text(found)

    def table(self, item: DecisionShape, own: DecisionShape | None) -> Item:
        """Return a decision by a table, without its rows."""
        before = {(one.label, one.text, one.type_ref): one.source for one in own.inputs} if own else {}
        outputs = {one: one.source for one in own.outputs} if own else {}
        found: Item = {
            "id": self.ids[item.name],
            "title": self.title(item, own),
            "hit_policy": item.hit_policy,
        }
        if item.aggregation:
            found["aggregation"] = item.aggregation
        found["inputs"] = []
        for column in item.inputs:
            known = before.get((column.label, column.text, column.type_ref))
            found["inputs"].append(dict(known) if known else self.input(column, item.name, found["inputs"]))
        found["outputs"] = [
            dict(outputs[one]) if one in outputs else self.output(one, item) for one in item.outputs
        ]
        return found

    def input(self, column: ColumnShape, where: str, before: list[Item]) -> Item:
        """Return an input of a table: a name, or an expression with a name of its own."""
        text = self.expression(column.text, f"{where}, {column.label}") if column.text else ""
        if not text:
            self.problem(
                where, f"the input {column.label!r} has no expression", f"输入“{column.label}”没有表达式"
            )
        kind = self.kind(column.type_ref or self.type_of(text), f"{where}, {column.label}")
        title = {"zh": column.label, "en": column.label} if column.label != column.text else {}
        if _PLAIN.match(text) and text not in (one["name"] for one in before):
            return {"name": text, "type": kind, **title}
        return {"name": self.slug(words_of(column.label), "input"), "type": kind, "expression": text, **title}

    def type_of(self, name: str) -> str:
        """Return the DMN type of a fact by its name in the strategy."""
        return next((one.type_ref for one in self.shape.inputs if self.facts[one.name] == name), "")

    def output(self, column: ColumnShape, item: DecisionShape) -> Item:
        """Return an output of a table; its default is the value when no row fires."""
        where = f"{item.name}, {column.label or 'output'}"
        type_ref = (
            column.type_ref or (item.type_ref if len(item.outputs) == 1 else "") or self.guessed(column, item)
        )
        kind = self.kind(type_ref, where)
        found: Item = {"name": self.outputs[item.name][column.label], "type": kind}
        if column.text and column.text != found["name"]:
            found |= {"zh": column.text, "en": column.text}
        if column.allowed:
            found["allowed"] = [self.value(one, where) for one in self.tests(column.allowed, where)]
        if column.default and column.default != "[]":
            tree = self.tree(column.default, where)
            found["otherwise"] = self.value(tree, where) if tree is not None else None
        return found

    def guessed(self, column: ColumnShape, item: DecisionShape) -> str:
        """Return the type of the first conclusion that is written out."""
        place = item.outputs.index(column)
        kinds = {ast.Number: "number", ast.Text: "string", ast.Boolean: "boolean"}
        for rule in item.rules:
            try:
                found = kinds.get(type(parse_expression(rule.entries[place])))  # type: ignore[call-overload]
            except (FeelError, IndexError):
                continue
            if found:
                return str(found)
        return ""

    # -- rows ---------------------------------------------------------------------------------

    def row(self, rule: RuleShape, own: RuleShape | None, table: Item, number: int, where: str) -> Item:
        """Return a row: as it was if nothing changed, else cell by cell."""
        if own is not None and own == rule:
            return dict(own.source)
        place = f"{where}, rule {number}"
        inputs, outputs = table.get("inputs") or [], table["outputs"]
        if (len(rule.cells), len(rule.entries)) != (len(inputs), len(outputs)):
            self.problem(place, "the rule has not one cell for each column", "此行的单元格数与列数不符")
            return {}
        is_aligned = (
            own is not None and len(own.cells) == len(rule.cells) and len(own.entries) == len(rule.entries)
        )
        before = own if is_aligned else None
        found: Item = {
            "id": self.row_id(rule, own, table, number),
            "title": self.row_title(rule, own, number),
        }
        if rule.notes[2]:
            found["stage"] = rule.notes[2]
        found["when"] = self.when(rule, before, inputs, place)
        found["then"] = self.then(rule, before, outputs, place)
        return found

    def row_id(self, rule: RuleShape, own: RuleShape | None, table: Item, number: int) -> str:
        """Return the id of a row: its own if the file has one as strategies have them."""
        if own is not None or (self.own is not None and _ROW_ID.match(rule.row_id)):
            return rule.row_id
        return f"{str(table['id']).strip('_').replace('_', '-')}-{number}"

    def row_title(self, rule: RuleShape, own: RuleShape | None, number: int) -> Any:
        """Return the title of a row."""
        if own is not None and own.notes[:2] == rule.notes[:2] and "title" in own.source:
            return own.source["title"]
        zh, en = rule.notes[:2]
        return {"zh": zh or en or f"第 {number} 行", "en": en or zh or f"Row {number}"}

    def when(self, rule: RuleShape, own: RuleShape | None, inputs: list[Item], place: str) -> Item:
        """Return the cells that are not `-`."""
        found: Item = {}
        for index, (item, text) in enumerate(zip(inputs, rule.cells, strict=True)):
            name = item["name"]
            if own is not None and own.cells[index] == text:
                if name in (own.source.get("when") or {}):
                    found[name] = own.source["when"][name]
            elif text != "-":
                found[name] = self.cell(text, f"{place}, {name}")
        return found

    def cell(self, text: str, where: str) -> str:
        """Return a cell in the strategy's names."""
        try:
            tree = parse_unary_tests(text, self.names)
        except FeelError as error:
            self.problem(where, str(error), f"无法读取单元格:{error}")
            return text
        match tree.tests:
            case (ast.Comparison(operator="=", left=ast.In() as inside, right=ast.Boolean(value=True)),) if (
                tree.is_negated
            ):
                plain = ast.UnaryTests(tuple(self.tested(test) for test in inside.tests), True)
            case _:
                plain = ast.UnaryTests(tuple(self.tested(test) for test in tree.tests), tree.is_negated)
        return text if plain == tree else to_text(plain)

    def tested(self, test: ast.Node) -> ast.Node:
        """Return a test in the strategy's names; an equality with its guard becomes the plain value."""
        plain = undecided(test) or test
        if isinstance(plain, ast.Comparison) and plain.left == ast.Name("?") and plain.operator == "=":
            plain = plain.right
        return rebuilt(plain, self.back)

    def then(self, rule: RuleShape, own: RuleShape | None, outputs: list[Item], place: str) -> Item:
        """Return the values of outputs that are not left out."""
        found: Item = {}
        for index, (item, text) in enumerate(zip(outputs, rule.entries, strict=True)):
            name = item["name"]
            if own is not None and own.entries[index] == text:
                if name in (own.source.get("then") or {}):
                    found[name] = own.source["then"][name]
                continue
            tree = self.tree(text, f"{place}, {name}") if text else ast.Null()
            value = self.value(tree, f"{place}, {name}") if tree is not None else None
            if value is not None or item.get("default") is not None:
                found[name] = value
        return found

    # -- values -------------------------------------------------------------------------------

    def tree(self, text: str, where: str) -> ast.Node | None:
        """Return the tree of a text, or None with the problem noted."""
        try:
            return parse_expression(text, self.names)
        except FeelError as error:
            self.problem(where, str(error), f"无法读取:{error}")
            return None

    def tests(self, text: str, where: str) -> tuple[ast.Node, ...]:
        """Return the tests of allowed values."""
        try:
            return parse_unary_tests(text, self.names).tests
        except FeelError as error:
            self.problem(where, str(error), f"无法读取:{error}")
            return ()

    def value(self, node: ast.Node, where: str) -> Any:
        """Return a value that is written out; anything else is noted."""
        try:
            return written_value(node)
        except NotWritten:
            en = f"an output is a value that is written out, not {to_text(node)[:60]}"
            self.problem(where, en, f"输出须为明确写出的值,而不是 {to_text(node)[:60]}")
            return None
