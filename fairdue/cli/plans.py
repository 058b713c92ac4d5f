"""`fairdue plans …`: agreed plans, what waits for approval, the calendar, the review, and the signed file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.arrangements.facade import PlanCard

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
STATES = ("running", "kept", "breached", "replaced", "ended")

group = typer.Typer(help="Plans agreed with borrowers; see docs/how-to/plans.md.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the command group `plans`."""
    root.add_typer(group, name="plans")


@group.command("list")
def list_plans(
    state: Annotated[str, typer.Option(help="running, kept, breached, replaced, ended, or all.")] = "running",
    person: Annotated[int | None, typer.Option(help="Id of the person.")] = None,
    as_json: AsJson = False,
) -> None:
    """List plans, the newest first, with what was paid of what."""
    prepare()
    from fairdue.contexts.arrangements import facade as arrangements
    from fairdue.kernel.actor import system

    if state not in (*STATES, "all"):
        fail(f"--state {state!r} is none of {', '.join(STATES)}, all")
    actor, asked = system("plans list"), "" if state == "all" else state
    found = (
        arrangements.plans(actor=actor, state=asked, limit=1000)
        if person is None
        else tuple(each for each in arrangements.plans_of(person, actor=actor) if asked in ("", each.state))
    )
    if as_json:
        emit({"plans": [described(card) for card in found]})
    for card in found:
        _print(card)
    if not found:
        console.print("No plan is listed so.")


@group.command()
def review(
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; default today.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge plans, remind before instalments and ask after missed ones, as the night does; again it changes nothing."""
    prepare()
    from dataclasses import asdict

    from fairdue.journeys.review_plans import review_plans
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    now = clock.now()
    done = review_plans(
        as_of=as_of.date() if as_of else clock.business_date(now), actor=system("plans review"), now=now
    )
    if as_json:
        emit(asdict(done))
    for name, count in asdict(done).items():
        console.print(f"{name.replace('_', ' '):<18} {count}")


@group.command("calendar")
def show_calendar(
    days: Annotated[int, typer.Option(min=0, max=366, help="How many days ahead.")] = 14,
    as_json: AsJson = False,
) -> None:
    """List the instalments of running plans that fall due soon."""
    prepare()
    from fairdue.contexts.arrangements import facade as arrangements
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    today: date = clock.business_date(clock.now())
    rows = arrangements.plan_calendar(
        actor=system("plans calendar"), since=today, until=today + timedelta(days=days)
    )
    if as_json:
        emit({"instalments": [_row(row) for row in rows]})
    for row in rows:
        each = row.instalment
        console.print(
            f"{each.due_date}  {each.amount!s:>16}  {each.state:<6}  {row.number}  person {row.person_id}"
        )
    if not rows:
        console.print("No instalment falls due in these days.")


@group.command()
def waiting(as_json: AsJson = False) -> None:
    """List the proposals that wait for a second pair of eyes."""
    prepare()
    from fairdue.contexts.arrangements import facade as arrangements
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    rows = arrangements.waiting_proposals(actor=system("plans waiting"), now=clock.now())
    if as_json:
        emit({"proposals": [
            {"proposal_id": each.proposal_id, "kind": each.offer.kind, "needs_role": each.needs_role,
             "total_minor": each.offer.total_minor, "currency": each.offer.currency, "person_id": each.person_id,
             "expires_at": each.expires_at.isoformat()}
            for each in rows
        ]})  # fmt: skip
    for each in rows:
        console.print(
            f"{each.proposal_id:>6}  {each.offer.kind:<16} needs {each.needs_role}  person {each.person_id}"
        )
    if not rows:
        console.print("No proposal waits.")


@group.command("agreement")
def write_agreement(
    agreement_id: Annotated[int, typer.Argument(help="Number of the agreement's record.")],
    to: Annotated[Path, typer.Argument(help="Where to write the PDF file.")],
) -> None:
    """Write the signed file of an agreement."""
    prepare()
    from fairdue.contexts.arrangements import facade as arrangements
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    try:
        pdf = arrangements.agreement_pdf(agreement_id, actor=system("plans agreement"), now=clock.now())
    except arrangements.AgreementUnknown as error:
        fail(str(error))
    to.write_bytes(pdf)
    console.print(f"{to}: {len(pdf):,} bytes")


@group.command()
def verify(file: Annotated[Path, typer.Argument(help="A PDF file.")], as_json: AsJson = False) -> None:
    """Say who signed a PDF file, when, and whether it was changed since."""
    prepare()
    from dataclasses import asdict

    from fairdue.storage.pdf_signing import PdfUnreadable, verify_pdf

    try:
        read = verify_pdf(file.read_bytes())
    except (PdfUnreadable, OSError) as error:
        fail(str(error))
    if as_json:
        emit({"is_signed": read is not None, **(asdict(read) if read else {})})
    if read is None:
        console.print("It is not signed.")
        return
    console.print(
        f"{'unchanged' if read.is_intact else 'CHANGED SINCE'} · {escape(read.signer)}"
        f"{' (this installation)' if read.is_ours else ''} · {read.signed_at}"
        + (f" · time stamp {read.stamped_at}" if read.stamped_at else "")
    )
    if not read.is_intact:
        raise typer.Exit(1)


def described(card: PlanCard) -> dict[str, Any]:
    """Return a plan as plain values."""
    return {
        "plan_id": card.plan_id, "agreement_id": card.agreement_id, "agreement": card.number, "state": card.state,
        "kind": card.kind, "person_id": card.person_id, "account_ids": list(card.account_ids), "currency": card.currency,
        "total_minor": card.total.minor, "paid_minor": card.paid.minor, "waived_minor": card.waived.minor,
        "started_date": card.started_date.isoformat(), "end_reason": card.end_reason,
        "instalments": [
            {"due_date": each.due_date.isoformat(), "account_id": each.account_id, "amount_minor": each.amount.minor,
             "paid_minor": each.paid.minor, "state": each.state}
            for each in card.instalments
        ],
    }  # fmt: skip


def _row(row: Any) -> dict[str, Any]:
    each = row.instalment
    return {
        "plan_id": row.plan_id, "agreement": row.number, "person_id": row.person_id, "due_date": each.due_date.isoformat(),
        "amount_minor": each.amount.minor, "paid_minor": each.paid.minor, "currency": each.amount.currency,
        "state": each.state,
    }  # fmt: skip


def _print(card: PlanCard) -> None:
    console.print(
        f"{card.plan_id:>6}  {card.number}  {card.state:<8}  {card.kind:<16} {card.paid.amount:>12,} of {card.total!s:>16}"
        f"  person {card.person_id}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
