"""Words and badges of matters at the desk."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word
from django.utils.translation import ngettext

from fairdue.contexts.care import facade as care
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench.words import say

STATES = {
    "open": word("Open"),
    "waiting_approval": word("Answer waits for approval"),
    "answered": word("Answered"),
    "closed": word("Closed"),
    "withdrawn": word("Taken back by the person"),
}
STATE_TONES = {"open": "info", "waiting_approval": "wait", "answered": "ok"}
FILTERS = {
    "unanswered": word("Not answered"),
    "approval": word("Waiting for approval"),
    "answered": word("Answered, not closed"),
    "ended": word("Closed or taken back"),
    "all": word("All"),
}
ANSWER_STATES = {"waiting": word("Waits for approval"), "given": word("Given"), "returned": word("Sent back")}
ANSWER_TONES = {"waiting": "wait", "given": "ok", "returned": "stop"}
CLOCK_TONES = {"neutral": "", "amber": "wait", "red": "stop", "late": "stop", "done": "ok", "none": ""}
ENTRIES = {
    "opened": word("Told us"),
    "taken": word("Taken"),
    "handed_over": word("Handed over"),
    "about_staff": word("Named whom it is about"),
    "words_added": word("Added"),
    "document_added": word("Document added"),
    "held_in_ledger": word("Left out in the ledger while it is checked"),
    "released_in_ledger": word("Counted again in the ledger"),
    "correction_asked": word("Correction asked for; a second person decides"),
    "answer_written": word("Answer written, waits for approval"),
    "answer_returned": word("Answer sent back to its author"),
    "answered": word("Answer given"),
    "reopened": word("Opened again by the person's words"),
    "overdue": word("Overdue"),
    "warned": word("Handler and supervisors told that the end is near or past"),
    "extended": word("Person told of a later day"),
    "hold_lifted": word("Hold lifted: the time to read the answer has passed"),
    "withdrawn": word("Taken back by the person"),
    "closed": word("Closed"),
    "done_at_once": word("Done at once, as asked"),
}


def kind_word(kind: str) -> str:
    """Return what a kind is called."""
    return in_language(care.terms_of(kind).name, "")


def cause_word(kind: str, cause: str) -> str:
    """Return what a cause is called."""
    found = [each for each in care.terms_of(kind).causes if each.code == cause]
    return in_language(found[0], "") if found else ""


def outcome_word(kind: str, outcome: str) -> str:
    """Return what an outcome is called."""
    found = [each for each in care.terms_of(kind).outcomes if each.code == outcome]
    return in_language(found[0], "") if found else ""


def state_badge(card: care.MatterCard) -> SafeString:
    """Show how a matter stands."""
    return badge(say(STATES, card.state), STATE_TONES.get(card.state, ""))


def clock_words(card: care.MatterCard) -> str:
    """Say how much time is left, always in words: the colour only repeats it."""
    clock = card.clock
    if clock.tone == "none":
        return _("No rule sets a day")
    if clock.tone == "done":
        return _("Answered") if card.answered_at else _("Ended")
    if clock.tone == "late":
        days = max(1, -clock.days_left)
        return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
    left = ngettext("%(days)d day left", "%(days)d days left", clock.days_left) % {"days": clock.days_left}
    return _("%(left)s, %(used)d %% used") % {"left": left, "used": clock.used_percent}


def clock_badge(card: care.MatterCard) -> SafeString:
    """Show the clock as a badge: neutral, amber from half of the time, red from four fifths, late."""
    return badge(clock_words(card), CLOCK_TONES[card.clock.tone], "clock")


def signs_of(card: care.MatterCard) -> list[care.Sign]:
    """Return what the lexicon suggests, urgent ones first; a person decides."""
    return [sign for sign in care.signs() if sign.code in card.suggestions]


def sign_badges(card: care.MatterCard) -> Any:
    """Show what the lexicon suggests in a list."""
    marks = [
        badge(in_language(sign, "title"), "stop" if sign.is_urgent else "wait", "flag")
        for sign in signs_of(card)
    ]
    return format_html("{} " * len(marks), *marks) if marks else ""


def entry_word(entry: care.EntryCard) -> str:
    """Return what happened."""
    return say(ENTRIES, entry.kind)
