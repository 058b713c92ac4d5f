"""`facts.md`: every fact that a strategy may read, its domain, and what moves it."""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.engine.strategy.catalogue import EFFECTS, Catalogue, Domain, Fact, load_catalogue
from fairdue.engine.strategy.cells import parse_cell

_HEADINGS = ("fact", "type", "中文", "English", "unit", "domain", "from")


def facts_text() -> str:
    """Return the page of the catalogue: facts by group, then events with what they do."""
    catalogue = load_catalogue()
    return lines_of(
        head(
            "事实目录 · Facts",
            "`packs/reference/facts.yaml`",
            "策略可读的事实:每位债务人每晚一行。金额为最重账户同币种各账户之和。  \n"
            "What a strategy may read: one line a person and night. Amounts are sums over the accounts in the currency "
            "of the account with the most days past due.",
            "How to use them: [how-to/strategies.md](../how-to/strategies.md).",
        ),
        *(_group(catalogue, group) for group in catalogue.groups),
        _events(catalogue),
        _impossible(catalogue),
    )


def _group(catalogue: Catalogue, group: str) -> Iterator[str]:
    words = catalogue.groups[group]
    yield from [f"## {words.zh} · {words.en}", ""]
    rows = (_fact(fact) for fact in catalogue.facts.values() if fact.group == group)
    yield from table(_HEADINGS, rows)


def _fact(fact: Fact) -> list[str]:
    unit = f"{fact.unit_zh} · {fact.unit_en}" if fact.unit_zh else ""
    return [code(fact.name), fact.type_name, fact.zh, fact.en, unit, _domain(fact), fact.evidence]


def _domain(fact: Fact) -> str:
    missing = ["may be missing"] if fact.domain.may_be_missing else []
    return "; ".join([*_values(fact.domain), *missing])


def _values(domain: Domain) -> list[str]:
    if domain.low is not None:
        return [f"{domain.low} to {domain.high}"]
    if domain.values:
        return [", ".join(code(value) or '`""`' for value in domain.values)]
    return [f"texts like {code(domain.pattern)}"] if domain.pattern else []


def _events(catalogue: Catalogue) -> Iterator[str]:
    yield from ["## 事件 · Events", ""]
    yield from [
        "The checks of a strategy and its map of stages walk along these events; a fact that is not named stays.",
        "",
    ]
    yield from table(
        ["event", "中文", "English", "moves"], (_event(catalogue, name) for name in catalogue.events)
    )


def _event(catalogue: Catalogue, name: str) -> list[str]:
    words = catalogue.events[name]
    moved = (
        f"{code(fact.name)} {EFFECTS[fact.moves[name]][1]}"
        for fact in catalogue.facts.values()
        if name in fact.moves
    )
    return [code(name), words.zh, words.en, "<br>".join(moved)]


def _impossible(catalogue: Catalogue) -> Iterator[str]:
    yield from ["## 不可能的组合 · What cannot occur together", ""]
    for line in catalogue.impossible:
        for name, cell in line.items():
            parse_cell(cell, catalogue.facts[name].type_name)
        yield "- " + " and ".join(f"{code(name)} {code(_word(cell))}" for name, cell in line.items())
    yield ""


def _word(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
