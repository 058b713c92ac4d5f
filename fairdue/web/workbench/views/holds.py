"""Stops of contacts: placed, and lifted again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from fairdue.journeys import raise_hold as holding
from fairdue.kernel import clock
from fairdue.web.ui import undo
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import HoldForm, LiftForm
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.case import back_to_case, basics, render_case


@staff_page("cases.view", "holds.place", methods=("POST",))
def place_hold(request: DeskRequest, case_id: int) -> HttpResponse:
    """Stop contacts on all debts or on one, or show the form again with what is wrong."""
    now = clock.now()
    view = basics(request, case_id, now)
    form = HoldForm(view, now, request.POST)
    if form.is_valid():
        try:
            hold_id = holding.raise_hold(case_id=case_id, actor=request.actor, now=now, **form.cleaned_data)
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            is_old = hold_id in {hold.hold_id for hold in view.holds}
            text = (
                _("Such a hold was in force already: nothing was changed.")
                if is_old
                else _("The hold is in force: contacts stop at once.")
            )
            if is_old:
                messages.add_message(request, messages.SUCCESS, text, "info")
            else:
                undo.offer(request, "case.hold", text=text, facts={"case": case_id, "hold": hold_id})
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


@staff_page("cases.view", "holds.lift", methods=("POST",))
def lift_hold(request: DeskRequest, case_id: int) -> HttpResponse:
    """End a hold, or show the form again with what is wrong."""
    now = clock.now()
    form = LiftForm(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        try:
            holding.lift_hold(case_id=case_id, actor=request.actor, now=now, **form.cleaned_data)
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.add_message(
                request, messages.SUCCESS, _("The hold was lifted; the gate shows what is allowed now."), "ok"
            )
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)
