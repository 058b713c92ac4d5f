"""`fairdue payments`: bank files in, suspense, matching, repayment codes, the day's end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from fairdue.cli.session import console, emit, fail, prepare, table_of

group = typer.Typer(
    no_args_is_help=True, help="Bank files in, money in suspense, matching, repayment codes, the day's end."
)
Creditor = Annotated[str, typer.Option("--creditor", help="Code of the creditor.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
LABEL = "fairdue payments"


def register(root: typer.Typer) -> None:
    """Add the group to the console script."""
    root.add_typer(group, name="payments")


@group.command("statement")
def statement_command(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="camt.052/053/054, MT940 or CSV.")
    ],
    creditor: Creditor,
    format: Annotated[
        str, typer.Option("--format", help="camt, mt940 or csv; told from the file if left out.")
    ] = "",
    mapping: Annotated[
        str, typer.Option("--mapping", help="Of a CSV: a name of packs/reference/bank_csv.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Take a bank file: book its new credits, match what is certain, show the verdict on every row.

    Exit status 0: every row was booked, known or not ours; 1: rows were rejected; 2: the file was refused.
    """
    prepare()
    from fairdue.contexts.book.facade import CreditorUnknown
    from fairdue.contexts.payments import facade as payments
    from fairdue.journeys.take_bank_statement import take_bank_statement
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    try:
        taken = take_bank_statement(
            creditor_code=creditor,
            content=file.read_bytes(),
            file_name=file.name,
            format=format,
            mapping=mapping,
            actor=system(LABEL),
            now=clock.now(),
        )
    except (payments.StatementRefused, CreditorUnknown) as refusal:
        fail(f"{file.name}: {refusal}")
    cards = taken.file.statements
    rows = {
        card.statement_id: payments.statement_rows(statement_id=card.statement_id, actor=system(LABEL))
        for card in cards
    }
    if as_json:
        statements = [
            asdict(card) | {"rows": [asdict(row) for row in rows[card.statement_id]]} for card in cards
        ]
        emit({"is_repeated": taken.file.is_repeated, "matched": taken.matched_count, "waiting": taken.waiting_count,
              "statements": statements})  # fmt: skip
    else:
        if taken.file.is_repeated:
            console.print(f"{file.name} was taken before; nothing was changed", highlight=False)
        for card in cards:
            _show_statement(card, rows[card.statement_id])
        console.print(
            f"{taken.matched_count} matched, {taken.waiting_count} wait in suspense", highlight=False
        )
    if any(card.rejected_count for card in cards):
        raise typer.Exit(1)


@group.command("pending")
def pending_command(
    creditor: Annotated[str, typer.Option("--creditor", help="Code of the creditor; all if left out.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Rows shown.")] = 50,
    as_json: Json = False,
) -> None:
    """Show money that waits in suspense, the oldest first, with its age and why it waits."""
    prepare()
    from fairdue.contexts.payments import facade as payments
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    page = payments.incoming_payments(
        actor=system(LABEL),
        as_of=clock.business_date(clock.now()),
        creditor_id=_creditor_id(creditor) if creditor else None,
        limit=limit,
    )
    if as_json:
        emit({"total": page.total_count, "waiting": {key: asdict(sum_) for key, sum_ in page.waiting.items()},
              "ages": dict(page.ages), "payments": [asdict(row) for row in page.rows]})  # fmt: skip
        return
    head = ("payment", "amount waiting", "value date", "days", "payer", "text", "why")
    console.print(
        table_of(
            f"{page.total_count} wait in suspense: {', '.join(map(str, page.waiting.values())) or 'nothing'}",
            head,
            (
                (row.payment_id, row.waiting, row.value_date, row.age_days, row.payer_name_masked,
                 row.remittance_masked, payments.why_waiting(row.why_waiting)["en"])
                for row in page.rows
            ),
        )
    )  # fmt: skip


@group.command("match")
def match_command(
    creditor: Creditor,
    payment: Annotated[
        int, typer.Option("--payment", help="Show the candidates of one payment instead.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Match all waiting payments whose account is certain; with --payment rank the candidates of one.

    A match on weaker grounds needs a member of staff, on the desk.
    """
    prepare()
    from fairdue.contexts.payments.facade import PaymentsError
    from fairdue.journeys.receive_payment import candidates
    from fairdue.journeys.take_bank_statement import match_waiting
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    _creditor_id(creditor)
    now = clock.now()
    if not payment:
        done = match_waiting(creditor_code=creditor, actor=system(LABEL), now=now)
        if as_json:
            emit({"matched": done.matched_count, "waiting": done.waiting_count})
        else:
            console.print(f"{done.matched_count} matched, {done.waiting_count} wait on", highlight=False)
        return
    try:
        found = candidates(payment_id=payment, as_of=clock.business_date(now), actor=system(LABEL))
    except PaymentsError as error:
        fail(str(error))
    if as_json:
        emit({"payment": payment, "candidates": [asdict(each) for each in found]})
        return
    rows = (
        (each.account_id, each.account_ref_masked, each.name_masked, each.overdue, each.score,
         "; ".join(f"{reason.en} ({reason.weight})" for reason in each.reasons))
        for each in found
    )  # fmt: skip
    head = ("account", "reference", "debtor", "overdue", "score", "because")
    console.print(table_of(f"Candidates of payment {payment}", head, rows))


@group.command("code")
def code_command(
    account: Annotated[str, typer.Argument(help="Id of the account, or the creditor's number of it.")],
    as_json: Json = False,
) -> None:
    """Show the repayment code of an account, drawing one if there is none."""
    prepare()
    from fairdue.contexts.book.facade import find_accounts
    from fairdue.contexts.payments import facade as payments
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    found = [card.account_id for card in find_accounts(account, actor=system(LABEL))]
    if len(found) > 1 or not (found or (account.isdecimal() and len(account) < 18)):
        fail("no single account has this number: give the id of the account")
    account_id = found[0] if found else int(account)
    try:
        card = payments.issue_code(account_id=account_id, actor=system(LABEL), now=clock.now())
    except payments.CodeUnknown as unknown:
        fail(str(unknown))
    if as_json:
        emit(asdict(card))
    else:
        console.print(card.spoken, highlight=False)


@group.command("day-end")
def day_end_command(
    creditor: Creditor,
    day: Annotated[
        str, typer.Option("--date", help="Business date, such as 2026-06-15; today if left out.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Show the day-end report: suspense held against the ledger, sources, ages, statements, decisions.

    Exit status 1 if anything does not agree.
    """
    prepare()
    from fairdue.journeys.day_end import day_end
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    try:
        wanted = date.fromisoformat(day) if day else clock.business_date(clock.now())
    except ValueError:
        fail(f"{day!r} is not a day: write it as 2026-06-15")
    _creditor_id(creditor)
    report = day_end(creditor_code=creditor, business_date=wanted, actor=system(LABEL))
    if as_json:
        emit(asdict(report) | {"is_agreed": report.is_agreed})
    else:
        lines = ("opening", "received", "matched", "returned", "refunded", "closing", "ledger", "difference")
        head = ("", *(row.currency for row in report.suspense))
        rows = [(line, *(f"{getattr(row, line).amount:,}" for row in report.suspense)) for line in lines]
        console.print(table_of(f"Suspense of {creditor} on {wanted}", head, rows))
        for title, parts in (("Received", report.received_by_source), ("Matched", report.matched_by_way),
                             ("Waiting by days", report.waiting_by_age), ("Credit refunds", report.credit_refunds)):  # fmt: skip
            if parts:
                console.print(table_of(title, ("", "count", "amount"), parts))
        for each in report.decisions:
            console.print(
                f"{each.kind} {each.amount or ''}: asked by {each.requested_by}, {each.status} by {each.decided_by}"
            )
        for found in report.problems:
            console.print(f"[red]✗[/red] {found}", highlight=False)
    if not report.is_agreed:
        raise typer.Exit(1)


def _creditor_id(code: str) -> int:
    from fairdue.contexts.book.facade import CreditorUnknown, creditor_by_code

    try:
        return creditor_by_code(code).creditor_id
    except CreditorUnknown as unknown:
        fail(f"{unknown}; see `fairdue setup`")


def _show_statement(card, rows) -> None:  # type: ignore[no-untyped-def]
    from fairdue.contexts.payments.facade import bank_reason

    title = f"Statement {card.statement_id} {card.format} {card.account_masked}: {card.row_count} rows"
    body = [
        (
            row.position,
            row.amount if row.amount is not None else "",
            row.value_date or "",
            row.verdict.replace("_", " "),
            bank_reason(row.reason)["en"] if row.reason else "",
        )
        for row in rows
    ]
    console.print(table_of(title, ("where", "amount", "value date", "verdict", "reason"), body))
    if card.difference is not None and card.difference.minor:
        console.print(f"[red]✗[/red] opening + entries − closing = {card.difference}", highlight=False)
