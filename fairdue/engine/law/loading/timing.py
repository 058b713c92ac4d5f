"""Whether the clocks of a pack stand on its rules, read in both languages, and end where their examples say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from fairdue.engine.law.deadlines.clocks import clock_of
from fairdue.engine.law.deadlines.counting import count
from fairdue.engine.law.loading.compiling import Bench
from fairdue.engine.law.numbers import Numbers, RuleNotInForce

_HAN, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")


def prove_clocks(bench: Bench) -> None:
    """This function will add to the bench whatever is wrong with the clocks of its pack.

    1. A kind stands once; its rules are computing rules of the pack and have the parameters that it names.
    2. Every text stands in Chinese and in English.
    3. The clock and each of its steps have an example, and every example ends on the day that it says.
    4. What a clock starts when it is met is a clock of the pack.
    """
    content = bench.documents.content
    documents = content.get("deadlines", ())
    kinds = [document["kind"] for document in documents]
    rules = {item["id"]: item.get("parameters", {}) for item in content["numbers"]}
    numbers = Numbers({item["id"]: {**item, "jurisdiction": ""} for item in content["numbers"]})
    for document in documents:
        for field, problem, advice in _faults(document, kinds, rules, numbers):
            bench.fault({**document, "id": document["kind"]}, field, problem, advice)


def _faults(
    document: Mapping[str, Any], kinds: list[str], rules: Mapping[str, Any], numbers: Numbers
) -> Iterator[tuple[str, str, str]]:
    if kinds.count(document["kind"]) > 1:
        yield "kind", "is given twice", "keep one clock of a kind"
    for kind in document.get("then", ()):
        if kind not in kinds:
            yield "then", f"{kind} is no clock of this pack", "name one, or delete it"
    yield from _texts(document)
    broken = [*_rules(document, rules)]
    yield from broken
    if not broken:
        yield from _examples(document, numbers)


def _texts(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    pairs = [(name, document[name]) for name in ("title", "act", "start")]
    for step in document.get("steps", ()):
        pairs += [(f"steps.{step['code']}.{name}", step[name]) for name in ("title", "note")]
    for field, text in pairs:
        for language, pattern in (("zh", _HAN), ("en", _LATIN)):
            if not pattern.search(text[language]):
                yield f"{field}.{language}", f"{text[language]!r} is not in this language", "translate it"


def _rules(document: Mapping[str, Any], rules: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for place, each in [("", document), *((f"steps.{s['code']}.", s) for s in document.get("steps", ()))]:
        if each["rule"] not in rules:
            yield (
                f"{place}rule",
                f"{each['rule']} is no computing rule of this pack",
                "add it to numbers/*.yaml",
            )
            continue
        for span in each["spans"]:
            if span["parameter"] not in rules[each["rule"]]:
                problem = f"{each['rule']} has no parameter {span['parameter']}"
                yield f"{place}spans", problem, "name one of its parameters"


def _examples(document: Mapping[str, Any], numbers: Numbers) -> Iterator[tuple[str, str, str]]:
    clock, shown = clock_of(document), {example.get("step", "") for example in document["examples"]}
    for code in ["", *(step.code for step in clock.steps)]:
        if code not in shown:
            yield "examples", f"none shows {code or 'its own length'}", "add a start and the last day of it"
    for example in document["examples"]:
        step = example.get("step", "")
        if step and clock.step(step) is None:
            yield "examples", f"{step} is no step of this clock", "name one of its steps"
            continue
        try:
            found = count(clock, date.fromisoformat(example["start"]), numbers=numbers, step=step).last_date
        except RuleNotInForce as error:
            yield "examples", str(error), "start within the rule's validity"
            continue
        if found != date.fromisoformat(example["last"]):
            problem = f"from {example['start']} {step} it ends on {found}, not on {example['last']}"
            yield "examples", " ".join(problem.split()), "correct the example, or the clock"
