"""The supervisor's live board: queues, who does what, rates with their definitions, and what will be late soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word
from django.utils.translation import ngettext

from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.engine.figures.metrics import METRICS
from fairdue.kernel import clock
from fairdue.kernel.money import Money
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language, money
from fairdue.web.ui.templatetags.ui import clock as hour
from fairdue.web.ui.templatetags.ui import day as day_word
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.care_words import clock_badge, clock_words
from fairdue.web.workbench.deadline_words import left_words, state_badge, with_left
from fairdue.web.workbench.views.home import count_text, queue_href
from fairdue.web.workbench.words import QUEUE_WORDS, say

SOON = timedelta(days=2)
STATES = {
    "away": word("Away"), "resting": word("Resting"), "overloaded": word("Too much"), "off_shift": word("Off shift"),
    "idle": word("Idle"), "at_work": word("At work"),
}  # fmt: skip
MATTER_KINDS = {
    "dispute": word("Dispute"), "complaint": word("Complaint"), "hardship": word("Hardship"),
    "vulnerability": word("Vulnerability"), "wrong_person": word("Wrong person"), "callback": word("Call-back"),
    "contact_limits": word("Contact limits"),
}  # fmt: skip
TONES = {"overloaded": "stop", "idle": "wait", "resting": "info", "at_work": "ok"}


@staff_page("cases.assign")
def board(request: DeskRequest) -> HttpResponse:
    """Show the board; its live part renews itself while it is seen."""
    rules = cases.cool_down_rules()
    reasons = [(code, in_language({"zh": zh, "en": en}, "")) for code, (zh, en) in rules.reasons.items()]
    context = _live(request) | {"reasons": reasons, "minutes": rules.minutes}
    return render(request, "workbench/board.html", context)


@staff_page("cases.assign")
def live(request: DeskRequest) -> HttpResponse:
    """Return the live part alone."""
    return render(request, "workbench/_board_live.html", _live(request))


def _live(request: DeskRequest) -> dict[str, Any]:
    now = clock.now()
    found = cases.board(actor=request.actor, now=now)
    states = [line.state for line in found.collectors]
    return {
        "at": now, "said": _said(states), "rates": _rates(found), "queues": _queues(request),
        "collectors": _collectors(found), "promises": _promises(request, found), "deadlines": _deadlines(request),
        "matters": _matters(request),
    }  # fmt: skip


def _said(states: list[str]) -> str:
    idle, over = states.count("idle"), states.count("overloaded")
    parts = [ngettext("%(count)s collector idle", "%(count)s collectors idle", idle) % {"count": idle}]
    parts.append(ngettext("%(count)s with too much", "%(count)s with too much", over) % {"count": over})
    return ", ".join(parts)


def _queues(request: DeskRequest) -> list[dict[str, str]]:
    return [
        {
            "label": say(QUEUE_WORDS, card.code), "value": count_text(card.count, card.count_is_capped),
            "href": queue_href(card.code),
        }
        for card in cases.queues(request.actor)
    ]  # fmt: skip


def _per_cent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f} %"


def _rates(found: cases.Board) -> list[dict[str, str]]:
    calls, ended = found.calls, found.kept + found.broken
    kept = found.kept / ended if ended else None
    values = {
        "connect_rate": (calls.connect_rate, f"{calls.answered} / {calls.dialled}"),
        "rpc_rate": (calls.rpc_rate, f"{calls.reached} / {calls.dialled}"),
        "promise_rate": (calls.promise_rate, f"{calls.promises} / {calls.reached}"),
        "kept_rate": (kept, f"{found.kept} / {ended}"),
    }
    return [
        {
            "title": in_language(METRICS[code], ""), "value": _per_cent(value), "parts": parts,
            "says": in_language(METRICS[code], "says"), "formula": in_language(METRICS[code], "formula"),
        }
        for code, (value, parts) in values.items()
    ]  # fmt: skip


def _collectors(found: cases.Board) -> Table:
    def load(value: int, row: cases.CollectorLine) -> Any:
        shown = f"{value:,}" if row.max_cases is None else f"{value:,} / {row.max_cases:,}"
        return format_html('<a href="{}?from={}">{}</a>', reverse("workbench:reassign"), row.staff_id, shown)

    return Table(
        sorted(found.collectors, key=lambda line: (list(STATES).index(line.state), line.name)),
        caption=_("Collectors"), is_part=True,
        empty=EmptyState(title=_("No collector is in your team"), text=_("An administrator adds members of staff.")),
        columns=[
            Column("name", _("Collector"), is_row_head=True),
            Column("state", _("State"), render=_state),
            Column("open_cases", _("Open cases"), align="num", render=load),
            Column("done_today", _("Outcomes today"), align="num"),
            Column("calls", _("Dialled / reached"), align="num", render=lambda calls, _row: f"{calls.dialled} / {calls.reached}"),
            Column("promises", _("Promises"), lambda row: row.calls.promises, align="num"),
            Column("kept_rate", _("Kept rate"), align="num", render=lambda value, _row: _per_cent(value)),
            InstantColumn("latest_at", _("Latest entry")),
        ],
    )  # fmt: skip


def _state(value: str, row: cases.CollectorLine) -> Any:
    shown = badge(say(STATES, value), TONES.get(value, ""))
    return (
        format_html("{} {}", shown, _("until %(time)s") % {"time": hour(row.until)}) if row.until else shown
    )


def _promises(request: DeskRequest, found: cases.Board) -> Table:
    people = parties.person_cards([row.person_id for row in found.promises_due])
    today = clock.business_date(clock.now())

    def left(row: cases.DuePromise) -> Money:
        return Money(max(row.amount_minor - row.received_minor, 0), row.currency)

    def when(value: Any, row: cases.DuePromise) -> Any:
        late = row.deadline_date < today
        return format_html(
            "{} {}", day_word(value), badge(_("Over"), "stop") if late else badge(_("Due"), "wait")
        )

    return Table(
        found.promises_due, caption=_("Promises due until tomorrow"), is_part=True,
        empty=EmptyState(title=_("No promise falls due until tomorrow"), icon="check"),
        columns=[
            Column(
                "person_id", _("Debtor"), is_row_head=True,
                render=lambda value, row: row_link(
                    reverse("workbench:case", args=[row.case_id]), people[value].name_masked if value in people else "–"
                ),
            ),
            Column("promised_date", _("Promised for"), render=when),
            Column("left", _("Still missing"), left, render=lambda value, _row: money(value), align="num"),
            Column("assigned_to", _("Collector")),
        ],
    )  # fmt: skip


def _deadlines(request: DeskRequest) -> Table | None:
    if not request.actor.may("deadlines.view"):
        return None
    found = law.deadlines(actor=request.actor, now=clock.now(), due_within_days=SOON.days, limit=20)
    people = parties.person_cards([row.person_id for row in found.rows])
    return Table(
        found.rows, caption=_("Deadlines of the next two days"), is_part=True,
        empty=EmptyState(title=_("No deadline ends within two days"), icon="check"),
        columns=[
            Column(
                "title_zh", _("What"), lambda row: in_language(row, "title"), is_row_head=True,
                render=lambda value, row: row_link(reverse("workbench:deadline", args=[row.deadline_id]), value),
            ),
            Column("person_id", _("Debtor"), render=lambda value, _row: people[value].name_masked if value in people else "–"),
            Column(
                "due_date", _("Last day"),
                render=lambda value, row: format_html("{} {}", day_word(value), with_left(state_badge(row), left_words(row))),
            ),
        ],
    )  # fmt: skip


def _matters(request: DeskRequest) -> Table | None:
    """What borrowers told and nobody answered yet, the nearest end first; no word of theirs stands here."""
    if not request.actor.may("care.view"):
        return None
    found = care.matter_queue(actor=request.actor, now=clock.now(), limit=10)
    return Table(
        found.rows, is_part=True, caption=_("Complaints, disputes and hardships without an answer"),
        empty=EmptyState(title=_("Nothing waits for an answer"), icon="check"),
        columns=[
            Column("number", _("Number"), is_row_head=True, render=_matter),
            Column("kind", _("Kind"), render=lambda value, _row: say(MATTER_KINDS, value)),
            Column("handler", _("Handler"), render=lambda value, _row: value or _("Nobody")),
            Column("clock", _("Time for the answer"), clock_words, render=lambda _value, row: clock_badge(row)),
        ],
    )  # fmt: skip


def _matter(value: str, row: care.MatterCard) -> Any:
    try:
        return row_link(reverse("workbench:matter", args=[row.matter_id]), value)
    except NoReverseMatch:
        return value
