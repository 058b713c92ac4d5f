"""A case with its work, promises and outcomes in one query, for the page that shows them all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from fairdue.contexts.cases.contracts import CaseFile
from fairdue.contexts.cases.errors import NotInScope
from fairdue.contexts.cases.models import CaseChange, Outcome, PromiseToPay, WorkItem
from fairdue.contexts.cases.policies import scoped
from fairdue.contexts.cases.queries.cards import (
    case_to_card,
    change_card,
    outcome_card,
    outcome_labels,
    promise_card,
    work_item_card,
)
from fairdue.kernel.actor import Actor

PROMISES_SHOWN = 50
_BY = "recorded_by_name"


def _rows(found: QuerySet[Any], limit: int) -> ArraySubquery:
    """Return rows of a table of the case as an array of objects; names come over a key that points down."""
    fields = {field.attname: field.attname for field in found.model._meta.concrete_fields}
    for by in {"recorded_by_id", "changed_by_id"} & fields.keys():
        fields[_BY] = f"{by.removesuffix('_id')}__display_name"
    return ArraySubquery(found.filter(case=OuterRef("pk")).values(row=JSONObject(**fields))[:limit])


def _read(model: type[Model], row: dict[str, Any]) -> tuple[Any, str]:
    """Return an object of the model, with its dates and moments, and the name of who recorded it."""
    name = row.pop(_BY, None) or ""
    for field in model._meta.concrete_fields:
        value, kind = row[field.attname], field.get_internal_type()
        if value is not None and kind == "DateTimeField":
            row[field.attname] = datetime.fromisoformat(value)
        elif value is not None and kind == "DateField":
            row[field.attname] = date.fromisoformat(value)
    return model(**row), name


def case_file(*, case_id: int, actor: Actor, outcome_limit: int = 50) -> CaseFile:
    """Return a case, its open work in order, and its latest promises and outcomes newest first, in one query.

    :raises NotInScope: if there is no such case in the actor's scope
    """
    actor.require("cases.view")
    work = WorkItem.objects.filter(status="open").order_by("rank", "id")
    case = (
        scoped(actor)
        .select_related("assigned_to")
        .annotate(
            work_rows=_rows(work, 20),
            promise_rows=_rows(PromiseToPay.objects.order_by("-id"), PROMISES_SHOWN),
            outcome_rows=_rows(Outcome.objects.order_by("-id"), outcome_limit),
            change_rows=_rows(CaseChange.objects.order_by("-id"), outcome_limit),
        )
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise NotInScope(f"no case {case_id}")
    labels = outcome_labels()
    outcomes = [_read(Outcome, row) for row in case.outcome_rows]
    return CaseFile(
        case=case_to_card(case),
        work_items=tuple(work_item_card(_read(WorkItem, row)[0]) for row in case.work_rows),
        promises=tuple(promise_card(*_read(PromiseToPay, row)) for row in case.promise_rows),
        outcomes=tuple(outcome_card(row, labels, name) for row, name in outcomes),
        changes=tuple(change_card(*_read(CaseChange, row)) for row in case.change_rows),
    )
