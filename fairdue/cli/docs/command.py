"""The command: write the pages that differ, or only say which do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from fairdue.cli.session import configure, console, emit

ROOT = Path(__file__).resolve().parents[3]


def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; status 1 if a page differs.")
    ] = False,
    folder: Annotated[Path | None, typer.Option(help="Where pages go; default: docs/reference.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Generate the reference pages from code and packs.

    Exit status 0: the pages are up to date now; 1: with --check, a page is out of date.
    """
    configure()
    target = folder or ROOT / "docs" / "reference"
    stale = dict(stale_pages(target))
    if not check:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in stale.items():
            (target / name).write_text(text, encoding="utf-8")
    if as_json:
        emit({"stale" if check else "written": sorted(stale)})
    else:
        _print(list(stale), check)
    raise typer.Exit(1 if check and stale else 0)


def stale_pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and right text of every page that is missing or differs."""
    from fairdue.cli.docs.pages import pages

    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield name, text


def _print(names: list[str], is_check: bool) -> None:
    for name in names:
        console.print(f"{'out of date' if is_check else 'written'}: {name}", highlight=False)
    if names and is_check:
        console.print("run: fairdue docs")
    elif not names:
        console.print("[green]✓[/green] every page is up to date")
