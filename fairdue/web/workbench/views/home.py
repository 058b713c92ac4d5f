"""The first page after logging in: what waits for this role today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.day_words import day_context
from fairdue.web.workbench.nav import rail
from fairdue.web.workbench.views.rest import rest_context
from fairdue.web.workbench.words import QUEUE_WORDS, say

WORKERS = frozenset({"collector", "agency", "field", "supervisor"})
"""Roles that cases are assigned to."""


@staff_page()
def home(request: DeskRequest) -> HttpResponse:
    """Show the day of a collector, the queues and the team of a supervisor, or the pages of another role."""
    context: dict[str, Any] = {}
    if request.actor.may("cases.view"):
        found = cases.queues(request.actor)
        context |= {"queues": _stats(found), "queue_chart": _chart(found)}
    if request.actor.may("cases.assign"):
        context["load"] = _load(request)
    if request.actor.may("cases.work"):
        mine = cases.queue(actor=request.actor, mine=True, limit=8)
        context |= {"mine": mine, "has_mine": True} | day_context(request) | rest_context(request)
    else:
        context["groups"] = [group for group in rail(request) if group["label"]]
    return render(request, "workbench/home.html", context)


def count_text(count: int, is_capped: bool) -> str:
    """Write a count that may have been cut short: 1,000+."""
    return f"{count:,}" + ("+" if is_capped else "")


def queue_href(code: str) -> str:
    """Return the address of one queue."""
    return f"{reverse('workbench:queue')}?{urlencode({'queue': code})}"


def _stats(found: Sequence[cases.QueueCard]) -> list[dict[str, str]]:
    return [
        {
            "label": say(QUEUE_WORDS, card.code),
            "value": count_text(card.count, card.count_is_capped),
            "href": queue_href(card.code),
        }
        for card in found
    ]


def _load(request: DeskRequest) -> dict[str, Any]:
    """Return what nobody has and what each collector has, in two queries however many they are."""
    staff = [
        card for card in identity.staff_cards(actor=request.actor) if card.role in WORKERS and card.is_active
    ]
    found = cases.workload(actor=request.actor, staff_ids=[card.staff_id for card in staff])
    names = {card.staff_id: card.display_name for card in staff}
    return {
        "unassigned": count_text(found.unassigned_count, found.unassigned_count_is_capped),
        "others": count_text(found.others_count, found.others_count_is_capped),
        "collectors": [
            (names[load.staff_id], count_text(load.case_count, load.case_count_is_capped))
            for load in sorted(found.collectors, key=lambda load: (-load.case_count, names[load.staff_id]))
        ],
    }


def _chart(found: Sequence[cases.QueueCard]) -> Any:
    rows = [
        Bar(
            label=say(QUEUE_WORDS, card.code), value=card.count,
            text=count_text(card.count, card.count_is_capped), href=queue_href(card.code),
        )
        for card in found
    ]  # fmt: skip
    return bars(rows, title=_("Open work by queue"), label=_("Queue"), unit=_("Open items"))
