"""What a borrower asks for or complains of, taken in at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from fairdue.journeys.care.open_matter import open_matter
from fairdue.journeys.take_request import take_request
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.action_forms import MatterForm
from fairdue.web.workbench.deadline_forms import IntakeForm
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.case import back_to_case, basics, render_case


@staff_page("cases.view", "deadlines.record", methods=("POST",))
def take_in(request: DeskRequest, case_id: int) -> HttpResponse:
    """Record a request and say until when it is answered, or show the form again with what is wrong."""
    now = clock.now()
    form = IntakeForm(basics(request, case_id, now), now, request.POST)
    if form.is_valid():
        try:
            taken = take_request(case_id=case_id, actor=request.actor, now=now, **form.asked)
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            listed = _("; ").join(
                f"{in_language(card, 'title')}: {day(card.due_date)}" for card in taken.deadlines
            )
            if taken.is_repeated:
                text = _("This was recorded before: nothing was changed. %(deadlines)s") % {
                    "deadlines": listed
                }
            else:
                text = _("Recorded. The clock runs: %(deadlines)s") % {"deadlines": listed}
            if taken.matter:
                text = f"{taken.matter.number} · {text}"
            messages.add_message(request, messages.SUCCESS, text, "info" if taken.is_repeated else "ok")
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)


@staff_page("cases.view", "deadlines.record", methods=("POST",))
def take_matter_in(request: DeskRequest, case_id: int) -> HttpResponse:
    """Take in a dispute, hardship or complaint in one step; what must stop stops before this answers."""
    now = clock.now()
    view = basics(request, case_id, now)
    form = MatterForm(view, now, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        every = [entry.account.account_id for entry in view.accounts]
        try:
            card = open_matter(
                person_id=view.person.person_id, kind=said["kind"], words=said["words"], channel="call",
                account_ids=every if said["account_id"] is None else [said["account_id"]], details={},
                actor=request.actor, now=now,
            )  # fmt: skip
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            text = _("Taken in under number %(number)s.") % {"number": card.number}
            if card.answer_due_at:
                due = day(card.clock.due_date or card.answer_due_at.date())
                text += " " + _("The answer is due by %(date)s.") % {"date": due}
            if card.hold_id:
                text += " " + _("Contacts stop.")
            messages.add_message(request, messages.SUCCESS, text, "ok")
            return back_to_case(case_id)
    return render_case(request, case_id, status=422, given=form)
