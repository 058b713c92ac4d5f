"""What an agreement's file says: the six items that an instalment agreement on a card must contain, for every debt.

1. 《商业银行信用卡业务监督管理办法》第70条 (CN-PLAN-03): the debt and what it is made of; the schedule; charges in the
   period; no new card; duties and default; other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from fairdue.contexts.arrangements.models import Agreement, Proposal
from fairdue.contexts.arrangements.offer_codec import offer_of
from fairdue.contexts.arrangements.reference import kind_words
from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.engine.negotiation.offers import Offer
from fairdue.kernel.actor import system
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.kernel.money import Money

CARDS = ("credit_card", "charge_card")


@cache
def _sentences() -> dict[str, Any]:
    path = settings.PACKS_DIR / "documents" / "agreement.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def agreement_data(agreement: Agreement, proposal: Proposal) -> dict[str, Any]:
    """Return what the file of an agreement says, in the agreement's language."""
    words = _Words("zh" if agreement.language.startswith("zh") else "en", proposal.currency)
    offer = offer_of(proposal.offer)
    cards = book.account_cards_by_id(proposal.account_ids)
    person = parties.person_card(agreement.person_id)
    lender = _lender(agreement.creditor_id)
    return {
        "number": agreement.number,
        "date": agreement.accepted_at.astimezone(HOUSE_ZONE).date().isoformat(),
        "issued_at": agreement.accepted_at.isoformat(),
        "lender": lender.name_zh if words.language == "zh" else lender.name_en,
        "contact": lender.contact_phone,
        "debtor": parties.name_for_letter(agreement.person_id),
        "id_masked": person.id_masked,
        "kind": kind_words(proposal.kind, words.language),
        "currency": proposal.currency,
        "how_accepted": _how(agreement, words),
        **_amounts(proposal, offer, cards, words),
        **_promises(proposal, offer, cards, words),
    }


class _Words:
    """Sentences of one language, amounts of one currency."""

    def __init__(self, language: str, currency: str) -> None:
        self.language, self.currency = language, currency

    def say(self, sentence: Mapping[str, str], **values: Any) -> str:
        return sentence[self.language].format(**values)

    def money(self, minor: int) -> str:
        return f"{Money(minor, self.currency).amount:,}"

    def component(self, code: str) -> str:
        return str(ledger.components().get(code, {}).get(self.language, code))

    def product(self, card: book.AccountCard) -> str:
        return card.product_name_zh if self.language == "zh" else card.product_name_en


def _lender(creditor_id: int) -> book.CreditorCard:
    everybody = system("agreement")
    return next(each for each in book.creditors(everybody) if each.creditor_id == creditor_id)


def _how(agreement: Agreement, words: _Words) -> str:
    moment = agreement.accepted_at.astimezone(HOUSE_ZONE).strftime("%Y-%m-%d %H:%M")
    accepted = _sentences()["accepted"]
    if agreement.accepted_how == "oral":
        return words.say(accepted["oral"], moment=moment, recording=agreement.recording_ref)
    points = parties.contact_points(agreement.person_id)
    where = next(
        (each.value_masked for each in points if each.contact_point_id == agreement.contact_point_id), ""
    )
    return words.say(accepted["code"], moment=moment, where=where)


def _amounts(
    proposal: Proposal, offer: Offer, cards: Mapping[int, book.AccountCard], words: _Words
) -> dict[str, Any]:
    basis: dict[str, dict[str, int]] = {
        account_id: amounts for account_id, amounts in proposal.basis.items() if int(account_id) in cards
    }
    rows = sorted(
        (one.due_date, part.account_id, one.total_minor) for part in offer.parts for one in part.instalments
    )
    return {
        "balance": words.money(sum(sum(amounts.values()) for amounts in basis.values())),
        "waived": words.money(offer.waived_minor) if offer.waived_minor else "",
        "total": words.money(offer.total_minor),
        "debts": [
            {
                "account": cards[int(account_id)].ref_masked,
                "product": words.product(cards[int(account_id)]),
                "components": [[words.component(name), words.money(minor)] for name, minor in amounts.items()],
            }
            for account_id, amounts in basis.items()
        ],
        "instalments": [
            {
                "number": str(number), "due": due_date.isoformat(), "account": cards[account_id].ref_masked,
                "amount": words.money(minor),
            }
            for number, (due_date, account_id, minor) in enumerate(rows, start=1)
        ],
    }  # fmt: skip


def _promises(
    proposal: Proposal, offer: Offer, cards: Mapping[int, book.AccountCard], words: _Words
) -> dict[str, Any]:
    sentences, added = _sentences(), sum(sum(part.added.values()) for part in offer.parts)
    is_card = any(card.product_kind in CARDS for card in cards.values())
    rate = f"{float(offer.annual_rate):.2%}"
    values = {
        "grace_days": proposal.grace_days, "tolerance": words.money(proposal.tolerance_minor),
        "currency": proposal.currency, "replans": proposal.replans, "missed_in_a_row": proposal.missed_in_a_row,
    }  # fmt: skip
    charged = sentences["interest"]["some" if added else "none"]
    return {
        "way": words.say(sentences["way"], codes=_codes(cards), currency=proposal.currency),
        "interest": words.say(charged, rate=rate, added=words.money(added), currency=proposal.currency),
        "new_card": words.say(sentences["new_card"]["card" if is_card else "other"]),
        "duties": [words.say(each, **values) for each in sentences["duties"]],
        "other": [words.say(each) for each in sentences["other"]],
    }


def _codes(cards: Mapping[int, book.AccountCard]) -> str:
    found = (payments.repayment_code(account_id=account_id) for account_id in cards)
    return ", ".join(card.code for card in found if card) or "-"
