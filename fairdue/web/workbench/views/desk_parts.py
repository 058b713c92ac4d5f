"""What every page may ask for by the way: keep a draft, take a change back, tell who is here."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.kernel import clock
from fairdue.kernel.actor import Actor
from fairdue.web.ui import drafts, presence, undo
from fairdue.web.ui.templatetags.ui import clock as time_of_day
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import REFUSED, refusal_text

NEVER_KEPT = ("csrfmiddlewaretoken",)


def _may_see_case(actor: Actor, case_id: int) -> object:
    actor.require("cases.view")
    return cases.case_card(case_id=case_id, actor=actor)


presence.watched("case", _may_see_case)


@staff_page(methods=("POST",))
def keep_draft(request: DeskRequest, key: str) -> HttpResponse:
    """Keep what is written in a form so far and answer with the words that stand beside it."""
    if not drafts.KEY.fullmatch(key):
        raise Http404
    fields = {name: str(text) for name, text in request.POST.items() if name not in NEVER_KEPT}
    try:
        kept = identity.save_draft(staff_id=request.user.pk, key=key, fields=fields, now=clock.now())
    except identity.DraftTooLong:
        return HttpResponse(_("Too long to be kept as a draft."), status=422)
    return HttpResponse(_("Draft kept %(time)s") % {"time": time_of_day(kept.saved_at)} if kept else "")


@staff_page(methods=("POST",))
def drop_draft(request: DeskRequest, key: str) -> HttpResponse:
    """Throw a draft away and show the page again without it."""
    if not drafts.KEY.fullmatch(key):
        raise Http404
    drafts.clear(request, key)
    return redirect(back(request))


@staff_page(methods=("POST",))
def take_back(request: DeskRequest) -> HttpResponse:
    """Take the change back that the button offers, or say why not."""
    try:
        said = undo.take_back(
            token=request.POST.get("token", ""),
            staff_id=request.user.pk,
            actor=request.actor,
            now=clock.now(),
        )
    except REFUSED as refusal:
        messages.add_message(
            request, messages.ERROR, f"{_('Not taken back.')} {refusal_text(refusal)}", "stop"
        )
    else:
        messages.add_message(request, messages.SUCCESS, said, "ok")
    return redirect(back(request))


@staff_page(methods=("POST",))
def tell_presence(request: DeskRequest, kind: str, number: int) -> HttpResponse:
    """Note that this person has the record open and tell who else has; leaving answers with nothing."""
    may_see = presence.may_see(kind)
    if may_see is None:
        raise Http404
    may_see(request.actor, number)
    subject, staff_id = f"{kind}:{number}", request.user.pk
    if "leave" in request.GET:
        identity.leave(subject=subject, staff_id=staff_id)
        return HttpResponse(status=204)
    doing = request.GET.get("doing", "viewing")
    identity.note_presence(subject=subject, staff_id=staff_id, doing=doing, now=clock.now())
    colleagues = [
        (presence.doing_text(card), "stop" if card.doing == "calling" else "wait")
        for card in presence.others(request, kind, number)
    ]
    context = {"kind": kind, "number": number, "doing": doing, "colleagues": colleagues}
    return render(request, "ui/components/presence.html", context)


def back(request: DeskRequest) -> str:
    """Return the page that a form was sent from, of this installation only."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else "/desk/"
