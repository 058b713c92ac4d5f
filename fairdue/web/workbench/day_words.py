"""A collector's day in words: why each line stands there, and until when."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.care import facade as care
from fairdue.contexts.cases.contracts import DayItem, PromiseCard
from fairdue.journeys.my_day import MyDay, my_day
from fairdue.kernel import clock
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench.access import DeskRequest
from fairdue.web.workbench.care_words import clock_badge
from fairdue.web.workbench.deadline_words import deadline_view
from fairdue.web.workbench.reasons import reason_text, row_titles


def day_context(request: DeskRequest) -> dict[str, Any]:
    """Return what the first page shows of somebody's day."""
    now = clock.now()
    found = my_day(actor=request.actor, now=now)
    titles = row_titles() if found.new else {}
    return {
        "promises_due": [_promise(each, each.promise, now) for each in found.promises if each.promise],
        "callbacks": [_callback(each, now) for each in found.callbacks],
        "new_cases": [(each, reason_text(each.reason, titles) if each.reason else "") for each in found.new],
        "ahead": ahead(found),
    }


def _promise(item: DayItem, promise: PromiseCard, now: Any) -> dict[str, Any]:
    today = business_date(now)
    is_late = promise.promised_date < today
    counts = _("counts until %(date)s") % {"date": day(promise.deadline_date)}
    return {
        "item": item, "promise": promise, "is_late": is_late,
        "state": _("Day has passed") if is_late else _("Today"), "tone": "wait" if is_late else "info",
        "text": counts if promise.deadline_date >= today else _("grace is over: it will count as broken"),
    }  # fmt: skip


def _callback(item: DayItem, now: Any) -> dict[str, Any]:
    at = item.at or now
    there = at.astimezone(ZoneInfo(item.zone)) if item.zone else at.astimezone(HOUSE_ZONE)
    here = at.astimezone(HOUSE_ZONE)
    return {
        "item": item, "there": there.strftime("%H:%M"), "day": day(here.date()),
        "here": here.strftime("%H:%M") if there.utcoffset() != here.utcoffset() else "",
        "is_due": at <= now, "is_today": here.date() == business_date(now),
    }  # fmt: skip


def ahead(found: MyDay) -> list[dict[str, Any]]:
    """Return deadlines, matters and instalments in one list, the nearest end first."""
    lines: list[dict[str, Any]] = []
    for card in found.deadlines:
        view = deadline_view(card)
        lines.append(
            _line(card.due_date, view["title"], view["badge"], view["left"], "clock",
                  reverse("workbench:deadline", args=[card.deadline_id]))
        )  # fmt: skip
    for matter in found.matters:
        title = f"{in_language(care.terms_of(matter.kind).name, '')} {matter.number}"
        handler = matter.handler or _("nobody has it")
        lines.append(
            _line(matter.clock.due_date, title, clock_badge(matter), handler, "complaint",
                  reverse("workbench:matter", args=[matter.matter_id]))
        )  # fmt: skip
    for row in found.instalments:
        title = f"{row.name_masked} · {row.number}"
        text = _("instalment of %(amount)s") % {"amount": str(row.instalment.amount)}
        lines.append(_line(row.instalment.due_date, title, "", text, "promise", _case(found, row.person_id)))
    return sorted(lines, key=lambda line: (line["date"] is None, line["date"]))


def _line(date: Any, title: str, mark: Any, text: str, icon: str, href: str) -> dict[str, Any]:
    return {"date": date, "title": title, "mark": mark, "text": text, "icon": icon, "href": href}


def _case(found: MyDay, person_id: int) -> str:
    case_id = found.case_ids.get(person_id)
    return reverse("workbench:case", args=[case_id]) if case_id else reverse("workbench:queue")
