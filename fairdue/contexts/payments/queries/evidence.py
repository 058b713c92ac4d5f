"""What speaks for which account: the grounds that a payment's own words give."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.models import IncomingPayment, PaymentMatch, RepaymentCode
from fairdue.engine.matching.codes import codes_in, near_codes
from fairdue.engine.matching.texts import mobile_numbers, reference_like
from fairdue.kernel.actor import system

MATCHER = system("matching of payments")
"""Looks for persons over the creditor's accounts; the caller's answer is narrowed to the caller's scope."""
PERSONS = 60
"""Persons looked at for one payment at most."""


@dataclass(frozen=True, slots=True)
class Words:
    """A payment's texts in clear, for the time of one search."""

    payer_name: str
    remittance: str
    structured: str
    end_to_end: str


def words_of(payment: IncomingPayment) -> Words:
    """Open a payment's texts."""
    sealed = sealing.unseal(payment.remittance_sealed, sealing.REMITTANCE_PURPOSE)
    texts = json.loads(sealed) if sealed else {}
    return Words(
        sealing.unseal(payment.payer_name_sealed, sealing.NAME_PURPOSE),
        texts.get("remittance", ""),
        texts.get("structured", ""),
        texts.get("end_to_end", ""),
    )


def accounts_named(payment: IncomingPayment, words: Words, *, only_certain: bool) -> dict[int, list[str]]:
    """Return the grounds by which texts name accounts of the payment's creditor themselves."""
    return {account_id: grounds for account_id, (grounds, _) in _named(payment, words, only_certain).items()}


def certainly_named(payment: IncomingPayment) -> dict[int, tuple[list[str], book.AccountCard]]:
    """Return the accounts that a payment names beyond doubt, each with the grounds and its card."""
    return _named(payment, words_of(payment), only_certain=True)


def _named(
    payment: IncomingPayment, words: Words, only_certain: bool
) -> dict[int, tuple[list[str], book.AccountCard]]:
    named: dict[int, list[str]] = defaultdict(list)
    for account_id, ground in _by_code(words, payment.creditor_id, only_certain=only_certain):
        named[account_id].append(ground)
    structured = reference_like(words.structured)
    others = () if only_certain else reference_like(" ".join([words.remittance, words.end_to_end]))
    known = _by_reference([*structured, *others], payment.creditor_id)
    for texts, ground in ((structured, "structured"), (others, "reference")):
        for account_id in dict.fromkeys(known[word] for word in texts if word in known):
            named[account_id].append(ground)
    if payment.designated_account_id is not None:
        named[payment.designated_account_id].append("designated")
    cards = book.account_cards_by_id(named)
    return {
        account_id: (grounds, cards[account_id])
        for account_id, grounds in named.items()
        if account_id in cards and cards[account_id].creditor_id == payment.creditor_id
    }


def naming_accounts(payments: Iterable[IncomingPayment]) -> set[int]:
    """Return the payments that may name an account themselves, by few statements for all of them.

    One that is not among them names none by `accounts_named` with `only_certain`.
    """
    found: set[int] = set()
    by_code: dict[tuple[int, str], set[int]] = defaultdict(set)
    by_reference: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for payment in payments:
        words = words_of(payment)
        for code in codes_in(" ; ".join([words.remittance, words.structured, words.end_to_end])):
            by_code[payment.creditor_id, code].add(payment.pk)
        for reference in reference_like(words.structured):
            by_reference[payment.creditor_id][reference].add(payment.pk)
        if payment.designated_account_id is not None:
            found.add(payment.pk)
    codes = RepaymentCode.objects.filter(code__in={code for _, code in by_code})
    for pair in codes.values_list("account__creditor_id", "code"):
        found |= by_code.get(pair, set())
    for creditor_id, references in by_reference.items():
        for reference in _by_reference(list(references), creditor_id):
            found |= references[reference]
    return found


def persons_hinted(payment: IncomingPayment, words: Words) -> dict[int, list[str]]:
    """Return the grounds by which a payment hints at persons: who paid before, whose name, whose number."""
    hinted: dict[int, list[str]] = defaultdict(list)
    for person_id in _paid_before(payment):
        hinted[person_id].append("payer_account")
    for person_id in parties.persons_named(words.payer_name):
        hinted[person_id].append("payer_name")
    for number in mobile_numbers(words.remittance):
        for person_id in parties.search(text=number, actor=MATCHER):
            hinted[person_id].append("mobile")
    return dict(hinted)


def _by_code(words: Words, creditor_id: int, *, only_certain: bool) -> Iterable[tuple[int, str]]:
    text = " ; ".join([words.remittance, words.structured, words.end_to_end])
    exact = codes_in(text)
    near = () if only_certain else near_codes(text)
    rows = RepaymentCode.objects.filter(code__in=[*exact, *near], account__creditor_id=creditor_id)
    for row in rows.order_by("id"):
        if row.code not in exact:
            yield row.account_id, "code_near"
        else:
            yield row.account_id, "code" if row.retired_at is None else "code_retired"


def _by_reference(words: list[str], creditor_id: int) -> dict[str, int]:
    if not words:
        return {}
    frame = book.account_ids_by_reference(pl.Series(words, dtype=pl.String), creditor_id=creditor_id)
    return dict(zip(frame["account_ref"], frame["account_id"], strict=True))


def _paid_before(payment: IncomingPayment) -> list[int]:
    if payment.payer_account_hash is None:
        return []
    rows = PaymentMatch.objects.filter(
        payment__payer_account_hash=bytes(payment.payer_account_hash),
        payment__creditor_id=payment.creditor_id,
        undone_at=None,
    )
    return list(rows.values_list("person_id", flat=True).distinct()[:PERSONS])
