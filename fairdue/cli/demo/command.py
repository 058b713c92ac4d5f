"""The command: each step is idempotent, so a killed start is simply started again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from fairdue.cli.demo import processes, screen
from fairdue.cli.demo.state import (
    DEMO_DATE,
    DemoState,
    first_offset,
    next_offset,
    read_state,
    set_clock,
    write_state,
)
from fairdue.cli.serve import free_port
from fairdue.cli.session import console, emit, fail, prepare

Plan = Iterable[tuple[str, Callable[[Callable[[int, "int | None"], None]], None]]]
"""Titles and steps; a step is given a function that shows how far it is."""
PAY_PORT_ABOVE = 20
"""The local payment provider listens so far above the web server, or on the next free port."""


def demo(
    accounts: int = typer.Option(
        30_000, min=1, max=30_000, help="how many accounts of the demo book to load"
    ),
    serve: bool = typer.Option(True, help="start the web server and the worker at the end"),
    port: int = typer.Option(8000, help="port of the web server; if taken, the next free one"),
    as_json: bool = typer.Option(False, "--json", help="print one JSON object on stdout once all is ready"),
) -> None:
    """Set up everything, load the demo book, run its night, and serve it.

    Exit status 0: ready, and stopped when told to; 1: a step failed, or a process ended by itself.
    """
    from fairdue.storage.embedded import VAR_DIR

    os.environ["FAIRDUE_MODE"] = "demo"
    port = free_port(port, "127.0.0.1")
    os.environ.setdefault("FAIRDUE_PUBLIC_URL", f"http://127.0.0.1:{port}")
    if serve:
        os.environ.setdefault(
            "FAIRDUE_PAY_URL", f"http://127.0.0.1:{free_port(port + PAY_PORT_ABOVE, '127.0.0.1')}"
        )
    path = VAR_DIR / "demo.json"
    state = _resume(path, accounts)
    set_clock(state.clock_offset_seconds)
    with console.status("Starting the database …"):
        prepare(with_tables=False)
    _load(state, VAR_DIR)
    write_state(path, replace(state, is_complete=True))
    if as_json:
        emit(screen.description(state, serving=serve))
    else:
        screen.welcome(state, serving=serve)
    if serve:
        _serve(port)


def _resume(path: Path, accounts: int) -> DemoState:
    """Go on with the remembered demonstration, or begin one."""
    real_now = datetime.now(UTC)
    state = read_state(path)
    if state is None:
        state = DemoState(DEMO_DATE.isoformat(), accounts, first_offset(DEMO_DATE, real_now))
    elif state.accounts != accounts:
        console.print(
            f"[yellow]![/yellow] A demo book of {state.accounts:,} accounts is already here and is used as it is. "
            "For another size run `make clean` first.",
            highlight=False,
        )
    state = replace(state, clock_offset_seconds=next_offset(state.clock_offset_seconds, real_now))
    write_state(path, state)
    return state


def _load(state: DemoState, var_dir: Path) -> None:
    """Bring the database to the morning of the demo date, and show each step."""
    from fairdue.cli.demo import steps

    plan = steps.plan(state, var_dir)
    if console.is_terminal:
        _with_bars(plan)
    else:
        _with_lines(plan)


def _with_lines(plan: Plan) -> None:
    """Say in plain lines when each step starts and ends, for logs and pipes."""
    for title, step in plan:
        console.print(f"{title} …", highlight=False)
        started = time.monotonic()
        step(lambda done, total: None)
        console.print(f"✓ {title}, {time.monotonic() - started:.1f} s", highlight=False)


def _with_bars(plan: Plan) -> None:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        for title, step in plan:
            task = progress.add_task(title, total=None)

            def advance(done: int, total: int | None, task: int = task) -> None:
                progress.update(task, completed=done, total=total)  # type: ignore[arg-type]

            step(advance)
            shown = progress.tasks[task].total or 1
            progress.update(task, total=shown, completed=shown)


def _serve(port: int) -> None:
    """Run the payment provider, the web server and the worker until Ctrl-C, or until one of them fails."""
    children = {}
    if urlsplit(os.environ["FAIRDUE_PAY_URL"]).hostname in ("127.0.0.1", "localhost"):
        children["payment provider"] = processes.start("pay", "local")
    children |= {
        "web server": processes.start("serve", "--port", str(port)),
        "worker": processes.start("worker"),
    }
    try:
        ended = processes.watch(children)
    finally:
        processes.end(children)
    if ended:
        fail(f"the {ended} ended by itself; its last lines are above", status=1)
    console.print("\n[green]✓[/green] Stopped. `make demo` goes on where this ended.")
