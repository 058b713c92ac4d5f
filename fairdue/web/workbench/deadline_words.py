"""Deadlines in words: how near, in which state, and what is left; a colour never stands alone."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word
from django.utils.translation import ngettext

from fairdue.contexts.law import facade as law
from fairdue.journeys.limit_cards import LimitCard
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench.money_words import LIMIT_STATES, LIMIT_TONES
from fairdue.web.workbench.words import say

URGENCIES = {
    "missed": word("Missed"), "today": word("Last day"), "near": word("Near"), "calm": word("Not due yet"),
}  # fmt: skip
URGENCY_TONES = {"missed": "stop", "today": "stop", "near": "wait", "calm": "info"}
STATES = {
    "running": word("Not due yet"), "met": word("Met in time"), "missed": word("Missed, still open"),
    "met_late": word("Met too late"), "passed": word("Has passed"), "cancelled": word("Cancelled"),
}  # fmt: skip
STATE_TONES = {"running": "info", "met": "ok", "missed": "stop", "met_late": "stop"}
FILTERS = {
    "unanswered": word("Open, missed ones too"), "running": word("Running"), "missed": word("Missed"),
    "met": word("Met"), "ended": word("Ended"), "all": word("All"),
}  # fmt: skip
EXTENSION_STATES = {
    "open": word("Waits for a decision"), "approved": word("Approved"), "refused": word("Refused"),
    "withdrawn": word("Withdrawn"), "lapsed": word("Lapsed: the deadline ended first"),
}  # fmt: skip
EXTENSION_TONES = {"open": "wait", "approved": "ok", "refused": "stop"}
WHY_NOT = {
    "own": word("You asked for it yourself: somebody else decides."),
    "role": word("The rule names another role for this decision."),
    "permission": word("Your role does not decide extensions."),
}
WITHIN = (0, 2, 5, 10, 30)


def state_badge(card: law.DeadlineCard) -> Any:
    """Say how a deadline stands: by its urgency while it is open, by its end afterwards."""
    if card.urgency != "done":
        return badge(
            say(URGENCIES, card.urgency),
            URGENCY_TONES[card.urgency],
            "warning" if card.urgency == "missed" else "",
        )
    return badge(say(STATES, card.status), STATE_TONES.get(card.status, ""))


def left_words(card: law.DeadlineCard) -> str:
    """Say what is left of a deadline in working days, or how late it is; nothing of one that has ended."""
    if card.urgency == "done":
        return ""
    if card.days_left < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -card.days_left) % {"n": -card.days_left}
    if card.days_left == 0:
        return _("ends today")
    left = card.working_days_left
    return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}


def deadline_view(card: law.DeadlineCard) -> dict[str, Any]:
    """Return a deadline in the reader's language."""
    return {
        "card": card, "title": in_language(card, "title"), "act": in_language(card, "act"),
        "arithmetic": in_language(card, "arithmetic"), "badge": state_badge(card), "left": left_words(card),
    }  # fmt: skip


def limit_badge(card: LimitCard) -> Any:
    """Say how a limit stands."""
    mark = badge(
        say(LIMIT_STATES, card.status),
        LIMIT_TONES.get(card.status, ""),
        "warning" if card.status in ("soon", "expired") else "",
    )
    left = ngettext("%(n)s day left", "%(n)s days left", card.days_left) % {"n": card.days_left}
    return with_left(mark, left if card.days_left > 0 else "")


def with_left(mark: Any, left: str) -> Any:
    """Return a badge with what is left beside it."""
    return format_html('{} <span class="nowrap">{}</span>', mark, left) if left else mark
