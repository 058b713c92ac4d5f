"""`commands.md`: every command with its options, as the console script itself knows them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import typer.main

from fairdue.cli.docs.markdown import code, head, lines_of, table

_TYPES = {str: "text", int: "integer", float: "number", Path: "path", bool: "flag", datetime: "day"}


def commands_text() -> str:
    """Return the page."""
    from fairdue.cli.main import build

    return lines_of(
        head(
            "命令行 · Command line",
            "the console script",
            "Exit status: 0 done, nothing found; 1 the answer is no, something was refused or found; 2 wrong usage, "
            "or an input that cannot be used. A command that uses them more finely says so.",
            "With `--json` stdout holds exactly one JSON object, and none where the status is 2 because of wrong usage; "
            "everything for people goes to stderr.",
        ),
        _commands(typer.main.get_command(build()), "fairdue"),
    )


def _commands(group: Any, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        if command.hidden:
            continue
        full = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from _commands(command, full)
        else:
            yield from _command(command, full)


def _command(command: Any, path: str) -> Iterator[str]:
    shown = [item for item in command.params if not getattr(item, "hidden", False) and item.name != "help"]
    arguments = [_argument(item) for item in shown if _is_argument(item)]
    yield from [f"## {path}", "", code(" ".join([path, *arguments, "[OPTIONS]"])), ""]
    yield from [*inspect.cleandoc(command.help or "").splitlines(), ""]
    if shown:
        yield from table(["argument or option", "value", "if left out", "meaning"], map(_row, shown))


def _is_argument(item: Any) -> bool:
    return not item.opts[0].startswith("-")


def _argument(item: Any) -> str:
    name = item.metavar or item.name.upper()
    return name if item.nargs == 1 or item.metavar else f"{name}…"


def _row(item: Any) -> list[str]:
    names = [_argument(item)] if _is_argument(item) else [*item.opts, *item.secondary_opts]
    return [" / ".join(map(code, names)), _value(item), _default(item), item.help or ""]


def _value(item: Any) -> str:
    annotation = item.type_descriptor.annotation
    while get_args(annotation):
        annotation = get_args(annotation)[0]
    word = ", ".join(annotation) if issubclass(annotation, StrEnum) else _TYPES[annotation]
    low, high = (getattr(item, side, None) for side in ("min", "max"))
    limits = (
        f" {'' if low is None else low}…{'' if high is None else high}" if (low, high) != (None, None) else ""
    )
    return word + limits


def _default(item: Any) -> str:
    if item.required:
        return "must be given"
    if item.default is None or item.default == "":
        return ""
    if isinstance(item.default, bool):
        return ("yes" if item.default else "") if item.secondary_opts else "no"
    return code(item.default)
