"""Every `fairdue …` that a document tells people to type is a command that there is, with options that it has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from fairdue.cli.main import build

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"(?<!`)`((?:\.venv/bin/)?fairdue [^`\n]+)`")
LINE = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(fairdue [^#|>&;\n]+)", re.MULTILINE)


@cache
def commands() -> Any:
    """The whole command line."""
    return typer.main.get_command(build())


def documents() -> list[Path]:
    folders = (ROOT / name for name in ("docs", "examples", "packs", "fairdue"))
    found = [*ROOT.glob("*.md"), *(path for folder in folders for path in folder.rglob("*.md"))]
    return sorted(found)


def typed(text: str) -> Iterator[str]:
    """Yield the commands that a text tells people to type."""
    for block in FENCE.findall(text):
        yield from LINE.findall(block.replace("\\\n", " "))
    for words in INLINE.findall(FENCE.sub("", text)):
        yield words.removeprefix(".venv/bin/")


def wrong(command: str) -> str:
    """Return what is wrong with a command line, or nothing."""
    try:
        words = shlex.split(command.replace("…", " "))[1:]
    except ValueError:
        return ""
    node = commands()
    while words and hasattr(node, "commands") and not words[0].startswith(("-", "<", "[", "{")):
        if words[0] not in node.commands:
            return f"no command {words[0]!r}"
        node = node.commands[words.pop(0)]
    known = {name for each in node.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
    options = [re.match(r"--[a-z0-9-]+", word) for word in words]
    return ", ".join(f"no option {each[0]}" for each in options if each and each[0] not in known)


def test_every_command_in_a_document_is_one():
    said = [(str(path.relative_to(ROOT)), each) for path in documents() for each in typed(path.read_text())]
    assert len(said) > 200
    assert [(path, each, fault) for path, each in said if (fault := wrong(each))] == []


def test_a_command_or_an_option_that_there_is_not_is_noticed():
    assert list(typed("`fairdue no-such`\n```sh\n.venv/bin/fairdue cycle run --wide # x\n```")) == [
        "fairdue cycle run --wide ",
        "fairdue no-such",
    ]
    assert wrong("fairdue no-such thing") == "no command 'no-such'"
    assert wrong("fairdue cycle run --wide") == "no option --wide"
    assert wrong("fairdue cycle run --date 2026-01-01 --json") == ""
