"""`fairdue ledger resettle`: an account settled under an older policy is brought in step, once, and it is on record."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book.models import Account, Product
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Posting, Transaction
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date, now
from fairdue.kernel.money import Money
from tests.web.desk_world import make_world

pytestmark = pytest.mark.django_db


def run(*arguments: str):
    return CliRunner().invoke(build(), ["ledger", "resettle", *arguments])


@pytest.fixture
def loan(db) -> Account:
    """A debt with a late fee, paid in part under one order of payment, that has another one since."""
    make_world()
    account, actor = Account.objects.get(external_ref="L-0001"), system("test")
    shared = {"account_id": account.pk, "effective_date": business_date(now()), "actor": actor, "now": now()}
    ledger.record_event(
        kind="charge", amount=Money(5_000), external_ref="late", **shared,
        details={"component": "penalty", "due_date": str(account.balance_date)},
    )  # fmt: skip
    ledger.record_payment(amount=Money(3_000), external_ref="paid", source="hand", **shared)
    Product.objects.filter(pk=account.product_id).update(allocation_policy="us-card-reg-z")
    return account


def test_an_account_under_a_newer_policy_is_brought_in_step_once_and_that_is_recorded(loan):
    before, facts = Posting.objects.count(), list(Transaction.objects.values())
    assert ledger.prove([loan.pk], deep=True).differences
    first = json.loads(run("L-0001", "--json").stdout)
    assert (first["accounts"], first["changed"]) == (1, 1) and first["postings"] > 0
    assert Posting.objects.count() == before + first["postings"]
    assert list(Transaction.objects.values()) == facts
    assert ledger.prove([loan.pk], deep=True).differences == ()
    (event,) = audit.events(code="ledger.account.resettled")
    assert event.after["postings"] == first["postings"] and event.after["policy"] == "us-card-reg-z"
    again = json.loads(run("--all", "--json").stdout)
    assert (again["changed"], again["postings"]) == (0, 0) and again["accounts"] > 1
    rest = json.loads(run("--all", "--after", str(again["last_account"]), "--json").stdout)
    assert rest["accounts"] == 0


@pytest.mark.parametrize("arguments", [(), ("L-0001", "--all"), ("L-9999",)])
def test_what_is_not_understood_posts_nothing(loan, arguments):
    before = Posting.objects.count()
    assert run(*arguments).exit_code == 2
    assert Posting.objects.count() == before
