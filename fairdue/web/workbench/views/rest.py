"""Rest after a hard call: asked for by the collector, or given by the supervisor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import clock as hour
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.refusals import refusal_text


def rest_context(request: DeskRequest) -> dict[str, Any]:
    """Return until when the actor rests, and the reasons for which a rest may be asked for."""
    own, rules = request.actor.id or 0, cases.cool_down_rules()
    reasons = [(code, in_language({"zh": zh, "en": en}, "")) for code, (zh, en) in rules.reasons.items()]
    return {
        "rest": cases.resting([own], clock.now()).get(own),
        "rest_reasons": reasons,
        "rest_minutes": rules.minutes,
    }


@staff_page("cases.view", methods=("POST",))
def rest(request: DeskRequest) -> HttpResponse:
    """Start a rest for oneself or for a member of the team, or end the own one."""
    own = request.actor.id or 0
    staff_id = whole(request.POST.get("staff")) or own
    try:
        if request.POST.get("verb") == "end":
            cases.end_cool_down(staff_id=staff_id, actor=request.actor, now=clock.now())
            text = _("The rest is over: calls are handed out again.")
        else:
            card = cases.start_cool_down(
                staff_id=staff_id, reason=request.POST.get("reason", ""), case_id=whole(request.POST.get("case")),
                actor=request.actor, now=clock.now(),
            )  # fmt: skip
            text = _("No new call until %(time)s.") % {"time": hour(card.until)}
    except cases.NotInScope:
        raise
    except cases.CaseRefused as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, text, "ok")
    return redirect("workbench:board" if staff_id != own else "workbench:home")
