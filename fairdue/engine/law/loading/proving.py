"""What a pack must be beyond the form of its files."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fairdue.engine.law.loading.citing import cited
from fairdue.engine.law.loading.compiling import Bench
from fairdue.engine.law.loading.covering import coverage_faults
from fairdue.engine.law.loading.faults import Fault
from fairdue.engine.law.loading.overlapping import can_hold_together
from fairdue.engine.law.loading.pieces import Check, key_of
from fairdue.engine.law.loading.spans import Span, span, span_faults
from fairdue.engine.law.loading.timing import prove_clocks

_HAN, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")


def prove(bench: Bench, checks: list[Check]) -> None:
    """This function will add to the bench whatever keeps its pack from being used."""
    content = bench.documents.content
    _sources(bench)
    _texts(bench)
    _spans(bench, checks)
    _orders(bench, checks)
    _tests(bench, {key_of(document): document for document in content["checks"]})
    _numbers(bench)
    prove_clocks(bench)
    _coverage(bench)


def _sources(bench: Bench) -> None:
    seen: set[str] = set()
    for document in bench.documents.content["sources"]:
        if document["key"] in seen:
            bench.fault(document, "key", "is given twice", "keep one entry an instrument")
        seen.add(document["key"])


def _texts(bench: Bench) -> None:
    """A text in `zh` that has no Chinese in it was never translated, nor one in `en` without a Latin letter."""
    content = bench.documents.content
    for document in (*content["checks"], *content["numbers"]):
        for field, text in _pairs(document):
            for language, pattern in (("zh", _HAN), ("en", _LATIN)):
                if not pattern.search(text[language]):
                    bench.fault(
                        document,
                        f"{field}.{language}",
                        f"{text[language]!r} is not in this language",
                        "translate it",
                    )


def _pairs(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for field in ("title", "message"):
        if field in document:
            yield field, document[field]
    for place, exception in enumerate(document.get("unless", ())):
        yield f"unless.{place}.label", exception["label"]


def _spans(bench: Bench, checks: Iterable[Check]) -> None:
    documents = {key_of(document): document for document in bench.documents.content["checks"]}
    by_key: dict[str, list[Span]] = {}
    for check in checks:
        by_key.setdefault(check.key, []).append((check.effective_from, check.effective_to))
    for key, spans in by_key.items():
        for problem in span_faults(spans):
            bench.fault(
                documents[key],
                "effective_from",
                problem,
                "one rule has one validity at a time: give parts a `part`",
            )


def _orders(bench: Bench, checks: Iterable[Check]) -> None:
    """Exceptions that can hold at once must say which is named first."""
    documents = {key_of(document): document for document in bench.documents.content["checks"]}
    unordered: dict[str, dict[str, None]] = {}
    for check in checks:
        for pair in itertools.combinations(check.unless, 2):
            orders = [exception.get("order") for exception in pair]
            is_ordered = None not in orders and orders[0] != orders[1]
            if not is_ordered and can_hold_together(*(exception["when"] for exception in pair)):
                unordered.setdefault(check.key, {}).update(
                    (exception["label"]["en"], None) for exception in pair
                )
    for key, labels in unordered.items():
        listed = ", ".join(f"“{label}”" for label in labels)
        advice = "give each an `order`, 1 first: it decides which is named, or make their conditions exclude each other"
        bench.fault(
            documents[key], "unless", f"the exceptions {listed} can hold at once without an order", advice
        )


def _tests(bench: Bench, documents: Mapping[str, Mapping[str, Any]]) -> None:
    """Each check needs a test that breaks it and one that keeps it."""
    tests = bench.documents.content["tests"]
    for test in tests:
        if test["rule"] not in documents:
            bench.faults.append(_stray_test(bench, test))
    for key, document in sorted(documents.items()):
        for is_broken, verb in ((True, "breaks"), (False, "keeps")):
            if not any(test["rule"] == key and test["is_broken"] is is_broken for test in tests):
                advice = (
                    f"add a case to tests/*.yaml with rule: {key} and is_broken: {str(is_broken).lower()}"
                )
                bench.fault(document, "tests", f"no test that {verb} it", advice)


def _stray_test(bench: Bench, test: Mapping[str, Any]) -> Fault:
    return Fault(
        file=bench.documents.place(test), field=f"{test['rule']}: rule",
        problem=f"a test names {test['rule']}, which is no check", advice="name a check of this pack, with /part if it has one",
    )  # fmt: skip


def _numbers(bench: Bench) -> None:
    content = bench.documents.content
    seen: set[str] = set()
    for document in content["numbers"]:
        if document["id"] in seen:
            bench.fault(document, "id", "is given twice", "keep one rule with all its dated values")
        seen.add(document["id"])
        if not cited(document["citation"], content["sources"]):
            problem = f"{document['citation']!r} names no listed source"
            bench.fault(
                document, "citation", problem, "add the instrument to sources.yaml, its names under cited_as"
            )
        for name, parameter in document.get("parameters", {}).items():
            for problem in span_faults(span(value) for value in parameter["values"]):
                advice = "let each value begin on the day after the one before it ends"
                bench.fault(document, f"parameters.{name}", problem, advice)


def _coverage(bench: Bench) -> None:
    """What is said of an article must not be contradicted by the rules."""
    documents = bench.documents
    bench.faults += coverage_faults(documents.content, documents.coverage)
