"""`fairdue products`: check product terms, list them, and calculate a contract."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from fairdue.cli.session import configure, console, emit, fail

if TYPE_CHECKING:
    from fairdue.engine.ledger.keeping.quoting import LateOutcome, Quote

app = typer.Typer(help="Check, list and try the terms of products.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(app, name="products")


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, help="Product files; default: all that ship."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read product terms and rate tables and name every fault with its file and field; nothing is changed.

    Exit status 0: they may be used; 1: there are faults.
    """
    from fairdue.engine.ledger.products.reading import (
        PRODUCTS_DIR,
        ProductInvalid,
        load_rates,
        parse_product,
        read_document,
    )

    faults: list[str] = []
    paths = files or sorted(PRODUCTS_DIR.glob("*.yaml"))
    for path in paths:
        try:
            parse_product(read_document(path), place=path.name)
        except ProductInvalid as error:
            faults += error.faults
    try:
        load_rates()
    except ProductInvalid as error:
        faults += error.faults
    if as_json:
        emit({"files": len(paths), "faults": faults})
    else:
        for fault in faults:
            console.print(f"[red]✗[/red] {escape(fault)}", highlight=False, soft_wrap=True)
        if not faults:
            console.print(f"[green]✓[/green] {len(paths)} products may be used", highlight=False)
    raise typer.Exit(1 if faults else 0)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the products with their rules in words, Chinese and English, and what each rests on."""
    from fairdue.engine.ledger.products.reading import load_products
    from fairdue.engine.ledger.products.wording import rules_of

    products = load_products().values()
    if as_json:
        emit(
            {
                "products": [
                    {
                        "code": terms.code,
                        "version": terms.version,
                        "kind": terms.kind,
                        "name": terms.name,
                        "rules": [
                            {"code": rule.code, "text": rule.text, "citation": rule.citation}
                            for rule in rules_of(terms)
                        ],
                    }
                    for terms in products
                ]
            }
        )
        return
    for terms in products:
        console.print(f"[bold]{terms.label}[/bold] {terms.name['zh']} · {terms.name['en']}", highlight=False)
        for rule in rules_of(terms):
            console.print(f"  {rule.label['en']}: {escape(rule.text['en'])}", highlight=False, soft_wrap=True)


@app.command()
def schedule(
    product: Annotated[str, typer.Argument(help="Code of the product, as `fairdue products list` shows.")],
    principal: Annotated[str, typer.Option(help="Amount lent, or price, in currency units.")],
    rate: Annotated[str, typer.Option(help="Rate or margin in per cent a year.")],
    first_due: Annotated[str, typer.Option(help="First due date, YYYY-MM-DD.")],
    disbursed: Annotated[str, typer.Option(help="Day of the disbursement, YYYY-MM-DD.")],
    instalments: Annotated[int | None, typer.Option(help="Number of instalments.")] = None,
    instalment: Annotated[
        str | None, typer.Option(help="Instalment, for a product with a fixed one.")
    ] = None,
    down_payment: Annotated[str | None, typer.Option(help="Down payment, in currency units.")] = None,
    late_days: Annotated[int, typer.Option(help="What if the first instalment is so many days late.")] = 40,
    as_json: AsJson = False,
) -> None:
    """Calculate a contract: its schedule, its cost a year, and what a late instalment brings; nothing is recorded.

    Exit status 0: it may be opened; 1: it is refused, with the reason; 2: the question is not understood.
    """
    configure()
    from fairdue.contexts.ledger import facade as ledger
    from fairdue.engine.ledger.products.agreement import AgreementInvalid
    from fairdue.engine.ledger.products.cost import AboveCap
    from fairdue.engine.ledger.products.scheduling import NotAmortising
    from fairdue.kernel.money import Money

    try:
        terms = ledger.product_terms(product)
    except ledger.ProductUnknown as error:
        fail(f"{error}; known: {', '.join(sorted(ledger.products()))}")
    if terms.kind == "card":
        fail("a card has no schedule: its statements follow from what is bought and paid")

    def minor(text: str | None) -> int | None:
        return None if text is None else Money.of(text, terms.currency).minor

    try:
        details: dict[str, Any] = {
            "rate": str(Fraction(rate) / 100),
            "first_due_date": date.fromisoformat(first_due),
            "instalments": instalments,
            "instalment_minor": minor(instalment),
            "down_payment_minor": minor(down_payment),
        }
        lent, day = Money.of(principal, terms.currency), date.fromisoformat(disbursed)
    except (ValueError, ArithmeticError) as error:
        fail(escape(f"not understood: {error}"))
    try:
        quoted = ledger.quote_contract(
            terms=terms,
            principal=lent,
            disbursed_date=day,
            details={name: value for name, value in details.items() if value is not None},
        )
    except (AgreementInvalid, NotAmortising, AboveCap) as refusal:
        fail(escape(f"refused: {refusal}"), status=1)
    late = ledger.late_outcome(quoted, days=late_days)
    if as_json:
        emit(_document(quoted, late))
    else:
        _print(quoted, late)


def _document(quoted: Quote, late: LateOutcome) -> dict[str, Any]:
    cost = quoted.cost
    return {
        "product": quoted.contract.terms.label,
        "currency": quoted.contract.currency,
        "rows": [
            {
                "number": row.number,
                "due_date": row.due_date,
                "principal_minor": row.principal,
                "interest_minor": row.interest,
                "rate": str(row.rate),
            }
            for row in quoted.rows
        ],
        "interest_minor": cost.interest,
        "total_minor": cost.total,
        "annual_rate": None if cost.annual_rate is None else float(cost.annual_rate),
        "effective_rate": None if cost.effective_rate is None else float(cost.effective_rate),
        "caps": [{"code": cap.code, "rate": str(cap.rate)} for cap in quoted.caps],
        "late": {
            "number": late.row.number,
            "days": late.days,
            "days_past_due": late.days_past_due,
            "bucket": late.bucket,
            "charges": [
                {
                    "component": charge.component,
                    "amount_minor": charge.amount,
                    "effective_date": charge.effective_date,
                    "why": charge.why.as_details(),
                }
                for charge in (*late.charges, *late.cut)
            ],
        },
    }


def _print(quoted: Quote, late: LateOutcome) -> None:
    from fairdue.engine.ledger.explaining.working import formula, working_of
    from fairdue.kernel.money import Money

    currency = quoted.contract.currency
    table = Table("no.", "due", "principal", "interest", "instalment", "principal left")
    for row in quoted.rows:
        amounts = (
            row.principal,
            row.interest,
            row.principal + row.interest,
            row.principal_before - row.principal,
        )
        table.add_row(
            str(row.number), str(row.due_date), *(f"{Money(amount, currency).amount:,}" for amount in amounts)
        )
    console.print(table)
    cost = quoted.cost
    rates = [
        f"{float(rate) * 100:.2f} %" for rate in (cost.annual_rate, cost.effective_rate) if rate is not None
    ]
    console.print(
        f"interest {Money(cost.interest, currency)}, in all {Money(cost.total, currency)}; "
        f"a year {' (IRR), '.join(rates)} (compounded)",
        highlight=False,
    )
    console.print(
        f"instalment {late.row.number} paid {late.days} days late: {late.days_past_due} days past due, {late.bucket}, "
        f"charged {Money(late.total, currency)}",
        highlight=False,
    )
    for charge in (*late.charges, *late.cut):
        why = charge.why
        working = working_of(why.as_details(), currency, charge.amount)
        console.print(
            f"  {charge.effective_date} {why.rule.replace('_', ' ')}: "
            + (formula(working) if working else f"{Money(charge.amount, currency).amount:,}")
            + f" {currency}"
            + (f", cap {why.cap} took off {Money(why.cut_minor, currency)}" if why.cap else ""),
            highlight=False,
            soft_wrap=True,
        )
