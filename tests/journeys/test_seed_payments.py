"""The demonstration's money: a bank file that is partly certain, and two requests; the same after a second run."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from examples.demo_book.convert import build_demo_book
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import IncomingPayment, Request
from fairdue.journeys.import_file import import_file
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.nightly_cycle import run_cycle
from fairdue.journeys.seed_demo import seed_demo
from fairdue.journeys.seed_online import give_mandate_in_demo
from fairdue.journeys.seed_payments import STRANGERS, pay_in_demo
from fairdue.kernel.actor import system

DEMO_DATE = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 2, 2, tzinfo=UTC)
DEMO = system("demo")
FILES = ("parties", "contact_points", "accounts", "dues", "transactions")


@pytest.fixture
def book(transactional_db, tmp_path):
    """A demo book of six hundred accounts after its night."""
    load_packs(now=NOW)
    seed_demo(actor=DEMO, now=NOW)
    build_demo_book(out_dir=tmp_path / "book", demo_date=DEMO_DATE, accounts=600)
    for kind in FILES:
        import_file(
            path=next((tmp_path / "book").glob(f"{kind}.*")), kind=kind, creditor_code="DEMO-BANK", actor=DEMO,
            now=NOW, reject_dir=tmp_path,
        )  # fmt: skip
    run_cycle(cycle_date=DEMO_DATE, actor=DEMO, now=NOW)
    return tmp_path


def pay(folder):
    return pay_in_demo(creditor_code="DEMO-BANK", demo_date=DEMO_DATE, folder=folder, actor=DEMO, now=NOW)


def test_codes_match_at_once_the_rest_waits_and_two_requests_need_a_second_person(book):
    taken = pay(book)

    (file,) = taken.file.statements
    debtors = file.row_count - len(STRANGERS)
    assert (taken.matched_count, taken.waiting_count) == (
        debtors - debtors // 3,
        debtors // 3 + len(STRANGERS),
    )
    assert sorted(Request.objects.values_list("kind", "status")) == [
        ("hand_payment", "open"),
        ("refund", "open"),
    ]
    finance = identity.actor_by_username("finance")
    assert payments.day_end(creditor_id=file.creditor_id, business_date=DEMO_DATE, actor=finance).is_agreed
    assert ledger.prove().differences == ()


def test_a_second_run_books_nothing(book):
    pay(book)
    given = give_mandate_in_demo(demo_date=DEMO_DATE, actor=DEMO, now=NOW)
    assert given is not None and given.status == "active"
    assert give_mandate_in_demo(demo_date=DEMO_DATE, actor=DEMO, now=NOW) == given
    before = IncomingPayment.objects.count(), Request.objects.count()

    again = pay(book)

    assert (IncomingPayment.objects.count(), Request.objects.count()) == before
    assert again.file.payment_ids == ()
