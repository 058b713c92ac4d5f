"""`fairdue bench gate`: permits issued by concurrent workers against bare transactions, and one verdict alone."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
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
ONE = "law.reserve: one person judged, one permit written, one contact counted, in one transaction each"
TOGETHER = (
    "law.reserve_many as the dispatcher asks it: several persons judged and permits written in one transaction; the "
    "bare side stays at one row a transaction"
)
KINDS = ("bare", "one", "together")


def register(bench: typer.Typer) -> None:
    """Add `gate` to the group `bench`."""
    bench.command("gate")(gate)


def gate(
    workers: int = typer.Option(8, help="Worker processes at once."),
    persons: int = typer.Option(100_000, help="Persons, each with a mobile number and a debt."),
    seconds: float = typer.Option(6.0, help="Seconds of each turn."),
    turns: int = typer.Option(3, help="Turns of each, one after the other."),
    verdicts: int = typer.Option(2_000, help="Verdicts judged alone."),
    together: int = typer.Option(20, help="Persons a transaction where several share one."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Issue permits with N workers in a database of its own, in turns with bare transactions; judge verdicts alone."""
    from fairdue.cli.session import emit

    with bench_database("fairdue_bench_gate") as url:
        emit(run(url, Plan(workers, persons, seconds, turns, together), verdicts))


@dataclass(frozen=True, slots=True)
class Plan:
    """How many workers take how many turns of how many seconds, with how many persons."""

    workers: int
    persons: int
    seconds: float
    turns: int
    together: int


def run(url: str, plan: Plan, verdicts: int) -> dict[str, Any]:
    """Fill the book, let the workers take turns, prove the chains, and return the report."""
    from django.db import connection

    from fairdue.contexts.law import facade as law

    _fill(connection, plan.persons)
    done = _take_turns(url, plan)
    permits = sum(done["one"]) + sum(done["together"]) + sum(done["warmed_up"])
    proof = law.verify_permits()
    if not proof.is_intact or proof.permits != permits:
        raise RuntimeError(
            f"{permits} permits were issued, the chains hold {proof.permits}: {proof.faults[:3]}"
        )
    rates = {kind: [count / plan.seconds for count in done[kind]] for kind in KINDS}
    bare = statistics.median(rates["bare"])
    with measure() as alone:
        single = _alone(plan.persons, verdicts)
    return {
        "benchmark": "gate",
        "bare_per_second": round(bare, 1),
        "one_a_transaction": {"what": ONE} | _against(bare, rates["one"]),
        "together": {"what": TOGETHER, "persons_a_transaction": plan.together}
        | _against(bare, rates["together"]),
        "share": _against(bare, rates["one"])["share"],
        "permits": permits,
        "not_allowed": sum(done["refused"]),
        "workers": plan.workers,
        "turns": {kind: [round(rate, 1) for rate in rates[kind]] for kind in KINDS},
        "worker_cpu_us_each": {
            kind: round(sum(done[f"{kind}_cpu"]) / max(sum(done[kind]), 1)) for kind in KINDS
        },
        "one_verdict_ms": single,
        "chains_intact": proof.is_intact,
        "peak_rss_mb": round(alone.peak_rss_mb, 1),
        "machine": machine(),
        "baseline": BASELINE,
    }


def _against(bare: float, rates: list[float]) -> dict[str, float]:
    rate = statistics.median(rates)
    return {"permits_per_second": round(rate, 1), "share": round(rate / bare, 3)}


def _fill(connection: Any, persons: int) -> None:
    from benchmarks.cycle_book import fill_book
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import system

    fill_book(connection, accounts=-(-persons * 10 // 9), as_of=date(2026, 5, 12), has_history=True)
    law.load_rule_packs(actor=system("bench"), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("insert into law_contactbudget select id from parties_person")
        cursor.execute("create table bench_row (id bigserial primary key, person_id bigint, text text)")
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")


def _take_turns(url: str, plan: Plan) -> dict[str, list[int]]:
    """Return bare transactions, permits of both kinds and contacts not allowed, by turn, over all workers."""
    processes = multiprocessing.get_context("spawn")
    barrier, answers = processes.Barrier(plan.workers), processes.Queue()
    crew = [
        processes.Process(target=work, args=(url, number, plan, barrier, answers), daemon=True)
        for number in range(plan.workers)
    ]
    for process in crew:
        process.start()
    found = [answers.get(timeout=120 + 6 * plan.seconds * plan.turns) for _ in crew]
    for process in crew:
        process.join()
    return {
        kind: [sum(counts) for counts in zip(*(each[kind] for each in found), strict=True)]
        for kind in found[0]
    }


def work(url: str, number: int, plan: Plan, barrier: Any, answers: Any) -> None:
    """Be one worker: warm up, then take each turn together with the others."""
    import django

    django.setup()
    import psycopg

    chance = random.Random(number)
    mine = range(1 + number, plan.persons + 1, plan.workers)
    unasked = cycle(chance.sample(mine, len(mine)))
    found: dict[str, list[int]] = {
        kind: [] for kind in (*KINDS, *(f"{kind}_cpu" for kind in KINDS), "refused")
    }
    with psycopg.connect(url) as connection:
        doing = {
            "bare": lambda: _bare(connection, chance.randint(1, plan.persons)),
            "one": _asking_one(unasked),
            "together": _asking_many(unasked, plan.together),
        }
        warm = {kind: sum(do()[0] for _ in range(20)) for kind, do in doing.items()}
        found["warmed_up"] = [warm["one"] + warm["together"]]
        for _ in range(plan.turns):
            for kind in KINDS:
                barrier.wait()
                busy = time.process_time_ns()
                allowed, refused = _during(plan.seconds, doing[kind])
                found[kind].append(allowed)
                found[f"{kind}_cpu"].append((time.process_time_ns() - busy) // 1000)
                found["refused"].append(refused)
    answers.put(found)


def _during(seconds: float, do: Callable[[], tuple[int, int]]) -> tuple[int, int]:
    """Do something again and again for a time; return how often it succeeded and how often not."""
    done, failed = 0, 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        more, fewer = do()
        done, failed = done + more, failed + fewer
    return done, failed


def _bare(connection: Any, person_id: int) -> tuple[int, int]:
    with connection.transaction():
        connection.execute(
            "select person_id from law_contactbudget where person_id = %s for update", [person_id]
        )
        connection.execute("insert into bench_row (person_id, text) values (%s, %s)", [person_id, DIGEST])
    return 1, 0


def _asking_one(persons: Iterator[int]) -> Callable[[], tuple[int, int]]:
    """Return what asks for a permit to write to the next person: 1, 0 if allowed, else 0, 1."""
    from django.db import transaction

    from fairdue.contexts.law import facade as law
    from fairdue.contexts.parties import facade as parties
    from fairdue.kernel.actor import system

    actor, points = system("bench"), mobiles(parties)

    def ask() -> tuple[int, int]:
        person_id = next(persons)
        with transaction.atomic():
            is_allowed = law.reserve(
                person_id=person_id, channel="sms", contact_point_id=points[person_id], purpose="collect",
                content_sha256=DIGEST, now=NOW, actor=actor,
            ).is_allowed  # fmt: skip
        return is_allowed, not is_allowed

    return ask


def _asking_many(persons: Iterator[int], count: int) -> Callable[[], tuple[int, int]]:
    """Return what asks in one transaction for permits to write to the next persons: allowed, not allowed."""
    from django.db import transaction

    from fairdue.contexts.law import facade as law
    from fairdue.contexts.parties import facade as parties
    from fairdue.kernel.actor import system

    actor, points = system("bench"), mobiles(parties)

    def ask() -> tuple[int, int]:
        every = [
            law.Asked(
                person_id=person_id, channel="sms", contact_point_id=points[person_id], purpose="collect",
                content_sha256=DIGEST,
            )
            for person_id in islice(persons, count)
        ]  # fmt: skip
        with transaction.atomic():
            allowed = sum(answer.is_allowed for answer in law.reserve_many(every, now=NOW, actor=actor))
        return allowed, count - allowed

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
    from fairdue.contexts.law.facts import Proposal, gather
    from fairdue.contexts.law.rows import candidate_row
    from fairdue.contexts.law.rules import rulebook_of
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
        rulebook = rulebook_of(facts.jurisdictions)
        started = time.perf_counter()
        verdict, _, _ = verdict_of(candidate_row(facts, proposal, rulebook.special), rulebook)
        milliseconds.append((time.perf_counter() - started) * 1000)
        allowed += verdict.is_allowed
    cuts = statistics.quantiles(milliseconds, n=20)
    return {
        "median": round(statistics.median(milliseconds), 3), "p95": round(cuts[18], 3), "count": verdicts,
        "allowed": allowed,
    }  # fmt: skip
