"""Dashboards: every card under one filter, within the data scope, with its definition; figures by e-mail."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import polars as pl
import pytest
from aiosmtpd.controller import Controller

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.identity.models import Staff
from fairdue.contexts.reporting import facade as reporting
from fairdue.contexts.reporting.models import SubscriptionSend
from fairdue.engine.figures import cards
from fairdue.engine.figures.book import ACCOUNT_COLUMNS, person_rows
from fairdue.journeys.dashboards import send_due_figures
from tests.web.desk_world import DEBTOR

pytestmark = pytest.mark.django_db
NIGHT = date(2026, 11, 18)
"""A Wednesday."""


def book_frame(creditor_id: int, rows: list[tuple[int, str, int, int]]) -> pl.DataFrame:
    """Accounts of one creditor: number, bucket, days past due, overdue."""
    lines = [
        (number, number, creditor_id, 1, None, "CNY", bucket, days, 100_00, overdue) for number, bucket, days, overdue in rows
    ]  # fmt: skip
    return pl.DataFrame(lines, schema=ACCOUNT_COLUMNS, orient="row").with_columns(
        pl.col("team_id").cast(pl.Int64)
    )


def land(creditor_id: int, foreign_id: int) -> None:
    """Two nights of three accounts, one of them of another creditor."""
    before = book_frame(creditor_id, [(1, "M0", 0, 0), (2, "M1", 10, 50_00)])
    now = book_frame(creditor_id, [(1, "M1", 5, 30_00), (2, "M0", 0, 0)])
    foreign = book_frame(foreign_id, [(3, "M3", 75, 99_00)])
    persons = person_rows(now)
    dates = pl.DataFrame(
        {"person_id": [1, 2], "latest_due_date": [NIGHT, NIGHT], "reminded_date": [NIGHT, None], "reached_date": [NIGHT, None], "promised_date": [NIGHT, None], "kept_date": [None, None]}
    ).with_columns(pl.col("kept_date").cast(pl.Date))  # fmt: skip
    promises = pl.DataFrame(
        {
            "person_id": [1, 1],
            "status": ["kept", "broken"],
            "ended_date": [NIGHT, NIGHT],
            "amount_minor": [5, 7],
            "currency": ["CNY", "CNY"],
        }
    )
    decided = pl.DataFrame({"person_id": [1, 2], "row_id": ["r1", "r2"], "step": ["sms", "call"]})
    received = pl.DataFrame(
        {
            "account_id": [2],
            "person_id": [2],
            "currency": ["CNY"],
            "effective_date": [NIGHT],
            "amount_minor": [2500],
        }
    )
    contacts = pl.DataFrame({"person_id": [1], "conversations": [1], "announcements": [0], "messages": [9]})
    defaults = pl.DataFrame(
        {"creditor_id": [creditor_id] * 2, "product_id": [1] * 2, "currency": ["CNY"] * 2, "cohort": ["2026-01"] * 2, "mob": [None, 3], "accounts": [3, 1]}
    )  # fmt: skip
    objections = pl.DataFrame(
        {"person_id": [1], "kind": ["complaint"], "started_date": [NIGHT], "is_open": [True]}
    )
    base = NIGHT - timedelta(days=2)
    rows = pl.concat(
        [
            cards.book_card(now), cards.book_card(foreign), cards.roll_card(before, now, base),
            cards.vintage_card(defaults), cards.funnel_card(persons, dates, NIGHT),
            cards.promise_card(persons, promises, NIGHT), cards.received_card(now, received, NIGHT),
            cards.recovery_card(decided, person_rows(before), received, base, NIGHT),
            cards.budget_card(persons, contacts, NIGHT), cards.objection_card(persons, objections, NIGHT),
        ]
    )  # fmt: skip
    reporting.land_figures(rows, cycle_date=NIGHT)
    assert reporting.land_figures(rows, cycle_date=NIGHT) == rows.height
    assert reporting.stored_figures(NIGHT).height == rows.height


@pytest.fixture
def supervisor(world, staff, signed_in, settings, tmp_path):
    settings.LAKE = str(tmp_path)  # no night is kept here
    staff("supervisor")
    land(world.lender.pk, world.lender.pk + 999)
    return signed_in("supervisor")


def test_every_card_says_what_the_facts_come_to_and_how_it_is_counted(supervisor):
    text = supervisor.get("/desk/dashboards/?as_of=2026-11-20").content.decode()
    for said in (
        "night of 2026-11-18", "99.00" not in text and "M1", "30.00", "Roll rate", "From the night of 2026-11-16",
        "2026-01 (4)", "25.0 %", "Kept rate 50.0 %", "r2", "50.0 %", "Recovery rate",
        "By e-mail", "no e-mail address", "/desk/dashboards/list/funnel/?as_of=2026-11-20&amp;key=due", "CNY",
    ):  # fmt: skip
        assert said and said in text, said
    assert DEBTOR not in text and "@" not in text.partition("By e-mail")[0]
    assert (
        "Nothing to show"
        not in supervisor.get("/desk/dashboards/?as_of=2026-11-20&window=7").content.decode()
    )
    empty = supervisor.get("/desk/dashboards/?as_of=2026-01-01").content.decode()
    assert "No night has figures up to this day" in empty
    assert supervisor.get("/desk/dashboards/?window=11&creditor=x&as_of=31-31").status_code == 200
    file = supervisor.get("/desk/dashboards/?as_of=2026-11-20&export=csv&list=recovery").content.decode(
        "utf-8-sig"
    )
    assert file.splitlines()[2].startswith("r2,")
    gone = supervisor.get("/desk/dashboards/list/book/?as_of=2026-11-20&key=M1").content.decode()
    assert "no longer kept" in gone
    assert "list/vintage/?as_of=2026-11-20&amp;key=2026-01&amp;second=3" in text
    assert supervisor.get("/desk/dashboards/list/nothing/").status_code == 404


def test_the_funnel_counts_each_stage_within_the_one_before(supervisor, world):
    person = person_rows(book_frame(1, [(1, "M1", 5, 30_00), (2, "M0", 0, 0), (3, "M0", 0, 0)]))
    dates = pl.DataFrame(
        {"person_id": [1, 2], "latest_due_date": [None, NIGHT], "reminded_date": [None, None], "reached_date": [None, NIGHT], "promised_date": [NIGHT, None], "kept_date": [None, None]},
        schema_overrides=dict.fromkeys(("latest_due_date", "reminded_date", "reached_date", "promised_date", "kept_date"), pl.Date),
    )  # fmt: skip
    rows = cards.funnel_rows(person, dates, NIGHT, 7).sort("person_id")
    assert rows["person_id"].to_list() == [1, 2]
    assert rows["stage"].to_list() == [3, 2]


class Postbox:
    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope.rcpt_tos[0], envelope.content))
        return "250 taken"


def test_figures_come_by_mail_once_a_day_without_personal_data_until_they_are_stopped(supervisor, settings):
    address = "/desk/dashboards/subscribe"
    refused = supervisor.post(address, {"every": "day"}, follow=True).content.decode()
    assert "no e-mail address" in refused and audit.events(code="reporting.subscription.started") == ()
    Staff.objects.filter(username="supervisor").update(email="head@lender.example")
    for _twice in range(2):
        supervisor.post(address, {"every": "day", "window": "7"})
    assert len(audit.events(code="reporting.subscription.started")) == 1
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box, noon = Postbox(), datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    assert send_due_figures(now=noon).failed == 1  # nobody listens yet: the day stays open
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        assert send_due_figures(now=noon - timedelta(hours=4)).sent == 0  # six in the morning
        assert [send_due_figures(now=noon).sent for _again in range(2)] == [1, 0]
    finally:
        server.stop()
    ((recipient, raw),) = box.letters
    letter = message_from_bytes(raw, policy=policy.default)
    text = letter.get_body(("plain",)).get_content() + letter.get_body(("html",)).get_content()
    assert recipient == "head@lender.example" and "2026-11-18" in letter["Subject"]
    assert "CNY 30.00" in text and DEBTOR not in text and "*" not in text
    assert sorted(SubscriptionSend.objects.values_list("status", flat=True)) == ["failed", "sent"]
    page = supervisor.get("/desk/dashboards/?as_of=2026-11-20").content.decode()
    number = page.partition('name="stop" value="')[2].partition('"')[0]
    assert "Stopped" in supervisor.post(address, {"stop": number}, follow=True).content.decode()
    assert reporting.due_subscriptions(NIGHT + timedelta(days=1)) == ()
    assert (
        "no such subscription" in supervisor.post(address, {"stop": "999999"}, follow=True).content.decode()
    )
