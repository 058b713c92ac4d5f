"""Rule packs: what a jurisdiction or a house demands, as loaded from files and checked.

`load_pack` reads `pack.yaml`, `sources.yaml`, `parameters/*.yaml`, `checks/*.yaml` and `tests/*.yaml` of a folder,
each under its JSON Schema, and refuses the pack as a whole when anything is missing.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import yaml

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.engine.law.checks import FUNCTIONS, CheckFunction
from fairdue.engine.law.clocks import Clock
from fairdue.engine.law.conditions import ConditionInvalid, compile_condition

CONTEXT_FACTS = frozenset({"at", "channel"})
"""Facts that every message may name."""


class PackInvalid(ValueError):
    """A pack that may not be used; the message lists everything that is wrong with it."""

    def __init__(self, pack: str, faults: list[str]) -> None:
        super().__init__(f"pack {pack}: " + "; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class Source:
    """An instrument that rules are cited from."""

    key: str
    title_zh: str
    title_en: str
    rank: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule of one pack for one span of time, its parameters filled in."""

    id: str
    part: str
    title_zh: str
    title_en: str
    uses: str
    applies_to: Any
    unless: tuple[Mapping[str, Any], ...]
    parameters: Mapping[str, Any]
    yields: str
    adds: str
    message_zh: str
    message_en: str
    citation: str
    evidence: str
    rank: str
    effective_from: date
    effective_to: date | None
    pack: str
    version: str
    scope: pl.Expr = field(repr=False, compare=False)
    """Applies and no exception does."""
    when: pl.Expr | None = field(repr=False, compare=False)
    """The condition of a check that only looks for facts."""
    clock: Clock | None = field(default=None, repr=False, compare=False)
    """The hours of a check that depends on a clock."""
    columns: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    """The columns that it reads."""

    @property
    def key(self) -> str:
        """Id and part, unique in a pack."""
        return f"{self.id}/{self.part}" if self.part else self.id


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One version of one pack."""

    code: str
    version: str
    title_zh: str
    title_en: str
    zone: str
    """Zone in which the first and last days of validity are counted."""
    sources: Mapping[str, Source]
    checks: tuple[Check, ...]
    tests: tuple[Mapping[str, Any], ...]
    content: Mapping[str, Any] = field(repr=False)
    sha256: str


def canonical(document: Any) -> str:
    """Return JSON that is the same for the same content: sorted keys, no spaces."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def load_packs(folder: Path) -> tuple[Pack, ...]:
    """This function will load every pack below a folder, in the order of their codes.

    :raises PackInvalid: if any of them is not fit for use
    """
    return tuple(load_pack(path.parent) for path in sorted(folder.glob("*/pack.yaml")))


def load_pack(folder: Path) -> Pack:
    """This function will load one pack and prove that it is complete.

    1. Every file keeps its JSON Schema, every text stands in zh and en, every source cited is listed.
    2. A check uses a known function with its parameters, and its messages name only facts that it has.
    3. The spans of one check, and the values of one parameter, neither overlap nor leave gaps.
    4. Every check has a test that it breaks and one that it keeps.

    :raises PackInvalid: with every fault that was found
    """
    content, faults = _read(folder)
    if faults:
        raise PackInvalid(folder.name, faults)
    pack = _build(content, faults)
    if faults or pack is None:
        raise PackInvalid(folder.name, faults)
    return pack


@lru_cache(maxsize=8)
def _schema(path: Path) -> Any:
    return jsonschema.Draft202012Validator(json.loads(path.read_text()))


def _read(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the pack's content by kind of file, and where a file breaks its schema."""
    content: dict[str, Any] = {"parameters": [], "checks": [], "tests": []}
    faults: list[str] = []
    for kind, path in _files(folder):
        document = yaml.load(path.read_text(), Loader=_TextLoader)  # noqa: S506 - a safe loader without dates
        schema = _schema(folder.parent / "schema" / f"{kind}.schema.json")
        for error in schema.iter_errors(document):
            faults.append(f"{path.name}: {error.json_path}: {error.message[:200]}")
        if kind in ("pack", "sources"):
            content[kind] = document
        else:
            content[kind] += document or []
    faults += [f"{name}.yaml is missing" for name in ("pack", "sources") if name not in content]
    return content, faults


class _TextLoader(yaml.SafeLoader):
    """Reads dates and times as text, so that content is plain JSON."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for name in ("pack", "sources"):
        if (folder / f"{name}.yaml").exists():
            yield name, folder / f"{name}.yaml"
    for kind in ("parameters", "checks", "tests"):
        for path in sorted((folder / kind).glob("*.yaml")):
            yield kind, path


def _build(content: dict[str, Any], faults: list[str]) -> Pack | None:
    head = content["pack"]
    sources = {item["key"]: _source(item) for item in content["sources"]}
    parameters = _parameters(content["parameters"], faults)
    checks = [
        check
        for document in content["checks"]
        for check in _compile(document, head, sources, parameters, faults)
    ]
    _check_spans(checks, faults)
    _check_tests({check.key for check in checks}, content["tests"], faults)
    return Pack(
        code=head["code"], version=head["version"], title_zh=head["title"]["zh"], title_en=head["title"]["en"],
        zone=head["zone"], sources=sources, checks=tuple(checks), tests=tuple(content["tests"]), content=content,
        sha256=hashlib.sha256(canonical(content).encode()).hexdigest(),
    )  # fmt: skip


def _source(item: dict[str, Any]) -> Source:
    return Source(
        key=item["key"], title_zh=item["title"]["zh"], title_en=item["title"]["en"], rank=item["rank"]
    )


def _parameters(documents: list[dict[str, Any]], faults: list[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        if document["id"] in found:
            faults.append(f"parameter {document['id']} is given twice")
        found[document["id"]] = document["values"]
        spans = [(_day(value["from"]), _day(value.get("to"))) for value in document["values"]]
        faults += [f"parameter {document['id']}: {fault}" for fault in _span_faults(spans)]
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _span_faults(spans: list[tuple[date | None, date | None]]) -> list[str]:
    """Tell where spans of days overlap or leave a gap; ends are included, None is open."""
    faults = []
    ordered = sorted(spans, key=lambda span: span[0] or date.min)
    for (start, end), (later, _) in itertools.pairwise(ordered):
        if later is None or end is None or later <= end:
            faults.append(f"validity from {start} overlaps the one from {later}")
        elif (later - end).days > 1:
            faults.append(f"validity leaves a gap between {end} and {later}")
    return faults


def _compile(
    document: dict[str, Any],
    head: dict[str, Any],
    sources: dict[str, Source],
    parameters: dict[str, list[dict[str, Any]]],
    faults: list[str],
) -> list[Check]:
    """Return a check once for every span in which its parameters keep their values."""
    name = document["id"] + ("/" + document["part"] if document.get("part") else "")
    before = len(faults)
    cited = [item["source"] for item in document["citation"]]
    faults += [f"{name}: source {key} is not listed" for key in cited if key not in sources]
    faults += [f"{name}: {fault}" for fault in _function_faults(document)]
    if len(faults) > before:
        return []
    checks = []
    for start, end, resolved in _periods(document, name, parameters, faults):
        try:
            checks.append(_check(resolved, start, end, head, sources))
        except ConditionInvalid as error:
            faults.append(f"{name}: {error}")
    return checks


def _check(
    document: dict[str, Any], start: date, end: date | None, head: dict[str, Any], sources: dict[str, Source]
) -> Check:
    exceptions, function = tuple(document.get("unless", [])), FUNCTIONS[document["uses"]]
    clock = function.clock(document["params"]) if function.clock else None
    when = compile_condition(document["params"]["when"]) if "when" in document["params"] else None
    scope = compile_condition(document["applies_to"])
    for exception in exceptions:
        scope = scope & ~compile_condition(exception["when"])
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


def _cite(item: dict[str, str], sources: dict[str, Source]) -> str:
    return f"{sources[item['source']].title_zh} ({item['source']}) {item.get('article', '')}".strip()


def _function_faults(document: dict[str, Any]) -> list[str]:
    function = FUNCTIONS.get(document["uses"])
    if function is None:
        return [f"there is no check function {document['uses']!r}; there are {', '.join(FUNCTIONS)}"]
    given = set(document["params"])
    faults = [f"parameter {name} is missing" for name in sorted(function.required - given)]
    faults += [
        f"parameter {name} is not known" for name in sorted(given - function.required - function.optional)
    ]
    allowed = CONTEXT_FACTS | function.facts | given
    for language, text in document["message"].items():
        named = {part[1] for part in string.Formatter().parse(text) if part[1]}
        faults += [
            f"message {language} names {fact}, which the check does not know"
            for fact in sorted(named - allowed)
        ]
    return faults


def _periods(
    document: dict[str, Any], name: str, parameters: dict[str, list[dict[str, Any]]], faults: list[str]
) -> Iterator[tuple[date, date | None, dict[str, Any]]]:
    """Cut the validity of a check where a dated parameter changes, with the values filled in."""
    start, end = date.fromisoformat(document["effective_from"]), _day(document.get("effective_to"))
    named = set(_references(document))
    if unknown := named - set(parameters):
        faults.append(f"{name}: no parameter {', '.join(sorted(unknown))}")
        return
    changes = {date.fromisoformat(value["from"]) for reference in named for value in parameters[reference]}
    starts = sorted({start, *(day for day in changes if start < day and (end is None or day <= end))})
    for first, following in zip(starts, [*starts[1:], None], strict=True):
        last = end if following is None else date.fromordinal(following.toordinal() - 1)
        values = {reference: _value_on(parameters[reference], first) for reference in named}
        faults += [
            f"{name}: parameter {key} has no value on {first}" for key in values if values[key] is None
        ]
        yield first, last, _resolved(document, values)


def _references(tree: Any) -> Iterator[str]:
    """Yield the id of every `{parameter: id}` in a document."""
    if isinstance(tree, dict):
        if set(tree) == {"parameter"}:
            yield tree["parameter"]
        for value in tree.values():
            yield from _references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _references(value)


def _resolved(tree: Any, values: dict[str, Any]) -> Any:
    """Return the document with every `{parameter: id}` replaced by its value."""
    if isinstance(tree, dict):
        if set(tree) == {"parameter"}:
            return values[tree["parameter"]]
        return {key: _resolved(value, values) for key, value in tree.items()}
    return [_resolved(value, values) for value in tree] if isinstance(tree, list) else tree


def _value_on(values: list[dict[str, Any]], day: date) -> Any:
    for value in values:
        start, end = date.fromisoformat(value["from"]), _day(value.get("to"))
        if start <= day and (end is None or day <= end):
            return value["value"]
    return None


def _check_spans(checks: list[Check], faults: list[str]) -> None:
    by_key: dict[str, list[tuple[date | None, date | None]]] = {}
    for check in checks:
        by_key.setdefault(check.key, []).append((check.effective_from, check.effective_to))
    for key, spans in by_key.items():
        faults += [f"{key}: {fault}" for fault in _span_faults(spans)]


def _check_tests(keys: set[str], tests: list[dict[str, Any]], faults: list[str]) -> None:
    """Each check needs a test that breaks it and one that keeps it."""
    faults += [
        f"a test names {test['rule']}, which is no check" for test in tests if test["rule"] not in keys
    ]
    for key in sorted(keys):
        for is_broken, word in ((True, "breaks"), (False, "keeps")):
            if not any(test["rule"] == key and test["is_broken"] is is_broken for test in tests):
                faults.append(f"{key}: no test that {word} it")
