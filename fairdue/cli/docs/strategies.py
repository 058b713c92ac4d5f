"""`strategies.md`: each shipped strategy as the table that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.engine.strategy.document import graph_document
from fairdue.engine.strategy.model import Stage
from fairdue.engine.strategy.table import read_strategy


def strategies_text(folder: Path) -> str:
    """Return the page; a strategy that does not check out has none."""
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*/strategy.yaml"))]
    return lines_of(
        head(
            "策略 · Strategies",
            "`packs/strategies`",
            "自上而下,第一条符合的行决定下一步;每位借款人必有一行。  \n"
            "Read from the top: the first row that fits decides, and some row fits everyone.",
            "How to change one: [how-to/strategies.md](../how-to/strategies.md); what rows may ask: [facts.md](facts.md); "
            "what is checked: [strategy-checks.md](strategy-checks.md).",
        ),
        *(_strategy(document) for document in documents),
    )


def _strategy(document: Mapping[str, Any]) -> Iterator[str]:
    strategy = read_strategy(document)
    yield from [f"## {strategy.code} {strategy.version} · {strategy.title_zh} · {strategy.title_en}", ""]
    yield from ["**事实 · Facts**: " + ", ".join(code(name) for name in strategy.inputs), ""]
    for item in graph_document(document)["decisions"]:
        yield from _decision(strategy.code, item, is_result=item["id"] == strategy.result)
    if strategy.stages:
        yield from [f"### {strategy.code}: 阶段 · stages", ""]
        yield from table(["stage", "中文", "English", "final"], map(_stage, strategy.stages))


def _decision(strategy: str, item: Mapping[str, Any], *, is_result: bool) -> Iterator[str]:
    title, policy = item["title"], item.get("hit_policy", "")
    mark = " · 结果 · result" if is_result else ""
    yield from [
        f"### {strategy}: {title['zh']} · {title['en']} ({policy or code(item['expression'])}){mark}",
        "",
    ]
    if not policy:
        return
    rows = [
        [
            number,
            code(row["id"]),
            _when(row),
            _then(row),
            row["title"]["zh"],
            row["title"]["en"],
            row.get("stage", ""),
        ]
        for number, row in enumerate(item["rows"], 1)
    ]
    yield from table(["#", "row", "when", "then", "中文", "English", "stage"], rows)
    yield from table(["output", "type", "allowed", "if left out"], map(_output, item["outputs"]))


def _stage(stage: Stage) -> list[str]:
    return [code(stage.stage_id), stage.title_zh, stage.title_en, "●" if stage.is_final else ""]


def _when(row: Mapping[str, Any]) -> str:
    return "<br>".join(f"`{name}`: {_word(test)}" for name, test in (row.get("when") or {}).items()) or "-"


def _then(row: Mapping[str, Any]) -> str:
    return "<br>".join(f"`{name}`: {_word(value)}" for name, value in (row.get("then") or {}).items()) or "-"


def _output(item: Mapping[str, Any]) -> list[str]:
    allowed = ", ".join(code(value) for value in item.get("allowed", ()) if value)
    default = code(_word(item["default"])) if "default" in item else "must be given"
    return [code(item["name"]), item["type"], allowed, default or "empty"]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
