"""A model asked: input values in, the values of decisions out, with the words for every null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairdue.engine.dmn.errors import DmnError
from fairdue.engine.dmn.graph import knowledge_for, needed
from fairdue.engine.dmn.model import (
    Broken,
    Decision,
    DecisionTable,
    Element,
    InputData,
    Knowledge,
    Model,
    ResultContext,
    Service,
    Typed,
)
from fairdue.engine.dmn.tables import decide_table
from fairdue.engine.dmn.types import Types
from fairdue.engine.feel.calling import BuiltIn
from fairdue.engine.feel.interpreter import read_as, run
from fairdue.engine.feel.scope import Closure, Evaluation, Scope
from fairdue.engine.feel.values import Fault, Value, to_value


@dataclass(frozen=True)
class Result:
    """What a decision came to; `messages` say why a null is null."""

    name: str
    value: Value
    messages: tuple[str, ...] = ()


class DmnEvaluation(Evaluation):
    """An evaluation that knows the model's types."""

    def __init__(self, model_types: Types, notes: list[str]) -> None:
        super().__init__(notes=notes, types=model_types.checkers)
        self.model_types = model_types


class Asked:
    """One set of input values put to a model; every decision is worked out once."""

    def __init__(self, model: Model, inputs: Mapping[str, Any]) -> None:
        self.model = model
        self.elements = model.by_id()
        self.types = Types(model.items)
        self.given = {name: to_value(value) for name, value in inputs.items()}
        self.results: dict[str, Result] = {}

    def decision(self, name: str) -> Result:
        """Return what a decision comes to.

        :raises DmnError: if the model has no decision of that name or id
        """
        try:
            wanted = self.model.decision(name)
        except KeyError:
            raise DmnError(f"the model has no decision {name}") from None
        for one in needed([wanted.id], self.elements):
            if one not in self.results:
                self.results[one] = self._worked_out(one)
        return self.results[wanted.id]

    def invoked(self, name: str, arguments: Mapping[str, Any]) -> Result:
        """Return what a business knowledge model or a decision service gives for arguments by name.

        :raises DmnError: if the model has none of that name
        """
        from fairdue.engine.feel.interpreter import call

        callables: tuple[Element, ...] = (*self.model.knowledge, *self.model.services)
        found = next((one for one in callables if name in (one.name, one.id)), None)
        if found is None:
            raise DmnError(f"the model has no business knowledge model or decision service {name}")
        notes: list[str] = []
        evaluation = DmnEvaluation(self.types, notes)
        function = self._functions([found.id])[found.name]
        names = tuple(parameter for parameter in function.parameters if parameter in arguments)
        values = [to_value(arguments[parameter]) for parameter in names]
        try:
            value = call(function, values, evaluation, names)
        except Fault as fault:
            value = None
            notes.append(str(fault))
        return Result(found.name, value, tuple(notes))

    def _worked_out(self, element_id: str) -> Result:
        element = self.elements[element_id]
        notes: list[str] = []
        value: Value = None
        try:
            value = self._value(element, notes)
        except Fault as fault:
            notes.append(str(fault))
        return Result(element.name, value, tuple(notes))

    def _value(self, element: Element, notes: list[str]) -> Value:
        if isinstance(element, InputData):
            if element.name not in self.given:
                notes.append(f"the input {element.name} is not given")
            return self.types.fitted(
                self.given.get(element.name), element.type_ref, f"the input {element.name}"
            )
        if not isinstance(element, Decision):
            raise Fault(f"{element.name} is not a decision")
        if element.name in self.given:  # a decision that is given counts as an input
            return self.types.fitted(
                self.given[element.name], element.type_ref, f"the decision {element.name}"
            )
        if element.logic is None:
            raise Fault(f"the decision {element.name} has no logic")
        values = {self.elements[one].name: self.results[one].value for one in element.requires}
        scope = Scope(values, Scope(self._functions(element.knowledge)))
        found = run(element.logic, scope, DmnEvaluation(self.types, notes))
        return self.types.fitted(found, element.type_ref, f"the decision {element.name}")

    def _functions(self, ids: Iterable[str]) -> dict[str, Value]:
        """Business knowledge and services as functions; knowledge sees the knowledge that it requires."""
        found: dict[str, Value] = {}
        for one in knowledge_for(ids, self.elements):
            element = self.elements[one]
            if isinstance(element, Knowledge):
                scope = _Later(self, element.knowledge)
                function = element.function
                parameters = tuple(parameter.name for parameter in function.parameters)
                kinds = tuple(parameter.type for parameter in function.parameters)
                body = (
                    Typed(function.body, element.type_ref) if _is_plain(element.type_ref) else function.body
                )
                found[element.name] = Closure(parameters, kinds, body, scope, function.is_external)
            elif isinstance(element, Service):
                found[element.name] = self._service(element)
        return found

    def _service(self, service: Service) -> BuiltIn:
        inputs = [self.elements[one].name for one in (*service.inputs, *service.input_decisions)]

        def body(*arguments: Value) -> Value:
            model = replace(
                self.model, decisions=tuple(_as_input(one, service) for one in self.model.decisions)
            )
            asked = Asked(model, dict(zip(inputs, arguments, strict=True)))
            results = [asked.decision(one) for one in service.outputs]
            messages = [message for result in results for message in result.messages]
            if messages and all(result.value is None for result in results):
                raise Fault(messages[0])
            if len(results) == 1:
                return results[0].value
            return {result.name: result.value for result in results}

        return BuiltIn(service.name, tuple(inputs), body)


def _as_input(decision: Decision, service: Service) -> Decision:
    """A decision that a service takes as an input needs nothing itself."""
    return replace(decision, requires=()) if decision.id in service.input_decisions else decision


def _is_plain(type_ref: str) -> bool:
    """Whether the type of a knowledge model's variable is that of its result, as DMN 1.1 had it."""
    return type_ref in ("number", "string", "boolean", "date", "time", "date and time", "dateTime")


class _Later(Scope):
    """The functions that some knowledge requires, made when first looked up (it may require itself)."""

    __slots__ = ("_asked", "_found", "_ids")

    def __init__(self, asked: Asked, ids: tuple[str, ...]) -> None:
        self.around = None
        self._asked = asked
        self._ids = ids
        self._found: dict[str, Value] | None = None

    @property
    def values(self) -> Mapping[str, Value]:  # type: ignore[override]
        """The functions by name."""
        if self._found is None:
            self._found = self._asked._functions(self._ids)
        return self._found


def evaluate_model(
    model: Model, inputs: Mapping[str, Any], decisions: Iterable[str] | None = None
) -> dict[str, Result]:
    """Return what decisions of a model come to for input values by name.

    :param decisions: names or ids; all of the model's if left out
    :raises DmnError: if the model has no decision of a name
    """
    asked = Asked(model, inputs)
    wanted = [one.id for one in model.decisions] if decisions is None else list(decisions)
    found = [asked.decision(one) for one in wanted]
    return {result.name: result for result in found}


def _run_typed(node: Typed, scope: Scope, evaluation: Evaluation) -> Value:
    value = run(node.value, scope, evaluation)
    types = evaluation.model_types if isinstance(evaluation, DmnEvaluation) else Types(())
    return types.fitted(value, node.type_ref, "a value")


def _run_broken(node: Broken, _scope: Scope, _evaluation: Evaluation) -> Value:
    raise Fault(node.message)


def _run_result_context(node: ResultContext, scope: Scope, evaluation: Evaluation) -> Value:
    values: dict[str, Value] = {}
    inner = Scope(values, scope)
    for entry in node.entries:
        values[entry.key] = run(entry.value, inner, evaluation)
    return run(node.result, inner, evaluation)


def _run_table(node: DecisionTable, scope: Scope, evaluation: Evaluation) -> Value:
    types = evaluation.model_types if isinstance(evaluation, DmnEvaluation) else Types(())
    return decide_table(node, scope, evaluation, types)


read_as(Typed, _run_typed)
read_as(Broken, _run_broken)
read_as(ResultContext, _run_result_context)
read_as(DecisionTable, _run_table)
