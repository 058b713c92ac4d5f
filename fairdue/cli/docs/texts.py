"""`templates.md`: the texts that leave the house, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from fairdue.cli.docs.markdown import code, head, lines_of, table


def templates_text(folder: Path) -> str:
    """Return the page."""
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
    return lines_of(
        head(
            "消息模板 · Message templates",
            "`packs/templates`",
            "占位符按类型填写;未知占位符或未批准的版本不会发出。已载入的版本不可修改,改动须用新版本号。  \n"
            "Placeholders are typed; an unknown one, or a version that nobody approved, is never sent. "
            "A loaded version never changes: a change gets a new version.",
        ),
        *(_template(document) for document in documents),
    )


def _template(document: Mapping[str, Any]) -> Iterator[str]:
    facts = [
        ["version", code(document["version"])],
        ["purpose", code(document["purpose"])],
        ["due condition · 应还条件", code(document["due_condition"])],
        ["author · 撰写", document["author"]],
        ["approved by · 批准", document.get("approved_by", "nobody yet")],
        ["placeholders", ", ".join(f"`{name}` ({kind})" for name, kind in document["placeholders"].items())],
    ]
    yield from [f"## {document['code']}", ""]
    yield from table(["", ""], facts)
    for text in document["texts"]:
        yield from _text(text)


def _text(text: Mapping[str, Any]) -> Iterator[str]:
    yield from [f"**{text['locale']} · {', '.join(text['channels'])}**", "", "```text"]
    if text.get("subject"):
        yield from [f"{text['subject']}", ""]
    yield from [*str(text["body"]).strip().splitlines(), "```", ""]
