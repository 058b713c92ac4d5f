"""The timeline in words: one card for each thing that happened, newest first, under its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.web.ui.templatetags.ui import day, in_language, minute
from fairdue.web.workbench import words
from fairdue.web.workbench.due_words import due_word
from fairdue.web.workbench.money_words import component_word
from fairdue.web.workbench.office_words import STEPS
from fairdue.web.workbench.words import say

FILTERS = (
    ("", word("All")), ("contacts", word("Contacts")), ("promises", word("Promises")), ("money", word("Money")),
    ("decisions", word("Decisions")), ("notes", word("Notes")), ("holds", word("Holds")),
)  # fmt: skip
GROUP_OF_KIND = {
    "contact": "contacts", "message": "contacts", "outcome": "contacts", "promise": "promises",
    "transaction": "money", "decision": "decisions", "hold": "holds",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card: an icon with a title, a state in words and colour, and what stands below."""

    key: str
    group: str
    at: Any
    icon: str
    title: str
    state: str = ""
    tone: str = ""
    amount: Any = None
    body: str = ""
    by: str = ""
    transaction: Any = None
    """A payment that stands, which may be reversed here."""
    permit_id: int | None = None
    """The permit under which it left."""


def days(
    entries: Sequence[Any], *, show: str, points: Mapping[int, str], outcomes: Mapping[str, Any]
) -> list[tuple[Any, list[Card]]]:
    """Return the cards of a filter under their days in the house zone."""
    cards = [
        card for entry in entries if (card := _card(entry, points, outcomes)) and show in ("", card.group)
    ]
    return [
        (key, list(group))
        for key, group in groupby(cards, key=lambda card: timezone.localtime(card.at).date())
    ]


def _card(entry: Any, points: Mapping[int, str], outcomes: Mapping[str, Any]) -> Card | None:
    make = MAKERS.get(entry.kind)
    if make is None:
        return None
    details = make(entry.card, entry, points)
    return Card(**({"key": entry.key, "group": GROUP_OF_KIND[entry.kind], "at": entry.at} | details))


def _contact(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    is_inbound = card.direction == "inbound"
    channel = say(words.CHANNELS, card.channel)
    title = _("%(channel)s by the debtor") % {"channel": channel} if is_inbound else channel
    maker = {"lender": "", "debtor": ""}.get(card.made_by, card.made_by)
    return {
        "icon": words.CHANNEL_ICONS.get(card.channel, "note"),
        "title": title,
        "state": say(words.CONTACT_RESULTS, card.result),
        "tone": words.RESULT_TONES.get(card.result, ""),
        "body": points.get(card.contact_point_id, ""),
        "by": maker,
        "permit_id": card.permit_id,
    }


def _message(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    title = _("%(channel)s, template %(template)s") % {
        "channel": say(words.CHANNELS, card.channel),
        "template": card.template_code,
    }
    lines = [points.get(card.contact_point_id, ""), card.text]
    if card.status == "planned":
        lines.append(_("Planned for %(at)s") % {"at": minute(card.not_before)})
    return {
        "icon": words.CHANNEL_ICONS.get(card.channel, "sms"),
        "title": title,
        "state": say(words.CONTACT_RESULTS, card.status),
        "tone": words.RESULT_TONES.get(card.status, ""),
        "body": "\n".join(line for line in lines if line),
        "permit_id": card.permit_id,
    }


def _outcome(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    return {
        "icon": "note",
        "group": "contacts" if card.channel else "notes",
        "title": in_language({"label_zh": card.label_zh, "label_en": card.label_en}, "label"),
        "state": say(words.CHANNELS, card.channel) if card.channel else "",
        "body": card.note,
        "by": card.recorded_by,
    }


def _promise(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    body = _("to be paid by %(date)s") % {"date": day(card.promised_date)}
    if card.received.minor:
        body += " · " + _("received %(amount)s") % {"amount": str(card.received)}
    return {
        "icon": "promise",
        "title": _("Promise to pay"),
        "amount": card.amount,
        "state": say(words.PROMISE_STATES, card.status),
        "tone": words.PROMISE_TONES.get(card.status, ""),
        "body": body,
        "by": card.recorded_by,
    }


def _transaction(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    state, tone = "", ""
    if card.reversed_by_id:
        state, tone = _("Reversed"), "stop"
    elif card.kind == "payment":
        tone = "ok"
    title = say(words.TRANSACTION_KINDS, card.kind)
    if card.component:
        title += " · " + component_word(card.component)
    return {
        "icon": "payment", "title": title, "amount": card.amount, "state": state, "tone": tone,
        "body": parts_text(card.parts), "transaction": card if tone == "ok" else None,
    }  # fmt: skip


def parts_text(parts: Sequence[Any]) -> str:
    """Return where a payment went: Fees 20.00 · Principal 480.00 (2026-10)."""
    return " · ".join(
        f"{component_word(part.component)} {part.amount.amount:,}"
        + (f" ({due_word(part.due_ref)})" if part.due_ref else "")
        for part in parts
    )


def _decision(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    gate = say(words.GATE_WORDS, card.outcome) if card.outcome in words.GATE_WORDS else ""
    return {
        "icon": "decision",
        "title": _("Decision: %(step)s") % {"step": say(STEPS, card.step)},
        "state": gate,
        "tone": words.GATE_TONES.get(card.outcome, ""),
        "body": in_language(card, "title"),
        "by": f"{card.strategy_code} {card.strategy_version}",
    }


def _hold(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    is_start = entry.phase != "ended"
    kind = say(words.HOLD_KINDS, card.kind)
    return {
        "icon": "hold" if is_start else "check",
        "title": _("Hold placed: %(kind)s") % {"kind": kind}
        if is_start
        else _("Hold lifted: %(kind)s") % {"kind": kind},
        "tone": "stop" if is_start else "ok",
        "body": card.reason if is_start else "",
        "by": card.placed_by if is_start else card.ended_by,
    }


MAKERS: dict[str, Callable[..., dict[str, Any]]] = {
    "contact": _contact, "message": _message, "outcome": _outcome, "promise": _promise,
    "transaction": _transaction, "decision": _decision, "hold": _hold,
}  # fmt: skip
