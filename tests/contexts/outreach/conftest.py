"""A small real book: one creditor, persons with contact points, accounts that are overdue."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from django.conf import settings as django_settings
from django.db import connection

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import LocalProviderMessage, Message, Template
from fairdue.contexts.parties.models import ContactPoint, Person
from fairdue.contexts.parties.sealing import CONTACT_PURPOSE, NAME_PURPOSE
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor, system

TEN_O_CLOCK = datetime(2025, 10, 15, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai, an ordinary Wednesday."""
TODAY = date(2025, 10, 15)


@dataclass(frozen=True)
class Borrower:
    """The ids of one made-up borrower."""

    person_id: int
    account_id: int
    mobile_id: int
    email_id: int
    mobile: str
    email: str


@pytest.fixture
def ten_o_clock(monkeypatch) -> datetime:
    """Let the house clock say that it is ten in the morning, and run on from there."""
    offset = (TEN_O_CLOCK - datetime.now(UTC)).total_seconds()
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(offset))
    return TEN_O_CLOCK


_texts: list[Template] = []


@pytest.fixture
def packs(transactional_db, ten_o_clock) -> None:
    """Load the shipped templates, read and approved once a process; the gate publishes its own packs."""
    if _texts:
        Template.objects.bulk_create(_texts)
        return
    outreach.load_templates(actor=system("test"), now=ten_o_clock)
    _texts.extend(Template.objects.all())


@pytest.fixture
def creditor(db) -> Creditor:
    return Creditor.objects.create(
        code="demo-bank",
        name_zh="示例银行",
        name_en="Example Bank",
        institution_group="demo",
        contact_phone="95000",
    )


@pytest.fixture
def product(creditor) -> Product:
    return Product.objects.create(
        creditor=creditor, code="card", name_zh="信用卡", name_en="credit card", kind="credit_card"
    )


@pytest.fixture
def borrow(product) -> Callable[..., Borrower]:
    """Return a maker of borrowers who owe `overdue` minor units since 1 October."""
    made = 0

    def make(*, overdue: int = 123450, due_date: date = date(2025, 10, 1)) -> Borrower:
        nonlocal made
        made += 1
        return _make(product, made, overdue, due_date)

    return make


def _make(product: Product, number: int, overdue: int, due_date: date) -> Borrower:
    ring = django_settings.FIELD_KEYS
    person = Person.objects.create(
        name_sealed=ring.seal("李小明", NAME_PURPOSE),
        name_masked="李**",
        name_hash=bytes(32),
        birth_date=date(1990, 5, 17),
        recorded_at=TEN_O_CLOCK,
    )
    points = {}
    for medium, value in (("mobile", f"+8613800{number:06d}"), ("email", f"someone{number}@example.com")):
        points[medium] = (
            ContactPoint.objects.create(
                person=person,
                medium=medium,
                value_sealed=ring.seal(value, CONTACT_PURPOSE),
                value_masked="***",
                value_hash=ring.search_hash(value, CONTACT_PURPOSE),
                zone="Asia/Shanghai",
                recorded_at=TEN_O_CLOCK,
            ),
            value,
        )
    account = Account.objects.create(
        creditor=product.creditor,
        product=product,
        person=person,
        external_ref=f"6200{number:012d}",
        currency="CNY",
        opened_date=date(2024, 1, 1),
        balance_date=date(2025, 9, 1),
        recorded_at=TEN_O_CLOCK,
    )
    _owe(person.pk, account, overdue, due_date)
    return Borrower(
        person.pk,
        account.pk,
        points["mobile"][0].pk,
        points["email"][0].pk,
        points["mobile"][1],
        points["email"][1],
    )


def _owe(person_id: int, account: Account, overdue: int, due_date: date) -> None:
    common = {
        "account_id": [account.pk],
        "person_id": [person_id],
        "currency": ["CNY"],
        "component": ["principal"],
    }
    opening = common | {
        "creditor_id": [account.creditor_id],
        "amount_minor": [overdue],
        "balance_date": [account.balance_date],
    }
    ledger.open_accounts(pl.DataFrame(opening), now=TEN_O_CLOCK)
    due = common | {"due_ref": ["2025-09"], "due_date": [due_date], "amount_minor": [overdue]}
    ledger.land_dues(pl.DataFrame(due), batch_id=1, now=TEN_O_CLOCK)


@pytest.fixture
def plan() -> Callable[..., Message]:
    """Return a planner of one message to a borrower, due now."""
    count = 0

    def make(
        borrower: Borrower, *, channel: str = "sms", template: str = "reminder.first_overdue", **extra
    ) -> Message:
        nonlocal count
        count += 1
        message_id, _ = outreach.plan_message(
            **{
                "person_id": borrower.person_id,
                "channel": channel,
                "template_code": template,
                "purpose": "collect",
                "dedupe_key": f"test:{borrower.person_id}:{count}",
                "now": clock.now() - timedelta(seconds=1),
                **extra,
            }
        )
        return Message.objects.get(pk=message_id)

    return make


@pytest.fixture
def web(transactional_db, live_server, settings, ten_o_clock):
    """The web server with webhook and local provider, at its real address."""
    settings.PUBLIC_URL = live_server.url
    settings.SMS_PROVIDER_URL = f"{live_server.url}/api/local-provider/messages"
    return live_server


@pytest.fixture
def compliance() -> Actor:
    return Actor(
        kind="staff",
        label="compliance-1",
        id=7,
        role="compliance",
        creditor_ids=None,
        permissions=frozenset({"templates.approve", "outbox.view"}),
    )


@pytest.fixture
def worker_env(web) -> dict[str, str]:
    """The environment in which another process works on the same test database and the same web server."""
    base = django_settings.DATABASES["default"]
    return os.environ | {
        "DATABASE_URL": f"postgresql://postgres@/{connection.settings_dict['NAME']}?host={base['HOST']}",
        "FAIRDUE_PUBLIC_URL": web.url,
        "FAIRDUE_SMS_URL": f"{web.url}/api/local-provider/messages",
        "FAIRDUE_SMTP_URL": "",
    }


def accepted_keys() -> list[str]:
    """The keys of all messages that the local provider took, one per message."""
    return list(LocalProviderMessage.objects.order_by("id").values_list("idempotency_key", flat=True))
