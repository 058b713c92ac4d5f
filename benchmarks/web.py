"""`fairdue bench web`: the case and queue pages over N accounts against a book of one account; twenty collectors at
once against a real server; the queue's first paint and the key presses of an outcome in Chromium; weights."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import typer

from benchmarks.common import bench_database, measure, report
from benchmarks.web_crowd import USERS, crowd, weights

ITEMS_AT_MOST = 100_000
"""Open work items: every tenth account of a million waits to be called."""
BASELINE = "the same case page, same requests, in the same run, with one account in the book"
PASSWORD = "a-long-Password-7"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def register(bench: typer.Typer) -> None:
    """Add `web` to the group `bench`."""
    bench.command("web")(web)


def web(
    accounts: int = typer.Option(100_000, help="Accounts in the book."),
    requests: int = typer.Option(60, help="Requests measured for each page."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Measure the desk's pages through Django's client, each book in a database and process of its own."""
    from fairdue.cli.session import emit

    alone, full = (_in_own_process(size, requests) for size in (1, accounts))
    case, queue = full["case"], full["queue"]
    emit(
        report(
            name="web", seconds=case["median"], baseline_seconds=alone["case"]["median"], baseline=BASELINE,
            rows=accounts, peak_mb=full["peak_rss_mb"], p95=case["p95"],
            cpu_seconds=case["cpu"], queries=case["queries"],
            queue_seconds=queue["median"], queue_baseline_seconds=alone["queue"]["median"], queue_p95=queue["p95"],
            queue_queries=queue["queries"], open_items=full["items"], requests=requests, load=os.getloadavg()[0],
            **full["crowd"],
        )
    )  # fmt: skip


def _in_own_process(accounts: int, requests: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.web", str(accounts), str(requests)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def run(accounts: int, requests: int) -> dict[str, Any]:
    """Fill a book, open work on it, and return the figures of both pages."""
    with bench_database(f"fairdue_bench_web_{accounts}"):
        items = _fill(accounts)
        with measure() as block:
            client, case_ids = _collector(requests)
            case = _pages(client, [f"/desk/case/{case_id}/" for case_id in case_ids])
            queue = _pages(client, ["/desk/queue/"] * requests)
        _give_a_number(case_ids[-1])
        crowded = crowd(_sessions(), case_ids) | weights() if accounts > 1 else {}
    return {"case": case, "queue": queue, "items": items, "peak_rss_mb": block.peak_rss_mb, "crowd": crowded}


def _fill(accounts: int) -> int:
    from django.db import connection

    from benchmarks.cycle_book import fill_book
    from fairdue.journeys.load_packs import load_packs
    from fairdue.kernel import clock

    now = clock.now()
    today = clock.business_date(now)
    persons = fill_book(connection, accounts=accounts, as_of=today)
    load_packs(now=now)
    return _open_work(min(persons, ITEMS_AT_MOST), today, now)


def _open_work(count: int, today: Any, now: Any) -> int:
    import polars as pl

    from fairdue.contexts.cases import facade as cases

    people = pl.int_range(1, count + 1, eager=True)
    frame = pl.DataFrame({"person_id": people}).with_columns(
        kind=pl.lit("call"), queue=pl.lit("calls"), rank=(people * 7919) % 1000, reason=pl.lit("m2-call"),
        days_past_due=pl.lit(40), overdue_minor=pl.lit(123_400), currency=pl.lit("CNY"),
        not_before=pl.lit(None, dtype=pl.Datetime("us", "UTC")), creditor_ids=pl.lit([1], dtype=pl.List(pl.Int64)),
    )  # fmt: skip
    return cases.land_work_items(frame, cycle_date=today, now=now)


def _collector(count: int) -> tuple[Any, list[int]]:
    """Log a collector in and return their client and the cases to open, spread over the queue."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    from fairdue.contexts.identity import facade as identity
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    identity.ensure_team(code="bench", name="Bench", creditor_ids=[1])
    card = identity.create_staff(
        username="bench", password=PASSWORD, display_name="Bench", role="collector", team_code="bench",
        actor=system("bench"), now=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(get_user_model().objects.get(pk=card.staff_id), backend=BACKEND)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
        cursor.execute("select id from cases_case order by id")
        ids = [row[0] for row in cursor.fetchall()]
    step = max(len(ids) // count, 1)
    return client, (ids[::step] * count)[:count]


def _give_a_number(case_id: int) -> None:
    """Let the person of one case have numbers that can be dialled: the book of a benchmark holds none."""
    from django.conf import settings
    from django.db import connection

    sealed = settings.FIELD_KEYS.seal("+8613800000001", "parties.contact.value")
    with connection.cursor() as cursor:
        cursor.execute(
            "update parties_contactpoint set value_sealed = %s"
            " where person_id = (select person_id from cases_case where id = %s)",
            [sealed, case_id],
        )


def _sessions() -> list[str]:
    """Create as many collectors as a crowd has, and return the session of each."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from fairdue.contexts.identity import facade as identity
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    sessions = []
    for number in range(USERS):
        card = identity.create_staff(
            username=f"bench{number}", password=PASSWORD, display_name=f"Bench {number}", role="collector",
            team_code="bench", actor=system("bench"), now=clock.now(), locale="en",
        )  # fmt: skip
        client = Client()
        client.force_login(get_user_model().objects.get(pk=card.staff_id), backend=BACKEND)
        sessions.append(client.cookies["sessionid"].value)
    return sessions


def _pages(client: Any, addresses: list[str]) -> dict[str, Any]:
    for address in addresses[:5]:
        assert client.get(address).status_code == 200, address
    cpu = time.process_time()
    seconds = sorted(_seconds(client, address) for address in addresses)
    cpu = (time.process_time() - cpu) / len(addresses)
    return {
        "cpu": round(cpu, 4),
        "median": round(statistics.median(seconds), 4),
        "p95": round(seconds[int(len(seconds) * 0.95) - 1], 4),
        "queries": _queries(client, addresses[0]),
    }


def _queries(client: Any, address: str) -> int:
    """Count the statements of one request."""
    from django.db import connection

    statements = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        client.get(address)
    return len(statements)


def _seconds(client: Any, address: str) -> float:
    started = time.perf_counter()
    client.get(address)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]))))
