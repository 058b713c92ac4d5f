"""`fairdue ledger`: prove the books and show one account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fairdue.cli import ledger_explain
from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.ledger.facade import Classification, ProofReport

group = typer.Typer(no_args_is_help=True, help="Prove every cached balance from postings; show one account.")
ledger_explain.register_in(group)


def register(root: typer.Typer) -> None:
    """Add the group to the console script."""
    root.add_typer(group, name="ledger")


@group.command("prove")
def prove_command(
    account: Annotated[
        list[str] | None,
        typer.Option(
            "--account", help="Only this account, by id or the creditor's number; may be given several times."
        ),
    ] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also replay the facts of each account against its postings.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", help="How many differences to show.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Recompute balances, dues, dates and parts from postings and report any difference; status 1 if there is one."""
    prepare()
    from fairdue.contexts.ledger import facade as ledger

    named = {ledger_explain.find_account(each).account_id for each in account or ()}
    with _proving() as tell:
        report = ledger.prove(sorted(named) or None, limit=limit, deep=deep, on_progress=tell)
    if report.accounts < len(named):
        fail("not every account that was named is open in the ledger")
    if as_json:
        emit(asdict(report) | {"is_proved": report.is_proved})
    else:
        _tell(report)
    if not report.is_proved:
        raise typer.Exit(1)


@contextmanager
def _proving() -> Iterator[Callable[[int, int], None]]:
    """Show how many accounts are proved, on a terminal."""
    columns = (TextColumn("proving"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("prove", total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield tell


def _tell(report: ProofReport) -> None:
    for found in report.differences:
        console.print(
            f"account {found.account_id} {found.subject}: {found.cached} but {found.proved} proved",
            soft_wrap=True,
        )
    if report.total > len(report.differences):
        console.print(f"… and {report.total - len(report.differences):,} more:")
        for subject, count in report.by_subject.items():
            console.print(f"  {subject}: {count:,}")
    how = ", replayed" if report.is_deep else ""
    console.print(
        f"{report.accounts:,} accounts{how}, {report.postings:,} postings, {report.total:,} differences"
    )


BATCH = 1_000


@group.command("resettle")
def resettle_command(
    account: Annotated[
        list[str] | None, typer.Argument(help="Accounts, by id or the creditor's number.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every open account, in the order of their ids.")
    ] = False,
    after: Annotated[int, typer.Option("--after", help="With --all: go on behind this id.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Post what the facts of accounts come to beyond what is posted, such as after a change of allocation policy.

    Each account is a transaction of its own: interrupted, it goes on with --after, and a second run posts nothing.
    """
    prepare()
    from fairdue.contexts.ledger import facade as ledger
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    if bool(account) == every:
        fail("name accounts, or give --all")
    named = sorted({ledger_explain.find_account(each).account_id for each in account or ()})
    seen = changed = postings = 0
    try:
        while ids := (ledger.accounts_after(after, limit=BATCH) if every else named):
            for account_id in ids:
                posted = ledger.resettle(
                    account_id=account_id, actor=system("fairdue ledger resettle"), now=clock.now()
                )
                seen, changed, postings, after = (
                    seen + 1,
                    changed + bool(posted),
                    postings + posted,
                    account_id,
                )
            if not every:
                break
    except ledger.AccountUnknown as unknown:
        fail(str(unknown))
    except KeyboardInterrupt:
        fail(f"stopped; go on with --all --after {after}", status=130)
    if as_json:
        emit({"accounts": seen, "changed": changed, "postings": postings, "last_account": after})
    else:
        console.print(f"{seen:,} accounts, {changed:,} changed by {postings:,} postings", highlight=False)


@group.command("show")
def show_command(
    named: ledger_explain.NAMED,
    as_of: ledger_explain.AS_OF = "",
    known_at: ledger_explain.KNOWN_AT = "",
    as_json: ledger_explain.AS_JSON = False,
) -> None:
    """Show what an account owes as of a day: balance, dues, transactions, lateness and classifications."""
    prepare()
    from fairdue.contexts.ledger import facade as ledger

    day, known = ledger_explain.day_of(as_of), ledger_explain.instant_of(known_at)
    account = ledger_explain.find_account(named).account_id
    try:
        summary = ledger.account_summary(account, day, known)
    except ledger.AccountUnknown as unknown:
        fail(str(unknown))
    dues, events = ledger.account_dues(account, day, known), ledger.account_transactions(account)
    events = tuple(
        event
        for event in events
        if event.effective_date <= day and (known is None or event.recorded_at <= known)
    )
    history, classes = ledger.dpd_history(account, day, known), ledger.classifications(account, day, known)
    if as_json:
        emit({"as_of": day, "known_at": known, "summary": asdict(summary), "dues": [asdict(due) for due in dues],
              "transactions": [asdict(event) for event in events], "dpd_history": asdict(history),
              "classifications": [asdict(one) for one in classes]})  # fmt: skip
        return
    console.print(
        f"Account {account} as of {day}: {summary.balance}, overdue {summary.overdue}, "
        f"{summary.days_past_due} days past due, {summary.bucket}"
    )
    console.print(
        _table("Dues", [(due.due_date, due.due_ref, due.component, due.amount, due.unpaid) for due in dues])
    )
    rows = [
        (event.effective_date, event.external_ref, event.kind, event.amount, _parts(event))
        for event in events
    ]
    console.print(_table("Transactions", rows))
    console.print(
        _table(
            "Buckets",
            [(stay.bucket, stay.entered_date, stay.left_date or "", stay.days) for stay in history.stays],
        )
    )
    found = [
        (one.scheme, one.en, one.since_date or "", one.probation_until or "", _rules(one)) for one in classes
    ]
    console.print(_table("Classifications", found))


def _rules(found: Classification) -> str:
    return ", ".join(f"{rule}: {value}" for rule, value in found.by_rule.items())


def _parts(event) -> str:  # type: ignore[no-untyped-def]
    return ", ".join(
        f"{part.due_ref or 'balance'} {part.component} {part.amount.amount}" for part in event.parts
    )


def _table(title: str, rows: Iterable[tuple[object, ...]]) -> Table:
    table = Table(title=title, show_header=False, title_justify="left")
    for row in rows:
        table.add_row(*[str(cell) for cell in row])
    return table
