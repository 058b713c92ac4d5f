"""A call that was dialled here: its state, the script with the door between its halves, hanging up, listening again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys import dial as dialling
from fairdue.journeys import retention
from fairdue.kernel import clock
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.call_words import CALL_ICONS, CALL_STATES, CALL_TONES
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say


def sheet_of(request: DeskRequest, case_id: int, *, is_asked: bool = False) -> dict[str, Any]:
    """Return what the call panel shows, empty if no call is open."""
    sheet = dialling.call_sheet(
        case_id=case_id, actor=request.actor, now=clock.now(), language=get_language() or "zh-hans",
        is_asked=is_asked,
    )  # fmt: skip
    if sheet is None:
        return {"case_id": case_id}
    call = sheet.call
    return {
        "case_id": case_id, "sheet": sheet, "phone_call": call, "is_mine": call.staff_id == request.user.pk,
        "state": say(CALL_STATES, call.state), "tone": CALL_TONES.get(call.state, ""),
        "icon": CALL_ICONS.get(call.state, "phone"), "is_by_hand": call.state in ("by_hand", "failed", "unknown"),
        "is_over": call.state in ("busy", "no_answer", "ended"), "may_reveal": request.actor.may("parties.reveal"),
    }  # fmt: skip


@staff_page("cases.view")
def call_state(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show how far the call has got; the exchange is asked."""
    return render(request, "workbench/_case_call_state.html", _scoped(request, case_id, is_asked=True))


@staff_page("cases.work", "contacts.make", methods=("POST",))
def confirm(request: DeskRequest, case_id: int) -> HttpResponse:
    """Note by what the debtor was made sure of, and show the second half of the script."""
    _scoped(request, case_id)
    try:
        dialling.confirm_party(
            case_id=case_id, facts=request.POST.getlist("fact"), actor=request.actor, now=clock.now()
        )
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
        return redirect("workbench:case", case_id=case_id)
    if request.headers.get("HX-Request") == "true":
        return render(request, "workbench/_case_script.html", _scoped(request, case_id))
    return redirect("workbench:case", case_id=case_id)


@staff_page("cases.work", "contacts.make", methods=("POST",))
def hang_up(request: DeskRequest, case_id: int) -> HttpResponse:
    """End the call; its outcome is still to be recorded."""
    context = _scoped(request, case_id)
    if context.get("is_mine"):
        dialling.finish_call(call_id=context["phone_call"].call_id)
    if request.headers.get("HX-Request") == "true":
        return render(request, "workbench/_case_call_state.html", _scoped(request, case_id))
    return redirect("workbench:case", case_id=case_id)


def _scoped(request: DeskRequest, case_id: int, *, is_asked: bool = False) -> dict[str, Any]:
    try:
        return sheet_of(request, case_id, is_asked=is_asked)
    except cases.NotInScope as error:
        raise Http404 from error


@staff_page("cases.view")
def recording(request: DeskRequest, case_id: int, call_id: int) -> HttpResponseBase:
    """Play the recording of a call of this case; who listened stands in the audit log."""
    _check_recording(request, case_id, call_id)
    pieces = _pieces(request, call_id)
    try:
        first = next(pieces, b"")
    except outreach.CallRefused:
        return HttpResponse(_("The exchange does not give the recording now."), status=502)
    return StreamingHttpResponse(_chained(first, pieces), content_type="audio/wav")


@staff_page("cases.view")
def recording_kept(request: DeskRequest, case_id: int, call_id: int) -> HttpResponse:
    """Say until when the recording of a call of this case is kept, by which rule, and what stops its deletion."""
    _check_recording(request, case_id, call_id)
    kept = retention.recording_kept(call_id=call_id, as_of=clock.business_date(clock.now()))
    return render(request, "workbench/_recording_kept.html", {"kept": kept})


def _check_recording(request: DeskRequest, case_id: int, call_id: int) -> None:
    """Answer 404 unless the case is in scope and the call is one of its recorded ones."""
    try:
        cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error
    if call_id not in {
        call.call_id for call in outreach.calls_of(case_id=case_id, limit=500) if call.has_recording
    }:
        raise Http404


def _pieces(request: DeskRequest, call_id: int) -> Iterator[bytes]:
    with outreach.recording(call_id=call_id, actor=request.actor, now=clock.now()) as pieces:
        yield from pieces


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
