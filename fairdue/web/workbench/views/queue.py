"""The queue: who is next, why, and what is owed."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.engine.ledger.ageing import buckets
from fairdue.kernel import clock
from fairdue.web.ui.bulk import Bulk, BulkChoice
from fairdue.web.ui.filters import Check, Choice, Filters
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, SelectColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, bucket, day, minute, money
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.reasons import reason_text, row_titles
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.views.home import WORKERS
from fairdue.web.workbench.words import PROMISE_STATES, PROMISE_TONES, QUEUE_WORDS, WORK_KINDS, say

PAGE = 50


@staff_page("cases.view")
def queue(request: DeskRequest) -> HttpResponse:
    """List the open work in the actor's scope, best first."""
    filters, after = _filters(request), request.GET.get("after") or None
    code, age = filters["queue"] or None, filters["bucket"] or None
    try:
        page = cases.queue(
            actor=request.actor, queue=code, mine=bool(filters["mine"]), bucket=age, sort=filters.sort, after=after,
            limit=rows(request, PAGE),
        )  # fmt: skip
    except (cases.QueueCursorInvalid, cases.BucketUnknown):
        return redirect("workbench:queue")
    may_assign = request.actor.may("cases.assign")
    bulk = _bulk(request, filters) if may_assign else None
    table = queue_table(page, has_cursor=after is not None, filters=filters, bulk=bulk)
    if file := exported(request, table, name="queue"):
        return file
    context = {"table": table, "age": age, "code": code, "may_work": request.actor.may("cases.work")}
    return render(request, "workbench/queue.html", context)


def _filters(request: DeskRequest) -> Filters:
    queues = [(card.code, say(QUEUE_WORDS, card.code)) for card in cases.queues(request.actor)]
    ages = [(name, _bucket_words(name, *days)) for name, days in buckets().items()]
    return Filters(
        request,
        Choice(name="queue", label=_("Queue"), options=queues, any_label=_("All queues")),
        Choice(name="bucket", label=_("Past due"), options=ages, any_label=_("Any age")),
        Check(name="mine", label=_("Mine only")),
    )


def _bulk(request: DeskRequest, filters: Filters) -> Bulk:
    return Bulk(
        action=reverse("workbench:assign"), button=_("Assign"), icon="people",
        choices=(BulkChoice(name="staff_id", label=_("Assign the chosen to"), options=_collectors(request)),),
        hidden={"queue": filters["queue"], "bucket": filters["bucket"]},
    )  # fmt: skip


def _bucket_words(name: str, first: int, final: int | None) -> str:
    """Return a bucket by its name and its days."""
    if final == 0:
        return _("%(bucket)s: not past due") % {"bucket": name}
    if final is None:
        return _("%(bucket)s: %(first)d days or more") % {"bucket": name, "first": first}
    return _("%(bucket)s: %(first)d to %(final)d days") % {"bucket": name, "first": first, "final": final}


def queue_table(
    page: cases.QueuePage, *, has_cursor: bool, filters: Filters | None = None, bulk: Bulk | None = None
) -> Table:
    """Return the queue as a table."""
    titles = row_titles()
    return Table(
        page.rows,
        columns=[*_select(bulk is not None), *_columns(partial(reason_text, titles=titles))],
        count=page.count,
        count_is_capped=page.count_is_capped,
        next_cursor=page.next_cursor,
        has_cursor=has_cursor,
        caption=_("Open work"),
        is_exportable=True,
        key="queue",
        filters=filters,
        bulk=bulk,
        sort=filters.sort if filters else "",
        empty=EmptyState(
            title=_("Nothing waits here"),
            text=_(
                "No open work in this queue and your data scope. The nightly cycle fills the queues; another filter may show more."
            ),
            href=reverse("workbench:queue"),
            action=_("Show all queues"),
        ),
    )


def _select(may_assign: bool) -> list[Column]:
    label = partial(format_html, "{} {}", _("Choose"))
    return (
        [SelectColumn("case_ids", "case_id", label_of=lambda row: label(row.name_masked))]
        if may_assign
        else []
    )


def _columns(reason: Any) -> list[Column]:
    return [
        Column("name_masked", _("Debtor"), render=_case_link, is_row_head=True),
        Column(
            "bucket", _("Past due"), sort="bucket", render=lambda value, row: bucket(value, row.days_past_due)
        ),
        MoneyColumn("overdue", _("Overdue"), sort="overdue"),
        Column("reason", _("Why now"), lambda row: reason(row.reason) or say(WORK_KINDS, row.kind)),
        Column(
            "not_before",
            _("Not before"),
            sort="not_before",
            render=lambda value, row: minute(value),
        ),
        Column("promise", _("Promise"), render=_promise, export=lambda row: _promise_text(row.promise)),
        Column("assigned_to", _("Collector")),
    ]


def _case_link(value: str, row: cases.QueueRow) -> Any:
    return row_link(reverse("workbench:case", args=[row.case_id]), value)


def _promise(promise: cases.PromiseCard | None, row: Any) -> Any:
    if promise is None:
        return "–"
    state = badge(say(PROMISE_STATES, promise.status), PROMISE_TONES.get(promise.status, ""), "promise")
    return format_html("{} {} {}", money(promise.amount), day(promise.promised_date), state)


def _promise_text(promise: cases.PromiseCard | None) -> str:
    return f"{promise.amount} {promise.promised_date} {promise.status}" if promise else ""


def _collectors(request: DeskRequest) -> list[tuple[int, str]]:
    return [
        (card.staff_id, card.display_name)
        for card in identity.staff_cards(actor=request.actor)
        if card.role in WORKERS and card.is_active
    ]


@staff_page("cases.assign", methods=("POST",))
def assign(request: DeskRequest) -> HttpResponse:
    """Give the chosen cases to one collector, all or none."""
    chosen = [case_id for value in request.POST.getlist("case_ids") if (case_id := whole(value)) is not None]
    staff_id = whole(request.POST.get("staff_id"))
    if not chosen or staff_id is None:
        messages.add_message(
            request, messages.ERROR, _("Nothing was assigned: choose rows and a collector."), "stop"
        )
        return redirect(_back(request))
    try:
        count = cases.assign(case_ids=chosen, staff_id=staff_id, actor=request.actor, now=clock.now())
    except cases.CaseRefused as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        text = ngettext("%(count)s case assigned.", "%(count)s cases assigned.", count) % {"count": count}
        messages.add_message(request, messages.SUCCESS, text, "ok")
    return redirect(_back(request))


def _back(request: DeskRequest) -> str:
    """Return the address of the queue with the filters that the form was sent with."""
    code, age = request.POST.get("queue", "")[:40], request.POST.get("bucket", "")
    kept = {
        "queue": code if code.replace("_", "").replace("-", "").isalnum() else "",
        "bucket": age if age in buckets() else "",
    }
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{reverse('workbench:queue')}?{query}" if query else reverse("workbench:queue")


@staff_page("cases.work", methods=("POST",))
def open_next(request: DeskRequest) -> HttpResponse:
    """Take and open the first case that the actor may work on now."""
    age = request.POST.get("bucket") or None
    item = cases.next_case(
        actor=request.actor, now=clock.now(), queue=request.POST.get("queue") or None,
        bucket=age if age in buckets() else None,
    )  # fmt: skip
    if item is None:
        messages.add_message(
            request, messages.INFO, _("Nothing can be worked on now: the queue shows from when."), "info"
        )
        return redirect(_back(request))
    return redirect("workbench:case", case_id=item.case_id)
