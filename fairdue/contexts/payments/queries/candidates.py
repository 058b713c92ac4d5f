"""Accounts that a payment may be for, ranked with reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import AccountSummary
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments.cards import reason_of, waiting_minor
from fairdue.contexts.payments.contracts import Candidate, PromisedAmount
from fairdue.contexts.payments.models import IncomingPayment
from fairdue.contexts.payments.operations.locking import found
from fairdue.contexts.payments.queries.evidence import (
    PERSONS,
    accounts_named,
    certainly_named,
    persons_hinted,
    words_of,
)
from fairdue.engine.matching.scoring import Owed, Ranked, rank
from fairdue.kernel.actor import Actor


@transaction.atomic
def candidates(
    *, payment_id: int, as_of: date, actor: Actor, promised: Sequence[PromisedAmount] = (), limit: int = 20
) -> tuple[Candidate, ...]:
    """Return accounts that a payment may be for, best first, each with the grounds of its score.

    1. Grounds and weights are those of `engine.matching.scoring`; every candidate names its own.
    2. `promised` are open promises of the payment's amount, or of persons that the caller asks about; their
       persons become candidates, and amounts and days speak for them.

    :raises PermissionRefused: without `payments.view`
    :raises PaymentUnknown: if there is no such payment in the actor's scope
    """
    actor.require("payments.view")
    payment = found(IncomingPayment.objects.filter(pk=payment_id).first(), actor, payment_id)
    words = words_of(payment)
    by_account = accounts_named(payment, words, only_certain=False)
    by_person = persons_hinted(payment, words)
    accounts, named = _accounts(payment, by_account, by_person, promised)
    summaries = _summaries(accounts, as_of)
    ranked = rank(
        _owed(accounts, summaries, promised),
        named,
        amount_minor=waiting_minor(payment) or payment.amount_minor,
        currency=payment.currency,
        paid_date=payment.value_date,
    )
    return _cards(ranked[:limit], accounts, summaries, actor)


def rank_certain(payment: IncomingPayment) -> tuple[tuple[Ranked, ...], dict[int, book.AccountCard]]:
    """Return the accounts that a payment names itself, ranked, and the cards of all that it names.

    Other grounds are not even looked for.
    """
    return rank_certain_of([payment])[payment.pk]


def rank_certain_of(
    payments: Sequence[IncomingPayment],
) -> dict[int, tuple[tuple[Ranked, ...], dict[int, book.AccountCard]]]:
    """Return what `rank_certain` says of each payment, by few statements for all of one effective day."""
    named = certainly_named(payments)
    by_day: dict[date, set[int]] = defaultdict(set)
    for payment in payments:
        by_day[payment.effective_date].update(named[payment.pk])
    owing = {day: ledger.account_summaries(ids, day) for day, ids in by_day.items() if ids}
    found = {}
    for payment in payments:
        cards = {account_id: card for account_id, (_, card) in named[payment.pk].items()}
        owed = owing.get(payment.effective_date, {})
        summaries = {account_id: owed[account_id] for account_id in cards if account_id in owed}
        ranked = rank(
            _owed(cards, summaries, ()),
            {account_id: grounds for account_id, (grounds, _) in named[payment.pk].items()},
            amount_minor=waiting_minor(payment),
            currency=payment.currency,
            paid_date=payment.value_date,
        )
        found[payment.pk] = ranked, cards
    return found


def _accounts(
    payment: IncomingPayment,
    by_account: Mapping[int, list[str]],
    by_person: Mapping[int, list[str]],
    promised: Iterable[PromisedAmount],
) -> tuple[dict[int, book.AccountCard], dict[int, list[str]]]:
    """Return the accounts to look at, of the payment's creditor and currency, with their named grounds."""
    named: dict[int, list[str]] = defaultdict(list, {key: list(codes) for key, codes in by_account.items()})
    persons = [card.person_id for card in book.account_cards_by_id(by_account).values()]
    persons += [each.person_id for each in promised]
    persons += sorted(by_person, key=lambda person_id: -len(by_person[person_id]))
    accounts: dict[int, book.AccountCard] = {}
    owing = book.visible_persons(persons, actor=_of_creditor(payment.creditor_id))
    for person_id in [each for each in dict.fromkeys(persons) if each in owing][:PERSONS]:
        for card in book.account_cards(person_id):
            if card.creditor_id == payment.creditor_id and card.currency == payment.currency:
                accounts[card.account_id] = card
                named[card.account_id] += by_person.get(person_id, [])
    return accounts, named


def _of_creditor(creditor_id: int) -> Actor:
    return Actor(kind="system", label="matching of payments", creditor_ids=frozenset({creditor_id}))


def _summaries(accounts: Mapping[int, book.AccountCard], as_of: date) -> dict[int, AccountSummary]:
    """Return what the accounts owe; an account that was never opened in the ledger is left out."""
    persons = dict.fromkeys(card.person_id for card in accounts.values())
    found_summaries = (ledger.person_summary(person_id, as_of).accounts for person_id in persons)
    return {
        each.account_id: each for group in found_summaries for each in group if each.account_id in accounts
    }


def _owed(
    accounts: Mapping[int, book.AccountCard],
    summaries: Mapping[int, AccountSummary],
    promised: Iterable[PromisedAmount],
) -> list[Owed]:
    totals: dict[int, int] = defaultdict(int)
    for account_id, summary in summaries.items():
        totals[accounts[account_id].person_id] += summary.overdue.minor
    promises = list(promised)
    return [
        Owed(
            account_id=account_id,
            person_id=accounts[account_id].person_id,
            currency=summary.currency,
            balance=summary.balance.minor,
            overdue=summary.overdue.minor,
            next_due=summary.next_due.minor,
            next_due_date=summary.next_due_date,
            oldest_due_date=summary.oldest_unpaid_due_date,
            person_overdue=totals[accounts[account_id].person_id],
            promises=tuple(
                (promise.amount.minor, promise.promised_date)
                for promise in promises
                if promise.person_id == accounts[account_id].person_id
                and promise.account_id in (None, account_id)
                and promise.amount.currency == summary.currency
            ),
        )
        for account_id, summary in summaries.items()
    ]


def _cards(
    ranked: Sequence[Ranked],
    accounts: Mapping[int, book.AccountCard],
    summaries: Mapping[int, AccountSummary],
    actor: Actor,
) -> tuple[Candidate, ...]:
    names = {
        card.person_id: card.name_masked
        for card in parties.person_cards([accounts[each.account_id].person_id for each in ranked]).values()
    }
    return tuple(_card(each, accounts, summaries[each.account_id], names) for each in ranked)


def _card(
    ranked: Ranked,
    accounts: Mapping[int, book.AccountCard],
    summary: AccountSummary,
    names: Mapping[int, str],
) -> Candidate:
    account = accounts[ranked.account_id]
    return Candidate(
        account_id=account.account_id,
        person_id=account.person_id,
        account_ref_masked=account.ref_masked,
        name_masked=names.get(account.person_id, ""),
        product_name_zh=account.product_name_zh,
        product_name_en=account.product_name_en,
        currency=account.currency,
        overdue=summary.overdue,
        balance=summary.balance,
        next_due=summary.next_due,
        next_due_date=summary.next_due_date,
        days_past_due=summary.days_past_due,
        score=ranked.score,
        reasons=tuple(reason_of(ground) for ground in ranked.grounds),
        is_certain=ranked.is_certain,
        other_account_ids=tuple(
            other.account_id
            for other in accounts.values()
            if other.person_id == account.person_id and other.account_id != account.account_id
        ),
    )
