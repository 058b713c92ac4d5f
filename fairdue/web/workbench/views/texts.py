"""Texts: templates with their approval, and the local provider's outbox."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table
from fairdue.web.ui.templatetags.ui import badge, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import TEXTS
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.text_marks import report_words
from fairdue.web.workbench.words import CHANNELS, CONTACT_RESULTS, RESULT_TONES, say


@staff_page("templates.view", methods=("GET", "POST"))
def templates(request: DeskRequest) -> HttpResponse:
    """Show every text with its version and approval; approve or retire one."""
    if request.method == "POST":
        _decide(request)
        return redirect("workbench:templates")
    cards = outreach.templates()
    by_code = groupby(cards, key=lambda card: card.code)
    reports = outreach.template_reports(now=clock.now())
    context = {
        "words": {
            card.template_id: report_words(reports[card.template_id], text=card.body, subject=card.subject)
            for card in cards
            if card.template_id in reports
        },
        "texts": [(code, say(TEXTS, code), *_by_age(list(group))) for code, group in by_code],
        "languages": dict(settings.LANGUAGES),
        "channels": {code: say(CHANNELS, code) for code in CHANNELS},
        "may_approve": request.actor.may("templates.approve"),
    }
    return render(request, "workbench/templates.html", context)


def _by_age(
    cards: list[outreach.TemplateCard],
) -> tuple[list[outreach.TemplateCard], list[outreach.TemplateCard]]:
    """Return what may be sent or waits for approval, and what was retired."""
    return [card for card in cards if card.retired_at is None], [card for card in cards if card.retired_at]


def _decide(request: DeskRequest) -> None:
    """Approve or retire the chosen version and say what happened."""
    chosen = request.POST.get("template_id", "")
    if not chosen.isdigit():
        return
    try:
        if request.POST.get("verb") == "retire":
            outreach.retire_template(
                template_id=int(chosen),
                reason=request.POST.get("reason", ""),
                actor=request.actor,
                now=clock.now(),
            )
        else:
            outreach.approve_template(template_id=int(chosen), actor=request.actor, now=clock.now())
    except (outreach.ApprovalRefused, outreach.TemplateUnknown, outreach.TextRefused) as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, _("Done. The audit log names you."), "ok")


OUTBOX_PAGE = 100
"""Messages that the outbox page shows, newest first."""


class BehaviourForm(DeskForm):
    """What the local provider shall do."""

    fail_percent = forms.IntegerField(label=lazy("Fails, in percent"), min_value=0, max_value=100)
    delay_seconds = forms.IntegerField(label=lazy("Reports after, in seconds"), min_value=0, max_value=3600)
    drop_answer_percent = forms.IntegerField(
        label=lazy("Accepts but cuts the line, in percent"), min_value=0, max_value=100
    )
    duplicate_callbacks = forms.BooleanField(label=lazy("Reports twice"), required=False)


@staff_page("outbox.view", methods=("GET", "POST"))
def outbox(request: DeskRequest) -> HttpResponse:
    """Show what the local provider received, and tell it how to behave."""
    if settings.MODE == "production":
        raise Http404
    behaviour = outreach.local_behaviour()
    initial = {name: getattr(behaviour, name) for name in BehaviourForm.base_fields}
    form = BehaviourForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        outreach.set_local_behaviour(actor=request.actor, **form.cleaned_data)
        messages.add_message(request, messages.SUCCESS, _("The local provider behaves so from now on."), "ok")
        return redirect("workbench:outbox")
    shown, total = outreach.local_outbox(OUTBOX_PAGE), outreach.local_outbox_count()
    context = {
        "form": form,
        "table": _outbox_table(shown),
        "total": f"{total:,}",
        "is_cut": total > len(shown),
    }
    return render(request, "workbench/outbox.html", context)


def _outbox_table(shown: tuple[outreach.LocalMessage, ...]) -> Table:
    return Table(
        shown,
        columns=[
            Column("accepted_at", _("Accepted"), render=lambda value, _row: minute(value), align="nowrap"),
            Column("channel", _("Channel"), render=lambda value, _row: say(CHANNELS, value), align="nowrap"),
            Column("recipient_masked", _("To"), is_row_head=True, align="nowrap"),
            Column("text", _("Text")),
            Column("reported_status", _("Reported"), render=_state),
        ],
        caption=_("Messages at the local provider"),
        key="outbox",
        sorts_here=True,
        empty=EmptyState(
            title=_("Nothing was sent yet"),
            text=_("The worker sends what the night planned, at its hour."),
            icon="outbox",
        ),
    )


def _state(value: str, _row: Any) -> Any:
    return (
        badge(say(CONTACT_RESULTS, value), RESULT_TONES.get(value, ""))
        if value
        else badge(_("Not yet"), "wait")
    )
