"""Handing a case over, escalating it, agreeing on a call back; and the ways back that the desk offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.journeys import raise_hold as holding
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor
from fairdue.web.ui import undo
from fairdue.web.ui.templatetags.ui import minute_in
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import ActionForm
from fairdue.web.workbench.case_change_forms import NOBODY, CallbackForm, EscalateForm, HandOverForm
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.case import back_to_case, basics, render_case


@staff_page("cases.view", "cases.work", methods=("POST",))
def hand_over(request: DeskRequest, case_id: int) -> HttpResponse:
    """Give the case to a colleague or back to the queue."""

    def change(said: Mapping[str, Any], now: datetime) -> None:
        to = said["to_staff_id"]
        change_id = cases.hand_over(
            case_id=case_id, to_staff_id=None if to == NOBODY else to, reason=said["reason"], actor=request.actor,
            now=now,
        )  # fmt: skip
        text = _("The case was handed over.")
        undo.offer(request, "case.handed_over", text=text, facts={"change": change_id})

    return _changed(request, case_id, HandOverForm, change)


@staff_page("cases.view", "cases.work", methods=("POST",))
def escalate(request: DeskRequest, case_id: int) -> HttpResponse:
    """Put the case before the supervisors."""

    def change(said: Mapping[str, Any], now: datetime) -> None:
        change_id = cases.escalate(case_id=case_id, reason=said["reason"], actor=request.actor, now=now)
        text = _("The case stands first in the supervisors' queue.")
        undo.offer(request, "case.escalated", text=text, facts={"change": change_id})

    return _changed(request, case_id, EscalateForm, change)


@staff_page("cases.view", "cases.work", methods=("POST",))
def callback(request: DeskRequest, case_id: int) -> HttpResponse:
    """Note when the debtor wants to be called back."""
    zone = ""

    def change(said: Mapping[str, Any], now: datetime) -> None:
        cases.plan_callback(
            case_id=case_id, at=said["at"], reason=said["reason"], actor=request.actor, now=now
        )
        at = minute_in(said["at"], str(said["at"].tzinfo) or zone)
        text = _("Noted: call back at %(at)s by the debtor's clock. The gate is asked then.") % {"at": at}
        messages.add_message(request, messages.SUCCESS, text, "ok")

    return _changed(request, case_id, CallbackForm, change)


def _changed(
    request: DeskRequest,
    case_id: int,
    kind: type[ActionForm],
    change: Callable[[Mapping[str, Any], datetime], None],
) -> HttpResponse:
    """Make a change with what the form says, or show the form again with what is wrong."""
    now = clock.now()
    form = kind(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        try:
            change(form.cleaned_data, now)
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


@undo.way_back("case.handed_over")
def give_back(*, facts: Mapping[str, Any], actor: Actor, now: datetime) -> str:
    """Give a case back to whom it was with before."""
    cases.undo_hand_over(change_id=facts["change"], actor=actor, now=now)
    return _("The case is with whom it was before.")


@undo.way_back("case.escalated")
def take_back_escalation(*, facts: Mapping[str, Any], actor: Actor, now: datetime) -> str:
    """Take an escalation back."""
    cases.undo_escalation(change_id=facts["change"], actor=actor, now=now)
    return _("The escalation was taken back.")


@undo.way_back("case.note")
def withdraw_note(*, facts: Mapping[str, Any], actor: Actor, now: datetime) -> str:
    """Withdraw a note; that it was written stays on record."""
    cases.withdraw_note(outcome_id=facts["outcome"], actor=actor, now=now)
    return _("The note was withdrawn.")


@undo.way_back("case.hold")
def take_back_hold(*, facts: Mapping[str, Any], actor: Actor, now: datetime) -> str:
    """End a hold that the same person placed a moment ago."""
    holding.take_back_hold(case_id=facts["case"], hold_id=facts["hold"], actor=actor, now=now)
    return _("The hold was taken back; the gate shows what is allowed now.")
