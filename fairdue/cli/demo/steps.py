"""What lies between an empty database and the morning of the demo date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from functools import partial
from pathlib import Path

import polars as pl

from fairdue.cli.demo.past import CREDITOR, Past, at
from fairdue.cli.demo.state import DemoState, set_clock
from fairdue.cli.session import fail
from fairdue.cli.setup import load_data, migrate
from fairdue.kernel import clock
from fairdue.kernel.actor import system

Advance = Callable[[int, "int | None"], None]
WHOLE = ("parties", "contact_points", "accounts")
"""Files that came once, when the book was handed over; statements and movements came night by night."""
SET_UP = time(9)


def plan(state: DemoState, var_dir: Path) -> Iterator[tuple[str, Callable[[Advance], None]]]:
    """Yield each step with its title; every step does nothing where it was done before.

    The days before the demo date are lived through in their order, on the demonstration's clock; the last steps, and all
    of a later start, are of the present.
    """
    folder = var_dir / "demo-book" / f"{state.demo_date}-{state.accounts}"
    past = Past(state.date, folder)
    yield "Tables", lambda advance: migrate()
    if not state.is_complete:
        at(past.begin, SET_UP)
    yield "Rule packs, strategies, templates", lambda advance: _ignore(load_data())
    yield "Staff and creditor", lambda advance: _ignore(seed())
    if state.is_complete:
        return
    yield "Demo book", lambda advance: write_book(state, folder)
    for kind in WHOLE:
        yield f"Import {kind.replace('_', ' ')}", partial(import_one, kind, folder)
    for night in past.nights:
        yield f"Night of {night}, and the days after it", partial(past.live, night)
    yield from _of_today(state, past, folder)


def _of_today(state: DemoState, past: Past, folder: Path) -> Iterator[tuple[str, Callable[[Advance], None]]]:
    """Yield what happens on the demo date itself, up to the moment at which a visitor comes."""
    yield "Files of the demo date", lambda advance: past.prepare_today()
    yield "Loans kept here", lambda advance: _ignore(lend_some(state, folder))
    yield "A gentler strategy in the shadow", lambda advance: _ignore(challenge())
    yield f"Night of {state.demo_date}", partial(past.run, state.date)
    yield "This morning's calls", lambda advance: past.this_morning()
    set_clock(state.clock_offset_seconds)
    yield "Yesterday's bank file", lambda advance: _ignore(pay_some(state, folder))
    yield "Cases for agency, field and collector", lambda advance: _ignore(hand_out())
    yield "Plans", lambda advance: _ignore(agree())
    yield "A direct debit", lambda advance: _ignore(debit_one(state))
    yield "Complaints and requests", lambda advance: _ignore(complain())
    yield "Borrowers of long ago", lambda advance: _ignore(remember(state, folder))


def _ignore(_: object) -> None:
    """Turn an answer that nobody here needs into none."""


def seed() -> object:
    """Create the demo creditor, its product, the teams and one login per role."""
    from fairdue.journeys.seed_demo import seed_demo

    return seed_demo(actor=system("demo"), now=clock.now())


def challenge() -> object:
    """Let a gentler strategy decide beside the live one."""
    from fairdue.journeys.seed_challenger import seed_challenger

    return seed_challenger(actor=system("demo"), now=clock.now())


def debit_one(state: DemoState) -> object:
    """Let one borrower have given a direct debit mandate."""
    from fairdue.journeys.seed_online import give_mandate_in_demo

    return give_mandate_in_demo(demo_date=state.date, actor=system("demo"), now=clock.now())


def hand_out() -> object:
    """Assign some cases, so that every role has work to look at."""
    from fairdue.journeys.seed_demo import hand_out_cases

    return hand_out_cases(actor=system("demo"), now=clock.now())


def remember(state: DemoState, folder: Path) -> object:
    """Let some borrowers have settled years ago, and count what of them may be kept no longer."""
    from fairdue.journeys import retention
    from fairdue.journeys.seed_past import seed_past

    actor, now = system("demo"), clock.now()
    seed_past(
        creditor_code=CREDITOR,
        product_code="CARD",
        demo_date=state.date,
        folder=folder / "past",
        actor=actor,
        now=now,
    )
    return retention.plan(as_of=state.date, actor=actor, now=now, is_stored=True)


def agree() -> object:
    """Let some borrowers agree on plans: running, kept, broken, and one that waits for approval."""
    from fairdue.journeys.seed_plans import seed_plans

    return seed_plans(actor=system("demo"), now=clock.now())


def complain() -> object:
    """Let some borrowers complain, object, tell and ask for other terms, so that deadlines run and matters wait."""
    from fairdue.journeys.seed_deadlines import seed_deadlines
    from fairdue.journeys.seed_matters import seed_matters

    told = seed_matters(actor=system("demo"), now=clock.now())
    return seed_deadlines(actor=system("demo"), now=clock.now()) + told


def write_book(state: DemoState, folder: Path) -> None:
    """Write the canonical files once; a half-written folder never takes the final name."""
    from examples.demo_book.convert import build_demo_book

    if folder.exists():
        return
    draft = folder.with_name(folder.name + ".draft")
    build_demo_book(out_dir=draft, demo_date=state.date, accounts=state.accounts)
    draft.rename(folder)


def import_one(kind: str, folder: Path, advance: Advance) -> None:
    """Import one canonical file the ordinary way; the same file again changes nothing."""
    from fairdue.journeys.import_file import import_file

    path = next(folder.glob(f"{kind}.*"))
    report = import_file(
        path=path,
        kind=kind,
        creditor_code=CREDITOR,
        actor=system("demo"),
        now=clock.now(),
        reject_dir=folder.parent / "rejected",
        progress=advance,
    )
    if report.rejected_count:
        fail(f"{report.rejected_count} rows of {path.name} were rejected: see {report.reject_file}", status=1)


def lend_some(state: DemoState, folder: Path) -> object:
    """Let some persons of the book borrow under products that are kept here."""
    from fairdue.journeys.seed_loans import LOANS, lend_in_demo

    path = next(folder.glob("accounts.*"))
    read = pl.scan_parquet if path.suffix == ".parquet" else pl.scan_csv
    references = read(path).select(pl.col("account_ref").cast(pl.String)).head(LOANS).collect()["account_ref"]
    return lend_in_demo(
        references=references.to_list(),
        creditor_code=CREDITOR,
        demo_date=state.date,
        actor=system("demo"),
        now=clock.now(),
    )


def pay_some(state: DemoState, folder: Path) -> object:
    """Take a bank file in which some debtors of the book paid."""
    from fairdue.journeys.seed_payments import pay_in_demo

    return pay_in_demo(
        creditor_code=CREDITOR, demo_date=state.date, folder=folder, actor=system("demo"), now=clock.now()
    )
