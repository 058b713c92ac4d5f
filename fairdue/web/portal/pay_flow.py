"""The answers of somebody who is about to pay, kept on the server: each tab has its own, and no address holds any."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest

from fairdue.contexts.payments.facade import CheckoutShare, CheckoutWish, Choice, Method
from fairdue.journeys.pay_quote import PayableDebt, PayQuote, payable_debts, quote
from fairdue.kernel.money import Money

KEY = "portal_pay"
MOST_FLOWS = 5
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(slots=True)
class Flow:
    """What was answered so far."""

    name: str
    person_id: int
    account_ids: list[int]
    choice: str = ""
    other_minor: int = 0
    designated: int = 0
    method: str = ""
    nonce: str = ""

    def debts(self, as_of: date) -> tuple[PayableDebt, ...]:
        """Return the chosen debts as they stand; what was settled meanwhile is left out."""
        return payable_debts(person_id=self.person_id, as_of=as_of, account_ids=self.account_ids)

    def quote(self, debts: Sequence[PayableDebt], as_of: date, now: datetime) -> PayQuote:
        """Return what the payment would settle.

        :raises QuoteRefused: if it comes to nothing any more, or to more than is owed
        """
        currency = debts[0].account.currency if debts else "CNY"
        choice: Choice = self.choice  # type: ignore[assignment]
        return quote(
            debts=debts, choice=choice, other=Money(self.other_minor, currency) if self.other_minor else None,
            designated_account_id=self.designated or None, as_of=as_of, now=now,
        )  # fmt: skip

    def wish(self, quoted: PayQuote, locale: str) -> CheckoutWish:
        """Return the wish to pay exactly what was shown."""
        method: Method = self.method  # type: ignore[assignment]
        return CheckoutWish(
            person_id=self.person_id, creditor_id=quoted.creditor_id, amount=quoted.amount, method=method,
            choice=quoted.choice, nonce=self.nonce, locale=locale,
            shares=tuple(
                CheckoutShare(account_id=each.account.account_id, amount=each.amount, rule=each.rule)
                for each in quoted.shares
            ),
        )  # fmt: skip


def start(request: HttpRequest, person_id: int, account_ids: Sequence[int]) -> Flow:
    """Begin the answers of one tab; the oldest of many is forgotten."""
    flow = Flow(
        name="".join(secrets.choice(ALPHABET) for _ in range(10)),
        person_id=person_id,
        account_ids=list(account_ids),
    )
    keep(request, flow)
    return flow


def find(request: HttpRequest, person_id: int, name: str) -> Flow | None:
    """Return the answers of a tab, or None if they are forgotten or another person's."""
    values = request.session.get(KEY, {}).get(name)
    flow = Flow(name=name, **values) if values else None
    return flow if flow is not None and flow.person_id == person_id else None


def keep(request: HttpRequest, flow: Flow) -> None:
    """Keep the answers of a tab."""
    flows = request.session.get(KEY, {})
    flows.pop(flow.name, None)
    flows[flow.name] = {
        "person_id": flow.person_id, "account_ids": flow.account_ids, "choice": flow.choice,
        "other_minor": flow.other_minor, "designated": flow.designated, "method": flow.method, "nonce": flow.nonce,
    }  # fmt: skip
    for name in list(flows)[:-MOST_FLOWS]:
        del flows[name]
    request.session[KEY] = flows


def fingerprint(quoted: PayQuote) -> str:
    """Return a digest of what was shown: an order is for that and nothing else."""
    shown = ";".join(f"{each.account.account_id}:{each.amount.minor}" for each in quoted.shares)
    return hashlib.sha256(f"{quoted.amount}|{shown}".encode()).hexdigest()[:24]
