"""What speaks for which account: the grounds that a payment's own words give."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

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
    named = _named([(payment, words)], only_certain=only_certain)[payment.pk]
    return {account_id: grounds for account_id, (grounds, _) in named.items()}


Named = dict[int, tuple[list[str], book.AccountCard]]
"""Accounts that a payment names, each with the grounds and its card."""


def certainly_named(payments: Iterable[IncomingPayment]) -> dict[int, Named]:
    """Return, by payment, the accounts that it names beyond doubt; few statements for any number of payments."""
    return _named([(payment, words_of(payment)) for payment in payments], only_certain=True)


def _named(payments: Sequence[tuple[IncomingPayment, Words]], *, only_certain: bool) -> dict[int, Named]:
    by_code = _by_code(payments, only_certain=only_certain)
    texts = {payment.pk: _references(words, only_certain=only_certain) for payment, words in payments}
    known = _by_reference(
        (payment.creditor_id, [*chain(*texts[payment.pk].values())]) for payment, _ in payments
    )
    grounds: dict[int, dict[int, list[str]]] = {}
    for payment, _ in payments:
        mine: dict[int, list[str]] = defaultdict(list)
        for account_id, ground in by_code.get(payment.pk, ()):
            mine[account_id].append(ground)
        accounts = known.get(payment.creditor_id, {})
        for ground, words in texts[payment.pk].items():
            for account_id in dict.fromkeys(accounts[word] for word in words if word in accounts):
                mine[account_id].append(ground)
        if payment.designated_account_id is not None:
            mine[payment.designated_account_id].append("designated")
        grounds[payment.pk] = mine
    cards = book.account_cards_by_id({account_id for mine in grounds.values() for account_id in mine})
    return {
        payment.pk: {
            account_id: (codes, cards[account_id])
            for account_id, codes in grounds[payment.pk].items()
            if account_id in cards and cards[account_id].creditor_id == payment.creditor_id
        }
        for payment, _ in payments
    }


def _references(words: Words, *, only_certain: bool) -> dict[str, Sequence[str]]:
    """Return the words of a payment that may be account numbers, by the ground that they would give."""
    others = () if only_certain else reference_like(" ".join([words.remittance, words.end_to_end]))
    return {"structured": reference_like(words.structured), "reference": others}


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
    known = _by_reference(by_reference.items())
    for creditor_id, references in by_reference.items():
        for reference in known[creditor_id]:
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


def _by_code(
    payments: Iterable[tuple[IncomingPayment, Words]], *, only_certain: bool
) -> dict[int, list[tuple[int, str]]]:
    """Return, by payment, the accounts of its creditor whose codes stand in its texts, with the ground of each."""
    exact: dict[int, Collection[str]] = {}
    near: dict[int, Collection[str]] = {}
    for payment, words in payments:
        text = " ; ".join([words.remittance, words.structured, words.end_to_end])
        exact[payment.pk], near[payment.pk] = codes_in(text), () if only_certain else near_codes(text)
    wanted = set(chain(*exact.values(), *near.values()))
    fields = ("code", "id", "account_id", "account__creditor_id", "retired_at")
    known = {row[0]: row for row in RepaymentCode.objects.filter(code__in=wanted).values_list(*fields)}
    found: dict[int, list[tuple[int, str]]] = {}
    for payment, _ in payments:
        codes = {*exact[payment.pk], *near[payment.pk]} & known.keys()
        mine = sorted((known[code] for code in codes), key=lambda row: row[1])
        found[payment.pk] = [
            (account_id, _ground(code in exact[payment.pk], retired_at))
            for code, _, account_id, creditor_id, retired_at in mine
            if creditor_id == payment.creditor_id
        ]
    return found


def _ground(is_exact: bool, retired_at: datetime | None) -> str:
    if not is_exact:
        return "code_near"
    return "code" if retired_at is None else "code_retired"


def _by_reference(words: Iterable[tuple[int, Iterable[str]]]) -> dict[int, dict[str, int]]:
    """Return the accounts of each creditor by those of the given words that are their numbers."""
    asked: dict[int, set[str]] = defaultdict(set)
    for creditor_id, mine in words:
        asked[creditor_id].update(mine)
    return {creditor_id: _accounts_called(sorted(mine), creditor_id) for creditor_id, mine in asked.items()}


def _accounts_called(words: list[str], creditor_id: int) -> dict[str, int]:
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
