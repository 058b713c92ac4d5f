"""Who saw personal data in the clear, or took a list away: when, whose, and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word
from django.utils.translation import ngettext

from fairdue.contexts.audit import facade as audit
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, Table
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.office_words import EVENTS, SUBJECTS
from fairdue.web.workbench.words import say

PAGE = 100
FIELDS = {"name": word("Name"), "id_number": word("Identity number"), "contact": word("Contact point")}
CODES = (
    "parties.person.revealed", "payments.payment.revealed", "outreach.call.listened", "desk.list.exported",
    "cases.record.made", "care.document.opened",
    "law.permits.exported", "ledger.postings.exported", "payments.orders.exported",
)  # fmt: skip


@staff_page("audit.view")
def access_log(request: DeskRequest) -> HttpResponse:
    """List reveals and exports, newest first."""
    limit, after = rows(request, PAGE), request.GET.get("after", "")
    before = int(after) if after.isdigit() and len(after) < 19 else None
    every = [event for code in CODES for event in audit.events(code=code, before_id=before, limit=limit + 1)]
    found = sorted(every, key=lambda event: -event.event_id)
    shown = found[:limit]
    table = Table(
        shown, caption=_("Access to personal data"), key="access", is_exportable=True, has_cursor=bool(after),
        next_cursor=str(shown[-1].event_id) if len(found) > limit else None,
        empty=EmptyState(title=_("Nobody revealed or took anything"), icon="audit"),
        columns=[
            InstantColumn("occurred_at", _("When")),
            Column("actor_label", _("Who"), is_row_head=True),
            Column("code", _("What"), render=lambda value, _row: say(EVENTS, value)),
            Column("detail", _("Of it"), _detail),
            Column("person_id", _("Person number"), align="num"),
            Column("reason", _("Why"), align="wide"),
        ],
    )  # fmt: skip
    if file := exported(request, table, name="access"):
        return file
    return render(request, "workbench/table_page.html", {
        "table": table, "title": _("Access log"),
        "says": _("Who looked at personal data unmasked, listened to a recording or took a file, when and for what reason."),
    })  # fmt: skip


def _detail(event: audit.EventCard) -> str:
    """Say which field was shown, or what was taken and how much of it."""
    after: dict[str, Any] = event.after or {}
    parts = [say(FIELDS, str(after["field"]))] if "field" in after else []
    if "format" in after:
        parts.append(str(after["format"]).upper())
    if "rows" in after:
        parts.append(ngettext("%(n)s row", "%(n)s rows", after["rows"]) % {"n": f"{after['rows']:,}"})
    return " · ".join(parts) or f"{say(SUBJECTS, event.subject_type)} {event.subject_id}"
