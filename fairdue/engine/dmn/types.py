"""Types of a model: whether a value is of one, and what it becomes when it nearly is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from fairdue.engine.dmn.model import ItemDefinition
from fairdue.engine.feel import FeelError, ast, parse_expression
from fairdue.engine.feel.interpreter import run_tests
from fairdue.engine.feel.scope import Evaluation, Scope
from fairdue.engine.feel.types import Checker, conforms
from fairdue.engine.feel.values import Fault, FunctionValue, Value, kind_of

MAX_DEPTH = 50
"""How deep types may be made of one another."""


class Types:
    """The types of one model, by name."""

    def __init__(self, items: tuple[ItemDefinition, ...]) -> None:
        self.items = {item.name: item for item in items}
        self.checkers: Mapping[str, Checker] = {item.name: self._checker(item) for item in items}

    def _checker(self, item: ItemDefinition) -> Checker:
        return lambda value: value is not None and self.is_of(value, item)

    def fitted(self, value: Value, type_ref: str, what: str) -> Value:
        """Return a value as one of a type: a list of one stands for its element, and the other way round.

        :raises Fault: if it is not of the type
        """
        if value is None or not type_ref:
            return value
        candidates = [value, [value]]
        if isinstance(value, list) and len(value) == 1:
            candidates.insert(1, value[0])
        if type(value) is date:
            candidates.append(datetime.combine(value, time()))
        for candidate in candidates:
            if self.conforms(candidate, type_ref):
                return candidate
        raise Fault(f"{what} must be {type_ref}, which a {kind_of(value)} here is not")

    def conforms(self, value: Value, type_ref: str, depth: int = 0) -> bool:
        """Return whether a value is of a type; null is of every type."""
        if value is None or type_ref in ("", "Any", "undefined"):
            return True
        if depth > MAX_DEPTH:
            raise Fault(f"the type {type_ref} is made of itself")
        if type_ref in self.items:
            return self.is_of(value, self.items[type_ref], depth)
        return conforms(value, _type_name(type_ref), self.checkers)

    def is_of(self, value: Value, item: ItemDefinition, depth: int = 0) -> bool:
        """Return whether a value is as an item definition says."""
        if item.is_function:
            return isinstance(value, FunctionValue)
        if not item.is_collection:
            return self._is_one_of(value, item, depth) and self._passes(value, item.constraint)
        if not isinstance(value, list):
            return False
        return all(one is None or self._is_one_of(one, item, depth) for one in value) and self._passes(
            value, item.constraint
        )

    def _is_one_of(self, value: Value, item: ItemDefinition, depth: int) -> bool:
        if item.components:
            return isinstance(value, dict) and all(
                part.name in value
                and (value[part.name] is None or self.is_of(value[part.name], part, depth + 1))
                for part in item.components
            )
        return self.conforms(value, item.type_ref, depth + 1) and self._passes(value, item.allowed)

    def _passes(self, value: Value, tests: ast.UnaryTests | None) -> bool:
        if tests is None or value is None:
            return True
        return run_tests(tests, value, Scope({}), Evaluation(types=self.checkers)) is True

    def allowed_of(self, type_ref: str) -> ast.UnaryTests | None:
        """Return the values that a type allows, its own or those of what it is made of."""
        seen = 0
        while type_ref in self.items and seen < MAX_DEPTH:
            item = self.items[type_ref]
            if item.allowed is not None:
                return item.allowed
            type_ref, seen = item.type_ref, seen + 1
        return None


def _type_name(type_ref: str) -> ast.TypeName:
    """A type as `list<number>` by its text; one that cannot be read is one that nothing is of."""
    if "<" not in type_ref:
        return ast.TypeName(type_ref)
    try:
        found = parse_expression(f"x instance of {type_ref}")
    except FeelError:
        found = ast.Null()
    return found.type if isinstance(found, ast.InstanceOf) else ast.TypeName(type_ref)
