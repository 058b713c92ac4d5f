"""The days before the demo date: nights that ran, messages that left, calls that were made, each at its own moment.

The demonstration's clock is put back for the load and goes forward from there, so that every record is of the moment
that it speaks of. Carrier and exchange are the local ones, behind HTTP as ever.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import polars as pl

from fairdue.cli.demo.state import set_clock
from fairdue.cli.session import fail
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.kernel.clock import HOUSE_ZONE

if TYPE_CHECKING:
    from fairdue.journeys.demo_days import Desk, Paid

CREDITOR = "DEMO-BANK"
WORKING_DAYS = 5

DELIVERED, RUN, SENT, EVENING = time(4, 30), time(5, 30), time(10, 30), time(18, 30)
"""When the creditor's files come, the night runs, and messages leave: twice, for those that must wait until later."""
DAY, MORNING = (time(9, 20), time(17, 40), 4), (time(9, 4), time(9, 50), 3)
"""First call, end of the calls, calls a collector: of a day of the past, and of the morning of the demo date."""
MESSAGES_A_PASS = 1000


def at(day: date, moment: time) -> None:
    """Set the demonstration's clock to a moment of the house zone."""
    set_at(datetime.combine(day, moment, HOUSE_ZONE))


def set_at(moment: datetime) -> None:
    """Set the demonstration's clock."""
    set_clock((moment - datetime.now(UTC)).total_seconds())


class Past:
    """The course of the days up to the demo date, over one book in a folder."""

    def __init__(self, demo_date: date, folder: Path) -> None:
        from fairdue.journeys.demo_days import nights_before

        self.demo_date, self.folder = demo_date, folder
        self.nights = nights_before(demo_date)
        self._desk: Desk | None = None

    @property
    def begin(self) -> date:
        """The day before the first night, on which the installation was set up."""
        return self.nights[0] - timedelta(days=1)

    def live(self, night: date, advance: Callable[[int, int | None], None]) -> None:
        """Take the files of a night, run it, send what it planned, and make the calls up to the next night."""
        self.take_files(night)
        self.run(night, advance)
        following = min((each for each in (*self.nights, self.demo_date) if each > night), default=night)
        at(night, SENT)
        with _served():
            for number in range((following - night).days):
                advance(number, (following - night).days)
                self._day(night + timedelta(days=number))

    def _day(self, day: date) -> None:
        """Send what may leave on a day, and on a working day let the collectors call."""
        at(day, SENT)
        _send()
        if day.isoweekday() <= WORKING_DAYS:
            self.call(self.desk, day, *DAY)
        at(day, EVENING)
        _send()

    def take_files(self, night: date) -> None:
        """Import what the creditor knew by a night and had not delivered before."""
        from fairdue.journeys.demo_days import files_until
        from fairdue.journeys.import_file import import_file

        earlier = max((each for each in self.nights if each < night), default=None)
        at(night, DELIVERED)
        for kind, path in files_until(self.folder, night, before=earlier, paid=self._paid_before(night)):
            report = import_file(
                path=path, kind=kind, creditor_code=CREDITOR, actor=system("demo"), now=clock.now(),
                reject_dir=self.folder.parent / "rejected",
            )  # fmt: skip
            if report.rejected_count:
                fail(
                    f"{report.rejected_count} rows of {path} were rejected: see {report.reject_file}",
                    status=1,
                )

    def _paid_before(self, night: date) -> list[Paid]:
        """Take from what debtors promised and will pay what was paid by the day before a night."""
        desk = self.desk
        due = [each for each in desk.paid if each.effective_date < night]
        desk.paid[:] = [each for each in desk.paid if each.effective_date >= night]
        return due

    def run(self, night: date, advance: Callable[[int, int | None], None]) -> None:
        """Run a night at its own hour; a finished one stays as it is."""
        from fairdue.journeys.nightly_cycle import run_cycle

        at(night, RUN)
        run_cycle(
            cycle_date=night, actor=system("demo"), now=clock.now(), progress=lambda *_: advance(0, None)
        )

    def call(self, desk: Desk, day: date, first: time, end: time, calls_each: int) -> bool:
        """Let the collectors call within hours of a day, and tell whether they did: a day that was begun is not begun again."""
        from fairdue.journeys.demo_days import work_a_day

        begun = self.folder / "nights" / f"called-{day.isoformat()}"
        if begun.exists():
            return False
        begun.touch()
        work_a_day(desk, day=day, first=first, end=end, calls_each=calls_each)
        return True

    def prepare_today(self) -> None:
        """Take the demo date's files, say who is away, and let more messages leave from now on."""
        from fairdue.journeys.demo_days import send_away
        from fairdue.journeys.seed_demo import allow_messages

        self.take_files(self.demo_date)
        allow_messages(actor=system("demo"), now=clock.now())
        send_away(actor=system("demo"), now=clock.now())

    def this_morning(self) -> None:
        """Let the collectors who are there make the first calls of the demo date; one has too many cases, one rests."""
        from fairdue.journeys.demo_days import at_work, listen, overload

        at(self.demo_date, MORNING[0])
        with _served():
            desk = at_work(self.desk)
            if self.call(desk, self.demo_date, *MORNING):
                overload(actor=system("demo"), now=clock.now())
                listen(desk)

    @property
    def desk(self) -> Desk:
        """Who calls in the demonstration."""
        if self._desk is None:
            self._desk = _desk(self.folder)
        return self._desk


def _desk(folder: Path) -> Desk:
    from fairdue.contexts.book import facade as book
    from fairdue.contexts.identity import facade as identity
    from fairdue.journeys.demo_days import Desk

    staff = identity.staff_cards(actor=system("demo"), role="collector")
    actors = [actor for card in staff if (actor := identity.actor_by_id(card.staff_id)) is not None]
    references = pl.read_parquet(folder / "accounts.parquet")["account_ref"].cast(pl.String)
    known = book.account_ids_by_reference(references, creditor_id=book.creditor_by_code(CREDITOR).creditor_id)
    refs = dict(known.select("account_id", "account_ref").rows())
    return Desk(collectors=actors, at=set_at, now=clock.now, refs=refs)


def _send() -> None:
    """Send what is due at the clock's moment, and let the carrier report on it a minute later."""
    from fairdue.contexts.outreach import facade as outreach

    if outreach.dispatch_due(now=clock.now(), limit=MESSAGES_A_PASS, worker="worker").claimed:
        set_at(clock.now() + timedelta(minutes=1))
        outreach.deliver_local_reports(now=clock.now())


@contextmanager
def _served() -> Iterator[None]:
    """Serve the local carrier and the local exchange from a thread of this process, on this process's clock."""
    from waitress.server import create_server

    from fairdue.wsgi import application

    place = urlsplit(os.environ["FAIRDUE_PUBLIC_URL"])
    server = create_server(application, host=place.hostname, port=place.port, threads=2, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(5)
