"""A strategy as a file of one of several forms, and back: for the desk and for the command line alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from fairdue.engine.strategy.catalogue import Fact, load_catalogue
from fairdue.engine.strategy.interchange.dmn import DmnProblems, from_dmn, to_dmn
from fairdue.engine.strategy.interchange.xlsx import (
    FactWords,
    WorkbookErrors,
    read_strategy_workbook,
    strategy_workbook,
)
from fairdue.engine.strategy.interchange.yaml_text import YamlUnreadable, read_yaml
from fairdue.engine.strategy.lifecycle.bpmn import to_bpmn
from fairdue.engine.strategy.lifecycle.picture import draw
from fairdue.engine.strategy.table import read_strategy


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One reason why a file was not taken: where it is, and what to do, in both languages."""

    where: str
    zh: str
    en: str


class FileProblems(ValueError):
    """The file is no strategy that can be taken over; nothing was taken."""

    code = "decisions.strategy.file"

    def __init__(self, problems: list[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"{each.where}: {each.en}" if each.where else each.en for each in problems)
        )


@dataclass(frozen=True, slots=True)
class Form:
    """One form of file: its media type, its name for people, who writes it; the ending, if not its code."""

    media_type: str
    name: str
    write: Callable[[Mapping[str, Any], str], bytes]
    needs_stages: bool = False
    ending: str = ""


def fact_words(language: str) -> list[FactWords]:
    """Return the facts of the catalogue as a workbook lists them."""
    zh = language.startswith("zh")
    return [
        FactWords(
            name=fact.name, type_name=fact.type_name, zh=fact.zh, en=fact.en, range_text=_range(fact, zh)
        )
        for fact in load_catalogue().facts.values()
    ]


def _range(fact: Fact, zh: bool) -> str:
    domain = fact.domain
    if domain.low is None:
        return ", ".join(domain.values)
    return f"{domain.low} … {domain.high} {fact.unit_zh if zh else fact.unit_en}".strip()


def _xlsx(document: Mapping[str, Any], language: str) -> bytes:
    return strategy_workbook(document, facts=fact_words(language), language=language)


def _yaml(document: Mapping[str, Any], _language: str) -> bytes:
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=110).encode()


def _dmn(version: str) -> Callable[[Mapping[str, Any], str], bytes]:
    return lambda document, _language: to_dmn(document, version)


def _bpmn(document: Mapping[str, Any], language: str) -> bytes:
    return to_bpmn(read_strategy(document), language=language).encode()


def _svg(document: Mapping[str, Any], language: str) -> bytes:
    return draw(read_strategy(document), language=language).encode()


FORMS: Mapping[str, Form] = {
    "xlsx": Form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel (XLSX)", _xlsx),
    "yaml": Form("application/yaml; charset=utf-8", "YAML", _yaml),
    "dmn": Form("application/xml; charset=utf-8", "DMN 1.5", _dmn("1.5")),
    "dmn14": Form("application/xml; charset=utf-8", "DMN 1.4", _dmn("1.4"), ending="dmn"),
    "dmn13": Form("application/xml; charset=utf-8", "DMN 1.3", _dmn("1.3"), ending="dmn"),
    "bpmn": Form("application/xml; charset=utf-8", "BPMN 2.0", _bpmn, needs_stages=True),
    "svg": Form("image/svg+xml", "SVG", _svg, needs_stages=True),
}
"""By the code that asks for them."""


def file_name(code: str, version: str, form: str) -> str:
    """Return the name of a strategy's file."""
    return f"{code}-{version}.{FORMS[form].ending or form}"


def read_file(content: bytes, name: str, result: str = "") -> dict[str, Any]:
    """Return the document of a file, by the ending of its name: YAML or JSON, DMN or XML, else a workbook.

    :param result: of a DMN file, the decision that is carried out, where several could be
    :raises FileProblems: with every place that cannot be read
    """
    ending = name.lower().rpartition(".")[2]
    try:
        if ending in ("yaml", "yml", "json"):
            return read_yaml(content)
        return from_dmn(content, result) if ending in ("dmn", "xml") else read_strategy_workbook(content)
    except YamlUnreadable as error:
        where = f"line {error.line}" if error.line else ""
        said = f"不是可读的策略文档:{error}", f"This is no strategy's document: {error}"
        raise FileProblems([FileProblem(where, *said)]) from error
    except WorkbookErrors as errors:
        found = [FileProblem(" ".join(filter(None, (p.sheet, p.cell))), p.zh, p.en) for p in errors.problems]
        raise FileProblems(found) from errors
    except DmnProblems as errors:
        raise FileProblems([FileProblem(p.where, p.zh, p.en) for p in errors.problems]) from errors
