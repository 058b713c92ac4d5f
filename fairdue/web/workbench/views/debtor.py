"""What concerns the debtor and the end of a case: statements about contacts, a link, closing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.journeys.invite_borrower import LINK_LIFETIME, invite_from_case
from fairdue.journeys.invite_to_pay import invite_to_pay
from fairdue.journeys.record_origin import record_origin
from fairdue.journeys.record_statement import record_statement
from fairdue.kernel import clock
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import CloseForm, LinkForm, OriginForm, PayLinkForm, StatementForm
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.case import back_to_case, basics, render_case
from fairdue.web.workbench.views.compose import told_of


@staff_page("cases.view", "contacts.make", methods=("POST",))
def statement(request: DeskRequest, case_id: int) -> HttpResponse:
    """Record an opt-out or its end, or show the form again with what is wrong."""
    now = clock.now()
    form = StatementForm(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            is_new = record_statement(
                case_id=case_id, kind=said["kind"], source=said["source"], actor=request.actor, now=now,
                hours=form.hours, **form.named,
            )  # fmt: skip
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            text = (
                _("Recorded; the gate follows it at once.")
                if is_new
                else _("This was recorded before: nothing was changed.")
            )
            messages.add_message(request, messages.SUCCESS, text, "ok" if is_new else "info")
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


@staff_page("cases.view", "contacts.make", methods=("POST",))
def origin(request: DeskRequest, case_id: int) -> HttpResponse:
    """Record how a number or an address was obtained, or show the form again with what is wrong."""
    now = clock.now()
    form = OriginForm(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        try:
            is_new = record_origin(case_id=case_id, **form.cleaned_data, actor=request.actor, now=now)
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            text = (
                _("Recorded; the gate follows it at once.")
                if is_new
                else _("This was recorded before: nothing was changed.")
            )
            messages.add_message(request, messages.SUCCESS, text, "ok" if is_new else "info")
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


@staff_page("cases.view", "contacts.make", methods=("POST",))
def link(request: DeskRequest, case_id: int) -> HttpResponse:
    """Issue a link for the borrower and show it on this answer only: it is kept nowhere in clear."""
    now = clock.now()
    try:
        path = invite_from_case(case_id=case_id, actor=request.actor, now=now)
    except REFUSED as refusal:
        form = LinkForm(basics(request, case_id, now), now, {})
        form.add_error(None, refusal_text(refusal))
        return render_case(request, case_id, status=422, given=form)
    issued = {"address": request.build_absolute_uri(path), "until": now + LINK_LIFETIME}
    return render_case(request, case_id, issued=issued)


@staff_page("cases.view", "contacts.make", methods=("POST",))
def pay_link(request: DeskRequest, case_id: int) -> HttpResponse:
    """Send the debtor a link to pay by an approved text, or show the form again with why not."""
    now = clock.now()
    form = PayLinkForm(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        try:
            sent = invite_to_pay(
                case_id=case_id, channel=form.cleaned_data["channel"], actor=request.actor, now=now
            )
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.add_message(request, *told_of(sent))
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


@staff_page("cases.work", methods=("POST",))
def close(request: DeskRequest, case_id: int) -> HttpResponse:
    """Close the case, or say what stands against it."""
    now = clock.now()
    form = CloseForm(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        try:
            cases.close_case(
                case_id=case_id, reason=form.cleaned_data["reason"], actor=request.actor, now=now
            )
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            text = _("The case is closed. Should something fall due later, the night opens a new one.")
            messages.add_message(request, messages.SUCCESS, text, "ok")
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)
