"""Setting up the house: teams with their data scope, creditors, and the days on which it is closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.engine.law.working_calendars import TITLES, WorkingCalendar
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, DateColumn, EmptyState, Table
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import refusal_text

CLOSED = ("calls", "letters", "visits")
"""What a closed day has none of; messages keep their own hours by law."""

AHEAD_DAYS = 365
INSTITUTIONS = (
    ("bank", lazy("Bank")), ("consumer_finance", lazy("Consumer finance company")),
    ("micro_lender", lazy("Microloan company")), ("assignee", lazy("Buyer of debts")), ("other", lazy("Other")),
)  # fmt: skip


class TeamForm(DeskForm):
    """A team and whose debts it sees."""

    code = forms.SlugField(label=lazy("Code"), max_length=40)
    name = forms.CharField(label=lazy("Name"), max_length=80)
    agency_code = forms.SlugField(
        label=lazy("Agency's code, of a team of an agency"), max_length=40, required=False
    )
    creditors = forms.TypedMultipleChoiceField(
        label=lazy("Creditors"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    sees_all = forms.BooleanField(label=lazy("Sees every creditor"), required=False)

    def __init__(self, creditors: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["creditors"].choices = creditors  # type: ignore[attr-defined]


def _creditors() -> list[tuple[int, str]]:
    return [(card.creditor_id, in_language(card)) for card in book.creditors(system("staff"))]


@staff_page("staff.manage", methods=("GET", "POST"))
def teams(request: DeskRequest) -> HttpResponse:
    """List the teams with their data scope; add one or change it."""
    creditors = _creditors()
    names = dict(creditors)
    form = TeamForm(creditors, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _keep_team(request, form):
        return redirect("workbench:teams")
    table = Table(
        identity.teams(), caption=_("Teams"), is_exportable=True,
        columns=[
            Column("code", _("Code"), is_row_head=True, align="mono"),
            Column("name", _("Team")),
            Column("agency_code", _("Agency")),
            Column(
                "creditor_ids", _("Sees"),
                render=lambda ids, _row: _sees(ids, names),
                export=lambda row: "*" if row.creditor_ids is None else " ".join(map(str, sorted(row.creditor_ids))),
            ),
        ],
    )  # fmt: skip
    context = {"form": form, "table": table, "title": _("Teams"), "verb": _("Add or change a team")}
    return render(request, "workbench/set_up.html", context, status=422 if form.errors else 200)


def _sees(ids: frozenset[int] | None, names: dict[int, str]) -> str:
    if ids is None:
        return _("Every creditor")
    return ", ".join(names.get(each, str(each)) for each in sorted(ids)) or "–"


def _keep_team(request: DeskRequest, form: TeamForm) -> bool:
    said = form.cleaned_data
    before = next((team for team in identity.teams() if team.code == said["code"]), None)
    if before is not None and request.actor.team_id == before.team_id:
        form.add_error(None, _("Nobody changes the own team's scope; ask another administrator."))
        return False
    try:
        team = identity.ensure_team(
            code=said["code"], name=said["name"], creditor_ids=said["creditors"], agency_code=said["agency_code"],
            sees_all_creditors=said["sees_all"],
        )  # fmt: skip
    except identity.StaffRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    audit.record(
        code="identity.team.set", actor=request.actor, subject_type="team", subject_id=team.team_id, now=clock.now(),
        before=_team_facts(before) if before else None, after=_team_facts(team),
    )  # fmt: skip
    messages.add_message(request, messages.SUCCESS, _("Done. The audit log names you."), "ok")
    return True


def _team_facts(team: identity.TeamCard) -> dict[str, Any]:
    return {
        "name": team.name, "agency": team.agency_code,
        "creditors": "*" if team.creditor_ids is None else sorted(team.creditor_ids),
    }  # fmt: skip


class CreditorForm(DeskForm):
    """A creditor as borrowers and letters name it."""

    code = forms.SlugField(label=lazy("Code"), max_length=40)
    name_zh = forms.CharField(label=lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=lazy("Name in English"), max_length=120)
    institution_kind = forms.ChoiceField(label=lazy("Kind of institution"), choices=INSTITUTIONS)
    institution_group = forms.SlugField(
        label=lazy("Group whose contacts count together"), max_length=40, required=False
    )
    contact_phone = forms.CharField(
        label=lazy("Telephone that borrowers may call"), max_length=40, required=False
    )


@staff_page("book.view", methods=("GET", "POST"))
def creditors(request: DeskRequest) -> HttpResponse:
    """List the creditors; add one or change how it is named."""
    form = CreditorForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        request.actor.require("book.import")
        if form.is_valid() and _keep_creditor(request, form):
            return redirect("workbench:creditors")
    table = Table(
        book.creditors(request.actor), caption=_("Creditors"), is_exportable=True,
        empty=EmptyState(title=_("No creditor is in your scope"), text=_("Add one below.")),
        columns=[
            Column("code", _("Code"), is_row_head=True, align="mono"),
            Column("name_zh", _("Name in Chinese")),
            Column("name_en", _("Name in English")),
            Column("institution_kind", _("Kind of institution"), render=lambda value, _row: str(dict(INSTITUTIONS).get(value, value))),
            Column("institution_group", _("Group"), align="mono"),
            Column("contact_phone", _("Telephone")),
        ],
    )  # fmt: skip
    context = {
        "form": form if request.actor.may("book.import") else None, "table": table, "title": _("Creditors"),
        "verb": _("Add or change a creditor"),
    }  # fmt: skip
    return render(request, "workbench/set_up.html", context, status=422 if form.errors else 200)


def _keep_creditor(request: DeskRequest, form: CreditorForm) -> bool:
    try:
        book.ensure_creditor(**form.cleaned_data, actor=request.actor, now=clock.now())
    except book.CreditorInvalid as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    messages.add_message(request, messages.SUCCESS, _("Done. The audit log names you."), "ok")
    return True


class ClosureForm(DeskForm):
    """Days on which the house is closed."""

    first_date = forms.DateField(label=lazy("First day"), widget=DateInput())
    final_date = forms.DateField(label=lazy("Last day"), widget=DateInput())
    note = forms.CharField(label=lazy("Why"), max_length=200)


@staff_page("capacity.view", methods=("GET", "POST"))
def closures(request: DeskRequest) -> HttpResponse:
    """Show the working calendar in use with its coming holidays, and close the house on days of its own."""
    today = clock.business_date(clock.now())
    form = ClosureForm(
        request.POST if request.method == "POST" else None, initial={"first_date": today, "final_date": today}
    )
    if form.is_bound:
        request.actor.require("capacity.set")
        if form.is_valid() and _close(request, form):
            return redirect("workbench:closures")
    calendar = WorkingCalendar("cn")
    days = [today + timedelta(days=number) for number in range(AHEAD_DAYS)]
    context = {
        "title": _("Holidays and closed days"), "verb": _("Close the house on days of its own"),
        "form": form if request.actor.may("capacity.set") else None, "table": _holidays(calendar, days),
        "more": _own(request), "note": in_language(dict(zip(("zh", "en"), TITLES["cn"], strict=True)), ""),
        "warning": "" if calendar.is_certain(days[-1]) else _uncertain(days[-1].year),
    }  # fmt: skip
    return render(request, "workbench/set_up.html", context, status=422 if form.errors else 200)


def _uncertain(year: int) -> str:
    return _("The calendar of %(year)s is not announced yet; weekends stand in.") % {"year": year}


def _holidays(calendar: WorkingCalendar, days: list[date]) -> Table:
    found = [(day, calendar.holiday(day)) for day in days]
    both = [
        {"on_date": day, "name": in_language(row, "name") if row else _("Weekend that is worked")}
        for day, row in found
        if row or (day.weekday() >= 5 and calendar.is_working(day))
    ]
    return Table(
        both, caption=_("Holidays and worked weekends of the next year"),
        empty=EmptyState(title=_("No holiday is announced")),
        columns=[
            DateColumn("on_date", _("Day")),
            Column("name", _("What"), is_row_head=True),
        ],
    )  # fmt: skip


def _own(request: DeskRequest) -> Table:
    today = clock.business_date(clock.now())
    rows = [
        card
        for card in cases.capacities(actor=request.actor, on=today)
        if card.amount == 0 and card.kind == CLOSED[0] and not card.name and card.valid_until is not None
    ]
    return Table(
        rows, caption=_("Own closed days"), empty=EmptyState(title=_("The house has no closed days of its own")),
        columns=[
            DateColumn("valid_from", _("First day")),
            DateColumn("valid_until", _("Last day")),
            Column("note", _("Why"), is_row_head=True),
        ],
    )  # fmt: skip


def _close(request: DeskRequest, form: ClosureForm) -> bool:
    said = form.cleaned_data
    try:
        for kind in CLOSED:
            cases.set_capacities(
                kind=kind, name="", amount=0, valid_from=said["first_date"], valid_until=said["final_date"],
                creditor_id=None, hours=(None,), weekdays=list(range(1, 8)), note=said["note"], actor=request.actor,
                now=clock.now(),
            )  # fmt: skip
    except cases.CapacityRefused as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    messages.add_message(
        request, messages.SUCCESS, _("Closed: no call, letter or visit is planned for these days."), "ok"
    )
    return True
