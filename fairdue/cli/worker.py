"""`fairdue worker`: runs the queued and periodic work; `fairdue bounces`: reads returned e-mail."""

from __future__ import annotations

import asyncio
import dataclasses
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from fairdue.cli.session import console, emit, fail, prepare

CONCURRENCY = 4
GRACE_SECONDS = 10.0
SETTLING_SECONDS = 0.5
"""A worker that is cancelled in its very first steps would never end; so it gets that far."""

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.contrib.django.django_connector import DjangoConnector


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command("worker")(worker)
    root.command("bounces")(bounces)


def worker(
    once: bool = typer.Option(False, "--once", help="Do everything that is due once, then end."),
    concurrency: int = typer.Option(CONCURRENCY, min=1, max=32, help="Jobs at the same time."),
    as_json: bool = typer.Option(False, "--json", help="With --once: print one JSON object on stdout."),
) -> None:
    """Send due messages, deliver local reports, seal the audit log; ends on Ctrl-C or SIGTERM."""
    prepare()
    if once:
        document = run_once()
        if as_json:
            emit(document)
        console.print(f"[green]✓[/green] {document}", highlight=False)
        return
    run_worker(concurrency)


def bounces(
    path: Path = typer.Argument(..., help="An mbox file or a single returned message."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object on stdout."),
) -> None:
    """Read delivery status notifications and let them take effect; reading a file twice changes nothing."""
    if not path.is_file():
        fail(f"{path} is not a file: name an mbox file or a returned message")
    prepare()
    from fairdue.contexts.outreach import facade as outreach
    from fairdue.kernel import clock

    receipts = outreach.record_bounces(source=path, now=clock.now())
    document = {
        "events": len(receipts),
        "new": sum(each.is_new for each in receipts),
        "unknown": sum(not each.is_known_dispatch for each in receipts),
        "effective": sum(each.has_effect for each in receipts),
    }
    if as_json:
        emit(document)
    console.print(f"[green]✓[/green] {document}", highlight=False)


def run_once() -> dict[str, Any]:
    """Do one pass of every periodic task in this process and return what it did."""
    from fairdue.contexts.audit import facade as audit
    from fairdue.contexts.outreach import facade as outreach
    from fairdue.journeys.attached_files import attached_file
    from fairdue.kernel import clock

    totals: dict[str, Any] = {}
    while True:
        passed = outreach.dispatch_due(now=clock.now(), limit=200, worker="worker.once", files=attached_file)
        report = dataclasses.asdict(passed)
        totals = {name: totals.get(name, 0) + count for name, count in report.items()}
        if report["claimed"] < 200:
            break
    totals["local_reports"] = outreach.deliver_local_reports(now=clock.now())
    block = audit.seal(now=clock.now())
    totals["sealed_events"] = block.event_count if block else 0
    return totals


def run_worker(concurrency: int = CONCURRENCY) -> None:
    """Run until SIGINT or SIGTERM; jobs that run are finished first, at most `GRACE_SECONDS`."""
    from procrastinate.contrib.django import app

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the loop has its own handlers
    try:
        connector = cast("DjangoConnector", app.connector).get_worker_connector()
        with app.replace_connector(connector):
            console.print("[green]✓[/green] worker runs; Ctrl-C ends it", highlight=False)
            asyncio.run(_work_until_told(app, concurrency))
    except KeyboardInterrupt:
        pass  # told to end before there was anything to finish
    console.print("worker ended", highlight=False)


async def _work_until_told(app: App, concurrency: int) -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with app.open_async():
        work = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                delete_jobs="successful",
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
            )
        )
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not work.done():
            await asyncio.sleep(SETTLING_SECONDS)
            work.cancel()
        await asyncio.wait({work}, timeout=GRACE_SECONDS + SETTLING_SECONDS)
        if work.done() and not work.cancelled():
            work.result()
