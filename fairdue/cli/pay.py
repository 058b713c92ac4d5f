"""`fairdue pay`: payments through the provider, reconciling with it, direct debits, and the local provider itself."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from fairdue.cli.session import (
    configure,
    console,
    day_or_today,
    emit,
    fail,
    join_demonstration,
    prepare,
    table_of,
)

group = typer.Typer(
    no_args_is_help=True, help="Payments through the provider: list, reconcile, retry, direct debits."
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Day = Annotated[str, typer.Option("--date", help="Business date, such as 2026-06-15; today if left out.")]
LABEL = "fairdue pay"


def register(root: typer.Typer) -> None:
    """Add the group to the console script."""
    root.add_typer(group, name="pay")


@group.command("list")
def list_command(day: Day = "", as_json: Json = False) -> None:
    """Show what was asked of the provider on a day, what it told, and what is missing between the two.

    Exit status 1 if something is missing or strange.
    """
    prepare()
    from fairdue.contexts.payments import facade as payments
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    found = payments.online_day(business_date=day_or_today(day), actor=system(LABEL), now=clock.now())
    if as_json:
        emit(asdict(found))
    else:
        rows = [(status, currency, count, amount) for status, currency, count, amount in found.totals]
        console.print(
            table_of(f"Asked on {found.business_date}", ("status", "currency", "count", "amount"), rows)
        )
        for title, cards in (("Missing", found.missing), ("Asked", found.asked)):
            console.print(
                table_of(
                    title, ("payment", "amount", "way", "status", "begun", "told"),
                    [(card.ref, card.amount, card.method, card.status, f"{card.made_at:%m-%d %H:%M}",
                      f"{card.told_at:%m-%d %H:%M}" if card.told_at else "") for card in cards],
                )
            )  # fmt: skip
        if found.strange:
            head = ("payment", "notice", "verdict", "amount")
            strange = [(one.checkout_ref, one.kind, one.verdict, one.amount or "") for one in found.strange]
            console.print(table_of("Strange", head, strange))
    if found.missing or found.strange:
        raise typer.Exit(1)


@group.command("reconcile")
def reconcile_command(
    day: Annotated[
        str, typer.Option("--date", help="Also compare with the provider's own list of this day.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Ask the provider about every payment of which nothing final is known, and for approved refunds.

    Exit status 1 if the provider did not answer, or its list of the day differs from ours.
    """
    prepare()
    from fairdue.contexts.payments import facade as payments
    from fairdue.journeys.pay_online import compare_day, reconcile_checkouts
    from fairdue.journeys.pay_refund import send_refunds
    from fairdue.kernel import clock

    _require_open(payments.is_open())
    asked = reconcile_checkouts(now=clock.now(), limit=1000)
    document = asdict(asked) | {"refunds": asdict(send_refunds(now=clock.now()))}
    differs = False
    if day:
        try:
            compared = compare_day(day=day_or_today(day), now=clock.now())
        except payments.ProviderSilent as silent:
            fail(f"the provider does not answer: {silent}", status=1)
        document |= asdict(compared)
        differs = bool(compared.unknown_refs or compared.unheard_refs)
    if as_json:
        emit(document)
    else:
        console.print(
            f"{asked.asked_count} asked, {asked.changed_count} changed, {asked.silent_count} without an answer"
        )
        for name in ("unknown_refs", "unheard_refs", "changed_refs"):
            for ref in document.get(name, ()):
                console.print(f"{name.removesuffix('_refs')}: {ref}", highlight=False)
    if asked.silent_count or differs:
        raise typer.Exit(1)


@group.command("retry")
def retry_command(
    ref: Annotated[str, typer.Argument(help="Our reference of the payment.")],
    as_json: Json = False,
) -> None:
    """Ask the provider about one payment now; a debit that it never took over is sent again under its name."""
    prepare()
    from fairdue.contexts.payments import facade as payments
    from fairdue.journeys.pay_online import ask_provider
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    _require_open(payments.is_open())
    try:
        card = payments.checkout(ref=ref, actor=system(LABEL))
        after = ask_provider(card=card, now=clock.now()) if card.is_live else card
    except payments.PaymentsError as refusal:
        fail(str(refusal), status=1)
    if as_json:
        emit(asdict(after))
    else:
        console.print(f"{after.ref}: {card.status} → {after.status}", highlight=False)


@group.command("debits")
def debits_command(day: Day = "", as_json: Json = False) -> None:
    """Run the direct debits of a day: register mandates, plan, announce, send. Running it again does nothing twice."""
    prepare()
    from fairdue.contexts.payments import facade as payments
    from fairdue.journeys.direct_debit import collect_debits
    from fairdue.kernel import clock

    _require_open(payments.is_open())
    done = asdict(collect_debits(as_of=day_or_today(day), now=clock.now()))
    if as_json:
        emit(done)
    else:
        console.print(
            ", ".join(f"{count} {name.removesuffix('_count')}" for name, count in done.items()),
            highlight=False,
        )


@group.command("local")
def local_command(
    port: Annotated[int, typer.Option(help="Port to listen on; that of FAIRDUE_PAY_URL if left out.")] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    books: Annotated[
        str, typer.Option(help="File of its books; `pay-local.sqlite3` in FAIRDUE_VAR if left out.")
    ] = "",
) -> None:
    """Run the local payment provider: a page to try payments on, and signed notices. Closed in production."""
    from fairdue.storage.embedded import VAR_DIR

    join_demonstration(VAR_DIR)
    configure()
    from django.conf import settings

    from fairdue.contexts.payments import facade as payments
    from fairdue.kernel import clock

    if settings.MODE == "production":
        fail(
            "the local provider is for demonstrations and tests: set FAIRDUE_PAY_URL to your provider",
            status=1,
        )
    port = port or urlsplit(settings.PAY_URL).port or 8020
    url = f"http://{host}:{port}"
    house = payments.local_provider(
        path=Path(books) if books else VAR_DIR / "pay-local.sqlite3", key=settings.PAY_KEY, url=url,
        merchant_url=settings.PUBLIC_URL, now=clock.now,
    )  # fmt: skip
    console.print(f"Local payment provider on {url} · its books: {url}/books · Ctrl-C stops", highlight=False)
    payments.serve_local_provider(house, host=host, port=port)


def _require_open(is_open: bool) -> None:
    if not is_open:
        fail("there is no payment provider: set FAIRDUE_PAY_URL and FAIRDUE_PAY_KEY", status=1)
