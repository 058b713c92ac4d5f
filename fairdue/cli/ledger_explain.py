"""`fairdue ledger explain | export | limits`: why an amount is what it is, files for auditors, and last days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.markup import escape
from rich.tree import Tree

from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.contexts.book.contracts import AccountCard
    from fairdue.contexts.ledger.facade import ExplainedPart
    from fairdue.journeys.limit_cards import LimitCard

T = TypeVar("T")
NAMED = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id of the account, or the creditor's number.")]
AS_OF = Annotated[str, typer.Option("--as-of", help="Day, such as 2026-06-15; today if left out.")]
KNOWN_AT = Annotated[
    str,
    typer.Option("--known-at", help="Instant, such as 2026-06-15T18:00+08:00: leave out what came later."),
]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
CHINESE = Annotated[bool, typer.Option("--zh", help="Print the sentences in Chinese.")]
MOST_POSTINGS = 6
"""A line of the tree names at most so many postings."""


def register_in(group: typer.Typer) -> None:
    """Add the commands to the group `ledger`."""
    group.command("explain")(explain_command)
    group.command("payoff")(payoff_command)
    group.command("export")(export_command)
    group.command("postings")(postings_command)
    group.command("limits")(limits_command)


def explain_command(
    account: NAMED,
    as_of: AS_OF = "",
    known_at: KNOWN_AT = "",
    what: Annotated[
        str,
        typer.Option(
            "--what",
            help="balance, overdue, next_due, minimum_due, dpd, credit_balance, accrued_interest, total_claim, component:CODE, "
            "due:ID or transaction:ID.",
        ),
    ] = "balance",
    in_chinese: CHINESE = False,
    as_json: AS_JSON = False,
) -> None:
    """Explain an amount as the sum of its parts, each with its postings, rule, citation and arithmetic."""
    prepare()
    from fairdue.contexts.ledger import facade as ledger

    card, day, known = find_account(account), day_of(as_of), instant_of(known_at)
    try:
        found = ledger.explain(card.account_id, day, what, known)
    except (ledger.LedgerError, ledger.SubjectUnknown) as refused:
        fail(str(refused))
    if as_json:
        emit({"account": card.ref_masked, **asdict(found)})
        return
    known_text = f", as known at {known}" if known else ""
    console.print(f"Account {card.account_id} ({card.ref_masked}) as of {day}{known_text}")
    tree = Tree(_line(found.root, in_chinese))
    _grow(tree, found.root, in_chinese)
    console.print(tree)


def payoff_command(
    account: NAMED,
    as_of: AS_OF = "",
    known_at: KNOWN_AT = "",
    in_chinese: CHINESE = False,
    as_json: AS_JSON = False,
) -> None:
    """Tell what settles an account in full on a day, past or to come, as the sum of its parts."""
    prepare()
    from fairdue.contexts.ledger import facade as ledger

    card, day = find_account(account), day_of(as_of)
    try:
        found = ledger.payoff(card.account_id, day, instant_of(known_at))
    except ledger.LedgerError as refused:
        fail(str(refused))
    if as_json:
        emit({"account": card.ref_masked, **asdict(found)})
        return
    language = "zh" if in_chinese else "en"
    names = PAYOFF_NAMES | dict(ledger.components())
    console.print(f"Account {card.account_id} ({card.ref_masked}) as of {day}")
    for part in found.parts:
        console.print(f"{part.amount!s:>18}  {names.get(part.code, {}).get(language, part.code)}")
    console.print(f"[bold]{found.amount!s:>18}  {PAYOFF_NAMES['payoff'][language]}[/bold]")
    if found.citation:
        console.print(f"[dim]{escape(found.citation[language])}[/dim]", soft_wrap=True)


PAYOFF_NAMES = {
    "accrued": {"zh": "已产生未入账的利息和罚息", "en": "interest earned and not yet posted"},
    "unearned_interest": {"zh": "按约定未到期利息", "en": "scheduled interest, as the contract says"},
    "credit_balance": {"zh": "减：溢缴款", "en": "less credit balance"},
    "payoff": {"zh": "提前结清金额", "en": "settles the account in full"},
}


def _grow(branch: Tree, part: ExplainedPart, in_chinese: bool) -> None:
    for child in part.parts:
        _grow(branch.add(_line(child, in_chinese)), child, in_chinese)


def _line(part: ExplainedPart, in_chinese: bool) -> str:
    """Return one amount with its sentence, and below it arithmetic, rule and postings."""
    amount = f"{part.amount.amount:,} {part.amount.currency}" if part.amount else f"{part.days} days"
    sentence, citation, arithmetic, rule = (
        (part.sentence_zh, part.citation_zh, part.arithmetic_zh, part.rule_zh)
        if in_chinese
        else (part.sentence_en, part.citation_en, part.arithmetic_en, part.rule_en)
    )
    lines = [f"[bold]{amount}[/bold]  {escape(sentence)}"]
    if arithmetic:
        lines.append(escape(arithmetic))
    if part.rule or citation:
        named = f"{rule} ({part.rule})" if rule != part.rule else rule
        lines.append(f"[dim]{escape(' · '.join(filter(None, (named, citation))))}[/dim]")
    if part.postings:
        ids = [f"#{posting.posting_id}" for posting in part.postings[:MOST_POSTINGS]]
        more = f" and {len(part.postings) - MOST_POSTINGS} more" if len(part.postings) > MOST_POSTINGS else ""
        recorded = f", recorded {part.recorded_at:%Y-%m-%d %H:%M} UTC" if part.recorded_at else ""
        lines.append(f"[dim]postings {', '.join(ids)}{more}{recorded}[/dim]")
    return "\n".join(lines)


def export_command(
    account: Annotated[
        str, typer.Argument(metavar="[ACCOUNT]", help="Id of the account, or the creditor's number.")
    ] = "",
    creditor: Annotated[
        str, typer.Option("--creditor", help="Code of a creditor: all of its accounts.")
    ] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="Leave out postings that count after this day.")] = "",
    known_at: KNOWN_AT = "",
    file_format: Annotated[
        str, typer.Option("--format", help="beancount, csv, parquet or xlsx.")
    ] = "beancount",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; a name is chosen if left out.")
    ] = None,
    as_json: AS_JSON = False,
) -> None:
    """Write postings for auditors: a journal that bean-check accepts, or a table. Personal data stays masked."""
    prepare()
    from fairdue.contexts.ledger import facade as ledger

    if bool(account) == bool(creditor):
        fail("name either an account or --creditor")
    scope, name = _scope(account, creditor)
    path = output or Path(f"postings-{name}.{file_format}")
    try:
        report = ledger.export_postings(
            path=path, file_format=file_format, as_of=day_of(as_of) if as_of else None,
            known_at=instant_of(known_at), **scope,
        )  # fmt: skip
    except ledger.LedgerError as refused:
        fail(str(refused))
    except OSError as unwritable:
        fail(f"{path} cannot be written: {unwritable.strerror}")
    _note_export(scope, name, file_format, report.postings)
    if as_json:
        emit(asdict(report) | {"path": str(path)})
    else:
        console.print(f"{report.postings:,} postings of {report.accounts:,} accounts written to {path}")


def _scope(account: str, creditor: str) -> tuple[dict[str, Any], str]:
    from fairdue.contexts.book import facade as book

    if account:
        card = find_account(account)
        return {"account_id": card.account_id, "title": card.creditor_name_en}, f"account-{card.account_id}"
    try:
        found = book.creditor_by_code(creditor)
    except book.CreditorUnknown:
        fail(f"there is no creditor {creditor!r}")
    return {"creditor_id": found.creditor_id, "title": found.name_en}, creditor


def _note_export(scope: dict[str, Any], name: str, file_format: str, rows: int) -> None:
    """Record that postings left the ledger, and which."""
    from fairdue.contexts.audit import facade as audit
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    subject = "book.account" if "account_id" in scope else "book.creditor"
    audit.record(
        code="ledger.postings.exported", actor=system("fairdue ledger export"), subject_type=subject,
        subject_id=scope.get("account_id") or scope["creditor_id"], now=clock.now(),
        after={"format": file_format, "rows": rows, "file": name},
    )  # fmt: skip


def postings_command(
    account: NAMED, as_of: AS_OF = "", known_at: KNOWN_AT = "", as_json: AS_JSON = False
) -> None:
    """List the postings of an account: day, recording, event, debit, credit, amount."""
    prepare()
    from rich.table import Table

    from fairdue.contexts.ledger import facade as ledger

    card, day, known = find_account(account), day_of(as_of), instant_of(known_at)
    found = ledger.account_postings(card.account_id, day, known)
    if as_json:
        emit({"account": card.ref_masked, "as_of": day, "postings": [asdict(one) for one in found]})
        return
    table = Table("Posting", "Day", "Recorded", "Event", "Kind", "Debit", "Credit", "Due item", "Amount")
    for one in found:
        table.add_row(
            str(one.posting_id), str(one.effective_date), f"{one.recorded_at:%Y-%m-%d %H:%M}",
            str(one.transaction_id or ""), one.kind, one.debit, one.credit, escape(one.due_ref),
            f"{one.amount.amount:,}",
        )  # fmt: skip
    console.print(table)
    console.print(f"{len(found):,} postings of account {card.account_id} ({card.ref_masked}) as of {day}")


def limits_command(
    account: NAMED,
    as_of: AS_OF = "",
    judged: Annotated[
        str,
        typer.Option(
            "--judged",
            help="Money beside interest that a judgment awards, such as 12000.00; with --perform-by. Without it, "
            "the judgment recorded on the account.",
        ),
    ] = "",
    perform_by: Annotated[
        str, typer.Option("--perform-by", help="Last day of the judgment's performance period.")
    ] = "",
    in_chinese: CHINESE = False,
    as_json: AS_JSON = False,
) -> None:
    """Show until when a debt can be sued for and enforced, and how that follows."""
    prepare()
    from fairdue.journeys import view_limits
    from fairdue.journeys.limit_cards import JudgmentInvalid
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    card, day, now = find_account(account), day_of(as_of), clock.now()
    judgment = _judgment(judged, perform_by, card.currency)
    asked: dict[str, Any] = {
        "account_id": card.account_id,
        "actor": system("fairdue ledger limits"),
        "now": now,
    }
    try:
        found = view_limits.limits(as_of=day, judgment=judgment, **asked)
        late = view_limits.late_interest(judgment=judgment, until=day, **asked)
    except JudgmentInvalid as invalid:
        fail(str(invalid))
    if as_json:
        emit({"account": card.ref_masked, "as_of": day, "limits": [asdict(one) for one in found],
              "late_interest": asdict(late) if late else None})  # fmt: skip
        return
    console.print(f"Account {card.account_id} ({card.ref_masked}) as of {day}")
    for one in found:
        console.print(_limit_tree(one, in_chinese))
    if not found:
        console.print("Nothing is unpaid: no limit runs.")
    if late:
        console.print(f"[bold]{late.amount}[/bold]  {late.sentence_zh if in_chinese else late.sentence_en}")


def _limit_tree(card: LimitCard, in_chinese: bool) -> Tree:
    title, note = (card.title_zh, card.note_zh) if in_chinese else (card.title_en, card.note_en)
    tree = Tree(f"[bold]{card.end_date}[/bold]  {title}: {card.status}, {card.days_left} days left")
    for step in card.steps:
        sentence = step.sentence_zh if in_chinese else step.sentence_en
        end = f" → {step.end_date}" if step.end_date else ""
        tree.add(f"{escape(sentence)}{end}\n[dim]{step.rule_id} · {escape(step.citation)}[/dim]")
    if card.end_date_if_proven:
        tree.add(f"{card.end_date_if_proven} if every demand and promise can be proven")
    tree.add(f"[dim]{escape(note)}[/dim]")
    if card.needs_lawyer:
        tree.add("[yellow]! a lawyer must look at this[/yellow]")
    return tree


def _judgment(judged: str, perform_by: str, currency: str) -> Any:
    if bool(judged) != bool(perform_by):
        fail("a judgment needs both --judged and --perform-by")
    if not judged:
        return None
    from fairdue.journeys.limit_cards import Judgment
    from fairdue.kernel.money import Money

    amount = _parsed(judged, lambda text: Money.of(text, currency), "an amount: write it as 12000.00")
    return Judgment(debt=amount, performance_ends=day_of(perform_by))


def find_account(named: str) -> AccountCard:
    """Return the account that an id or the creditor's number names; the number itself is never printed."""
    from fairdue.contexts.book import facade as book
    from fairdue.kernel.actor import system

    actor = system("fairdue ledger")
    found = list(book.find_accounts(named, actor=actor))
    if not found and named.isdigit() and len(named) < 19:
        try:
            found = [book.account_card(int(named), actor=actor)]
        except book.AccountUnknown:
            found = []
    if not found:
        fail("no account has this id or number")
    if len(found) > 1:
        ids = ", ".join(str(card.account_id) for card in found)
        fail(f"several creditors have an account of this number; name its id: {ids}")
    return found[0]


def day_of(text: str) -> date:
    """Return the day that a text writes, today for nothing."""
    from fairdue.kernel import clock

    if not text:
        return clock.business_date(clock.now())
    return _parsed(text, date.fromisoformat, "a day: write it as 2026-06-15")


def instant_of(text: str) -> datetime | None:
    """Return the instant that a text writes, with its offset from UTC; None for nothing."""
    if not text:
        return None
    found = _parsed(text, datetime.fromisoformat, "an instant: write it as 2026-06-15T18:00+08:00")
    if found.tzinfo is None:
        fail(f"{text!r} has no offset from UTC: write it as 2026-06-15T18:00+08:00")
    return found


def _parsed(text: str, read: Callable[[str], T], what: str) -> T:
    try:
        return read(text)
    except (ValueError, ArithmeticError):
        fail(f"{text!r} is not {what}")
