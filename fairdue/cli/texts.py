"""`fairdue texts`: prove the content pack, and read a text as the law reads it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from fairdue.cli.session import configure, console, emit, fail

if TYPE_CHECKING:
    from fairdue.contexts.law.contracts import TextReport

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
texts = typer.Typer(help="What texts may not say and must say.", no_args_is_help=True)
texts.callback()(lambda: None)


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(texts, name="texts")


@texts.command()
def check(
    folder: Annotated[
        Path | None, typer.Option(help="Folder of a content pack; default: the shipped one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load the content pack and try every sentence that it brings along; status 1 if it is not fit for use."""
    from fairdue.engine.law.content.lexicon import CONTENT_DIR, ContentInvalid, load_content

    try:
        pack = load_content(folder or CONTENT_DIR)
    except ContentInvalid as error:
        if as_json:
            emit({"is_fit": False, "faults": error.faults})
        for fault in [] if as_json else error.faults:
            console.print(f"[red]✗[/red] {escape(fault)}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    sentences = sum(len(topic.keeps) + sum(map(len, topic.breaks)) for topic in pack.topics.values())
    patterns = sum(len(topic.patterns) for topic in pack.topics.values())
    counts = {
        "topics": len(pack.topics),
        "patterns": patterns,
        "sentences": sentences,
        "rules": len(pack.rules),
    }
    if as_json:
        emit({"is_fit": True, "version": pack.version, "sha256": pack.sha256, "faults": []} | counts)
        return
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    console.print(f"[green]✓[/green] content {pack.version}: {said}", highlight=False)


@texts.command()
def read(
    file: Annotated[
        Path | None, typer.Argument(help="File with the text; without it, standard input.")
    ] = None,
    channel: Annotated[str, typer.Option(help="sms, email, inapp, letter, voicemail.")] = "sms",
    subject: Annotated[str, typer.Option(help="Of a mail.")] = "",
    name: Annotated[list[str] | None, typer.Option(help="Name of the institution; may be repeated.")] = None,
    recipient: Annotated[str, typer.Option(help="debtor or third_party.")] = "debtor",
    actor: Annotated[str, typer.Option(help="creditor, agency or assignee.")] = "creditor",
    purpose: Annotated[str, typer.Option(help="What the text is for.")] = "collect",
    fact: Annotated[
        list[str] | None, typer.Option(help="What is true: listed_by_court, demanded_twice, has_judgment.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a text may not say and what it lacks; status 1 if it may not be sent. Nothing is changed."""
    configure()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.clock import business_date, now

    if unknown := sorted(set(fact or ()) - set(law.TEXT_FACTS)):
        fail(f"--fact {unknown[0]!r} is none of {', '.join(law.TEXT_FACTS)}")
    text, on = _text(file), business_date(now())
    if channel == "voicemail":
        _voicemail(text, next(iter(name or ()), ""), as_json=as_json)
    report = law.check_text(
        text=text, subject=subject, channel=channel, on=on, purpose=purpose, recipient=recipient, actor_kind=actor,
        names=name or (), facts=fact or (),
    )  # fmt: skip
    if as_json:
        emit(asdict(report))
    else:
        _print_report(report)
    raise typer.Exit(1 if report.is_refused else 0)


def _text(file: Path | None) -> str:
    try:
        return file.read_text(encoding="utf-8") if file else sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"the text cannot be read: {error}")


def _voicemail(text: str, name: str, *, as_json: bool) -> None:
    """Say whether a voicemail is a limited-content message, and end."""
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.clock import business_date, now

    is_limited = law.voicemail_is_limited(
        text=text, business_name=name, is_name_revealing=False, on=business_date(now())
    )
    if as_json:
        emit({"channel": "voicemail", "is_limited_content": is_limited})
    else:
        console.print("limited content" if is_limited else "more than limited content (12 CFR 1006.2(j))")
    raise typer.Exit(0 if is_limited else 1)


def _print_report(report: TextReport) -> None:
    output = Console(highlight=False, soft_wrap=True)
    output.print(f"{report.outcome} (content {report.version})")
    for finding in report.findings:
        output.print(
            escape(f"  {finding.rule_id} ({finding.outcome}) {finding.message_zh} {finding.message_en}")
        )
        for mark in finding.marks:
            output.print(escape(f"      {mark.part} {mark.start}-{mark.end} {mark.topic}: {mark.quote}"))
        output.print(escape(f"      {finding.citation} · {finding.evidence}"))
