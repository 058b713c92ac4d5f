"""`fairdue strategy export` and `import`: a strategy as a workbook, DMN or YAML, and back as a draft."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.markup import escape

from fairdue.cli.session import console, emit, fail, prepare

Code = Annotated[str, typer.Argument(help="The strategy's code, or a path of its YAML document.")]
Format = Annotated[
    str, typer.Option("--format", help="xlsx, yaml, dmn (1.5), dmn14, dmn13; of the stages bpmn or svg.")
]
Version = Annotated[str, typer.Option(help="A version; without it the published one.")]
Language = Annotated[str, typer.Option(help="Headings of a workbook: zh or en.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; without it CODE-VERSION.FORMAT.")]  # fmt: skip
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A workbook (.xlsx), .dmn or .yaml.")]
Draft = Annotated[
    bool, typer.Option("--draft", help="Save it as a draft, to be checked and approved at the desk.")
]
By = Annotated[str, typer.Option("--by", help="Of a draft: whose it is, a username of the workbench.")]
Result = Annotated[
    str, typer.Option(help="Of a DMN file: the decision that is carried out, if several could be.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def attach(app: typer.Typer) -> None:
    """Add both commands to the group of strategies."""
    app.command("export")(export)
    app.command("import")(import_)


def export(
    code: Code,
    file_format: Format = "xlsx",
    version: Version = "",
    language: Language = "zh",
    output: Output = None,
) -> None:
    """Write a strategy as a workbook that can be changed and imported again, as DMN for other tools, or as YAML.

    Exit status 0: written; 1: the strategy cannot be written in this form; 2: there is none, or no such form.
    """
    from fairdue.engine.strategy.interchange.files import FORMS, file_name

    if file_format not in FORMS:
        fail(f"{escape(file_format)} is no form of file: choose {', '.join(FORMS)}")
    document = _document(code, version)
    try:
        content = FORMS[file_format].write(document, language)
    except ValueError as error:
        fail(escape(str(error)), status=1)
    target = output or Path(file_name(document["code"], document.get("version", ""), file_format))
    target.write_bytes(content)
    console.print(f"[green]✓[/green] {escape(str(target))}: {len(content):,} bytes", highlight=False)


def _document(code: str, version: str) -> dict[str, Any]:
    from fairdue.engine.strategy.interchange.yaml_text import YamlUnreadable, read_yaml

    path = Path(code)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        try:
            return read_yaml(path.read_bytes())
        except YamlUnreadable as error:
            fail(f"{escape(path.name)} is no strategy's document: {escape(str(error))}")
    prepare()
    from fairdue.contexts.decisions.facade import strategy_versions

    cards = strategy_versions(code)
    wanted = [
        card for card in cards if card.version == version or (not version and card.status == "published")
    ]
    if not wanted:
        known = ", ".join(card.version for card in cards) or "none"
        fail(f"there is no such version of {escape(code)}; known: {known}")
    return dict(wanted[0].content)


def import_(
    file: File,
    draft: Draft = False,
    by: By = "",
    output: Output = None,
    result: Result = "",
    as_json: AsJson = False,
) -> None:
    """Read a workbook, a DMN or a YAML file back: every fault by sheet and cell, else the document as YAML or a draft.

    Exit status 0: read; 1: it has faults, and nothing was taken over.
    """
    from fairdue.engine.strategy.interchange.files import FileProblems, read_file

    try:
        document = read_file(file.read_bytes(), file.name, result)
    except FileProblems as problems:
        found = [{"where": each.where, "zh": each.zh, "en": each.en} for each in problems.problems]
        if as_json:
            emit({"file": file.name, "problems": found})
        for each in [] if as_json else found:
            place = f"{each['where']}: " if each["where"] else ""
            console.print(f"[red]✗[/red] {escape(place + each['en'])}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from problems
    saved = _saved(document, by) if draft else ""
    if as_json:
        emit({"file": file.name, "problems": [], "draft": saved, "document": document})
    elif saved:
        console.print(f"[green]✓[/green] draft {saved}: check and approve it at the desk", highlight=False)
    else:
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)
        if output is not None:
            output.write_text(text, encoding="utf-8")
        else:
            sys.stdout.write(text)


def _saved(document: dict[str, Any], by: str) -> str:
    prepare()
    from fairdue.contexts.decisions import facade as decisions
    from fairdue.contexts.identity import facade as identity
    from fairdue.kernel import clock
    from fairdue.kernel.actor import PermissionRefused, system

    actor = identity.actor_by_username(by) if by else system("fairdue strategy import")
    if actor is None:
        fail(f"nobody active is called {by!r}; see: fairdue staff list")
    try:
        card = decisions.save_file_draft(document=document, actor=actor, now=clock.now())
    except (
        decisions.StrategyVersionTaken,
        decisions.StrategyDocumentUnusable,
        PermissionRefused,
    ) as refusal:
        fail(escape(str(refusal)), status=1)
    return f"{card.strategy_id}: {card.code}@{card.version}"
