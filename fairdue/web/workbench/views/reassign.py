"""Move cases from one collector to others: first what would happen to everybody's load, then done, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor
from fairdue.web.ui import undo
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, Table
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.views.home import WORKERS
from fairdue.web.workbench.words import QUEUE_WORDS, say

NOBODY = "0"
UNDO_SECONDS = 120


class ReassignForm(DeskForm):
    """From whom, to whom, how many."""

    from_id = forms.ChoiceField(label=lazy("Cases of"))
    queue = forms.ChoiceField(label=lazy("With open work in"), required=False)
    limit = forms.IntegerField(label=lazy("How many at most"), min_value=1, max_value=1000, initial=20)
    to = forms.MultipleChoiceField(label=lazy("To"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, request: DeskRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = [
            (str(card.staff_id), card.display_name)
            for card in identity.staff_cards(actor=request.actor)
            if card.role in WORKERS and card.is_active
        ]
        queues = [(card.code, say(QUEUE_WORDS, card.code)) for card in cases.queues(request.actor)]
        found: dict[str, list[tuple[str, str]]] = {
            "from_id": [(NOBODY, _("Nobody: not assigned yet")), *staff], "to": staff,
            "queue": [("", _("Any queue")), *queues],
        }  # fmt: skip
        for name, choices in found.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@staff_page("cases.assign", methods=("GET", "POST"))
def reassign(request: DeskRequest) -> HttpResponse:
    """Ask from whom to whom, show the load before and after, and do what was shown."""
    if request.POST.get("moves"):
        return _done(request)
    is_sent = request.method == "POST"
    form = ReassignForm(
        request, request.POST if is_sent else None, initial={"from_id": request.GET.get("from", NOBODY)}
    )
    context: dict[str, Any] = {"form": form}
    if is_sent and form.is_valid():
        context |= _preview(request, form)
    return render(request, "workbench/reassign.html", context, status=422 if is_sent and form.errors else 200)


def _preview(request: DeskRequest, form: ReassignForm) -> dict[str, Any]:
    said = form.cleaned_data
    try:
        found = cases.preview_reassign(
            from_id=None if said["from_id"] == NOBODY else int(said["from_id"]),
            to_ids=[int(each) for each in said["to"]], limit=said["limit"], queue=said["queue"], actor=request.actor,
        )  # fmt: skip
    except cases.CaseRefused as refusal:
        form.add_error(None, refusal_text(refusal))
        return {}
    table = Table(
        found.loads, caption=_("Open cases before and after"),
        columns=[
            Column("name", _("Collector"), is_row_head=True),
            Column("before", _("Before"), align="num"),
            Column("after", _("After"), align="num"),
            Column("max_cases", _("Takes at most"), align="num"),
            Column("is_over", _("State"), render=lambda value, _row: badge(_("Too much"), "stop") if value else ""),
        ],
    )  # fmt: skip
    moves = ",".join(f"{case_id}:{to}" for case_id, to in found.moves)
    return {"table": table, "moves": moves, "count": len(found.moves)}


def _done(request: DeskRequest) -> HttpResponse:
    moves = _moves(request.POST["moves"])
    try:
        before = cases.reassign(moves=moves, actor=request.actor, now=clock.now())
    except cases.CaseRefused as refusal:
        form = ReassignForm(request)
        context = {"form": form, "refusal": f"{_('Nothing was changed.')} {refusal_text(refusal)}"}
        return render(request, "workbench/reassign.html", context, status=422)
    text = ngettext("%(count)s case was given on.", "%(count)s cases were given on.", len(moves)) % {
        "count": len(moves)
    }
    facts = {"before": [list(pair) for pair in before.items()], "given": [list(pair) for pair in moves]}
    undo.offer(request, "cases.reassign", text=text, facts=facts, seconds=UNDO_SECONDS)
    return redirect("workbench:board")


def _moves(text: str) -> list[tuple[int, int]]:
    """Read what was shown; what is not two numbers is left out, and the operation checks every case again."""
    pairs = (part.split(":") for part in text[:40_000].split(","))
    return [
        (int(pair[0]), int(pair[1]))
        for pair in pairs
        if len(pair) == 2 and all(each.isascii() and each.isdigit() and len(each) < 19 for each in pair)
    ]


@undo.way_back("cases.reassign")
def _take_back(*, facts: Mapping[str, Any], actor: Actor, now: datetime) -> str:
    count = cases.take_back_assignments(
        before=[(case_id, staff_id) for case_id, staff_id in facts["before"]],
        given=[(case_id, staff_id) for case_id, staff_id in facts["given"]], actor=actor, now=now,
    )  # fmt: skip
    return ngettext(
        "%(count)s case is where it was before.", "%(count)s cases are where they were before.", count
    ) % {"count": count}
