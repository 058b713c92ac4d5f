"""Being left alone, being heard: fewer contacts, disputes, complaints, hardship, a human being."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET

from fairdue.contexts.care import facade as care
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys import care as journeys
from fairdue.journeys.stop_contacts import CHANNELS, choose_contacts, contact_choices
from fairdue.web.portal import attempts, care_steps, reading
from fairdue.web.portal.care_steps import AnswerMissing, Draft, Question, answer_of, questions, word_of
from fairdue.web.portal.care_words import (
    cause_word,
    entry_word,
    kind_about,
    kind_word,
    outcome_word,
    refusal_word,
    state_word,
)
from fairdue.web.portal.frame import show
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.portal.words import channel_word
from fairdue.web.ui.uploads import is_too_large

OPENED = attempts.Limit("matters", 15)
"""Matters that one person opens in a window."""
SENT = attempts.Limit("uploads", 40)
"""Documents that one person sends in a window."""
ICONS = {
    "dispute": "flag", "complaint": "complaint", "hardship": "info", "vulnerability": "person", "wrong_person": "people",
    "callback": "phone", "contact_limits": "hold",
}  # fmt: skip
HEADS = {
    "understood": lambda: _("What we understood"),
    "found": lambda: _("What we found"),
    "decided": lambda: _("What we decided and why"),
    "next_steps": lambda: _("What happens now"),
}


class ContactForm(forms.Form):
    """Which ways of contact stop."""

    stopped = forms.MultipleChoiceField(
        choices=[(channel, channel) for channel in CHANNELS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@visit_page
def contact(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Let the person stop ways of contact; in force before the answer."""
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        stopped = frozenset(CHANNELS if "all" in request.POST else form.cleaned_data["stopped"])
        choose_contacts(person_id=person_id, stopped=stopped, actor=borrower(person_id), now=now)
        messages.success(request, _("Your choice is in force from this moment."))
        return redirect("portal:contact")
    choices = [(choice, channel_word(choice.channel)) for choice in contact_choices(person_id)]
    return show(
        request, "portal/contact.html", person_id, choices=choices, hours=reading.agreed_hours(person_id)
    )


@visit_page
def matters(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """List what the person told us with its state and the day of the answer, and what else can be told."""
    kinds = [
        {"code": code, "word": kind_word(code), "about": kind_about(code), "icon": ICONS[code]}
        for code in care.kind_terms()
    ]
    rows = [_line(card) for card in care.matters_of(person_id, now)]
    return show(request, "portal/matters.html", person_id, rows=rows, kinds=kinds)


def _line(card: care.MatterCard) -> dict[str, Any]:
    return {
        "card": card, "kind": kind_word(card.kind), "state": state_word(card), "outcome": outcome_word(card),
        "tone": {"answered": "ok", "closed": "", "withdrawn": ""}.get(card.state, "info"),
    }  # fmt: skip


@visit_page
def tell(request: HttpRequest, person_id: int, now: datetime, kind: str, step: str = "") -> HttpResponse:
    """Ask one question of a kind; its answer leads to the next one, the last one to “check your answers”."""
    draft = _draft(request, kind, person_id)
    asked = questions(draft, person_id, now)
    place = next((at for at, question in enumerate(asked) if question.step == step), 0)
    question = asked[place]
    error = ""
    if request.method == "POST":
        try:
            draft.said[question.step] = answer_of(question, request.POST)
        except AnswerMissing as missing:
            error = str(missing)
        else:
            care_steps.keep_draft(request, draft)
            return _next(draft, question, person_id, now, is_change="change" in request.GET)
    context = {
        "question": question, "kind": kind, "title": kind_word(kind), "about": kind_about(kind) if place == 0 else "",
        "given": _given(question, draft, request), "error": error, "number": place + 1, "count": len(asked),
        "back": asked[place - 1].step if place else "",
    }  # fmt: skip
    return show(request, "portal/matter_step.html", person_id, status=422 if error else 200, **context)


def _draft(request: HttpRequest, kind: str, person_id: int) -> Draft:
    if kind not in care_steps.STEPS:
        raise Http404
    return care_steps.read_draft(request, kind, person_id)


def _next(
    draft: Draft, question: Question, person_id: int, now: datetime, *, is_change: bool
) -> HttpResponse:
    asked = [each.step for each in questions(draft, person_id, now)]
    behind = asked[asked.index(question.step) + 1 :] if question.step in asked else asked
    missing = [step for step in behind if step not in draft.said] if is_change else behind
    if missing:
        return redirect("portal:tell_step", draft.kind, missing[0])
    return redirect("portal:tell_check", draft.kind)


def _given(question: Question, draft: Draft, request: HttpRequest) -> Any:
    if request.method == "POST":
        typed = request.POST.getlist("answer")
        return (
            typed
            if question.way == "many"
            else [request.POST.get("from", ""), request.POST.get("to", "")]
            if (question.way == "hours")
            else (typed[0] if typed else "")
        )
    said = draft.said.get(question.step)
    if question.way == "amount" and said is not None:
        return str(care_steps.Money(said, question.currency).amount)
    return said if said is not None else ([] if question.way in ("many", "hours") else "")


@visit_page
def check(request: HttpRequest, person_id: int, now: datetime, kind: str) -> HttpResponse:
    """Show the answers before they are sent; sending them twice is sending them once."""
    draft = _draft(request, kind, person_id)
    asked = questions(draft, person_id, now)
    missing = [question for question in asked if question.step not in draft.said]
    if missing:
        sent = [card for card in care.matters_of(person_id, now)[:1] if request.method == "POST"]
        return (
            redirect("portal:matter", sent[0].matter_id)
            if sent
            else redirect("portal:tell_step", kind, missing[0].step)
        )
    error, status = "", 200
    if request.method == "POST":
        if not attempts.count(OPENED, str(person_id), now):
            return show(request, "portal/wait.html", person_id, status=429)
        try:
            card = journeys.open_matter(
                person_id=person_id, channel="portal", actor=borrower(person_id), now=now,
                **care_steps.submission(draft, person_id),
            )  # fmt: skip
        except (care.CareRefused, ledger.LedgerError) as refused:
            error, status = refusal_word(refused.code), 422
        else:
            care_steps.drop_draft(request, kind)
            messages.success(
                request, _("We have it. The number of your matter is %(number)s.") % {"number": card.number}
            )
            return redirect("portal:matter", card.matter_id)
    answers = [(question, word_of(question, draft.said[question.step])) for question in asked]
    context = {
        "kind": kind,
        "title": kind_word(kind),
        "answers": answers,
        "error": error,
        "terms": care.terms_of(kind),
    }
    return show(request, "portal/matter_check.html", person_id, status=status, **context)


def _detail(person_id: int, matter_id: int, now: datetime) -> care.MatterDetail:
    try:
        return care.matter(matter_id=matter_id, actor=borrower(person_id), now=now)
    except care.MatterUnknown as unknown:
        raise Http404 from unknown


@visit_page
def matter(request: HttpRequest, person_id: int, now: datetime, matter_id: int) -> HttpResponse:
    """Show one matter: its state, the day of the answer, what happened, the answer itself and the documents."""
    detail = _detail(person_id, matter_id, now)
    answer = detail.answer
    parts = (
        [(head(), getattr(answer.parts, name)) for name, head in HEADS.items() if getattr(answer.parts, name)]
        if answer
        else []
    )
    context = {
        **_line(detail.card), "detail": detail, "parts": parts, "cause": cause_word(detail.card),
        "entries": [(entry, entry_word(entry)) for entry in detail.entries if entry_word(entry)],
        "is_live": detail.card.state in ("open", "waiting_approval", "answered"),
        "may_withdraw": detail.card.state in ("open", "waiting_approval"),
        "wanted_at": str(detail.card.details.get("wanted_at") or "")[:16].replace("T", " "),
    }  # fmt: skip
    return show(request, "portal/matter.html", person_id, **context)


@visit_page
def add_words(request: HttpRequest, person_id: int, now: datetime, matter_id: int) -> HttpResponse:
    """Let the person add words; after the answer they open the matter again."""
    detail = _detail(person_id, matter_id, now)
    error, words = "", request.POST.get("words", "")
    if request.method == "POST":
        try:
            care.add_words(matter_id=matter_id, words=words, actor=borrower(person_id), now=now)
        except care.CareRefused as refused:
            error = refusal_word(refused.code)
        else:
            messages.success(request, _("Added. Who handles it sees it."))
            return redirect("portal:matter", matter_id)
    return show(
        request, "portal/matter_add.html", person_id, status=422 if error else 200, **_line(detail.card), error=error,
        words=words,
    )  # fmt: skip


@visit_page
def withdraw(request: HttpRequest, person_id: int, now: datetime, matter_id: int) -> HttpResponse:
    """Ask once, then take the matter back."""
    detail = _detail(person_id, matter_id, now)
    error = ""
    if request.method == "POST":
        try:
            journeys.withdraw_matter(matter_id=matter_id, reason="", actor=borrower(person_id), now=now)
        except (care.CareRefused, ledger.LedgerError) as refused:
            error = refusal_word(refused.code)
        else:
            messages.success(request, _("Taken back."))
            return redirect("portal:matter", matter_id)
    return show(
        request,
        "portal/matter_withdraw.html",
        person_id,
        status=422 if error else 200,
        **_line(detail.card),
        error=error,
    )


@csrf_protect
@visit_page
def add_document(request: HttpRequest, person_id: int, now: datetime, matter_id: int) -> HttpResponse:
    """Take a document: looked at, sealed, or refused in words; one that is too large is cut off while it arrives."""
    detail = _detail(person_id, matter_id, now)
    error, status = "", 200
    if request.method == "POST":
        upload = request.FILES.get("document")
        if is_too_large(request):
            error, status = refusal_word("care.upload.too_large"), 413
        elif upload is None:
            error, status = _("Choose a file first."), 422
        elif not attempts.count(SENT, str(person_id), now):
            return show(request, "portal/wait.html", person_id, status=429)
        else:
            try:
                care.add_document(
                    matter_id=matter_id, name=upload.name or "", claimed_type=upload.content_type or "",
                    chunks=upload.chunks(), actor=borrower(person_id), now=now,
                )  # fmt: skip
            except care.CareRefused as refused:
                error, status = refusal_word(refused.code), 422
            else:
                messages.success(
                    request, _("Your document is with your matter. Only those who handle it can open it.")
                )
                return redirect("portal:matter", matter_id)
    return show(
        request, "portal/matter_document.html", person_id, status=status, **_line(detail.card), error=error,
        megabytes=care.UPLOAD_LIMITS.size // 1024 // 1024,
    )  # fmt: skip


@require_GET
@visit_page
def document(request: HttpRequest, person_id: int, now: datetime, document_id: int) -> HttpResponse:
    """Hand over one of the person's own documents, always as a file to keep; somebody else's is not found."""
    try:
        found = care.open_document(document_id=document_id, actor=borrower(person_id), now=now)
    except care.DocumentUnknown as unknown:
        raise Http404 from unknown
    return as_attachment(found)


def as_attachment(found: care.DocumentContent) -> HttpResponse:
    """Answer a document so that no browser shows or runs it."""
    return HttpResponse(
        found.content, content_type=found.card.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.card.name)}",
            "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store, private",
        },
    )  # fmt: skip
