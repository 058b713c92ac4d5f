"""Built-in functions: how they are declared, and how arguments find their parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fairdue.engine.feel.values import Fault, FunctionValue, Value


@dataclass(frozen=True, eq=False)
class BuiltIn(FunctionValue):
    """A function of the standard, with the names of its parameters.

    :param optional: how many of the last parameters may be left out
    :param is_variadic: its only parameter is a list that may be given element by element
    :param calls: it calls functions itself and gets the evaluation as its last argument
    """

    name: str
    parameters: tuple[str, ...]
    body: Callable[..., Value]
    optional: int = 0
    is_variadic: bool = False
    calls: bool = False
    others: tuple[tuple[str, ...], ...] = ()


BUILT_INS: dict[str, BuiltIn] = {}


def built_in(
    name: str, *parameters: str, **options: Any
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Return what registers a function under its FEEL name."""

    def register(body: Callable[..., Value]) -> Callable[..., Value]:
        BUILT_INS[name] = BuiltIn(name, parameters, body, **options)
        return body

    return register


def arrange(function: BuiltIn, arguments: list[Value], names: Sequence[str]) -> list[Value]:
    """Return the arguments in the order of the parameters, or fault."""
    if function.is_variadic:
        return [_as_list(function, arguments, names)]
    if names:
        return _by_name(function, arguments, names)
    most = max(len(function.parameters), *(len(other) for other in function.others), 0)
    if not len(function.parameters) - function.optional <= len(arguments) <= most:
        raise Fault(f"{function.name} takes the arguments {', '.join(function.parameters)}")
    return arguments


def _as_list(function: BuiltIn, arguments: list[Value], names: Sequence[str]) -> list[Value]:
    if names and list(names) != list(function.parameters):
        raise Fault(f"{function.name} takes the argument {function.parameters[0]}")
    if not arguments:
        raise Fault(f"{function.name} needs an argument")
    if len(arguments) == 1 and isinstance(arguments[0], list):
        return arguments[0]
    return arguments


def _by_name(function: BuiltIn, arguments: list[Value], names: Sequence[str]) -> list[Value]:
    given = dict(zip(names, arguments, strict=True))
    for parameters in (function.parameters, *function.others):
        wanted = [name for name in parameters if name in given]
        is_complete = len(wanted) == len(given) and wanted == list(parameters[: len(wanted)])
        enough = len(parameters) - (function.optional if parameters is function.parameters else 0)
        if is_complete and len(wanted) >= enough:
            return [given[name] for name in wanted]
        if parameters is function.parameters and set(given) <= set(parameters):
            return [given.get(name) for name in parameters]
    raise Fault(f"{function.name} takes the arguments {', '.join(function.parameters)}")


def typed(value: Value, kind: type, what: str) -> Any:
    """Return an argument of a kind, or fault; a list of one stands for its element."""
    if isinstance(value, list) and len(value) == 1 and kind is not list:
        value = value[0]
    if kind is list and value is not None and not isinstance(value, list):
        return [value]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Fault(f"{what} is expected")
    return value
