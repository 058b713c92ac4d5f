"""The figures of nights: counted once with the night, the same when they are counted again, and behind each a list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from benchmarks.cycle_book import fill_book
from fairdue.contexts.reporting import facade as reporting
from fairdue.journeys.dashboards import behind, prove_figures
from fairdue.journeys.dashboards.listing import Part
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.nightly_cycle.lake import Lake
from fairdue.kernel.actor import Actor
from tests.journeys.nightly_cycle.conftest import NIGHT, morning_before

pytestmark = pytest.mark.django_db(transaction=True)
ALL = reporting.FigureFilter()
ACCOUNTS = 300


def viewer(creditor_ids=None):
    return Actor(
        kind="staff", label="Head", id=1, role="risk", creditor_ids=creditor_ids,
        permissions=frozenset({"reporting.view"}), agency_code="", team_id=None,
    )  # fmt: skip


def test_the_dashboards_show_what_the_facts_come_to_and_every_number_opens_its_list(
    transactional_db, night, tmp_path, rows
):
    load_packs(now=morning_before(NIGHT))
    fill_book(connection, accounts=ACCOUNTS, as_of=NIGHT)
    night(NIGHT - timedelta(days=1))
    night(NIGHT)
    lake = Lake(str(tmp_path / "facts"))
    shown = reporting.dashboards(actor=viewer(), as_of=NIGHT + timedelta(days=3), wanted=ALL)
    assert shown.night == NIGHT
    (whole,) = rows("select count(*) as n from book_account where status <> 'closed'")
    assert sum(line.accounts for line in shown.book) == whole["n"]
    assert shown.roll.base_date == NIGHT - timedelta(days=1)
    assert sum(line.accounts for line in shown.roll.lines) == whole["n"]
    assert sum(cohort.accounts for cohort in shown.vintages) == ACCOUNTS
    due, cohort = shown.funnel[0], next(each for each in shown.vintages if each.shares)
    assert due.stage == "due" and due.persons > 0
    for card, part, number in (
        ("book", Part(key="M1"), next(line.accounts for line in shown.book if line.bucket == "M1")),
        ("funnel", Part(key="due"), due.persons),
        ("recovery", Part(key=shown.recovery[0].row_id, second=shown.recovery[0].channel), shown.recovery[0].persons),
        ("budget", Part(key="messages", second="0"), next(line.persons for line in shown.budget if (line.kind, line.used) == ("messages", "0"))),
        ("vintage", Part(key=cohort.month, second=str(len(cohort.shares) - 1)), cohort.accounts * cohort.shares[-1] / 100),
    ):  # fmt: skip
        found = behind(actor=viewer(), card=card, part=part, wanted=ALL, as_of=NIGHT, lake=lake)
        assert found.total == number, card
        assert all("*" in row.name_masked for row in found.rows)
    assert (
        behind(
            actor=viewer(frozenset({0})), card="book", part=Part(), wanted=ALL, as_of=NIGHT, lake=lake
        ).total
        == 0
    )
    assert reporting.dashboards(actor=viewer(frozenset({0})), as_of=NIGHT, wanted=ALL).book == ()
    proof = prove_figures(NIGHT, lake=lake)
    assert proof.is_proved and proof.stored == proof.counted > 40
    with connection.cursor() as cursor:
        cursor.execute(
            "update reporting_nightfigure set total = total + 1 where card = 'book' and bucket = 'M2'"
        )
    assert not prove_figures(NIGHT, lake=lake).is_proved
