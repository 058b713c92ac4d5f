"""`fairdue bench portal`: many borrowers at once against a real server, the offers of one, the solver, a signed agreement."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import typer

from benchmarks.common import bench_database, measure, report

BASELINE = "the same visit by one borrower alone, in the same run"
PAGE_LIMIT = 100_000
AGREEMENTS = 10


def register(bench: typer.Typer) -> None:
    """Add `portal` to the group `bench`."""
    bench.command("portal")(portal)


def portal(
    borrowers: int = typer.Option(200, help="Borrowers who come at the same moment."),
    accounts: int = typer.Option(20_000, help="Other accounts in the book."),
    persons: int = typer.Option(5_000, help="Persons whom the solver is given in one batch."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Measure identify → view → offers under load, offers for one person, the solver, and a signed agreement."""
    from fairdue.cli.session import emit

    with bench_database("fairdue_bench_portal"), measure() as block:
        found = _run(borrowers, accounts, persons)
    crowd, alone = found.pop("crowd"), found.pop("alone")
    emit(
        report(
            name="portal", seconds=crowd["seconds"], baseline_seconds=alone["seconds"], baseline=BASELINE,
            rows=borrowers, peak_mb=block.peak_rss_mb, requests=crowd["requests"], errors=crowd["errors"],
            first_errors=crowd["first_errors"], requests_per_second=round(crowd["requests"] / crowd["seconds"], 1),
            wait_median_seconds=round(crowd["wait_median"], 3), wait_p95_seconds=round(crowd["wait_p95"], 3),
            alone_median_seconds=round(alone["wait_median"], 4), load=os.getloadavg()[0], **found,
        )
    )  # fmt: skip


def _run(borrowers: int, accounts: int, persons: int) -> dict[str, Any]:
    from django.db import connection

    from benchmarks.cycle_book import fill_book
    from benchmarks.portal_book import add_borrowers
    from fairdue.contexts.outreach import facade as outreach
    from fairdue.journeys.load_packs import load_packs
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    now = clock.now()
    today = clock.business_date(now)
    fill_book(connection, accounts=accounts, as_of=today)
    load_packs(now=now)
    outreach.load_templates(actor=system("bench"), now=now)
    people = add_borrowers(borrowers + AGREEMENTS + 1, today, now)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    found = (
        _offers(people, today, now) | _solver(persons, today) | _agreements(people[-AGREEMENTS:], today, now)
    )
    return found | _visits([person_id for person_id, _ in people[: borrowers + 1]], now)


def _situation() -> Any:
    from fairdue.engine.negotiation.case import Situation
    from fairdue.engine.negotiation.household import Household, MoneyLine

    household = Household(
        currency="CNY", incomes=(MoneyLine("wages", 600_000),),
        outgoings=(MoneyLine("housing", 200_000), MoneyLine("food", 30_000, "week")),
    )  # fmt: skip
    return Situation(reason="job", household=household)


def _offers(people: list[tuple[int, int]], today: date, now: Any) -> dict[str, Any]:
    """Time what a borrower waits for: the case from the ledger, the offers, and what was shown kept."""
    from fairdue.contexts.arrangements import facade as arrangements

    situation = _situation()

    def one(person_id: int, account_id: int) -> None:
        arrangements.offers_for(
            person_id=person_id, account_ids=[account_id], situation=situation, as_of=today, now=now
        )

    taken, busy = _timed([partial(one, *pair) for pair in people[:60]])
    return {
        "offers_median_ms": round(statistics.median(taken), 2),
        "offers_p95_ms": round(taken[int(len(taken) * 0.95) - 1], 2),
        "offers_cpu_ms": round(busy, 2),
    }


def _timed(works: Iterable[Callable[[], Any]]) -> tuple[list[float], float]:
    """Return the milliseconds of each work, sorted, and the milliseconds of processor of one on average."""
    taken, busy = [], time.process_time()
    for work in works:
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken), (time.process_time() - busy) * 1000 / len(taken)


def _solver(persons: int, today: date) -> dict[str, Any]:
    """Give the solver a batch of unlike people with one to three debts; wall clock and processor apart."""
    from fairdue.engine.negotiation.reading import shipped_terms
    from fairdue.engine.negotiation.solve import solve_many

    cases, terms = _cases(persons, today), shipped_terms("cn", today)
    best: tuple[float, float] = (float("inf"), float("inf"))
    offers = 0
    for _ in range(3):
        started, busy = time.perf_counter(), time.process_time()
        offers = sum(len(found.offers) for found in solve_many(cases, terms))
        best = min(best, (time.perf_counter() - started, time.process_time() - busy))
    return {
        "solver_persons": persons, "solver_persons_per_second": round(persons / best[0]),
        "solver_persons_per_cpu_second": round(persons / best[1]), "offers_per_person": round(offers / persons, 2),
    }  # fmt: skip


def _cases(count: int, today: date) -> list[Any]:
    from fairdue.engine.negotiation.case import REASONS, Debt, NegotiationCase, Situation
    from fairdue.engine.negotiation.household import Household, MoneyLine

    chance = random.Random(7)

    def debt(account_id: int) -> Debt:
        principal = chance.randint(100_000, 5_000_000)
        parts = {
            "principal": principal,
            "interest": principal // 20,
            "penalty": principal // 100,
            "fee": 3_000,
        }
        return Debt(
            account_id=account_id, product="credit_card", currency="CNY", components=parts,
            overdue_minor=sum(parts.values()) // 5, overdue={name: part // 5 for name, part in parts.items()},
            monthly_minor=principal // 12, annual_rate=Fraction("0.18"), days_past_due=chance.randint(1, 400),
        )  # fmt: skip

    def case(number: int) -> NegotiationCase:
        household = Household(
            currency="CNY", incomes=(MoneyLine("wages", chance.randint(300_000, 1_500_000)),),
            outgoings=(MoneyLine("housing", 150_000), MoneyLine("food", 30_000, "week")), children=chance.randint(0, 2),
        )  # fmt: skip
        debts = tuple(debt(number * 10 + place) for place in range(chance.choice((1, 1, 1, 2, 3))))
        told = Situation(
            reason=chance.choice(REASONS), household=household, can_pay_now_minor=chance.randint(0, 500_000)
        )
        return NegotiationCase(debts=debts, situation=told, as_of=today, jurisdiction="cn")

    return [case(number) for number in range(count)]


def _agreements(people: list[tuple[int, int]], today: date, now: Any) -> dict[str, Any]:
    """Agree to a plan each, and time the file: written, signed, sealed, kept."""
    from fairdue.contexts.arrangements import facade as arrangements

    ids = [_agree(person_id, account_id, today, now) for person_id, account_id in people]
    arrangements.agreement_pdf(ids[0], now=now)
    taken, busy = _timed([partial(arrangements.agreement_pdf, one, now=now) for one in ids[1:]])
    size = len(arrangements.agreement_pdf(ids[-1], now=now))
    return {
        "agreement_median_ms": round(statistics.median(taken), 1), "agreement_cpu_ms": round(busy, 1),
        "agreement_bytes": size,
    }  # fmt: skip


def _agree(person_id: int, account_id: int, today: date, now: Any) -> int:
    from fairdue.contexts.arrangements import facade as arrangements
    from fairdue.contexts.parties import facade as parties
    from fairdue.kernel.actor import Actor

    me = Actor(kind="borrower", label="borrower", id=person_id, role="borrower", creditor_ids=None)
    told = arrangements.record_assessment(
        person_id=person_id, situation=_situation(), source="portal", actor=me, now=now
    )
    found = arrangements.offers_for(
        person_id=person_id, account_ids=[account_id], situation=_situation(), as_of=today, now=now, actor=me,
        assessment_id=told.assessment_id,
    )  # fmt: skip
    key = next(offer.key for offer in found.offers if offer.kind == "instalments" and offer.scope == "whole")
    put = arrangements.propose(
        person_id=person_id,
        account_ids=[account_id],
        offer_key=key,
        assessment_id=told.assessment_id,
        actor=me,
        now=now,
    )
    code = parties.issue_code(
        purpose=arrangements.AGREEMENT_CODE, person_id=person_id, now=now,
        contact_point_id=parties.contact_points(person_id)[0].contact_point_id,
        subject=arrangements.code_subject(put.proposal_id),
    )  # fmt: skip
    proof = arrangements.CodeProof(code.code_id, code.code)
    answer = arrangements.accept(proposal_id=put.proposal_id, proof=proof, actor=me, now=now)
    if isinstance(answer, arrangements.ProofRefused):
        raise RuntimeError(f"the code was refused: {answer.reason}")
    return answer.agreement_id


def _visits(person_ids: list[int], now: Any) -> dict[str, Any]:
    """Start a server on the same database and let everybody come: one alone first, then all others at once."""
    from benchmarks.portal_visits import all_at_once, first_visit_weight
    from fairdue.journeys.invite_borrower import invite_borrower
    from fairdue.kernel.actor import system

    links = [invite_borrower(person_id=one, actor=system("bench"), now=now) for one in person_ids]
    server, host, port = _serve()
    try:
        weight = first_visit_weight(host, port)
        alone = all_at_once(host, port, links[:1])
        crowd = all_at_once(host, port, links[1:])
    finally:
        server.terminate()
        server.wait(timeout=30)
    return {
        "crowd": crowd, "alone": alone, "first_visit_bytes": weight["bytes"], "first_visit_files": weight["files"],
        "first_visit_compressed_bytes": weight["compressed"], "is_light": weight["bytes"] <= PAGE_LIMIT,
    }  # fmt: skip


def _serve() -> tuple[subprocess.Popen[bytes], str, int]:
    command = [str(Path(sys.executable).with_name("fairdue")), "serve", "--port", "8765", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "FAIRDUE_PUBLIC_URL"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert server.stdout is not None
    told = json.loads(server.stdout.readline())
    _wait_for(told["host"], told["port"])
    return server, told["host"], told["port"]


def _wait_for(host: str, port: int) -> None:
    from benchmarks.portal_visits import Visitor

    for _ in range(600):
        try:
            if Visitor(host, port).ask("/my/")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")
