"""Letters and visits that wait: made under a permit of their own, or withdrawn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys import compose as composing
from fairdue.journeys.print_letter import letter_pdf
from fairdue.kernel import clock
from fairdue.web.ui.filters import Choice, Filters
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import CHANNELS, GATE_WORDS, say


@staff_page("cases.work", "contacts.make")
def errands(request: DeskRequest) -> HttpResponse:
    """List what waits, oldest first, with the gate's latest word."""
    channels = [(code, say(CHANNELS, code)) for code in composing.ERRANDS]
    filters = Filters(
        request, Choice(name="channel", label=_("Channel"), options=channels, any_label=_("All"))
    )
    every = composing.errands_in_scope(actor=request.actor)
    waiting = [each for each in every if filters["channel"] in ("", each.channel)]
    people = parties.person_cards([each.person_id for each in waiting]) if waiting else {}
    table = Table(
        waiting,
        columns=[
            Column("debtor", _("Debtor"), lambda row: _name(row, people), render=_case_link, is_row_head=True),
            Column("channel", _("Channel"), lambda row: say(CHANNELS, row.channel)),
            Column("subject", _("About"), lambda row: row.subject or row.grounds),
            Column("staff_count", _("Visit"), _visit),
            Column("asked_by", _("Asked by")),
            InstantColumn("asked_at", _("Asked for on")),
            Column("verdict", _("Gate"), _word_text, render=lambda _value, row: _word(row.verdict)),
            Column("errand_id", _("Do"), render=lambda _value, row: _buttons(request, row), is_exported=False),
        ],
        caption=_("Letters and visits that wait"), key="errands", filters=filters, sorts_here=True, is_exportable=True,
        empty=EmptyState(
            title=_("Nothing waits"), text=_("A letter or a visit is asked for in the composer of a case."),
            icon="letter",
        ),
    )  # fmt: skip
    if file := exported(request, table, name="errands"):
        return file
    return render(request, "workbench/errands.html", {"table": table})


def _name(row: outreach.ErrandCard, people: Any) -> str:
    person = people.get(row.person_id)
    return person.name_masked if person else "–"


def _case_link(value: str, row: outreach.ErrandCard) -> Any:
    return row_link(reverse("workbench:case", args=[row.case_id]), value)


def _visit(row: outreach.ErrandCard) -> str:
    if row.channel != "visit":
        return "–"
    people = _("%(count)s people") % {"count": row.staff_count}
    return f"{people}, {_('want to enter')}" if row.enters_premises else people


def _word_text(row: outreach.ErrandCard) -> str:
    return say(GATE_WORDS, row.verdict["outcome"] if row.verdict else "allow")


def _word(verdict: Any) -> Any:
    if not verdict:
        return badge(say(GATE_WORDS, "allow"), "ok", "check")
    why = in_language(verdict["reasons"][0], "message") if verdict.get("reasons") else ""
    return format_html("{} {}", badge(say(GATE_WORDS, verdict["outcome"]), "wait", "clock"), why)


def _buttons(request: DeskRequest, row: outreach.ErrandCard) -> Any:
    from django.middleware.csrf import get_token

    make = _("Print under a permit") if row.channel == "letter" else _("Set out under a permit")
    return format_html(
        '<form method="post" class="row" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="btn btn-primary">{}</button><button class="btn btn-quiet" formaction="{}">{}</button></form>',
        reverse("workbench:make_errand", args=[row.errand_id]), get_token(request), make,
        reverse("workbench:withdraw_errand", args=[row.errand_id]), _("Withdraw"),
    )  # fmt: skip


@staff_page("cases.work", "contacts.make", methods=("POST",))
def make(request: DeskRequest, errand_id: int) -> HttpResponse:
    """Ask the gate for the letter or visit now; with its permit the letter is printed, the collectors set out."""
    errand = _scoped(request, errand_id)
    try:
        made = outreach.make_errand(errand_id=errand_id, actor=request.actor, now=clock.now())
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
        return redirect("workbench:errands")
    if made.errand.status != "made":
        messages.add_message(request, messages.WARNING, _not_now(made), "wait")
        return redirect("workbench:errands")
    if errand.channel == "letter":
        text = _("Permit %(id)s: the letter may leave now.") % {"id": made.errand.permit_id}
        link = format_html(
            '{} <a href="{}">{}</a>', text, reverse("workbench:errand_letter", args=[errand_id]), _("Print the letter")
        )  # fmt: skip
        messages.add_message(request, messages.SUCCESS, link, "ok")
        return redirect("workbench:errands")
    text = _("Permit %(id)s: the visit may be made now. Record its outcome here afterwards.")
    messages.add_message(request, messages.SUCCESS, text % {"id": made.errand.permit_id}, "ok")
    return redirect("workbench:case", case_id=errand.case_id)


def _not_now(made: outreach.ErrandMade) -> str:
    verdict = made.verdict
    why = " ".join(in_language(reason, "message") for reason in verdict.reasons[:2])
    later = " " + _("From %(at)s.") % {"at": minute(verdict.retry_after)} if verdict.retry_after else ""
    return f"{_('Not made; it goes on waiting.')} {say(GATE_WORDS, verdict.outcome)}: {why}{later}"


@staff_page("cases.work", "contacts.make")
def letter(request: DeskRequest, errand_id: int) -> HttpResponse:
    """Give the letter as PDF; only one that has its permit can be printed."""
    _scoped(request, errand_id)
    pdf = letter_pdf(errand_id=errand_id, actor=request.actor, now=clock.now())
    if pdf is None:
        raise Http404
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="letter-{errand_id}.pdf"'
    return response


@staff_page("cases.work", "contacts.make", methods=("POST",))
def withdraw(request: DeskRequest, errand_id: int) -> HttpResponse:
    """Take a letter or visit back that was not made."""
    _scoped(request, errand_id)
    try:
        outreach.withdraw_errand(errand_id=errand_id, actor=request.actor, now=clock.now())
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, _("Withdrawn: nothing leaves."), "ok")
    return redirect("workbench:errands")


def _scoped(request: DeskRequest, errand_id: int) -> outreach.ErrandCard:
    try:
        return composing.errand_in_scope(errand_id=errand_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error
