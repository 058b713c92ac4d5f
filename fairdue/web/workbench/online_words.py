"""Codes of paying online in words for the desk."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

STATUSES = {
    "created": word("Begun, not handed over"), "open": word("On the payment page"), "pending": word("Waiting for the bank"),
    "paid": word("Paid"), "differs": word("Another amount arrived"), "failed": word("Failed"),
    "cancelled": word("Cancelled"), "expired": word("Time over"), "refunded": word("Given back"),
}  # fmt: skip
STATUS_TONES = {
    "created": "wait", "open": "info", "pending": "wait", "paid": "ok", "differs": "stop", "failed": "", "cancelled": "",
    "expired": "", "refunded": "info",
}  # fmt: skip
METHODS = {
    "card": word("Card"),
    "wallet": word("Wallet"),
    "qr": word("QR code"),
    "direct_debit": word("Direct debit"),
}
SOURCES = {"told": word("Told"), "asked": word("Asked")}
VERDICTS = {
    "took_effect": word("Took effect"), "repeated": word("Repeated, counted once"), "overtaken": word("Overtaken"),
    "late": word("Late, taken in"), "too_early": word("Before the payment"), "differs": word("Differs from what was asked"),
    "unknown": word("No payment of ours"), "foreign": word("Another payment's number"), "refused": word("Cannot be booked"),
}  # fmt: skip
VERDICT_TONES = {
    "took_effect": "ok", "late": "ok", "differs": "stop", "unknown": "stop", "foreign": "stop", "too_early": "wait",
    "refused": "stop",
}  # fmt: skip
MANDATES = {
    "active": word("In force"), "stopped": word("Stopped"), "refused": word("Refused by the bank"),
    "lapsed": word("Ended after refused debits"), "offered": word("Not accepted"),
}  # fmt: skip
MANDATE_TONES = {"active": "ok", "stopped": "", "refused": "stop", "lapsed": "stop", "offered": "wait"}
DEBITS = {
    "planned": word("Planned"), "sent": word("At the bank"), "collected": word("Taken"), "given_up": word("Given up"),
    "stopped": word("Stopped"), "not_needed": word("Not needed"),
}  # fmt: skip
