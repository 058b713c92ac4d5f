"""`fairdue deadlines`: what runs, what was missed, met, extended; and the sweep that finds the missed ones."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.law.facade import DeadlineCard, ExtensionCard
    from fairdue.kernel.actor import Actor

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
By = Annotated[str, typer.Option(help="Name with which the member of staff logs in.")]
COLOURS = {"missed": "red", "today": "red", "near": "yellow", "calm": "green", "done": "white"}
LISTED = 1000

group = typer.Typer(
    help="Deadlines of the law: complaints, objections, replies, notices.", no_args_is_help=True
)


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(group, name="deadlines")


@group.command("list")
def list_deadlines(
    state: Annotated[
        str, typer.Option(help="unanswered, running, missed, met, ended or all.")
    ] = "unanswered",
    kind: Annotated[str, typer.Option(help="Kind of clock, such as complaint.")] = "",
    within: Annotated[int | None, typer.Option(help="Last day within so many days.")] = None,
    person: Annotated[int | None, typer.Option(help="Id of the person.")] = None,
    as_json: AsJson = False,
) -> None:
    """List deadlines, the nearest end first, each with its rule and how it was counted."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    if state not in law.DEADLINE_STATES:
        fail(f"--state {state!r} is none of {', '.join(law.DEADLINE_STATES)}")
    page = law.deadlines(
        actor=system("deadlines list"), now=clock.now(), state=state, kind=kind, due_within_days=within,
        person_id=person, limit=LISTED,
    )  # fmt: skip
    if as_json:
        emit({"deadlines": [described(card) for card in page.rows], "count": page.count})
        return
    for card in page.rows:
        _print(card)
    if not page.rows:
        console.print("No deadline is listed so.")


def described(card: DeadlineCard) -> dict[str, Any]:
    """Return a deadline as plain values."""
    return asdict(card) | {"creditor_ids": sorted(card.creditor_ids)}


def _print(card: DeadlineCard) -> None:
    left = (
        f"{card.working_days_left} working days left"
        if card.days_left >= 0
        else f"{-card.days_left} days late"
    )
    left = left if card.urgency != "done" else card.status
    console.print(
        f"{card.deadline_id:>6}  [{COLOURS[card.urgency]}]{card.urgency:<6}[/] {card.due_date}  {left:<22} "
        f"{escape(card.title_zh)} · {escape(card.title_en)} · person {card.person_id}"
        + (" · extension asked for" if card.has_open_extension else ""),
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    console.print(
        f"        {escape(card.rule_id)} · {escape(card.citation)} · {card.pack}@{card.pack_version}\n"
        f"        {escape(card.arithmetic_en)}",
        highlight=False, soft_wrap=True, style="dim",
    )  # fmt: skip


@group.command()
def meet(
    deadline: Annotated[int, typer.Argument(help="Id of the deadline.")],
    note: Annotated[str, typer.Option(help="How it was done: letter, day, number.")],
    by: By,
    at: Annotated[str, typer.Option(help="When it was done, ISO 8601 with offset; default: now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Record that what a deadline asks for was done. Status 1: it was done too late; 2: refused."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock

    try:
        card = law.meet_deadline(
            deadline_id=deadline, note=note, actor=_actor(by), now=clock.now(), occurred_at=_moment(at)
        )  # fmt: skip
    except _refusals() as refusal:
        fail(escape(str(refusal)))
    if as_json:
        emit(described(card))
    else:
        _print(card)
    raise typer.Exit(1 if card.status == "met_late" else 0)


@group.command()
def extend(
    deadline: Annotated[int | None, typer.Argument(help="Id of the deadline to ask more time for.")] = None,
    by: By = "",
    reason: Annotated[str, typer.Option(help="Why more time is needed, or why it is refused.")] = "",
    until: Annotated[str, typer.Option(help="Day asked for; default: as far as the rule allows.")] = "",
    reference: Annotated[str, typer.Option(help="The approval that the rule wants.")] = "",
    notice: Annotated[str, typer.Option(help="When and how the person was told.")] = "",
    approve: Annotated[int | None, typer.Option(help="Approve the extension of this id instead.")] = None,
    refuse: Annotated[int | None, typer.Option(help="Refuse the extension of this id instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask for an extension, or decide one that somebody else asked for. Status 2: refused."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock

    if [deadline, approve, refuse].count(None) != 2:
        fail("give either a deadline to extend, or --approve, or --refuse")
    actor, now = _actor(by), clock.now()
    try:
        if deadline is not None:
            card = law.request_extension(
                deadline_id=deadline, reason=reason, actor=actor, now=now, until=_day(until), reference=reference,
                notice=notice,
            )  # fmt: skip
        else:
            card = law.decide_extension(
                extension_id=approve or refuse or 0, is_approved=approve is not None, reason=reason, actor=actor,
                now=now,
            )  # fmt: skip
    except _refusals() as refusal:
        fail(escape(str(refusal)))
    _told(card, as_json=as_json)


def _told(card: ExtensionCard, *, as_json: bool) -> None:
    if as_json:
        emit(asdict(card))
        return
    console.print(
        f"[green]✓[/green] extension {card.extension_id} of deadline {card.deadline_id}: {card.status}, "
        f"{card.from_date} → {card.asked_date} (at most {card.max_date}, {escape(card.rule_id)})",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


@group.command()
def sweep(as_json: AsJson = False) -> None:
    """Mark what has passed its end, each once; start the clocks of first contacts and revoked consents. The worker does so too."""
    prepare()
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock

    now = clock.now()
    started, revoked = law.start_first_contacts(now), law.start_revocations(now)
    report = law.sweep_deadlines(now)
    if as_json:
        emit(asdict(report) | {"first_contact_count": started, "revocation_count": revoked})
        return
    console.print(
        f"{report.missed_count:,} missed, {report.passed_count:,} passed, {started:,} started by a first contact, "
        f"{revoked:,} by a revoked consent",
        highlight=False,
    )  # fmt: skip


def _refusals() -> tuple[type[Exception], ...]:
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import PermissionRefused

    return law.DeadlineRefused, PermissionRefused


def _actor(by: str) -> Actor:
    from fairdue.contexts.identity import facade as identity

    actor = identity.actor_by_username(by) if by else None
    if actor is None:
        fail(f"nobody who may log in is named {by!r}: see fairdue staff list")
    return actor


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--at {text!r} is not like 2026-05-12T10:00:00+08:00")
    if moment.tzinfo is None:
        fail(f"--at {text!r} needs an offset, such as +08:00")
    return moment


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fail(f"--until {text!r} is not like 2026-05-12")
