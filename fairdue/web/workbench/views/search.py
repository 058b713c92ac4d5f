"""Finding a person by what they say of themselves; the text stays out of addresses and logs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.views.finder import people

MOST = 50


@sensitive_post_parameters("text")
@staff_page("parties.search", methods=("GET", "POST"))
def search(request: DeskRequest) -> HttpResponse:
    """Look a person up by phone, ID, account number, e-mail or full name; one single find opens its case."""
    text = request.POST.get("text", "").strip()
    rows = _found(request, text) if text else []
    if len(rows) == 1:
        return redirect(str(rows[0]["href"]))
    table = Table(
        rows,
        columns=[
            Column("name", _("Debtor"), render=_link, is_row_head=True),
            Column("id_masked", _("ID number")),
            Column("state", _("Case")),
        ],
        caption=_("Persons found"),
        empty=EmptyState(
            title=_("Nobody found"),
            text=_(
                "Phone, ID and account numbers and e-mail addresses must be complete, names must be full. "
                "Persons outside your data scope are not shown."
            ),
            icon="search",
        ),
    )
    return render(
        request, "workbench/search.html", {"table": table if text else None, "is_searched": bool(text)}
    )


def _found(request: DeskRequest, text: str) -> list[dict[str, object]]:
    return [
        {"href": hit.href, "name": hit.label, "id_masked": hit.note, "state": _("Open")}
        for hit in people(request, text, MOST)
    ]


def _link(value: str, row: dict[str, object]) -> object:
    return row_link(str(row["href"]), value)
