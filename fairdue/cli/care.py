"""`fairdue care`: matters that people told us: list, open, show, answer by the night, figures."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.care.facade import MatterCard
    from fairdue.kernel.actor import Actor

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
By = Annotated[str, typer.Option(help="Name with which the member of staff logs in.")]
COLOURS = {
    "late": "red",
    "red": "red",
    "amber": "yellow",
    "neutral": "green",
    "done": "white",
    "none": "white",
}
LISTED = 1000

group = typer.Typer(
    help="What people told us: disputes, complaints, hardship, vulnerability, calls back.",
    no_args_is_help=True,
)


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(group, name="care")


@group.command("list")
def list_matters(
    kind: Annotated[str, typer.Option(help="Kind of matter, such as complaint; default: all.")] = "",
    state: Annotated[str, typer.Option(help="unanswered, approval, answered, ended or all.")] = "unanswered",
    as_json: AsJson = False,
) -> None:
    """List matters: who may be in danger first, then the nearest day of an answer."""
    prepare()
    from fairdue.contexts.care import facade as care
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    if state not in care.STATES:
        fail(f"--state {state!r} is none of {', '.join(care.STATES)}")
    if kind and kind not in care.kind_terms():
        fail(f"--kind {kind!r} is none of {', '.join(care.kind_terms())}")
    page = care.matter_queue(actor=system("care list"), now=clock.now(), kind=kind, state=state, limit=LISTED)
    if as_json:
        emit({"matters": [described(card) for card in page.rows], "count": page.count})
        return
    for card in page.rows:
        _print(card)
    if not page.rows:
        console.print("No matter is listed so.")


def described(card: MatterCard) -> dict[str, Any]:
    """Return a matter as plain values; what the person said is not among them."""
    values = asdict(card)
    values["disputed"] = [
        {"account_id": part.account_id, "component": part.component, "amount_minor": part.amount.minor}
        for part in card.disputed
    ]
    return values


def _print(card: MatterCard) -> None:
    clock = card.clock
    due = f"{clock.due_date} {clock.used_percent:>3} %" if clock.due_date else "no day is set"
    signs = f" · {', '.join(card.suggestions)}" if card.suggestions else ""
    console.print(
        f"{card.matter_id:>6}  {card.number}  [{COLOURS[clock.tone]}]{clock.tone:<8}[/] {due}  {card.kind:<15} "
        f"{card.cause:<16} {card.state:<17} person {card.person_id} · {escape(card.handler or 'nobody')}{escape(signs)}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


@group.command("open")
def open_one(
    person: Annotated[int, typer.Option(help="Id of the person.")],
    kind: Annotated[str, typer.Option(help="Kind of matter, such as complaint.")],
    words: Annotated[str, typer.Option(help="What was said, in a sentence.")],
    by: By,
    cause: Annotated[str, typer.Option(help="Cause, such as calls; default: other.")] = "",
    account: Annotated[int | None, typer.Option(help="Id of the debt; default: all of them.")] = None,
    channel: Annotated[str, typer.Option(help="How it came in, such as letter.")] = "letter",
    received: Annotated[
        str, typer.Option(help="When it came in, such as 2026-11-20T10:30+08:00; default: now.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Open a matter: contacts stop where its kind says so, and its clock runs from when it came in."""
    prepare()
    from fairdue.contexts.care.facade import CareRefused
    from fairdue.journeys.care import open_matter
    from fairdue.kernel import clock
    from fairdue.kernel.actor import PermissionRefused

    try:
        card = open_matter(
            person_id=person, kind=kind, account_ids=() if account is None else (account,), words=words, channel=channel,
            details={}, actor=_actor(by), now=clock.now(), cause=cause, received_at=_moment(received),
        )  # fmt: skip
    except (CareRefused, PermissionRefused) as refused:
        fail(f"not opened ({getattr(refused, 'code', '')}): {refused}", status=1)
    if as_json:
        emit(described(card))
    else:
        _print(card)


@group.command()
def show(
    matter: Annotated[int, typer.Argument(help="Id of the matter.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Show one matter as a member of staff sees it: what was said, what happened, the answers."""
    prepare()
    from fairdue.contexts.care import facade as care
    from fairdue.kernel import clock
    from fairdue.kernel.actor import PermissionRefused

    try:
        detail = care.matter(matter_id=matter, actor=_actor(by), now=clock.now())
    except (care.CareRefused, PermissionRefused) as refused:
        fail(str(refused), status=1)
    if as_json:
        emit(
            {
                "matter": described(detail.card), "words": detail.words,
                "entries": [asdict(each) for each in detail.entries],
                "answers": [asdict(each) for each in detail.answers],
                "documents": [asdict(each) for each in detail.documents],
            }
        )  # fmt: skip
        return
    _print(detail.card)
    console.print(escape(detail.words), highlight=False)
    for entry in detail.entries:
        console.print(
            f"  {entry.at:%Y-%m-%d %H:%M}  {entry.kind}  {escape(entry.by)}  {escape(entry.words)}",
            highlight=False,
        )


@group.command()
def night(as_json: AsJson = False) -> None:
    """Raise what is overdue, lift the holds whose quiet period has passed, release corrections that were decided."""
    prepare()
    from fairdue.journeys.care import look_after_matters
    from fairdue.kernel import clock

    done = look_after_matters(clock.now())
    if as_json:
        emit(asdict(done))
    else:
        console.print(
            f"{done.overdue_count} overdue raised, {done.lifted_count} holds lifted, {done.released_count} parts counted again."
        )


@group.command()
def watch(as_json: AsJson = False) -> None:
    """Tell staff of answers that are due soon or late, and persons of a later day; the worker does so every ten minutes."""
    prepare()
    from fairdue.journeys import care
    from fairdue.kernel import clock

    done = care.watch_matters(clock.now())
    if as_json:
        emit(asdict(done))
        return
    console.print(
        f"{done.near_count} due soon, {done.late_count} late, {done.extended_count} with a later day,"
        f" {done.mailed_count} letters to staff"
    )


@group.command()
def figures(
    from_day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of receipt.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of receipt.")],
    as_json: AsJson = False,
) -> None:
    """Say by kind and cause how many came, were answered, late, upheld, and how long answers took."""
    prepare()
    from fairdue.contexts.care import facade as care
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    first, last = _date(from_day), _date(until)
    found = care.matter_figures(from_date=first, to_date=last, actor=system("care figures"), now=clock.now())
    if as_json:
        emit(
            {
                "from": first.isoformat(),
                "until": last.isoformat(),
                "figures": [asdict(each) for each in found],
            }
        )
        return
    for each in found:
        median = "–" if each.median_days is None else f"{each.median_days} days"
        console.print(
            f"{each.kind:<15} {each.cause:<16} {each.opened_count:>5} received {each.answered_count:>5} answered "
            f"{each.late_count:>5} late {each.upheld_count:>5} upheld · median {median}",
            highlight=False,
        )
    if not found:
        console.print("Nothing was told on these days.")


def _date(moment: datetime) -> date:
    return moment.date()


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        fail(f"--received {text!r} is no moment with its zone, such as 2026-11-20T10:30+08:00")
    return moment


def _actor(username: str) -> Actor:
    from fairdue.contexts.identity import facade as identity

    actor = identity.actor_by_username(username)
    if actor is None:
        fail(f"nobody active logs in as {username!r}")
    return actor
