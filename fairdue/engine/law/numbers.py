"""Rules that compute: their dated parameters with unit and citation, as loaded from `numbers/*.yaml`.

A function of the law asks for a rule by its id on a day and gets the values in force on it; it reports the
rules that it applied, so that every answer can be cited. The rules themselves are plain functions beside this
module.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

RULES_DIR = Path(__file__).resolve().parents[3] / "packs" / "rules"


class NumbersInvalid(ValueError):
    """A file of numbers that may not be used; the message lists everything that is wrong."""


class RuleNotInForce(LookupError):
    """A rule was asked for that the packs chosen do not have, or not on that day."""

    def __init__(self, rule_id: str, on: date | None) -> None:
        super().__init__(f"{rule_id} is not in force" + (f" on {on}" if on else ""))
        self.rule_id, self.on = rule_id, on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule with the values that its parameters have on a day."""

    id: str
    jurisdiction: str
    title_zh: str
    title_en: str
    citation: str
    rank: str
    evidence: str
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def integer(self, name: str) -> int:
        """Return a parameter that is a whole number."""
        return int(self.values[name])

    def ratio(self, name: str) -> Fraction:
        """Return a parameter that is a rate, share or multiple, exactly."""
        return Fraction(str(self.values[name]))

    def minor(self, name: str) -> int:
        """Return a parameter that is an amount, in minor units of a currency with two decimals."""
        return int(Fraction(str(self.values[name])) * 100)

    def day(self, name: str) -> date:
        """Return a parameter that is a date."""
        return date.fromisoformat(self.values[name])

    def words(self, name: str) -> tuple[str, ...]:
        """Return a parameter that is a list of words or patterns."""
        return tuple(self.values[name])


@dataclass(frozen=True, slots=True)
class Numbers:
    """The computing rules of one or more jurisdictions."""

    documents: Mapping[str, Mapping[str, Any]]

    def rule(self, rule_id: str, on: date | None = None) -> Rule:
        """Return a rule with its values on a day; without a day, its latest values.

        :raises RuleNotInForce: if no pack chosen has the rule, or the day lies outside its validity
        """
        document = self.documents.get(rule_id)
        if document is None or not _is_within(
            document.get("effective_from"), document.get("effective_to"), on
        ):
            raise RuleNotInForce(rule_id, on)
        return Rule(
            id=rule_id,
            jurisdiction=document["jurisdiction"],
            title_zh=document["title"]["zh"],
            title_en=document["title"]["en"],
            citation=document["citation"],
            rank=document["rank"],
            evidence=document["evidence"],
            values={name: _value(item, rule_id, on) for name, item in document.get("parameters", {}).items()},
        )

    def has(self, rule_id: str, on: date | None = None) -> bool:
        """Tell whether a rule of the jurisdictions chosen is in force on a day."""
        document = self.documents.get(rule_id)
        return document is not None and _is_within(
            document.get("effective_from"), document.get("effective_to"), on
        )

    def of(self, jurisdictions: Iterable[str]) -> Numbers:
        """Return only the rules of some jurisdictions."""
        chosen = set(jurisdictions)
        return Numbers({key: item for key, item in self.documents.items() if item["jurisdiction"] in chosen})


def rule_ids(rules: Iterable[Rule]) -> list[str]:
    """Return the ids of rules, each once, in order."""
    return list(dict.fromkeys(rule.id for rule in rules))


def load_numbers(folder: Path) -> Numbers:
    """This function will load the computing rules of every jurisdiction below a folder.

    1. Every file keeps its schema, every id stands once.
    2. The values of a parameter neither overlap nor leave gaps.

    :raises NumbersInvalid: with every fault that was found
    """
    documents: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    schema = jsonschema.Draft202012Validator(
        json.loads((folder / "schema" / "numbers.schema.json").read_text(encoding="utf-8"))
    )
    for path in sorted(folder.glob("*/numbers/*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506 - a safe loader without dates
        place = f"{path.parent.parent.name}/{path.name}"
        errors = [
            f"{place}: {error.json_path}: {error.message[:200]}" for error in schema.iter_errors(content)
        ]
        faults += errors
        for document in [] if errors else content:
            if document["id"] in documents:
                faults.append(f"{place}: {document['id']} is given twice")
            faults += [f"{place}: {document['id']}: {fault}" for fault in _gaps(document)]
            documents[document["id"]] = document | {"jurisdiction": path.parent.parent.name}
    if faults:
        raise NumbersInvalid("; ".join(faults))
    return Numbers(documents)


@lru_cache(maxsize=1)
def shipped_numbers() -> Numbers:
    """Return the computing rules that this version ships."""
    return load_numbers(RULES_DIR)


class _TextLoader(yaml.SafeLoader):
    """Reads dates as text, so that content is plain JSON."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _is_within(start: str | None, end: str | None, on: date | None) -> bool:
    """Tell whether a day lies in a span whose ends are included; an end that is left out is open."""
    if on is None:
        return True
    return (start is None or date.fromisoformat(start) <= on) and (
        end is None or on <= date.fromisoformat(end)
    )


def _value(parameter: Mapping[str, Any], rule_id: str, on: date | None) -> Any:
    if on is None:
        return parameter["values"][-1]["value"]
    for item in parameter["values"]:
        if _is_within(item.get("from"), item.get("to"), on):
            return item["value"]
    raise RuleNotInForce(rule_id, on)


def _gaps(document: Mapping[str, Any]) -> list[str]:
    faults = []
    for name, parameter in document.get("parameters", {}).items():
        values = parameter["values"]
        for earlier, later in itertools.pairwise(values):
            end, start = earlier.get("to"), later.get("from")
            if not end or not start or (date.fromisoformat(start) - date.fromisoformat(end)).days != 1:
                faults.append(f"{name}: a value does not begin on the day after the one before it ends")
    return faults
