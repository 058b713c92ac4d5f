"""Offers and plans in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_noop as word

from fairdue.engine.negotiation.offers import Offer
from fairdue.engine.negotiation.words import say as say_of_offer
from fairdue.kernel.money import Money

PLAN_STATES = {
    "running": word("Running"),
    "kept": word("Kept"),
    "breached": word("Broken"),
    "replaced": word("Made anew"),
    "ended": word("Ended"),
}
PLAN_TONES = {"running": "info", "kept": "ok", "breached": "stop", "replaced": "", "ended": ""}
INSTALMENT_STATES = {
    "due": word("To come"),
    "paid": word("Paid in time"),
    "early": word("Paid early"),
    "late": word("Late"),
    "missed": word("Missed"),
}
INSTALMENT_TONES = {"due": "", "paid": "ok", "early": "ok", "late": "wait", "missed": "stop"}
PROPOSAL_STATES = {
    "waiting_approval": word("Waits for approval"),
    "ready": word("Ready to be agreed"),
    "accepted": word("Agreed"),
    "refused": word("Refused"),
    "expired": word("Expired"),
    "withdrawn": word("Withdrawn"),
}
PROPOSAL_TONES = {"waiting_approval": "wait", "ready": "info", "accepted": "ok", "refused": "stop"}
AUTHORITIES = {
    "self_service": word("nobody"),
    "collector": word("a collector"),
    "supervisor": word("a supervisor, a second pair of eyes"),
    "committee": word("the finance desk, a second pair of eyes"),
}
ACCEPTED = {"code": word("One-time code"), "oral": word("Recorded call")}
END_REASONS = {"all_paid": word("Everything was paid"), "instalments_missed": word("Instalments were missed")}


def offer_word(section: str, code: str, facts: Mapping[str, Any] | None = None, currency: str = "CNY") -> str:
    """Return what a code of an offer says in the language of the page, amounts and days as people read them."""
    texts = {
        name: str(Money(int(value), currency)) if name.endswith("_minor") else str(value)
        for name, value in (facts or {}).items()
    }
    try:
        return say_of_offer(section, code, get_language() or "zh-hans", texts)
    except KeyError:
        return code.replace("_", " ")


def offer_view(offer: Offer, keeping: Mapping[str, int]) -> dict[str, Any]:
    """Return an offer as a page shows it; `keeping` holds `grace_days` and `missed_in_a_row` of its terms."""
    days: dict[Any, int] = {}
    for part in offer.parts:
        for one in part.instalments:
            days[one.due_date] = days.get(one.due_date, 0) + one.total_minor
    return {
        "offer": offer,
        "kind": offer_word("kinds", offer.kind),
        "why": [offer_word("why", each.code, each.facts, offer.currency) for each in offer.why],
        "if_missed": offer_word("if_missed", offer.if_missed, keeping),
        "total": Money(offer.total_minor, offer.currency),
        "waived": Money(offer.waived_minor, offer.currency),
        "level": Money(offer.level_minor, offer.currency),
        "added": Money(sum(sum(part.added.values()) for part in offer.parts), offer.currency),
        "needs": AUTHORITIES[offer.authority],
        "days": [(day, Money(minor, offer.currency)) for day, minor in sorted(days.items())],
    }
