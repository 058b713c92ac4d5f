"""A pack laid out by instrument and article: what is implemented, what only partly, what not and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fairdue.engine.law.loading.citing import articles_of, citations_of
from fairdue.engine.law.loading.faults import Fault
from fairdue.engine.law.loading.pieces import keyed
from fairdue.engine.law.loading.spans import references

State = Literal["implemented", "partly", "not"]
Cases = Mapping[str, Sequence[str]]
"""Ids of tests outside the pack by id of the rule that they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackTest:
    """A test that a pack carries: `CN-TIME-01#2` is the second one of the rule."""

    id: str
    title: str
    is_broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLines:
    """A rule as the rulebook shows it: its document, what it reads by date, how it is tested."""

    key: str
    kind: Literal["check", "number"]
    document: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]
    """Each with id, unit and dated values."""
    tests: tuple[PackTest, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of one instrument; the empty article is the instrument where none is named."""

    article: str
    state: State
    subject_zh: str = ""
    subject_en: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    """Why it is implemented only partly or not, or what implements it besides rules."""
    rules: tuple[RuleLines, ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        """Ids of every test of every rule of the article, each once."""
        return tuple(
            dict.fromkeys(
                name for rule in self.rules for name in (*(test.id for test in rule.tests), *rule.cases)
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One source with its articles."""

    key: str
    title_zh: str
    title_en: str
    rank: str
    in_force: str
    url: str
    articles: tuple[Article, ...] = field(default=())

    def count(self, state: State) -> int:
        """Return how many articles are in a state."""
        return sum(article.state == state for article in self.articles)


def lay_out(
    content: Mapping[str, Any], coverage: Sequence[Mapping[str, Any]] = (), cases: Cases | None = None
) -> tuple[Instrument, ...]:
    """This function will lay a pack out by instrument and article, in the order of its sources.

    1. An article that rules cite is implemented unless `coverage` says partly. 2. An article that no rule cites is what
    `coverage` says it is: not implemented with a reason, or implemented by something that is no rule.
    """
    said = {
        (item["source"], article): item
        for item in coverage
        for article in articles_of(item.get("article", ""))
    }
    rules = _rules_by_article(content, cases or {})
    return tuple(
        Instrument(
            key=source["key"], title_zh=source["title"]["zh"], title_en=source["title"]["en"], rank=source["rank"],
            in_force=source.get("in_force", ""), url=source.get("url", ""),
            articles=tuple(
                _article(article, said.get((key, article), {}), rules.get((key, article), ()))
                for key, article in sorted({*said, *rules}, key=_by_number)
                if key == source["key"]
            ),
        )
        for source in content["sources"]
    )  # fmt: skip


def _by_number(place: tuple[str, str]) -> tuple[str, bool, int, str]:
    """Order articles as a reader looks for them: those without a number last."""
    source, article = place
    digits = "".join(sign if sign.isdigit() else " " for sign in article).split()
    starts = article[:1].isdigit()
    return source, not starts, int(digits[0]) if starts and digits else 0, article


def _article(article: str, said: Mapping[str, Any], rules: Sequence[RuleLines]) -> Article:
    empty = {"zh": "", "en": ""}
    reason, subject = said.get("reason", empty), said.get("subject", empty)
    return Article(
        article=article, state=said.get("state", "implemented"), subject_zh=subject["zh"], subject_en=subject["en"],
        reason_zh=reason["zh"], reason_en=reason["en"], rules=tuple(rules),
    )  # fmt: skip


def _rules_by_article(content: Mapping[str, Any], cases: Cases) -> dict[tuple[str, str], list[RuleLines]]:
    found: dict[tuple[str, str], list[RuleLines]] = {}
    for lines in rule_lines(content, cases):
        for place in citations_of(lines.document, content["sources"]):
            found.setdefault(place, []).append(lines)
    return found


def rule_lines(content: Mapping[str, Any], cases: Cases | None = None) -> Iterator[RuleLines]:
    """This function will yield every check and every computing rule of a pack with its parameters and tests."""
    dated = {item["id"]: item for item in content["parameters"]}
    tests = _tests_by_rule(content["tests"])
    outside = cases or {}
    checks = len(content["checks"])
    for place, (key, document) in enumerate(keyed(content)):
        of_rule = tuple(outside.get(document["id"], ()))
        if place < checks:
            read = tuple(dated[name] for name in _named(document) if name in dated)
            mine = tuple(tests.get(key, ()))
            yield RuleLines(
                key=key, kind="check", document=document, parameters=read, tests=mine, cases=of_rule
            )
        else:
            own = tuple({"id": name, **item} for name, item in document.get("parameters", {}).items())
            yield RuleLines(
                key=key, kind="number", document=document, parameters=own, tests=(), cases=of_rule
            )


def _named(document: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(references(dict(document))))


def _tests_by_rule(tests: Sequence[Mapping[str, Any]]) -> dict[str, list[PackTest]]:
    found: dict[str, list[PackTest]] = {}
    for test in tests:
        of_rule = found.setdefault(test["rule"], [])
        of_rule.append(
            PackTest(
                id=f"{test['rule']}#{len(of_rule) + 1}", title=test["title"], is_broken=test["is_broken"]
            )
        )
    return found


def coverage_faults(content: Mapping[str, Any], coverage: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """This function will tell where what is said of an article is contradicted by the rules of the pack."""
    known = {source["key"] for source in content["sources"]}
    ruled = {
        place for lines in rule_lines(content) for place in citations_of(lines.document, content["sources"])
    }
    faults, seen = [], set()
    for item in coverage:
        for article in articles_of(item.get("article", "")):
            place = (item["source"], article)
            problem, advice = _contradiction(item, place in ruled, item["source"] in known, place in seen)
            seen.add(place)
            if problem:
                name = f"{item['source']} {article}".strip()
                faults.append(Fault(file="coverage.yaml", field=name, problem=problem, advice=advice))
    return faults


def _contradiction(
    item: Mapping[str, Any], is_ruled: bool, is_known: bool, is_repeated: bool
) -> tuple[str, str]:
    if not is_known:
        return f"source {item['source']} is not listed", "add it to sources.yaml with its rank"
    if is_repeated:
        return "is said twice", "keep one entry an article"
    if item["state"] == "not" and is_ruled:
        return (
            "is said not to be implemented, but rules cite it",
            "say partly and what is missing, or delete the entry",
        )
    if item["state"] == "partly" and not is_ruled and "by" not in item:
        return (
            "is said to be implemented partly, but no rule cites it",
            "cite it in a rule, name what does it (`by`), or say not",
        )
    if item["state"] == "implemented" and not is_ruled and "by" not in item:
        return (
            "is said to be implemented, but no rule cites it",
            "cite it in a rule, or name what does it (`by`)",
        )
    if item["state"] != "implemented" and "reason" not in item:
        return f"is {item['state']} implemented without a reason", "write `reason` in zh and en"
    return "", ""
