"""A promise while it is being typed: what the rules say, what is owed, what the household can bear."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.journeys.check_promise import PromiseFinding, check_promise
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import day
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.inputs import whole

TONES = {"ok": "ok", "wait": "wait", "stop": "stop", "info": "info"}
ICONS = {"ok": "check", "wait": "warning", "stop": "stop", "info": "info"}


@staff_page("cases.work", methods=("POST",))
def check(request: DeskRequest, case_id: int) -> HttpResponse:
    """Say what stands for and against a promise of this amount on this day; nothing is recorded."""
    try:
        amount = Decimal(request.POST.get("amount", "") or "x")
    except InvalidOperation:
        return HttpResponse("")
    try:
        found = check_promise(
            case_id=case_id, amount=amount, promised_date=_day(request.POST.get("promised_date", "")),
            account_id=whole(request.POST.get("account_id")), actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except cases.NotInScope as error:
        raise Http404 from error
    lines = [{"text": text(each), "tone": TONES[each.tone], "icon": ICONS[each.tone]} for each in found]
    return render(request, "workbench/_promise_check.html", {"lines": lines})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def text(finding: PromiseFinding) -> str:
    """Return a finding in words."""
    said = {
        "too_late": _("A promise lies at most %(days)s days ahead: until %(until)s."),
        "past": _("The day has passed."),
        "replaces": _("It replaces the open promise of %(amount)s by %(until)s."),
        "covers": _("It covers all that is overdue (%(amount)s)."),
        "part": _("It leaves %(amount)s overdue: agree on a plan for the rest."),
        "more": _("It is more than is overdue (%(amount)s): the rest goes to what falls due next."),
        "nothing_due": _("Nothing is overdue."),
        "within_means": _("The household has %(amount)s a month to spare: it fits."),
        "beyond_means": _("The household has %(amount)s a month to spare: this promise is likely to break."),
        "no_assessment": _("No income and expenditure are known: ask whether the amount is possible."),
        "counts_until": _("Kept when it has come in by %(until)s, less a tolerance of %(amount)s."),
    }[finding.code]
    return said % {"amount": str(finding.amount or ""), "until": day(finding.until), "days": finding.days}
