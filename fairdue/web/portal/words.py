"""Words of codes that a borrower reads."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairdue.contexts.ledger import facade as ledger


def channel_word(channel: str) -> str:
    """Return what a channel is called."""
    words = {
        "call": _("Telephone calls"),
        "sms": _("Text messages"),
        "email": _("E-mails"),
        "visit": _("Visits"),
        "inapp": _("Messages on this page"),
    }
    return words.get(channel, channel)


def kind_word(kind: str) -> str:
    """Return what a kind of booking is called."""
    words = {
        "payment": _("Payment"),
        "charge": _("Charge"),
        "credit": _("Credit"),
        "reversal": _("Cancelled booking"),
    }
    return words.get(kind, kind)


def component_word(component: str) -> str:
    """Return what a component of a debt is called."""
    if component == "credit_balance":
        return _("Credit balance")
    names = ledger.components().get(component, {})
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return names.get(language) or component
