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


def way_word(channel: str, direction: str) -> str:
    """Return how somebody was reached, or reached us."""
    if direction == "inbound":
        return _("You contacted us")
    words = {
        "call": _("Telephone call"), "sms": _("Text message"), "email": _("E-mail"), "visit": _("Visit"),
        "inapp": _("Message on this page"), "letter": _("Letter"), "push": _("Push message"), "im": _("Chat message"),
    }  # fmt: skip
    return words.get(channel, channel)


def result_word(result: str) -> str:
    """Return what came of a contact."""
    words = {
        "sent": _("sent"), "delivered": _("delivered"), "read": _("read"), "undelivered": _("not delivered"),
        "bounced": _("not delivered"), "no_answer": _("no answer"), "busy": _("line busy"),
        "conversation": _("you spoke with us"), "announcement_connected": _("announcement heard"),
        "voicemail": _("voicemail"), "third_party": _("somebody else answered"), "wrong_number": _("wrong number"),
        "received": _("received"),
    }  # fmt: skip
    return words.get(result, _("done"))


def maker_word(made_by: str) -> str:
    """Return who made a contact."""
    words = {"lender": _("your lender"), "debtor": _("you")}
    return words.get(made_by, made_by)


def kind_word(kind: str) -> str:
    """Return what a kind of booking is called."""
    return kind_words().get(kind, kind)


def kind_words() -> dict[str, str]:
    """Return what each kind of booking is called."""
    return {
        "payment": _("Payment"), "charge": _("Charge"), "credit": _("Credit"), "reversal": _("Cancelled booking"),
        "chargeback": _("Returned payment"), "refund": _("Refund"), "waiver": _("Waived"), "pause": _("Pause"),
        "resume": _("End of a pause"), "deferral": _("Deferral"), "re_age": _("Due dates set anew"),
        "re_amortise": _("Instalments computed anew"), "plan": _("Plan agreed"), "settlement": _("Settlement agreed"),
        "charge_off": _("Charged off"), "write_off": _("Written off"), "recovery": _("Recovery"),
        "assignment": _("Assigned"), "dispute": _("Dispute"),
    }  # fmt: skip


def component_word(component: str) -> str:
    """Return what a component of a debt is called."""
    if component == "credit_balance":
        return _("Credit balance")
    names = ledger.components().get(component, {})
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return names.get(language) or component
