"""`strategies.md`: each shipped strategy as the table that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from fairdue.cli.docs.markdown import code, head, lines_of, table
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
            "How to change one: [how-to/strategies.md](../how-to/strategies.md).",
        ),
        *(_strategy(document) for document in documents),
    )


def _strategy(document: Mapping[str, Any]) -> Iterator[str]:
    strategy = read_strategy(document)
    title = document["title"]
    yield from [f"## {strategy.code} {strategy.version} · {title['zh']} · {title['en']}", ""]
    rows = [
        [number, code(row.row_id), _when(raw), _then(raw), row.title_zh, row.title_en]
        for number, (row, raw) in enumerate(zip(strategy.rows, document["rows"], strict=True), 1)
    ]
    yield from table(["#", "row", "when", "then", "中文", "English"], rows)
    yield from ["**输入 · Inputs**", ""]
    yield from table(
        ["input", "type", "中文", "English"],
        ([code(item["name"]), item["type"], item["zh"], item["en"]] for item in document["inputs"]),
    )
    yield from ["**输出 · Outputs**", ""]
    yield from table(["output", "type", "allowed", "if left out"], map(_output, document["outputs"]))


def _when(row: Mapping[str, Any]) -> str:
    return "<br>".join(f"`{name}`: {_word(test)}" for name, test in (row.get("when") or {}).items()) or "-"


def _then(row: Mapping[str, Any]) -> str:
    return "<br>".join(f"`{name}`: {_word(value)}" for name, value in row["then"].items())


def _output(item: Mapping[str, Any]) -> list[str]:
    allowed = ", ".join(code(value) for value in item.get("allowed", ()) if value)
    default = code(_word(item["default"])) if "default" in item else "must be given"
    return [code(item["name"]), item["type"], allowed, default or "empty"]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
