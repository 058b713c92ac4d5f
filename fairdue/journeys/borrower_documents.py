"""Documents that a borrower takes along: statement of account, settlement certificate, record of contacts; signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import segno
from django.conf import settings
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.engine.documents.rendering import render_pdf
from fairdue.journeys.check_genuine import CONTACT, RECORD, SETTLEMENT, STATEMENT, code_of, code_of_document
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.storage.pdf_signing import sign_pdf

PERIOD = timedelta(days=365)
ENTRIES = 500
CONTACTS = 2_000
DID_NOT_HAPPEN = ("reserved", "failed")


class DocumentRefused(LookupError):
    """There is no such document for this person; nothing was issued."""

    code = "portal.document.refused"


class NotSettled(DocumentRefused):
    """Something is still owed on the account, so nothing certifies that it is settled."""

    code = "portal.document.not_settled"


def statement(
    *, person_id: int, account_id: int, language: str, words: Mapping[str, str], actor: Actor, now: datetime
) -> bytes:
    """This function will return the signed statement of one account of the person as of today.

    1. What is owed by component, what is due and unpaid, and everything booked in the year before.
    2. `words` name components and kinds of booking in the language; a code without a word stands as it is.

    :raises DocumentRefused: if it is not an account of the person
    """
    as_of = business_date(now)
    account = _own(person_id, account_id)
    summary = ledger.account_summary(account_id, as_of)
    data = _head(account, language, STATEMENT, account_id, as_of, now) | {
        "debtor": parties.name_for_letter(person_id), "as_of": as_of, "currency": summary.currency,
        "components": [[words.get(code, code), _plain(owed)] for code, owed in summary.by_component.items() if owed.minor],
        "balance": _plain(summary.balance), "overdue": _plain(summary.overdue), "since": as_of - PERIOD,
        "dues": [[card.due_date, _plain(card.amount), _plain(card.paid), _plain(card.unpaid)]
                 for card in ledger.account_dues(account_id, as_of) if card.unpaid.minor],
        "entries": _entries(account_id, as_of, words),
    }  # fmt: skip
    if summary.balance.minor:
        payoff = ledger.payoff(account_id, as_of)
        data |= {
            "payoff": _plain(payoff.amount),
            "payoff_until": ledger.payoff_validity(payoff).until_date.isoformat(),
        }
    return _issued("statement", data, language, person_id, actor, now)


def settlement(*, person_id: int, account_id: int, language: str, actor: Actor, now: datetime) -> bytes:
    """This function will return the signed certificate 结清证明 that nothing is owed on an account any more.

    :raises DocumentRefused: if it is not an account of the person
    :raises NotSettled: if anything is owed on it today
    """
    as_of = business_date(now)
    account = _own(person_id, account_id)
    summary = ledger.account_summary(account_id, as_of)
    if summary.balance.minor > 0:
        raise NotSettled(f"account {account_id} is not settled")
    person = parties.person_card(person_id)
    data = _head(account, language, SETTLEMENT, account_id, as_of, now) | {
        "debtor": parties.name_for_letter(person_id), "id_masked": person.id_masked or "—",
        "opened": account.opened_date, "settled": summary.latest_payment_date or as_of,
    }  # fmt: skip
    return _issued("settlement", data, language, person_id, actor, now)


def contact_record(
    *, person_id: int, language: str, rows: list[list[str]], actor: Actor, now: datetime
) -> bytes:
    """This function will return the signed list of every contact; `rows` are its lines in words, with their codes."""
    as_of = business_date(now)
    data = _proof(RECORD, person_id, as_of) | {
        "lender": "", "debtor": parties.name_for_letter(person_id), "date": as_of, "issued_at": now, "contacts": rows,
        "contact": "",
    }  # fmt: skip
    return _issued("contact_record", data, language, person_id, actor, now)


def contact_proof(*, person_id: int, actor: Actor, now: datetime) -> bytes:
    """This function will return the zip file with the permit of each contact, which verifies offline."""
    contacts = tuple(
        {
            "number": card.contact_id, "code": code_of(CONTACT, card.contact_id), "at": card.occurred_at.isoformat(),
            "channel": card.channel, "direction": card.direction, "result": card.result, "made_by": card.made_by,
            "permit": card.permit_id,
        }
        for card in law.contacts(person_id, CONTACTS) if card.result not in DID_NOT_HAPPEN
    )  # fmt: skip
    return law.person_bundle(person_id=person_id, contacts=contacts, actor=actor, now=now)


def _own(person_id: int, account_id: int) -> AccountCard:
    found = [card for card in book.account_cards(person_id) if card.account_id == account_id]
    if not found:
        raise DocumentRefused(f"account {account_id} is not one of the person")
    return found[0]


def _head(
    account: AccountCard, language: str, kind: str, subject_id: int, as_of: date, now: datetime
) -> dict[str, Any]:
    is_chinese = language.startswith("zh")
    creditors = {card.creditor_id: card for card in book.creditors(system("documents"))}
    phone = creditors[account.creditor_id].contact_phone
    return _proof(kind, subject_id, as_of) | {
        "lender": account.creditor_name_zh if is_chinese else account.creditor_name_en,
        "product": account.product_name_zh if is_chinese else account.product_name_en,
        "account": account.ref_masked, "date": as_of, "issued_at": now, "contact": phone,
    }  # fmt: skip


def _proof(kind: str, subject_id: int, as_of: date) -> dict[str, Any]:
    code = code_of_document(kind, subject_id, as_of)
    address = f"{settings.PUBLIC_URL.rstrip('/')}/my/genuine/"
    picture = segno.make(f"{address}?code={code}", error="m").svg_inline(border=2, dark="#000", light="#fff")
    return {
        "code": code,
        "check_url": address,
        "qr": picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1),
    }


def _entries(account_id: int, as_of: date, words: Mapping[str, str]) -> list[list[Any]]:
    cards = ledger.account_transactions(account_id, ENTRIES)
    return [
        [
            card.effective_date, words.get(card.kind, card.kind), _plain(card.amount),
            ", ".join(f"{words.get(part.component, part.component)} {_plain(part.amount)}" for part in card.parts),
        ]
        for card in cards if card.effective_date >= as_of - PERIOD
    ]  # fmt: skip


def _plain(amount: Money) -> str:
    return f"{amount.amount:,}"


@transaction.atomic
def _issued(
    template: str, data: Mapping[str, Any], language: str, person_id: int, actor: Actor, now: datetime
) -> bytes:
    """Write, sign and note a document; the note holds its code, not its content."""
    signed = sign_pdf(render_pdf(template, data, language=language), reason=str(data["code"]), now=now)
    audit.record(
        code="portal.document.issued", actor=actor, subject_type="document", subject_id=str(data["code"]), now=now,
        person_id=person_id, after={"template": template, "bytes": len(signed)},
    )  # fmt: skip
    return signed
