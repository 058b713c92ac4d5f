"""The timeline in words: one card for each thing that happened, newest first, under its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.care import facade as care
from fairdue.contexts.outreach.facade import FREE_TEXT
from fairdue.web.ui.templatetags.ui import clock, day, in_language, minute
from fairdue.web.workbench import words
from fairdue.web.workbench.call_words import (
    CALL_STATES,
    CHANGE_ICONS,
    CHANGE_WORDS,
    ERRAND_STATES,
    ERRAND_TONES,
)
from fairdue.web.workbench.due_words import due_word
from fairdue.web.workbench.money_words import component_word
from fairdue.web.workbench.office_words import STEPS
from fairdue.web.workbench.plan_words import PLAN_STATES, PLAN_TONES
from fairdue.web.workbench.words import say

FILTERS = (
    ("", word("All")), ("contacts", word("Contacts")), ("promises", word("Promises")), ("money", word("Money")),
    ("decisions", word("Decisions")), ("notes", word("Notes")), ("holds", word("Holds")),
    ("matters", word("Matters")), ("changes", word("Changes")),
)  # fmt: skip
GROUP_OF_KIND = {
    "contact": "contacts", "message": "contacts", "outcome": "contacts", "promise": "promises",
    "transaction": "money", "decision": "decisions", "hold": "holds", "change": "changes", "errand": "contacts",
    "matter": "matters", "plan": "promises",
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
    call: Any = None
    """The call behind it, with its recording."""
    trail: str = ""
    """When it was taken over, delivered and read; how long a call lasted."""
    is_withdrawn: bool = False
    href: str = ""
    """Where more is told."""


def kept(show: str) -> Callable[[Any], bool] | None:
    """Return what a filter keeps of the timeline's entries, None for all of them."""
    if show not in {code for code, _label in FILTERS if code}:
        return None
    return lambda entry: group_of(entry) == show


def group_of(entry: Any) -> str:
    """Return the filter under which an entry falls: a note stands apart from contacts."""
    if entry.kind == "outcome" and not entry.card.channel:
        return "notes"
    return GROUP_OF_KIND[entry.kind]


def cards_of(entries: Sequence[Any], points: Mapping[int, str]) -> list[Card]:
    """Return the entries in words, in their order."""
    return [card for entry in entries if (card := _card(entry, points))]


def days_of(cards: Sequence[Card]) -> list[tuple[Any, list[Card]]]:
    """Return cards under their days in the house zone."""
    return [
        (key, list(group))
        for key, group in groupby(cards, key=lambda card: timezone.localtime(card.at).date())
    ]


def _card(entry: Any, points: Mapping[int, str]) -> Card | None:
    make = MAKERS.get(entry.kind)
    if make is None:
        return None
    details = make(entry.card, entry, points)
    if details.get("by") == "borrower":
        details["by"] = _("the person")
    return Card(**({"key": entry.key, "group": group_of(entry), "at": entry.at} | details))


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
        "call": entry.call,
        "trail": _call_trail(entry.call),
    }


def _call_trail(call: Any) -> str:
    """Return how a call went: who it was confirmed to be, how long it lasted."""
    if call is None:
        return ""
    parts = [say(CALL_STATES, call.state)] if call.state not in ("by_hand", "ended") else []
    if call.confirmed_at:
        parts.append(_("debtor confirmed at %(at)s") % {"at": clock(call.confirmed_at)})
    if call.seconds is not None:
        parts.append(_("talked %(min)d:%(sec)02d") % {"min": call.seconds // 60, "sec": call.seconds % 60})
    return " · ".join(parts)


def _message_trail(card: Any) -> str:
    """Return the receipts of a message: handed over, settled, read."""
    told = [
        (_("handed over %(at)s"), card.sent_at),
        (
            _("delivered %(at)s") if card.dispatch_status == "delivered" else _("settled %(at)s"),
            card.settled_at,
        ),
        (_("read %(at)s"), card.read_at),
    ]
    parts = [text % {"at": minute(at)} for text, at in told if at]
    return " · ".join([*parts, card.error] if card.error else parts)


def _message(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    title = say(words.CHANNELS, card.channel)
    if card.template_code != FREE_TEXT:
        title = _("%(channel)s, template %(template)s") % {"channel": title, "template": card.template_code}
    lines = [points.get(card.contact_point_id, ""), card.subject, card.text]
    if card.status == "planned":
        lines.append(_("Planned for %(at)s") % {"at": minute(card.not_before)})
    return {
        "icon": words.CHANNEL_ICONS.get(card.channel, "sms"),
        "title": title,
        "state": say(words.CONTACT_RESULTS, card.status),
        "tone": words.RESULT_TONES.get(card.status, ""),
        "body": "\n".join(line for line in lines if line),
        "permit_id": card.permit_id,
        "trail": _message_trail(card),
    }


def _outcome(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    if entry.is_withdrawn:
        said = {"title": _("Note, withdrawn by its writer"), "is_withdrawn": True, "by": card.recorded_by}
        return {"icon": "note"} | said
    return {
        "icon": words.CHANNEL_ICONS.get(card.channel, "note"),
        "permit_id": entry.permit_id,
        "call": entry.call,
        "trail": _call_trail(entry.call),
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


def _change(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    body = card.reason
    if card.kind == "callback":
        at = minute(datetime.fromisoformat(card.details["at"]))
        body = " · ".join(filter(None, (_("call back at %(at)s") % {"at": at}, card.reason)))
    return {
        "icon": CHANGE_ICONS.get(card.kind, "system"),
        "title": say(CHANGE_WORDS, card.kind),
        "state": _("Taken back") if card.undone_at else "",
        "body": body,
        "by": card.changed_by,
    }


def _errand(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    lines = [points.get(card.contact_point_id, ""), card.subject, card.text or card.grounds]
    if card.channel == "visit":
        lines.append(_("%(count)s people") % {"count": card.staff_count})
    return {
        "icon": words.CHANNEL_ICONS[card.channel],
        "title": say(words.CHANNELS, card.channel),
        "state": say(ERRAND_STATES, card.status),
        "tone": ERRAND_TONES[card.status],
        "body": "\n".join(line for line in lines if line),
        "by": card.settled_by or card.asked_by,
        "permit_id": card.permit_id,
    }


def _matter(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    is_open = card.closed_at is None and card.answered_at is None
    due = _("answer due by %(date)s") % {"date": day(card.clock.due_date)} if card.clock.due_date else ""
    return {
        "icon": "complaint",
        "title": f"{in_language(care.terms_of(card.kind).title, 'label')} {card.number}",
        "state": _("Open") if is_open else _("Answered"),
        "tone": "wait" if is_open else "ok",
        "body": due if is_open else "",
        "by": card.handler,
        "href": href_of("workbench:matter", card.matter_id),
    }


def _plan(card: Any, entry: Any, points: Mapping[int, str]) -> dict[str, Any]:
    first = card.next_instalment
    return {
        "icon": "promise",
        "title": _("Plan %(number)s") % {"number": card.number},
        "amount": card.total,
        "state": say(PLAN_STATES, card.state),
        "tone": PLAN_TONES.get(card.state, ""),
        "body": _("next: %(amount)s by %(date)s") % {"amount": str(first.amount), "date": day(first.due_date)}
        if first and card.state == "running"
        else "",
        "href": href_of("workbench:plan", card.plan_id),
    }


def href_of(name: str, number: int) -> str:
    """Return the address of a page that another room may or may not have."""
    try:
        return reverse(name, args=[number])
    except NoReverseMatch:
        return ""


MAKERS: dict[str, Callable[..., dict[str, Any]]] = {
    "contact": _contact, "message": _message, "outcome": _outcome, "promise": _promise,
    "transaction": _transaction, "decision": _decision, "hold": _hold, "change": _change, "errand": _errand,
    "matter": _matter, "plan": _plan,
}  # fmt: skip
