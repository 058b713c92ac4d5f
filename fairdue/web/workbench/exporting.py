"""Files of lists at the desk: what was asked for, and the record of who took which rows away."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse

from fairdue.contexts.audit import facade as audit
from fairdue.kernel import clock
from fairdue.web.ui.exports import FORMATS, ROW_LIMIT, Origin, list_file
from fairdue.web.ui.lists import prepare
from fairdue.web.ui.tables import SelectColumn, Table
from fairdue.web.workbench.access import DeskRequest

LIST_EXPORTED = "desk.list.exported"
CHOICE, CHOICE_LIMIT = "choice", 500
"""`?export=choice` names the rows of a filter to choose them all, beyond the page; at most so many at once."""


def wants_file(request: DeskRequest) -> bool:
    """Tell whether the page is asked for as a file: then it reads `rows(request, page)` rows from the first on."""
    return request.GET.get("export", "") in (*FORMATS, CHOICE)


def rows(request: DeskRequest, page: int) -> int:
    """Return how many rows to read: a page's, or as many as a file holds."""
    if request.GET.get("export", "") == CHOICE:
        return CHOICE_LIMIT
    return ROW_LIMIT if wants_file(request) else page


def exported(request: DeskRequest, *tables: Table, name: str) -> HttpResponse | None:
    """Return the asked list as a file and record who took it, or None if a page is wanted.

    Of several lists on one page `list` names the wanted one. The record says which list, in which form, how
    many rows and under which filters.
    """
    if not wants_file(request):
        return None
    if request.GET["export"] == CHOICE:
        return _choice(tables[0])
    wanted = request.GET.get("list", "")
    table = next((each for each in tables if each.is_exportable and each.name == wanted), None)
    if table is None:
        return None
    prepare(table, request)
    now, file_format = clock.now(), request.GET["export"]
    file_name = f"{name}-{table.name}" if table.name else name
    query = _filters(request)
    audit.record(
        code=LIST_EXPORTED, actor=request.actor, subject_type="list", subject_id=file_name, now=now,
        after={"format": file_format, "rows": len(table.data), "query": query},
    )  # fmt: skip
    origin = Origin(title=str(table.caption or name), made_by=request.actor.label, made_at=now, query=query)
    return list_file(table, name=file_name, file_format=file_format, origin=origin)


def _choice(table: Table) -> HttpResponse | None:
    """Return the values of the boxes of all rows of the filter; what is done then is done to exactly these.

    Nothing is done to rows that come later, and the action checks each of them again.
    """
    boxes = next((each for each in table.offered if isinstance(each, SelectColumn)), None)
    if boxes is None:
        return None
    values = [str(boxes.value(row)) for row in table.data[:CHOICE_LIMIT] if boxes.may_choose(row)]
    return JsonResponse({"name": boxes.name, "values": values})


def _filters(request: DeskRequest) -> str:
    kept = request.GET.copy()
    for key in ("export", "list", "after"):
        kept.pop(key, None)
    return kept.urlencode()[:400]
