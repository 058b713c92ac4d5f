"""`fairdue replay`: a period's contacts under the packs in force or a draft; `fairdue gate next` is its other half."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from fairdue.cli.packs_reading import load_side
from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.law.facade import ReplayedContact, ReplayReport

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command("replay")(replay)
    root.command("next")(next_contact)


def replay(
    since: Annotated[str, typer.Option("--from", help="First day or moment, such as 2026-11-01.")],
    until: Annotated[str, typer.Option("--to", help="Last day, included, or moment, excluded.")],
    pack: Annotated[
        list[str] | None,
        typer.Option(help="Draft: folder of a pack, or code@published version; may be given more than once."),
    ] = None,
    as_if: Annotated[
        str, typer.Option(help="Let the draft's rules of this day count for the whole period.")
    ] = "",
    limit: Annotated[int, typer.Option(help="List at most so many contacts.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Judge a period's contacts again: which would break, whose, how much money behind them. Nothing is changed.

    Exit status 0: all would be allowed; 1: some would not, under the draft if one is given; 2: cannot be read.
    """
    prepare()
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    first, last, day = _moment(since, ends=False), _moment(until, ends=True), _day(as_if)
    drafts = [one for name in pack or () for one in load_side(name).values()]
    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("judging", total=None)
        try:
            report = law.replay(
                since=first, until=last, actor=system("fairdue replay"), now=clock.now(), drafts=drafts, as_if=day,
                limit=limit, progress=lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        except law.PeriodWrong as error:
            fail(str(error))
    if as_json:
        emit(_document(report))
    else:
        _show(report)
    raise typer.Exit(1 if report.draft_broken else 0)


def next_contact(
    person: Annotated[int, typer.Option(help="Id of the person.")],
    at: Annotated[str, typer.Option(help="Moment, ISO 8601 with offset; default: now.")] = "",
    purpose: Annotated[str, typer.Option(help="What the contact is for.")] = "collect",
    as_json: AsJson = False,
) -> None:
    """Say when a person may next be contacted, and by what; status 1 if by nothing. Nothing is changed."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.contexts.parties import facade as parties
    from fairdue.kernel import clock

    moment = _moment(at, ends=False) if at else clock.now()
    try:
        ways = law.next_allowed(person, moment, purpose=purpose)
    except parties.PersonUnknown as error:
        fail(str(error))
    if as_json:
        emit({"person_id": person, "at": moment.isoformat(), "ways": [asdict(way) for way in ways]})
    for way in [] if as_json else ways:
        when = "now" if way.is_now else f"from {way.at.astimezone(clock.HOUSE_ZONE):%Y-%m-%d %H:%M}"
        console.print(escape(f"{way.channel:<7} {way.value_masked or '-'} {when}"), highlight=False)
    if not ways and not as_json:
        console.print("by nothing: waiting opens no way to this person")
    raise typer.Exit(0 if ways else 1)


def _moment(text: str, *, ends: bool) -> datetime:
    """Read a moment; a day begins on the house clock, and as an end it is included."""
    from fairdue.kernel import clock

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is neither a day like 2026-11-01 nor a moment like 2026-11-01T08:00:00+08:00")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.HOUSE_ZONE)
    if not 2000 <= moment.year < 2100:
        fail(f"{text!r} lies outside the years 2000 to 2099, of which the rules and zones know")
    return moment + timedelta(days=1) if ends and len(text.strip()) == len("2026-11-01") else moment


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"--as-if {text!r} is not a day like 2027-01-01")


def _document(report: ReplayReport) -> dict[str, Any]:
    """Return the report with amounts as decimal text."""
    document = asdict(report)
    for name in ("balance", "overdue"):
        document[name] = [
            {"amount": str(each.amount), "currency": each.currency} for each in getattr(report, name)
        ]
    return document


def _show(report: ReplayReport) -> None:
    output = Console(highlight=False, soft_wrap=True)
    packs = ", ".join(f"{code} {version}" for code, version in report.packs.items())
    output.print(
        f"{report.contacts:,} contacts = {report.judged:,} judged + {report.passed_over:,} passed over"
    )
    output.print(escape(f"in force ({packs}): {report.broken:,} would not be allowed"))
    if report.drafts:
        drafts = ", ".join(f"{code} {version}" for code, version in report.drafts.items())
        output.print(
            escape(
                f"draft ({drafts}): {report.draft_broken:,} would not be allowed;"
                f" {report.newly_broken:,} only by the draft, {report.newly_allowed:,} only by what is in force"
            )
        )
    for name, counts in (
        ("rule", report.by_rule),
        ("channel", report.by_channel),
        ("made by", report.by_maker),
    ):
        for key, count in counts.items():
            output.print(escape(f"  {name} {key}: {count:,}"))
    owed = ", ".join(f"{each} owed" for each in report.balance)
    overdue = ", ".join(f"{each} overdue" for each in report.overdue)
    output.print(
        escape(f"{report.persons:,} persons; {'; '.join(filter(None, (owed, overdue))) or 'no money'}")
    )
    for row in report.rows:
        output.print(escape(_line(row)))
    if report.row_count > len(report.rows):
        output.print(f"… and {report.row_count - len(report.rows):,} more (--limit)")


def _line(row: ReplayedContact) -> str:
    who = " ".join(filter(None, (row.name_masked, row.value_masked)))
    word = row.outcome if row.outcome == row.draft_outcome else f"{row.outcome} -> {row.draft_outcome}"
    rules = ", ".join(dict.fromkeys(str(reason["rule_id"]) for reason in row.reasons))
    return f"{row.occurred_at.isoformat()} {row.made_by} {row.channel} {who}: {word} {rules}"
