"""Targets of teams: kept promises and quality beside cash; where they stand, and setting them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.reporting import facade as reporting
from fairdue.kernel import clock
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page

REFUSALS = {
    "reporting.target.alone": lazy("Cash is no target alone: set one for kept promises and one for quality as well."),
    "reporting.target.team": lazy("Choose a team of yours."),
    "reporting.target.amount": lazy("A target is not below zero, a share not above 100."),
    "reporting.target.measure": lazy("One of the measures is not known."),
    "reporting.target.past": lazy("The past is not set any more: choose today or later."),
}  # fmt: skip


class TargetForm(DeskForm):
    """One box a measure; empty: no target."""

    team = forms.TypedChoiceField(label=lazy("Team"), coerce=int)
    valid_from = forms.DateField(label=lazy("From"), widget=DateInput())

    def __init__(self, teams: dict[int, str], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"valid_from": today}, **kwargs)
        self.fields["team"].choices = list(teams.items())  # type: ignore[attr-defined]
        for code, measure in reporting.measures().items():
            unit = {"percent": " (%)", "money": " (CNY)"}.get(measure.unit, "")
            self.fields[f"m_{code}"] = forms.DecimalField(
                label=f"{in_language(measure, '')}{unit}",
                required=False,
                max_digits=14,
                decimal_places=2,
                min_value=0,
            )

    @property
    def amounts(self) -> dict[str, Decimal | None]:
        """The target of each measure."""
        return {code: self.cleaned_data[f"m_{code}"] for code in reporting.measures()}


@staff_page("cases.assign", methods=("GET", "POST"))
def targets(request: DeskRequest) -> HttpResponse:
    """Show where each team stands against its targets; set them."""
    today = clock.business_date(clock.now())
    lines = reporting.target_lines(actor=request.actor, today=today)
    teams = {line.team_id: line.team_name for line in lines}
    form = TargetForm(teams, today, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _set(request, form):
        return redirect("workbench:targets")
    table = Table(
        lines, caption=_("Targets, over the last 30 days"),
        empty=EmptyState(title=_("No team is yours"), text=_("An administrator gives you one.")),
        columns=[
            Column("team_name", _("Team"), is_row_head=True),
            Column("measure", _("Measure"), render=lambda value, _row: in_language(value, "")),
            Column("value", _("Stands at"), align="num", render=_amount),
            Column("target", _("Target"), align="num", render=_amount),
            Column("is_met", _("State"), render=_met),
        ],
    )  # fmt: skip
    context = {"form": form, "table": table}
    return render(request, "workbench/targets.html", context, status=422 if form.errors else 200)


def _amount(value: Decimal | None, row: reporting.TargetLine) -> str:
    if value is None:
        return "–"
    return f"{value:,.2f}" + (" %" if row.measure.unit == "percent" else "")


def _met(value: bool | None, _row: Any) -> Any:
    if value is None:
        return "–"
    return badge(_("Reached"), "ok") if value else badge(_("Not reached yet"), "wait")


def _set(request: DeskRequest, form: TargetForm) -> bool:
    try:
        reporting.set_targets(
            team_id=form.cleaned_data["team"], amounts=form.amounts, valid_from=form.cleaned_data["valid_from"],
            actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except reporting.TargetRefused as refusal:
        form.add_error(None, f"{_('Nothing was changed.')} {REFUSALS[refusal.code]}")
        return False
    messages.add_message(request, messages.SUCCESS, _("Recorded. The audit log names you."), "ok")
    return True
