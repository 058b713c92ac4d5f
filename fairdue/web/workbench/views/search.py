"""Finding a person by what they say of themselves; the text stays out of addresses and logs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.workbench.access import DeskRequest, staff_page


@sensitive_post_parameters("text")
@staff_page("parties.search", methods=("GET", "POST"))
def search(request: DeskRequest) -> HttpResponse:
    """Look a person up by phone, ID number, e-mail or full name; one single find opens its case."""
    text = request.POST.get("text", "").strip()
    rows = _found(request, text) if text else []
    if len(rows) == 1 and rows[0]["case_id"]:
        return redirect("workbench:case", case_id=rows[0]["case_id"])
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
                "Phone numbers, ID numbers and e-mail addresses must be complete, names must be full. "
                "Persons outside your data scope are not shown."
            ),
            icon="search",
        ),
    )
    return render(
        request, "workbench/search.html", {"table": table if text else None, "is_searched": bool(text)}
    )


def _found(request: DeskRequest, text: str) -> list[dict[str, object]]:
    person_ids = parties.search(text=text, actor=request.actor)
    case_by_person = cases.scoped_case_ids(person_ids=person_ids, actor=request.actor)
    people = parties.person_cards(list(case_by_person))
    return [
        {
            "case_id": case_by_person[person_id],
            "name": card.name_masked,
            "id_masked": card.id_masked,
            "state": _("Open"),
        }
        for person_id, card in people.items()
    ]


def _link(value: str, row: dict[str, object]) -> object:
    return row_link(reverse("workbench:case", args=[row["case_id"]]), value) if row["case_id"] else value
