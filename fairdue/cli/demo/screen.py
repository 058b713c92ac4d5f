"""What a visitor reads when the demonstration is ready."""

from __future__ import annotations

import os
from typing import Any

from rich.table import Table

from fairdue.cli.demo.state import DemoState
from fairdue.cli.session import console
from fairdue.kernel import clock


def welcome(state: DemoState, *, serving: bool) -> None:
    """Print the address, one login per role and one borrower link."""
    from fairdue.journeys.seed_demo import DEMO_PASSWORD, borrower_link, demo_logins

    address = os.environ["FAIRDUE_PUBLIC_URL"]
    table = Table(
        title=f"Fairdue · {state.accounts:,} accounts as of {state.demo_date}", title_justify="left"
    )
    for heading in ("role", "user", "password"):
        table.add_column(heading)
    for role, username in demo_logins():
        table.add_row(role, username, DEMO_PASSWORD)
    console.print(table)
    if serving:
        console.print(f"Desk       {address}/desk/", highlight=False, soft_wrap=True)
        if link := borrower_link(now=clock.now()):
            console.print(f"Borrower   {address}{link}", highlight=False, soft_wrap=True)
        console.print(f"Payments   {os.environ['FAIRDUE_PAY_URL']}/books", highlight=False, soft_wrap=True)
        console.print("Ctrl-C stops everything; `make demo` starts it again in seconds.", highlight=False)


def description(state: DemoState, *, serving: bool) -> dict[str, Any]:
    """Return the same for a machine, with what the night counted at each stage."""
    from fairdue.contexts.decisions.facade import cycle_report
    from fairdue.journeys.seed_demo import DEMO_PASSWORD, borrower_link, demo_logins

    address = os.environ["FAIRDUE_PUBLIC_URL"]
    link = borrower_link(now=clock.now()) if serving else None
    return {
        "demo_date": state.demo_date,
        "accounts": state.accounts,
        "is_serving": serving,
        "desk": f"{address}/desk/" if serving else None,
        "borrower": f"{address}{link}" if link else None,
        "logins": [
            {"role": role, "username": name, "password": DEMO_PASSWORD} for role, name in demo_logins()
        ],
        "night": {
            stage.name: {"in": stage.in_count, "out": stage.out_count, "rejected": stage.rejected_count}
            for stage in cycle_report(state.date).stages
        },
    }
