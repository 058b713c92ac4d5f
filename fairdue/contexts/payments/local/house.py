"""What the local provider does: takes requests over once, lets a payer decide, tells the merchant, answers when asked."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fairdue.contexts.payments.local.store import Payment, Store
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.kernel.signing import sign

DELAY_SECONDS = 20
MOST_TRIES = 8
FINAL = ("paid", "failed", "cancelled", "expired", "refunded")
WAYS = (
    "pay",
    "pay_later",
    "pay_twice_told",
    "pay_untold",
    "pay_less",
    "pay_other_currency",
    "fail",
    "cancel",
)
"""What a visitor may try on the page: all goes well; the bank takes its time; the notice comes twice; the notice is
lost; another amount or currency is taken than was asked; the bank refuses; the payer goes back."""
SMALL_CARD = 2_000
Send = Callable[[bytes, Mapping[str, str]], int]
"""Posts a body with headers to the merchant and returns the status of the answer, 0 for none."""


class RequestRefused(ValueError):
    """The request cannot be taken over."""


@dataclass(slots=True)
class House:
    """The provider: its books, its key, its clock and its way to the merchant."""

    store: Store
    key: str
    url: str
    send: Send
    now: Callable[[], datetime]

    def open_checkout(self, key: str, body: bytes, document: Mapping[str, Any]) -> Payment:
        """Take a checkout over once; the same key again gets the same answer.

        :raises RequestRefused: if it is malformed or the key was used for something else
        """
        ref = _require_money(key, document)
        if not str(document.get("return_url", "")).startswith(("http://", "https://")):
            raise RequestRefused("return_url is needed")
        return self._once(ref, "checkout", body, document, "open")

    def register_mandate(self, key: str, body: bytes, document: Mapping[str, Any]) -> str:
        """Take a mandate over once and return the provider's name of it; an account number ending in 0000 is refused.

        :raises RequestRefused: if it is malformed, or the bank refuses the account
        """
        ref = str(document.get("mandate_ref", ""))
        payer = document.get("payer")
        if not ref or ref != key or not isinstance(payer, dict) or not str(payer.get("account", "")).strip():
            raise RequestRefused("mandate_ref and payer are needed")
        if str(payer["account"]).endswith("0000"):
            raise RequestRefused("the bank does not know this account")
        digest = hashlib.sha256(body).hexdigest()
        with self.store.writing() as base:
            number = base.execute("SELECT coalesce(max(number), 0) + 1 FROM mandate").fetchone()[0]
            base.execute(
                "INSERT OR IGNORE INTO mandate (ref, digest, cap_minor, currency, number) VALUES (?, ?, ?, ?, ?)",
                (ref, digest, int(document["cap_minor"]), str(document["currency"]), number),
            )
        row = self.store.rows("SELECT * FROM mandate WHERE ref = ?", ref)[0]
        return f"LM{row['number']:08d}"

    def stop_mandate(self, ref: str) -> str:
        """Stop a mandate, known or not, and return its name."""
        with self.store.writing() as base:
            base.execute("UPDATE mandate SET is_stopped = 1 WHERE ref = ?", (ref,))
        return f"LM-{ref[-6:]}"

    def debit(self, key: str, body: bytes, document: Mapping[str, Any]) -> Payment:
        """Take a debit over once. Amounts that end in 13 minor units are refused by the bank: to try what happens.

        :raises RequestRefused: without a live mandate, or above its cap
        """
        ref = _require_money(key, document)
        if (known := self.store.payment(ref)) is not None:
            return known
        rows = self.store.rows("SELECT * FROM mandate WHERE ref = ?", str(document.get("mandate_ref", "")))
        if not rows or rows[0]["is_stopped"]:
            raise RequestRefused("there is no such mandate in force")
        if document["amount_minor"] > rows[0]["cap_minor"] or document["currency"] != rows[0]["currency"]:
            raise RequestRefused("the mandate does not allow as much")
        payment = self._once(ref, "debit", body, document, "pending")
        is_refused = payment.asked_minor % 100 == 13
        self._become(
            payment, "failed" if is_refused else "paid", failure="insufficient_funds" if is_refused else ""
        )
        return payment

    def refund(self, key: str, document: Mapping[str, Any]) -> str:
        """Give a payment back once; only all of it can be given back here.

        :raises RequestRefused: if it was not paid, or the amount differs
        """
        payment = self.store.payment(str(document.get("checkout_ref", "")))
        if payment is None or payment.status not in ("paid", "refunded"):
            raise RequestRefused("there is no such paid payment")
        if (
            document.get("amount_minor") != payment.amount_minor
            or document.get("currency") != payment.currency
        ):
            raise RequestRefused("only all of a payment can be given back")
        with self.store.writing() as base:
            base.execute(
                "INSERT OR IGNORE INTO refund VALUES (?, ?, ?)", (key, payment.ref, payment.amount_minor)
            )
        if payment.status == "paid":
            self._become(payment, "refunded")
        return f"LR-{payment.provider_ref}"

    def decide(self, page: str, way: str) -> Payment | None:
        """Let the payer do something on the page; once it is decided, it stays so. Return the payment after it."""
        payment = self.store.payment_of_page(page)
        if payment is None or way not in WAYS or payment.status not in ("open", "pending"):
            return payment
        if payment.status == "open" and self.is_over(payment):
            self._become(payment, "expired")
        elif way in ("fail", "cancel"):
            failure = "declined_by_bank" if way == "fail" else ""
            self._become(payment, "failed" if way == "fail" else "cancelled", failure=failure)
        elif way == "pay_later" and payment.status == "open":
            self._become(payment, "pending")
            self._tell(payment, "paid", delay=DELAY_SECONDS)
        else:
            self._pay(payment, way)
        return self.store.payment(payment.ref)

    def is_over(self, payment: Payment) -> bool:
        """Tell whether the payer's time is over."""
        text = str(payment.document.get("expires_at", ""))
        return bool(text) and datetime.fromisoformat(text) < self.now()

    def take_back(self, ref: str) -> None:
        """Give a payment back of the provider's own accord, as a bank does after a dispute."""
        payment = self.store.payment(ref)
        if payment is not None and payment.status == "paid":
            self._become(payment, "refunded", failure="charged_back")

    def tell_again(self, ref: str) -> None:
        """Send the notice of how a payment stands once more."""
        payment = self.store.payment(ref)
        if payment is not None:
            self._tell(payment, payment.status, suffix=secrets.token_hex(3))

    def settle_late(self) -> None:
        """Let payments that were to be paid later be paid now, once their notice is due."""
        soon = (self.now() - timedelta(seconds=DELAY_SECONDS)).isoformat()
        for payment in self.store.payments():
            if payment.status == "pending" and payment.kind == "checkout" and payment.changed_at <= soon:
                self._change(payment, "paid", payment.amount_minor, payment.currency, "")

    def deliver(self) -> int:
        """Post the notices that are due and return how many were taken; the others come again, later each time."""
        self.settle_late()
        done = 0
        rows = self.store.rows(
            "SELECT * FROM notice WHERE is_done = 0 AND due_at <= ? ORDER BY id", time.time()
        )
        for row in rows:
            body = str(row["body"]).encode()
            headers = sign(key=self.key, body=body, timestamp=int(time.time()))
            status = self.send(body, headers | {"Content-Type": "application/json"})
            is_done = 200 <= status < 300 or (400 <= status < 500 and status not in (401, 408, 409, 425, 429))
            with self.store.writing() as base:
                base.execute(
                    "UPDATE notice SET tries = tries + 1, is_done = ?, due_at = ? WHERE id = ?",
                    (
                        int(is_done or row["tries"] + 1 >= MOST_TRIES),
                        time.time() + 5 * 2 ** row["tries"],
                        row["id"],
                    ),
                )
            done += is_done
        return done

    def told(self, payment: Payment) -> dict[str, Any]:
        """Return how a payment stands, as the merchant is told when it asks."""
        return {
            "checkout_ref": payment.ref, "provider_ref": payment.provider_ref, "status": payment.status,
            "amount_minor": payment.amount_minor, "currency": payment.currency, "occurred_at": payment.changed_at,
            "failure": payment.failure,
        }  # fmt: skip

    def day_of(self, moment: datetime) -> str:
        """Return the business date of a moment."""
        return moment.astimezone(HOUSE_ZONE).date().isoformat()

    def _once(self, ref: str, kind: str, body: bytes, document: Mapping[str, Any], status: str) -> Payment:
        digest = hashlib.sha256(body).hexdigest()
        known = self.store.payment(ref)
        if known is None:
            return self.store.add(
                ref=ref, kind=kind, digest=digest, document=dict(document), status=status,
                page=secrets.token_urlsafe(18), now=self.now(),
            )  # fmt: skip
        if (known.asked_minor, known.document["currency"]) != (
            document["amount_minor"],
            document["currency"],
        ):
            raise RequestRefused("the key was used for another payment")
        return known

    def _pay(self, payment: Payment, way: str) -> None:
        amount, currency = payment.asked_minor, str(payment.document["currency"])
        if way == "pay_less":
            amount = max(1, amount // 100)
        if way == "pay_other_currency":
            currency = "USD" if currency != "USD" else "EUR"
        self._change(payment, "paid", amount, currency, "")
        after = self.store.payment(payment.ref)
        assert after is not None  # noqa: S101 - it has just been read
        if way != "pay_untold":
            self._tell(after, "paid")
        if way == "pay_twice_told":
            self._tell(after, "paid")
            self._tell(after, "paid", suffix="again")

    def _become(self, payment: Payment, status: str, *, failure: str = "") -> None:
        self._change(payment, status, payment.amount_minor, payment.currency, failure)
        after = self.store.payment(payment.ref)
        assert after is not None  # noqa: S101 - it has just been read
        self._tell(after, status)

    def _change(self, payment: Payment, status: str, amount: int, currency: str, failure: str) -> None:
        self.store.change(
            payment.ref,
            status=status,
            amount_minor=amount,
            currency=currency,
            failure=failure,
            now=self.now(),
        )

    def _tell(self, payment: Payment, kind: str, *, delay: float = 0, suffix: str = "") -> None:
        event = self.told(payment) | {
            "event_id": f"{payment.provider_ref}-{kind}" + (f"-{suffix}" if suffix else ""),
            "kind": kind,
            "occurred_at": (
                datetime.fromisoformat(payment.changed_at) + timedelta(seconds=delay)
            ).isoformat(),
        }
        del event["status"]
        self.store.queue(json.dumps(event), time.time() + delay)


def _require_money(key: str, document: Mapping[str, Any]) -> str:
    ref, amount = str(document.get("checkout_ref", "")), document.get("amount_minor")
    if not ref or ref != key:
        raise RequestRefused("the Idempotency-Key header and the document name different things")
    if type(amount) is not int or amount <= 0 or len(str(document.get("currency", ""))) != 3:
        raise RequestRefused("amount_minor and currency are needed")
    return ref
