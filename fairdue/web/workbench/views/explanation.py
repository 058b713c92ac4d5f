"""Why an amount is what it is: one level of its explanation at a time, beside the amount or on a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.facade import ExplainedPart, Explanation
from fairdue.journeys.limit_cards import LimitCard
from fairdue.journeys.view_limits import limits
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench import money_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.moments import asked_moment
from fairdue.web.workbench.words import say

SUBJECT_LENGTH = 60
PARTS_SHOWN = 200
"""A level shows at most so many parts; the command line shows all."""


@staff_page("ledger.view")
def explanation(request: DeskRequest, account_id: int) -> HttpResponse:
    """Show one level of why an amount is what it is: its sentence, its parts, its postings."""
    try:
        card = book.account_card(account_id, actor=request.actor)
    except book.AccountUnknown as unknown:
        raise Http404 from unknown
    moment = asked_moment(request, clock.now())
    subject = request.GET.get("subject", "balance")[:SUBJECT_LENGTH]
    try:
        found = ledger.explain(account_id, moment.as_of, subject, moment.known_at)
    except (ledger.SubjectUnknown, ledger.LedgerError) as unknown:
        raise Http404 from unknown
    part = found.part(request.GET.get("path", "")[:SUBJECT_LENGTH]) or found.root
    context = {
        "card": card,
        "account_id": account_id,
        "moment": moment,
        "explanation": found,
        "level": _shown(part) | {"whole": _whole(found, part)},
        "parts": [_shown(one) for one in part.parts[:PARTS_SHOWN]],
        "left_out": max(len(part.parts) - PARTS_SHOWN, 0),
        "crumbs": [_shown(one) for one in _above(found, part)],
        "target": _target(request, account_id),
    }
    is_panel = request.headers.get("HX-Request") == "true"
    return render(request, f"workbench/{'_explanation' if is_panel else 'explanation'}.html", context)


@staff_page("ledger.view")
def limit_cards(request: DeskRequest, account_id: int) -> HttpResponse:
    """Show until when a debt can be sued for and enforced, as small cards for the case page."""
    now = clock.now()
    try:
        found = limits(account_id=account_id, as_of=clock.business_date(now), actor=request.actor, now=now)
    except book.AccountUnknown as unknown:
        raise Http404 from unknown
    return render(request, "workbench/_limit_cards.html", {"limits": [limit_words(card) for card in found]})


def limit_words(card: LimitCard) -> dict[str, Any]:
    """Return one limit in the reader's language, with an icon beside its word and colour."""
    return {
        "card": card,
        "title": in_language(card, "title"),
        "note": in_language(card, "note"),
        "state": say(words.LIMIT_STATES, card.status),
        "tone": words.LIMIT_TONES.get(card.status, ""),
        "icon": "warning" if card.status in ("soon", "expired") else "clock",
        "steps": [{"card": step, "text": in_language(step, "sentence")} for step in card.steps],
    }


def _shown(part: ExplainedPart) -> dict[str, Any]:
    """Return one amount in the reader's language; `opens` tells whether there is a further level."""
    return {
        "part": part,
        "sentence": in_language(part, "sentence"),
        "rule": in_language(part, "rule"),
        "citation": in_language(part, "citation"),
        "arithmetic": in_language(part, "arithmetic"),
        "days": ""
        if part.days is None
        else ngettext("%(n)d day", "%(n)d days", part.days) % {"n": part.days},
        "opens": bool(part.parts or part.postings),
    }


def _whole(found: Explanation, part: ExplainedPart) -> str:
    """Return the subject of the whole event or item of which this is one side, or nothing."""
    return part.subject if part.path and part.subject != found.subject and not part.parts else ""


def _above(found: Explanation, part: ExplainedPart) -> list[ExplainedPart]:
    """Return the levels above a part, the root first."""
    if not part.path:
        return []
    numbers = part.path.split(".")
    paths = ["", *(".".join(numbers[:count]) for count in range(1, len(numbers)))]
    return [level for level in map(found.part, paths) if level is not None]


def _target(request: DeskRequest, account_id: int) -> str:
    """Return the element that the panel fills: the account's own on a page of several debts."""
    own = f"explanation-{account_id}"
    return own if request.GET.get("into") == own else "explanation"
