"""One deadline: how it was counted, what was done, more time and who grants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench import deadline_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.deadline_forms import ExtensionForm, MeetForm
from fairdue.web.workbench.office_words import EVIDENCE, EVIDENCE_TONES
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import role_word, say


@staff_page("deadlines.view")
def deadline(request: DeskRequest, deadline_id: int) -> HttpResponse:
    """Show one deadline: how it was counted, what happened to it, what may be done."""
    return _page(request, deadline_id)


def _page(
    request: DeskRequest, deadline_id: int, error: str = "", meet: MeetForm | None = None, more: Any = None
) -> HttpResponse:
    detail = _detail(request, deadline_id)
    card, may = detail.card, request.actor.may
    is_open = card.status in ("running", "missed")
    case_ids = (
        cases.scoped_case_ids(person_ids=[card.person_id], actor=request.actor) if may("cases.view") else {}
    )
    deciding = {
        each.extension.extension_id: each
        for each in law.waiting_extensions(actor=request.actor, now=clock.now())
    }
    context = words.deadline_view(card) | {
        "detail": detail, "error": error, "case_id": case_ids.get(card.person_id), "state": say(words.STATES, card.status),
        "evidence": say(EVIDENCE, card.evidence), "evidence_tone": EVIDENCE_TONES.get(card.evidence, ""),
        "asked": _request_words(detail.request), "offer": _offer(detail.offer),
        "meet": (meet or MeetForm(auto_id="meet-%s")) if is_open and may("deadlines.meet") and card.nature != "period" else None,
        "extend": (more or ExtensionForm(detail.offer, auto_id="more-%s")) if detail.offer and may("deadlines.meet") else None,
        "may_cancel": is_open and may("deadlines.approve") and card.started_by_id != request.actor.id,
        "extensions": [_extension(each, deciding.get(each.extension_id), request.actor.id) for each in detail.extensions],
    }  # fmt: skip
    return render(request, "workbench/deadline.html", context, status=422 if error or meet or more else 200)


def _detail(request: DeskRequest, deadline_id: int) -> law.DeadlineDetail:
    try:
        return law.deadline(deadline_id=deadline_id, actor=request.actor, now=clock.now())
    except law.DeadlineUnknown as unknown:
        raise Http404 from unknown


def _request_words(card: law.RequestCard | None) -> dict[str, Any] | None:
    if card is None:
        return None
    zh, en = law.request_words().get(card.kind, (card.kind, card.kind))
    channel = next((each for each in law.request_channels() if each.code == card.channel), None)
    return {
        "card": card, "title": in_language({"zh": zh, "en": en}, ""),
        "channel": in_language(channel, "") if channel else card.channel,
    }  # fmt: skip


def _offer(offer: law.ExtensionOffer | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    return {
        "card": offer, "title": in_language(offer, "title"), "note": in_language(offer, "note"),
        "arithmetic": in_language(offer, "arithmetic"),
        "approvers": [role_word(role) for role in offer.approvers],
    }  # fmt: skip


def _extension(
    card: law.ExtensionCard, waiting: law.WaitingExtension | None, staff_id: int | None
) -> dict[str, Any]:
    return {
        "card": card, "badge": badge(say(words.EXTENSION_STATES, card.status), words.EXTENSION_TONES.get(card.status, "")),
        "arithmetic": in_language(card, "arithmetic"), "may_decide": waiting is not None and waiting.may_decide,
        "why_not": say(words.WHY_NOT, waiting.why_not) if waiting and waiting.why_not else "",
        "is_own": card.requested_by_id == staff_id,
    }  # fmt: skip


@staff_page("deadlines.view", "deadlines.meet", methods=("POST",))
def meet(request: DeskRequest, deadline_id: int) -> HttpResponse:
    """Record that what a deadline asks for was done."""
    form = MeetForm(request.POST, auto_id="meet-%s")
    if form.is_valid():
        try:
            card = law.meet_deadline(
                deadline_id=deadline_id, actor=request.actor, now=clock.now(), **form.cleaned_data
            )
        except law.DeadlineUnknown as unknown:
            raise Http404 from unknown
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            late = card.status == "met_late"
            text = _("Recorded: it was done too late.") if late else _("Recorded: it was done in time.")
            messages.add_message(request, messages.SUCCESS, text, "wait" if late else "ok")
            return redirect("workbench:deadline", deadline_id=deadline_id)
    return _page(request, deadline_id, meet=form)


@staff_page("deadlines.view", "deadlines.meet", methods=("POST",))
def extend(request: DeskRequest, deadline_id: int) -> HttpResponse:
    """Ask for more time."""
    offer = _detail(request, deadline_id).offer
    if offer is None:
        return _page(request, deadline_id, _("This deadline cannot be extended, or not any more."))
    form = ExtensionForm(offer, request.POST, auto_id="more-%s")
    if form.is_valid():
        try:
            law.request_extension(
                deadline_id=deadline_id, actor=request.actor, now=clock.now(), **form.cleaned_data
            )
        except REFUSED as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            text = _("Asked for: the deadline stays as it is until somebody else decides.")
            messages.add_message(request, messages.SUCCESS, text, "ok")
            return redirect("workbench:deadline", deadline_id=deadline_id)
    return _page(request, deadline_id, more=form)


@staff_page("deadlines.view", "deadlines.approve", methods=("POST",))
def cancel(request: DeskRequest, deadline_id: int) -> HttpResponse:
    """Cancel a deadline that was started by mistake."""
    reason = request.POST.get("reason", "").strip()[:400]
    try:
        law.cancel_deadline(deadline_id=deadline_id, reason=reason, actor=request.actor, now=clock.now())
    except law.DeadlineUnknown as unknown:
        raise Http404 from unknown
    except REFUSED as refusal:
        return _page(request, deadline_id, refusal_text(refusal))
    messages.add_message(request, messages.SUCCESS, _("Cancelled. The audit log names you."), "ok")
    return redirect("workbench:deadline", deadline_id=deadline_id)


@staff_page("deadlines.view", methods=("POST",))
def decide(request: DeskRequest, deadline_id: int, extension_id: int) -> HttpResponse:
    """Approve, refuse or withdraw an extension."""
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "").strip()[:400]
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "approve": (
            lambda: law.decide_extension(
                extension_id=extension_id, is_approved=True, reason=reason, actor=request.actor, now=clock.now()
            ),
            _("Approved: the new last day holds from now."),
        ),
        "refuse": (
            lambda: law.decide_extension(
                extension_id=extension_id, is_approved=False, reason=reason, actor=request.actor, now=clock.now()
            ),
            _("Refused: the deadline stays as it is."),
        ),
        "withdraw": (
            lambda: law.withdraw_extension(extension_id=extension_id, actor=request.actor, now=clock.now()),
            _("Withdrawn."),
        ),
    }  # fmt: skip
    if verb not in acts:
        raise Http404
    act, text = acts[verb]
    try:
        act()
    except law.DeadlineUnknown as unknown:
        raise Http404 from unknown
    except REFUSED as refusal:
        return _page(request, deadline_id, refusal_text(refusal))
    messages.add_message(request, messages.SUCCESS, text, "ok")
    return redirect("workbench:deadline", deadline_id=deadline_id)
