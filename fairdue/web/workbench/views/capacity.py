"""Capacity: how much there is of calls, messages, letters and visits, what collectors take, and who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.web.ui.tables import Column, EmptyState, Table
from fairdue.web.ui.templatetags.ui import badge, day, in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.capacity_forms import AbsenceForm, CapacityForm, CollectorForm, read_hours
from fairdue.web.workbench.capacity_words import (
    STATES,
    TONES,
    amount_words,
    creditor_words,
    days_words,
    hours_words,
    thing,
)
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.words import QUEUE_WORDS, say


@staff_page("capacity.view", methods=("GET", "POST"))
def capacity(request: DeskRequest) -> HttpResponse:
    """Show what is limited today and later, and set it."""
    today = clock.business_date(clock.now())
    forms = _forms(request, today)
    if request.method == "POST":
        request.actor.require("capacity.set")
        name = next((name for name, form in forms.items() if form.is_bound), "")
        if name and forms[name].is_valid() and _DO[name](request, forms[name]):
            return redirect("workbench:capacity")
    context = {
        **forms, "today": today, "lines": _lines(request, today), "collectors": _collectors(request, today),
        "absences": _absences(request, today), "may_set": request.actor.may("capacity.set"),
    }  # fmt: skip
    return render(
        request, "workbench/capacity.html", context, status=422 if request.method == "POST" else 200
    )


def _creditors(request: DeskRequest) -> dict[int, str]:
    return {card.creditor_id: in_language(card, "name") for card in book.creditors(request.actor)}


def _sees_all(request: DeskRequest) -> bool:
    scope = request.actor.creditor_ids
    return scope is None or {card.creditor_id for card in book.creditors(system("capacity"))} <= scope


def _forms(request: DeskRequest, today: date) -> dict[str, Any]:
    """The forms of the page; the one that was sent is bound, known by a field that only it has."""
    said = request.POST if request.method == "POST" else {}
    staff = {card.staff_id: card.name for card in cases.collectors(actor=request.actor, on=today)}
    day_one = {"valid_from": today, "first_date": today, "final_date": today}
    return {
        "form": CapacityForm(
            said if "kind" in said else None,
            initial=day_one,
            creditors=_creditors(request),
            may_all=_sees_all(request),
        ),
        "profile": CollectorForm(said if "staff" in said else None, staff=staff),
        "absence": AbsenceForm(said if "absent" in said else None, initial=day_one, staff=staff),
    }


def _set(request: DeskRequest, form: CapacityForm) -> bool:
    said = form.cleaned_data
    hours = read_hours(said["hours"]) if said["hours"] else None
    try:
        cases.set_capacities(
            kind=said["kind"], name=said["name"].strip(), amount=None if said["is_unlimited"] else said["amount"],
            valid_from=said["valid_from"], valid_until=said["valid_until"],
            creditor_id=int(said["creditor"]) if said["creditor"] else None,
            hours=tuple(range(*hours)) if hours else (None,), weekdays=[int(each) for each in said["week"]],
            note=said["note"], actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except cases.CapacityRefused as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    messages.add_message(request, messages.SUCCESS, _("Recorded; the next night keeps it."), "ok")
    return True


def _profile(request: DeskRequest, form: CollectorForm) -> bool:
    said = form.cleaned_data
    try:
        cases.set_collector(
            staff_id=int(said["staff"]), queues=said["queues"].replace("，", ",").split(","),
            languages=said["languages"].replace("，", ",").lower().split(","), max_cases=said["max_cases"],
            max_hard_cases=said["max_hard_cases"], weekdays=[int(each) for each in said["week"]],
            hours=said["hours"], takes_cases=said["takes_cases"], actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except cases.CollectorRefused as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    messages.add_message(request, messages.SUCCESS, _("Recorded; the next night gives cases by it."), "ok")
    return True


def _absent(request: DeskRequest, form: AbsenceForm) -> bool:
    said = form.cleaned_data
    try:
        cases.record_absence(
            staff_id=int(said["absent"]), first_date=said["first_date"], final_date=said["final_date"],
            actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except cases.CollectorRefused as refusal:
        form.add_error(None, refusal_text(refusal))
        return False
    messages.add_message(
        request, messages.SUCCESS, _("Recorded; the night gives no case on these days."), "ok"
    )
    return True


_DO: dict[str, Any] = {"form": _set, "profile": _profile, "absence": _absent}


@staff_page("capacity.set", methods=("POST",))
def cancel_absence(request: DeskRequest, absence_id: int) -> HttpResponse:
    """Record that an absence does not happen."""
    try:
        cases.cancel_absence(absence_id=absence_id, actor=request.actor, now=clock.now())
    except cases.CollectorRefused as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, _("The absence does not count any more."), "ok")
    return redirect("workbench:capacity")


@dataclass(frozen=True, slots=True)
class _Row:
    """Lines that differ in nothing but the hour: from one hour until another; `end` None is the day as a whole."""

    first: cases.CapacityCard
    end: int | None


def _joined(cards: tuple[cases.CapacityCard, ...]) -> list[_Row]:
    """Put hours that follow on each other into one row."""
    joined: list[_Row] = []
    for card in sorted(cards, key=lambda card: (*_alike(card), -1 if card.hour is None else card.hour)):
        latest = joined[-1] if joined else None
        follows = latest is not None and latest.end is not None and latest.end == card.hour
        if latest is not None and follows and _alike(latest.first) == _alike(card):
            joined[-1] = _Row(latest.first, latest.end + 1)  # type: ignore[operator]
        else:
            joined.append(_Row(card, None if card.hour is None else card.hour + 1))
    return joined


def _alike(card: cases.CapacityCard) -> tuple[Any, ...]:
    amount = -1 if card.amount is None else card.amount
    until = card.valid_until or date.max
    return (
        card.kind,
        card.name,
        card.creditor_id or 0,
        card.valid_from,
        until,
        card.weekdays,
        amount,
        card.state,
        card.set_at,
        card.note,
    )


def _lines(request: DeskRequest, today: date) -> Table:
    names = _creditors(request)

    def said(name: str) -> Any:
        return lambda row: getattr(row.first, name)

    return Table(
        _joined(cases.capacities(actor=request.actor, on=today)),
        columns=[
            Column("kind", _("What is counted"), said("kind"), is_row_head=True, render=lambda value, row: thing(value, row.first.name)),
            Column("hours", _("Hours"), said("hour"), render=lambda value, row: hours_words(value, row.end), align="nowrap"),
            Column("creditor_id", _("Debts of"), said("creditor_id"), render=lambda value, _row: creditor_words(value, names)),
            Column("amount", _("How many"), said("amount"), align="num", render=lambda value, row: amount_words(value, row.end)),
            Column("weekdays", _("Days of the week"), said("weekdays"), render=lambda value, _row: days_words(value)),
            Column("valid_from", _("From"), said("valid_from"), render=lambda value, _row: day(value), align="nowrap"),
            Column("valid_until", _("Last day"), said("valid_until"), render=lambda value, _row: day(value) if value else "–"),
            Column("state", _("Today"), said("state"), render=lambda value, _row: badge(say(STATES, value), TONES[value])),
            Column("set_by", _("Set by"), said("set_by"), render=lambda value, row: f"{value}, {minute(row.first.set_at)}"),
            Column("note", _("Remark"), said("note")),
        ],
        caption=_("What there is"),
        empty=EmptyState(
            title=_("Nothing is limited"), icon="settings",
            text=_("Every contact that a strategy wishes and the law allows is planned, however many these are."),
        ),
    )  # fmt: skip


def _collectors(request: DeskRequest, today: date) -> Table:
    return Table(
        cases.collectors(actor=request.actor, on=today),
        columns=[
            Column("name", _("Collector"), is_row_head=True),
            Column("queues", _("Queues"), render=lambda value, _row: _("; ").join(say(QUEUE_WORDS, each) for each in value) or "–"),
            Column("languages", _("Languages"), render=lambda value, row: ", ".join(value) or (_("any") if row.has_profile else "–")),
            Column("max_cases", _("Cases at most"), align="num", render=lambda value, row: _most(value, row)),
            Column("max_hard_cases", _("Hard cases at most"), align="num", render=lambda value, row: _most(value, row)),
            Column("first_hour", _("Works"), render=_works),
            Column("is_absent", _("Today"), render=_presence),
        ],
        caption=_("Collectors"),
        empty=EmptyState(
            title=_("Nobody of your team works cases"), icon="people", text=_("Collectors appear here once they have a login.")
        ),
    )  # fmt: skip


def _most(value: int | None, row: cases.CollectorCard) -> str:
    return amount_words(value) if row.has_profile else "–"


def _works(_value: int, row: cases.CollectorCard) -> str:
    return f"{days_words(row.weekdays)} {row.first_hour}–{row.end_hour}" if row.has_profile else "–"


def _presence(_value: bool, row: cases.CollectorCard) -> Any:
    if not row.has_profile:
        return badge(_("Takes what the queue offers"), "info")
    if not row.takes_cases:
        return badge(_("Takes no cases"), "stop")
    if row.is_absent:
        return badge(_("Away until %(day)s") % {"day": day(row.absent_until_date)}, "wait")
    return badge(_("Takes cases"), "ok")


def _absences(request: DeskRequest, today: date) -> Table:
    def cancel(_value: Any, row: cases.AbsenceCard) -> Any:
        if not request.actor.may("capacity.set"):
            return ""
        return format_html(
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button class="btn" aria-label="{}">{}</button></form>',
            reverse("workbench:cancel_absence", args=[row.absence_id]), _token(request),
            _("Cancel the absence of %(name)s from %(day)s") % {"name": row.name, "day": day(row.first_date)}, _("Cancel"),
        )  # fmt: skip

    return Table(
        cases.absences(actor=request.actor, since=today),
        columns=[
            Column("name", _("Collector"), is_row_head=True),
            Column("first_date", _("First day"), render=lambda value, _row: day(value), align="nowrap"),
            Column("final_date", _("Last day"), render=lambda value, _row: day(value), align="nowrap"),
            Column("absence_id", _("Change"), render=cancel),
        ],
        caption=_("Absences"),
        empty=EmptyState(title=_("Nobody is away"), icon="people", text=_("Record holidays here: the night gives no case to who is away.")),
    )  # fmt: skip


def _token(request: DeskRequest) -> str:
    from django.middleware.csrf import get_token

    return get_token(request)
