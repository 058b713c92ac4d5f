"""`fairdue gate`: ask the law."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape

from fairdue.cli.session import emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.law.contracts import ChannelVerdict
    from fairdue.contexts.law.facade import ContactCalendar
    from fairdue.engine.law.verdict import Verdict

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
_COLOURS = {"allow": "green", "review": "yellow", "defer": "yellow", "hold": "red", "refuse": "red"}

gate = typer.Typer(help="Ask whether a contact may be made, and why not.", no_args_is_help=True)
gate.callback()(lambda: None)


def register(root: typer.Typer) -> None:
    """Add the command groups to the root command."""
    root.add_typer(gate, name="gate")


@gate.command()
def explain(
    person: Annotated[int, typer.Option(help="Id of the person.")],
    channel: Annotated[
        str, typer.Option(help="call, sms, email, inapp, letter, visit; empty: every way.")
    ] = "",
    contact_point: Annotated[int | None, typer.Option(help="Id of the number or address.")] = None,
    purpose: Annotated[str, typer.Option(help="What the contact is for.")] = "collect",
    mode: Annotated[str, typer.Option(help="Of a call: interactive or announcement.")] = "interactive",
    at: Annotated[str, typer.Option(help="Moment, ISO 8601 with offset; default: now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what the gate answers, with every reason; status 0 if it allows, 1 if not. Nothing is changed."""
    prepare()
    moment = _moment(at)
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import system

    asked: dict[str, Any] = {
        "person_id": person,
        "now": moment,
        "actor": system("gate explain"),
        "purpose": purpose,
    }
    _check_person(person)
    try:
        if not channel:
            _explain_all(law.preview_all(**asked), moment, as_json=as_json)
        verdict = law.preview(**asked, channel=channel, contact_point_id=contact_point, mode=mode)
    except (law.ChannelUnknown, law.ContactPointUnknown) as error:
        fail(str(error))
    if as_json:
        emit({"person_id": person, "channel": channel, "at": moment.isoformat()} | verdict.as_json())
    else:
        _print_verdict(channel, verdict)
    raise typer.Exit(0 if verdict.is_allowed else 1)


@gate.command()
def calendar(
    person: Annotated[int, typer.Argument(help="Id of the person.")],
    week: Annotated[
        str, typer.Option(help="Any day of a week, which is shown from Monday; default: from today.")
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=42, help="How many days.")] = 7,
    purpose: Annotated[str, typer.Option(help="What the contact is for.")] = "collect",
    at: Annotated[str, typer.Option(help="As of this moment, ISO 8601 with offset; default: now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show when a person may be contacted, way by way, and what each cap leaves; status 1 if never. Nothing is changed."""
    prepare()
    moment = _moment(at)
    from fairdue.contexts.law import facade as law
    from fairdue.contexts.parties import facade as parties
    from fairdue.kernel.actor import system

    _check_person(person)
    today = moment.astimezone(ZoneInfo(parties.person_cards([person])[person].home_zone)).date()
    first = (day := _day(week)) - timedelta(days=day.weekday()) if week else today
    found = law.contact_calendar(
        person_id=person, days=[first + timedelta(days=each) for each in range(days)], now=moment,
        actor=system("gate calendar"), purpose=purpose,
    )  # fmt: skip
    if as_json:
        emit(found.as_json())
    else:
        _print_calendar(found)
    raise typer.Exit(0 if any(span.is_allowed for way in found.ways for span in way.spans) else 1)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        fail(f"--week {text!r} is not a day like 2026-11-23")
    if not 2000 <= day.year < 2100:
        fail(f"--week {text!r} lies outside the years 2000 to 2099, of which the rules and zones know")
    return day


def _print_calendar(found: ContactCalendar) -> None:
    from fairdue.contexts.law import facade as law

    output = Console(highlight=False, soft_wrap=True)
    output.print(f"days and hours of {found.zone}")
    for way in found.ways:
        opens = (
            f", open from {way.opens_at.astimezone(ZoneInfo(found.zone)):%Y-%m-%d %H:%M}"
            if way.opens_at
            else ""
        )
        output.print(
            escape(f"{way.channel} {way.value_masked or '-'} ({way.owner}): {way.verdict.outcome}{opens}")
        )
        for day in found.days:
            parts = [
                f"{law.time_of_day(span.first)}-{law.time_of_day(span.last)} {span.outcome}"
                + (f" ({' '.join(found.whys[span.why].rule_ids)})" if span.why is not None else "")
                for span in way.of_day(day)
            ]
            output.print(escape(f"    {day} {'; '.join(parts)}"))
        for cap in way.caps:
            left = ", ".join(f"{each.day:%m-%d}: {each.left} of {each.max}" for each in cap.days)
            output.print(escape(f"    {cap.rule_id} {cap.title_en}: left {left or '-'}"))
    for hold in found.holds:
        output.print(escape(f"hold {hold.kind} since {hold.started_at.isoformat()}"))


def _moment(at: str) -> datetime:
    from fairdue.kernel.clock import now

    try:
        moment = datetime.fromisoformat(at) if at else now()
    except ValueError:
        fail(f"--at {at!r} is not like 2026-05-12T10:00:00+08:00")
    if moment.tzinfo is None:
        fail(f"--at {at!r} needs an offset, such as +08:00")
    if not 2000 <= moment.year < 2100:
        fail(f"--at {at!r} lies outside the years 2000 to 2099, of which the rules and zones know")
    return moment


def _check_person(person: int) -> None:
    from fairdue.contexts.parties import facade as parties

    if person not in parties.person_cards([person]):
        fail(f"person {person} is not known")


def _explain_all(ways: tuple[ChannelVerdict, ...], moment: datetime, *, as_json: bool) -> None:
    if as_json:
        channels = [asdict(way) | {"verdict": way.verdict.as_json()} for way in ways]
        emit({"at": moment.isoformat(), "channels": channels})
    else:
        for way in ways:
            _print_verdict(f"{way.channel} {way.value_masked} ({way.used}/{way.cap} used)", way.verdict)
    raise typer.Exit(0 if any(way.verdict.is_allowed for way in ways) else 1)


def _print_verdict(name: str, verdict: Verdict) -> None:
    output = Console(highlight=False, soft_wrap=True)
    later = f", try again at {verdict.retry_after:%Y-%m-%d %H:%M} UTC" if verdict.retry_after else ""
    output.print(f"[{_COLOURS[verdict.outcome]}]{verdict.outcome:<7}[/] {escape(name)}{later}")
    for reason in verdict.reasons:
        output.print(
            escape(f"        {reason.rule_id} ({reason.outcome}) {reason.message_zh} {reason.message_en}")
        )
        output.print(
            escape(f"        {reason.citation} · {reason.pack}@{reason.version} · {reason.evidence}")
        )
    for condition in (*verdict.requires, *verdict.flags):
        output.print(escape(f"        {condition}"))
