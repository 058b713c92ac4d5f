"""`fairdue bench gate`: permits issued by concurrent workers against bare transactions, and one verdict alone."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import typer

from benchmarks.common import bench_database, machine, measure

BASELINE = (
    "one transaction by psycopg, prepared: lock one row (SELECT … FOR UPDATE), insert one row, commit; as many worker "
    "processes, the same persons, in turns with the gate in the same run"
)
NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
"""Ten in the morning of a Tuesday in Shanghai."""
DIGEST = "a" * 64


def register(bench: typer.Typer) -> None:
    """Add `gate` to the group `bench`."""
    bench.command("gate")(gate)


def gate(
    workers: int = typer.Option(8, help="Worker processes at once."),
    persons: int = typer.Option(100_000, help="Persons, each with a mobile number and a debt."),
    seconds: float = typer.Option(6.0, help="Seconds of each turn."),
    turns: int = typer.Option(3, help="Turns of each, one after the other."),
    verdicts: int = typer.Option(2_000, help="Verdicts judged alone."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Issue permits with N workers in a database of its own, in turns with bare transactions; judge verdicts alone."""
    from fairdue.cli.session import emit

    with bench_database("fairdue_bench_gate") as url:
        emit(run(url, workers=workers, persons=persons, seconds=seconds, turns=turns, verdicts=verdicts))


def run(url: str, *, workers: int, persons: int, seconds: float, turns: int, verdicts: int) -> dict[str, Any]:
    """Fill the book, let the workers take turns, prove the chains, and return the report."""
    from django.db import connection

    from fairdue.contexts.law import facade as law

    _fill(connection, persons)
    issued, refused, bare = _take_turns(url, workers, persons, seconds, turns)
    proof = law.verify_permits()
    if not proof.is_intact or proof.permits != sum(issued):
        raise RuntimeError(
            f"{sum(issued)} permits were issued, the chains hold {proof.permits}: {proof.faults[:3]}"
        )
    rates = [permits / seconds for permits in issued], [done / seconds for done in bare]
    gate_rate, bare_rate = (statistics.median(found) for found in rates)
    with measure() as alone:
        single = _alone(persons, verdicts)
    return {
        "benchmark": "gate",
        "permits_per_second": round(gate_rate, 1),
        "bare_per_second": round(bare_rate, 1),
        "share": round(gate_rate / bare_rate, 3),
        "permits": sum(issued),
        "not_allowed": sum(refused),
        "workers": workers,
        "turns": {"gate": _rounded(rates[0]), "bare": _rounded(rates[1])},
        "one_verdict_ms": single,
        "chains_intact": proof.is_intact,
        "peak_rss_mb": round(alone.peak_rss_mb, 1),
        "machine": machine(),
        "baseline": BASELINE,
    }


def _rounded(rates: list[float]) -> list[float]:
    return [round(rate, 1) for rate in rates]


def _fill(connection: Any, persons: int) -> None:
    from benchmarks.cycle_book import fill_book
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import system

    fill_book(connection, accounts=persons * 10 // 9, as_of=date(2026, 5, 12), has_history=True)
    law.load_rule_packs(actor=system("bench"), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("insert into law_contactbudget select id from parties_person")
        cursor.execute("create table bench_row (id bigserial primary key, person_id bigint, text text)")
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")


def _take_turns(
    url: str, workers: int, persons: int, seconds: float, turns: int
) -> tuple[list[int], list[int], list[int]]:
    """Return permits issued, contacts not allowed and bare transactions of each turn, over all workers."""
    processes = multiprocessing.get_context("spawn")
    barrier, answers = processes.Barrier(workers), processes.Queue()
    crew = [
        processes.Process(
            target=work, args=(url, number, persons, seconds, turns, barrier, answers), daemon=True
        )
        for number in range(workers)
    ]
    for process in crew:
        process.start()
    found = [answers.get(timeout=120 + 4 * seconds * turns) for _ in crew]
    for process in crew:
        process.join()
    return tuple([sum(counts) for counts in zip(*kind, strict=True)] for kind in zip(*found, strict=True))  # type: ignore[return-value]


def work(url: str, number: int, persons: int, seconds: float, turns: int, barrier: Any, answers: Any) -> None:
    """Be one worker: warm up, then take each turn together with the others."""
    import django

    django.setup()
    import psycopg

    chance = random.Random(number)
    issued, refused, bare = [], [], []
    with psycopg.connect(url) as connection:
        for _ in range(20):
            _bare(connection, chance.randint(1, persons))
        ask = _asking(persons, chance)
        warm = [ask() for _ in range(20)]
        for turn in range(turns):
            barrier.wait()
            bare.append(_during(seconds, lambda: _bare(connection, chance.randint(1, persons)))[0])
            barrier.wait()
            allowed, refusals = _during(seconds, ask)
            issued.append(allowed + (sum(warm) if turn == 0 else 0))
            refused.append(refusals)
    answers.put((issued, refused, bare))


def _during(seconds: float, do: Callable[[], bool]) -> tuple[int, int]:
    """Do something again and again for a time; return how often it succeeded and how often not."""
    counts = [0, 0]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        counts[not do()] += 1
    return counts[0], counts[1]


def _bare(connection: Any, person_id: int) -> bool:
    with connection.transaction():
        connection.execute(
            "select person_id from law_contactbudget where person_id = %s for update", [person_id]
        )
        connection.execute("insert into bench_row (person_id, text) values (%s, %s)", [person_id, DIGEST])
    return True


def _asking(persons: int, chance: random.Random) -> Callable[[], bool]:
    """Return what asks for a permit to write to a random person."""
    from django.db import transaction

    from fairdue.contexts.law import facade as law
    from fairdue.contexts.parties import facade as parties
    from fairdue.kernel.actor import system

    actor = system("bench")
    points = mobiles(parties)

    def ask() -> bool:
        person_id = chance.randint(1, persons)
        with transaction.atomic():
            return law.reserve(
                person_id=person_id, channel="sms", contact_point_id=points[person_id], purpose="collect",
                content_sha256=DIGEST, now=NOW, actor=actor,
            ).is_allowed  # fmt: skip

    return ask


def mobiles(parties: Any) -> dict[int, int]:
    """Return the mobile number of each person, by ids."""
    from fairdue.storage.bulk import database_url, read_frame

    points = read_frame(
        f"select * from ({parties.CONTACT_POINT_FACTS_SQL}) p where medium = 'mobile'", database_url()
    )
    return dict(points.select("person_id", "contact_point_id").iter_rows())


def _alone(persons: int, verdicts: int) -> dict[str, float]:
    """Judge single contacts at all hours, reads apart, and return milliseconds: median and 95th percentile."""
    from fairdue.contexts.law.facts import Proposal, candidate_row, gather
    from fairdue.contexts.law.rules import rulebook_for
    from fairdue.contexts.parties import facade as parties
    from fairdue.engine.law.one_row import verdict_of
    from fairdue.kernel.actor import system

    chance, points, actor = random.Random(0), mobiles(parties), system("bench")
    milliseconds, allowed = [], 0
    for _ in range(verdicts):
        person_id, hours = chance.randint(1, persons), chance.randint(0, 23)
        facts = gather(person_id=person_id, now=NOW + timedelta(hours=hours), actor=actor)
        proposal = Proposal(
            channel=chance.choice(["sms", "call"]), contact_point_id=points[person_id], purpose="collect"
        )
        rulebook = rulebook_for(facts.groups)
        started = time.perf_counter()
        verdict, _, _ = verdict_of(candidate_row(facts, proposal), rulebook)
        milliseconds.append((time.perf_counter() - started) * 1000)
        allowed += verdict.is_allowed
    cuts = statistics.quantiles(milliseconds, n=20)
    return {
        "median": round(statistics.median(milliseconds), 3), "p95": round(cuts[18], 3), "count": verdicts,
        "allowed": allowed,
    }  # fmt: skip
