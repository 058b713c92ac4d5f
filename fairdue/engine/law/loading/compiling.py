"""From a pack's documents to its checks: each once for every span in which its parameters keep their values."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.engine.law.checks import FUNCTIONS, CheckFunction
from fairdue.engine.law.clocks import Clock
from fairdue.engine.law.conditions import ConditionInvalid, compile_condition
from fairdue.engine.law.loading.faults import Fault
from fairdue.engine.law.loading.pieces import Check, Source, key_of
from fairdue.engine.law.loading.reading import Documents
from fairdue.engine.law.loading.spans import day, references, resolved, span, span_faults, value_on

CONTEXT_FACTS = frozenset({"at", "channel"})
"""Facts that every message may name."""

Values = Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Bench:
    """What compiling a pack needs at hand, and the faults it finds."""

    documents: Documents
    sources: Mapping[str, Source]
    parameters: dict[str, Values] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, document: Mapping[str, Any], field: str, problem: str, advice: str) -> None:
        """Note what is wrong with a document."""
        name = key_of(document) if "id" in document else str(document.get("key", ""))
        place = f"{name}: {field}" if name and field else name or field
        self.faults.append(
            Fault(file=self.documents.place(document), field=place, problem=problem, advice=advice)
        )


def compile_checks(bench: Bench) -> list[Check]:
    """This function will compile every check of a pack; what is wrong goes to the bench's faults."""
    _take_parameters(bench)
    return [check for document in bench.documents.content["checks"] for check in _compile(document, bench)]


def _take_parameters(bench: Bench) -> None:
    for document in bench.documents.content["parameters"]:
        if document["id"] in bench.parameters:
            bench.fault(document, "id", "is given twice", "keep one parameter with all its dated values")
        bench.parameters[document["id"]] = document["values"]
        for problem in span_faults(span(value) for value in document["values"]):
            bench.fault(
                document, "values", problem, "let each value begin on the day after the one before it ends"
            )


def _compile(document: dict[str, Any], bench: Bench) -> list[Check]:
    before = len(bench.faults)
    for place, cited in enumerate(document["citation"]):
        if cited["source"] not in bench.sources:
            problem = f"source {cited['source']} is not listed"
            bench.fault(document, f"citation.{place}.source", problem, "add it to sources.yaml with its rank")
    _function_faults(document, bench)
    if len(bench.faults) > before:
        return []
    checks = []
    for start, end, filled in _periods(document, bench):
        try:
            checks.append(_check(filled, start, end, bench))
        except ConditionInvalid as error:
            bench.fault(document, "condition", str(error), "columns and tests: packs/rules/README.md")
    return checks


def _check(document: dict[str, Any], start: date, end: date | None, bench: Bench) -> Check:
    exceptions, function = in_order(document.get("unless", [])), FUNCTIONS[document["uses"]]
    clock = function.clock(document["params"]) if function.clock else None
    when = compile_condition(document["params"]["when"]) if "when" in document["params"] else None
    scope = compile_condition(document["applies_to"])
    for exception in exceptions:
        scope = scope & ~compile_condition(exception["when"])
    head, sources = bench.documents.content["pack"], bench.sources
    return Check(
        id=document["id"], part=document.get("part", ""), title_zh=document["title"]["zh"],
        title_en=document["title"]["en"], uses=document["uses"], applies_to=document["applies_to"],
        unless=exceptions, parameters=document["params"], yields=document["yields"], adds=document.get("adds", ""),
        message_zh=document["message"]["zh"], message_en=document["message"]["en"],
        citation="; ".join(_cite(item, sources) for item in document["citation"]), evidence=document["evidence"],
        rank=sources[document["citation"][0]["source"]].rank, effective_from=start, effective_to=end,
        pack=head["code"], version=head["version"], scope=scope, when=when, clock=clock,
        columns=_columns(document, function, scope, when, clock),
    )  # fmt: skip


def in_order(exceptions: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return exceptions in the order in which they are named: those with `order` first, by it."""
    return tuple(sorted(exceptions, key=lambda item: item.get("order", len(exceptions) + 1)))


def _columns(
    document: dict[str, Any],
    function: CheckFunction,
    scope: pl.Expr,
    when: pl.Expr | None,
    clock: Clock | None,
) -> frozenset[str]:
    """Return every column that a check reads.

    :raises ConditionInvalid: if a parameter names a column that does not exist
    """
    named = {document["params"][name] for name in function.columns if name in document["params"]}
    if unknown := named - CANDIDATE_SCHEMA.keys():
        raise ConditionInvalid(f"no candidate column {', '.join(sorted(unknown))}")
    read = set(scope.meta.root_names()) | set(when.meta.root_names() if when is not None else ())
    return frozenset(read | named | set(clock.columns if clock else ()))


def _cite(item: Mapping[str, str], sources: Mapping[str, Source]) -> str:
    return f"{sources[item['source']].title_zh} ({item['source']}) {item.get('article', '')}".strip()


def _function_faults(document: dict[str, Any], bench: Bench) -> None:
    function = FUNCTIONS.get(document["uses"])
    if function is None:
        known = ", ".join(FUNCTIONS)
        bench.fault(
            document, "uses", f"there is no check function {document['uses']!r}", f"there are {known}"
        )
        return
    given = set(document["params"])
    for name in sorted(function.required - given):
        bench.fault(
            document, f"params.{name}", f"parameter {name} is missing", f"{document['uses']} needs it"
        )
    for name in sorted(given - function.required - function.optional):
        bench.fault(
            document,
            f"params.{name}",
            f"parameter {name} is not known",
            f"{document['uses']} takes no such one",
        )
    allowed = CONTEXT_FACTS | function.facts | given
    for language, text in document["message"].items():
        for fact in sorted(_named(text) - allowed):
            problem = f"message {language} names {fact}, which the check does not know"
            bench.fault(document, f"message.{language}", problem, f"it may name {', '.join(sorted(allowed))}")


def _named(text: str) -> set[str]:
    return {part[1] for part in string.Formatter().parse(text) if part[1]}


def _periods(document: dict[str, Any], bench: Bench) -> Iterator[tuple[date, date | None, dict[str, Any]]]:
    """Cut the validity of a check where a dated parameter changes, with the values filled in."""
    start, end = date.fromisoformat(document["effective_from"]), day(document.get("effective_to"))
    named = set(references(document))
    if unknown := named - set(bench.parameters):
        problem = f"no parameter {', '.join(sorted(unknown))}"
        bench.fault(document, "params", problem, "add it to parameters/*.yaml or correct its name")
        return
    changes = {date.fromisoformat(value["from"]) for name in named for value in bench.parameters[name]}
    starts = sorted(
        {start, *(change for change in changes if start < change and (end is None or change <= end))}
    )
    for first, following in zip(starts, [*starts[1:], None], strict=True):
        last = end if following is None else date.fromordinal(following.toordinal() - 1)
        values = {name: value_on(bench.parameters[name], first) for name in named}
        lacking = sorted(name for name in values if values[name] is None)
        for name in lacking:
            problem = f"parameter {name} has no value on {first}"
            bench.fault(
                document, "effective_from", problem, "date its first value so, or let the rule begin later"
            )
        if not lacking:
            _last_value_faults(document, named, last, bench)
            yield first, last, resolved(document, values)


def _last_value_faults(document: dict[str, Any], named: set[str], last: date | None, bench: Bench) -> None:
    """A rule may not outlive the values it reads."""
    for name in sorted(named):
        ends = day(bench.parameters[name][-1].get("to"))
        if ends is not None and (last is None or last > ends):
            problem = f"parameter {name} has no value after {ends}"
            bench.fault(
                document, "effective_to", problem, "give the parameter a next value or end the rule then"
            )
