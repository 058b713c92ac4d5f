"""`fairdue capacity list | set | collectors | collector | absent`: how much there is, and who works cases."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from fairdue.cli.session import console, day_or_today, emit, fail, prepare

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
On = Annotated[str, typer.Option("--on", help="YYYY-MM-DD; today if it is not given.")]
Staff = Annotated[str, typer.Argument(help="User name of the collector.")]
EVERY_DAY = "1-7"


def register(root: typer.Typer) -> None:
    """Add the group `capacity`."""
    group = typer.Typer(
        help="Capacity: what there is of calls, messages, letters and visits, and who works cases.",
        no_args_is_help=True,
    )
    group.command("list")(show)
    group.command("set")(set_)
    group.command("collectors")(collectors)
    group.command("collector")(collector)
    group.command("absent")(absent)
    root.add_typer(group, name="capacity")


def _days(text: str) -> range:
    """Read `1-5` or `6`: from the first day of the week to the second."""
    first, _dash, second = text.partition("-")
    try:
        return range(int(first), int(second or first) + 1)
    except ValueError:
        fail(f"{text!r} is no span of days: write for example 1-5")


def _hours(text: str) -> tuple[int, int]:
    """Read `9-18` as from 9 until 18, and `10` as that hour."""
    first, _dash, end = text.partition("-")
    try:
        return int(first), int(end) if end else int(first) + 1
    except ValueError:
        fail(f"{text!r} are no hours: write for example 9-18")


def _creditor_id(code: str) -> int | None:
    from fairdue.contexts.book import facade as book

    if not code:
        return None
    try:
        return book.creditor_by_code(code).creditor_id
    except book.CreditorUnknown as unknown:
        fail(str(unknown))


def show(
    on: On = "",
    everything: Annotated[bool, typer.Option("--all", help="What is over too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is limited on a day and later; nothing shown is nothing limited."""
    prepare()
    from fairdue.contexts.cases import facade as cases
    from fairdue.kernel.actor import system

    day = day_or_today(on)
    cards = cases.capacities(actor=system("fairdue capacity list"), on=day, with_past=everything)
    if as_json:
        emit({"on": day.isoformat(), "capacities": [asdict(card) for card in cards]})
        return
    if not cards:
        console.print("Nothing is limited.")
        return
    table = Table("what", "creditor", "hour", "how many", "days", "from", "until", "state", box=None)
    for card in cards:
        table.add_row(
            f"{card.kind} {card.name}".strip(), str(card.creditor_id or "all"),
            "day" if card.hour is None else f"{card.hour:02d}",
            "without limit" if card.amount is None else f"{card.amount:,}",
            "".join(map(str, card.weekdays)), f"{card.valid_from}", f"{card.valid_until or ''}", card.state,
        )  # fmt: skip
    console.print(table)


def set_(
    kind: Annotated[str, typer.Argument(help="calls, messages, letters, visits or placements.")],
    amount: Annotated[
        str, typer.Argument(help="How many a day, or in each hour; `unlimited` lifts the limit.")
    ],
    name: Annotated[
        str,
        typer.Option(
            help="Of calls the queue (empty: all), of messages the channel, of placements the agency."
        ),
    ] = "",
    creditor: Annotated[str, typer.Option(help="Code of the creditor; empty: the debts of all.")] = "",
    hours: Annotated[
        str,
        typer.Option(
            help="Hours of calls, such as 9-18: each hour from 9 until 18; empty: the day as a whole."
        ),
    ] = "",
    days: Annotated[str, typer.Option(help="Days of the week, Monday is 1, such as 1-5.")] = EVERY_DAY,
    valid_from: Annotated[str, typer.Option("--from", help="YYYY-MM-DD; today if it is not given.")] = "",
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; empty: until further notice.")] = "",
    note: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Set how much there is of something from a day on."""
    prepare()
    from fairdue.contexts.cases import facade as cases
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    if amount != "unlimited" and not amount.isdecimal():
        fail(f"{amount!r} is no amount: write a number, or unlimited")
    try:
        cards = cases.set_capacities(
            kind=kind, name=name, amount=None if amount == "unlimited" else int(amount),
            hours=tuple(range(*_hours(hours))) if hours else (None,), weekdays=_days(days),
            creditor_id=_creditor_id(creditor), valid_from=day_or_today(valid_from),
            valid_until=day_or_today(until) if until else None, note=note, actor=system("fairdue capacity set"), now=clock.now(),
        )  # fmt: skip
    except cases.CapacityRefused as refusal:
        fail(str(refusal), status=1)
    console.print(f"Set {len(cards)} line{'s' if len(cards) > 1 else ''}; the next night keeps it.")


def collectors(on: On = "", as_json: AsJson = False) -> None:
    """Show what every collector takes, and who is away on a day."""
    prepare()
    from fairdue.contexts.cases import facade as cases
    from fairdue.kernel.actor import system

    day = day_or_today(on)
    cards = cases.collectors(actor=system("fairdue capacity collectors"), on=day)
    if as_json:
        emit({"on": day.isoformat(), "collectors": [_plain(card) for card in cards]})
        return
    table = Table("collector", "queues", "languages", "cases", "hard", "hours", "", box=None)
    for card in cards:
        state = (
            "no profile"
            if not card.has_profile
            else f"away until {card.absent_until_date}"
            if card.is_absent
            else ""
        )
        table.add_row(
            card.name, ", ".join(card.queues), ", ".join(card.languages) or "any", _most(card.max_cases),
            _most(card.max_hard_cases), f"{card.first_hour}-{card.end_hour}", state,
        )  # fmt: skip
    console.print(table)


def _plain(card: Any) -> dict[str, Any]:
    said = asdict(card)
    return said | {"creditor_ids": None if card.creditor_ids is None else sorted(card.creditor_ids)}


def _most(limit: int | None) -> str:
    return "" if limit is None else f"{limit:,}"


def _staff_id(username: str) -> int:
    from fairdue.contexts.identity import facade as identity
    from fairdue.kernel.actor import system

    found = {card.username: card.staff_id for card in identity.staff_cards(actor=system("fairdue capacity"))}
    if username not in found:
        fail(f"nobody here has the user name {username!r}")
    return found[username]


def collector(
    username: Staff,
    queues: Annotated[str, typer.Option(help="Queues, separated by commas; empty: the night gives no case.")],
    languages: Annotated[str, typer.Option(help="Such as zh,en; empty: any.")] = "",
    max_cases: Annotated[int | None, typer.Option(min=0, help="Cases at most.")] = None,
    max_hard: Annotated[int | None, typer.Option(min=0, help="Hard cases at most.")] = None,
    hours: Annotated[str, typer.Option(help="From the first hour until the end, such as 9-18.")] = "9-18",
    days: Annotated[str, typer.Option(help="Working days, Monday is 1.")] = EVERY_DAY,
    takes_cases: Annotated[
        bool, typer.Option("--takes/--takes-none", help="Whether the night gives cases at all.")
    ] = True,
) -> None:
    """Say what a collector takes; the whole profile is replaced."""
    prepare()
    from fairdue.contexts.cases import facade as cases
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    span = _hours(hours)
    try:
        cases.set_collector(
            staff_id=_staff_id(username), queues=queues.split(","), languages=languages.lower().split(","),
            max_cases=max_cases, max_hard_cases=max_hard, hours=span,
            weekdays=_days(days), takes_cases=takes_cases, actor=system("fairdue capacity collector"), now=clock.now(),
        )  # fmt: skip
    except cases.CollectorRefused as refusal:
        fail(str(refusal), status=1)
    console.print("Recorded; the next night gives cases by it.")


def absent(
    username: Staff,
    first: Annotated[
        str, typer.Option("--from", help="First day, YYYY-MM-DD; today if it is not given.")
    ] = "",
    final: Annotated[
        str, typer.Option("--until", help="Last day, YYYY-MM-DD; the first day if it is not given.")
    ] = "",
) -> None:
    """Record that a collector is away: the night gives no case on these days."""
    prepare()
    from fairdue.contexts.cases import facade as cases
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    first_date = day_or_today(first)
    try:
        cases.record_absence(
            staff_id=_staff_id(username), first_date=first_date, final_date=day_or_today(final) if final else first_date,
            actor=system("fairdue capacity absent"), now=clock.now(),
        )  # fmt: skip
    except cases.CollectorRefused as refusal:
        fail(str(refusal), status=1)
    console.print("Recorded; the night gives no case on these days.")
