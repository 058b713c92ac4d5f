"""Capacity in words: what is limited, for whom, on which days, and why a case is somebody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.web.workbench.words import CHANNELS, QUEUE_WORDS, say

KINDS = {
    "calls": word("Calls"), "messages": word("Messages"), "letters": word("Letters"), "visits": word("Visits"),
    "placements": word("Placements with agencies"),
}  # fmt: skip
STATES = {
    "counts": word("Counts"), "later": word("Begins later"), "replaced": word("Replaced"),
    "other_day": word("Other days of the week"), "over": word("Over"),
}  # fmt: skip
TONES = {"counts": "ok", "later": "info", "replaced": "", "other_day": "", "over": ""}
DROPPED = {
    "capacity": word("Left out: no capacity"), "cheaper_channel": word("Reached by another channel: the preferred one was scarce"),
    "cap": word("Stopped by a limit on contacts"), "hold": word("Stopped by a hold"), "holdout": word("Left alone by an experiment"),
}  # fmt: skip
BECAUSE = {
    "promise": word("holds the promise"), "by_hand": word("given by a supervisor"),
    "spoke_latest": word("spoke with the debtor latest"), "held": word("had the case before"),
    "lightest_load": word("had the lightest load"), "balance": word("taken over for fair loads"),
    "taken": word("opened it from the queue"), "nobody": word("nobody could take it"),
}  # fmt: skip
WEEK = {"1234567": word("Every day"), "12345": word("Monday to Friday"), "67": word("Saturday and Sunday")}


def thing(kind: str, name: str, from_hour: int | None = None) -> str:
    """Say what is limited: kind, queue or channel, from which hour on."""
    words = QUEUE_WORDS if kind == "calls" else CHANNELS
    named = say(words, name) if name and kind != "placements" else name
    if kind == "calls" and not name:
        named = _("all queues together")
    text = say(KINDS, kind) + (f": {named}" if named else "")
    if from_hour is not None:
        text += _(", from %(hour)s o'clock on") % {"hour": from_hour}
    return text


def amount_words(amount: int | None, end: int | None = None) -> str:
    """Say how much, a day or in each hour; nothing said is without limit."""
    if amount is None:
        return _("without limit")
    return f"{amount:,}" if end is None else _("%(count)s an hour") % {"count": f"{amount:,}"}


def hours_words(first: int | None, end: int | None) -> str:
    """Say from when until when."""
    return _("the whole day") if first is None or end is None else f"{first:02d}:00–{end:02d}:00"


def days_words(weekdays: Iterable[int]) -> str:
    """Say on which days of the week."""
    code = "".join(str(number) for number in weekdays)
    short = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return say(WEEK, code) if code in WEEK else " ".join(short[int(number) - 1] for number in code)


def creditor_words(creditor_id: int | None, names: Mapping[int, str]) -> str:
    """Say whose debts."""
    return _("all creditors") if creditor_id is None else names.get(creditor_id, str(creditor_id))


def because(code: str) -> str:
    """Say why a case is somebody's, as a half sentence; empty if it is not known."""
    return say(BECAUSE, code) if code else ""


def assigned_counts(counts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say how many cases were given for which reason."""
    return [(say(BECAUSE, code), f"{count:,}") for code, count in counts.items()]
