"""One matter: what was said, its clock, what happened, the answer and who approves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.journeys import care as journeys
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.ui.uploads import is_too_large
from fairdue.web.workbench import care_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.care_forms import (
    AboutForm,
    AnswerForm,
    DocumentForm,
    HandOverForm,
    NoteForm,
    ReasonForm,
)
from fairdue.web.workbench.refusals import REFUSALS, REFUSED, refusal_text
from fairdue.web.workbench.words import say


@staff_page("care.view")
def matter(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Show one matter."""
    return _page(request, matter_id)


def _detail(request: DeskRequest, matter_id: int) -> care.MatterDetail:
    try:
        return care.matter(matter_id=matter_id, actor=request.actor, now=clock.now())
    except care.MatterUnknown as unknown:
        raise Http404 from unknown


def _page(request: DeskRequest, matter_id: int, error: str = "", **forms: Any) -> HttpResponse:
    detail, actor = _detail(request, matter_id), request.actor
    card, terms = detail.card, care.terms_of(detail.card.kind)
    may_handle, why_not = _may_handle(request, detail)
    waiting = next((each for each in detail.answers if each.state == "waiting"), None)
    is_live = card.state in ("open", "waiting_approval", "answered")
    case_ids = (
        cases.scoped_case_ids(person_ids=[card.person_id], actor=actor) if actor.may("cases.view") else {}
    )
    context = {
        "detail": detail, "card": card, "terms": terms, "error": error, "kind": words.kind_word(card.kind),
        "cause": words.cause_word(card.kind, card.cause), "outcome": words.outcome_word(card.kind, card.outcome),
        "state": words.state_badge(card), "clock": words.clock_badge(card), "signs": words.signs_of(card),
        "debts": _debts(card), "name": parties.person_card(card.person_id).name_masked, "case_id": case_ids.get(card.person_id),
        "disputed": [(part, _component(part.component)) for part in card.disputed],
        "entries": [(entry, words.entry_word(entry), _more(card, entry)) for entry in reversed(detail.entries)],
        "answers": [_answer(card, each) for each in reversed(detail.answers)], "waiting": waiting is not None,
        "about": list(identity.staff_names(detail.about_staff).values()), "is_live": is_live,
        "may_handle": may_handle, "why_not": why_not, "may_take": may_handle and card.handler_id is None and is_live,
        "is_mine": card.handler_id == actor.id, "approving": _approving(request, detail, waiting),
        "may_close": actor.may("care.handle") and card.state == "answered" and actor.id not in detail.about_staff,
        **_forms(request, detail, may_handle, forms),
    }  # fmt: skip
    return render(request, "workbench/matter.html", context, status=422 if error or forms else 200)


def _forms(
    request: DeskRequest, detail: care.MatterDetail, may_handle: bool, given: dict[str, Any]
) -> dict[str, Any]:
    """Return the forms that the actor may fill in now, each as it was sent if it was."""
    card, actor = detail.card, request.actor
    is_live = card.state in ("open", "waiting_approval", "answered")
    handles = actor.may("care.handle") and is_live
    offered: dict[str, tuple[bool, Callable[[], Any]]] = {
        "answer": (may_handle and card.state == "open", lambda: AnswerForm(card, auto_id="answer-%s")),
        "hand": (handles, lambda: HandOverForm(detail, actor.id, auto_id="hand-%s")),
        "about": (handles and card.kind == "complaint", lambda: AboutForm(detail, auto_id="about-%s")),
        "note": (is_live, lambda: NoteForm(auto_id="note-%s")),
        "document": (is_live, lambda: DocumentForm(auto_id="file-%s")),
        "reason": (True, lambda: ReasonForm(auto_id="why-%s")),
    }
    return {
        f"{name}_form": given.get(name) or (make() if is_open else None)
        for name, (is_open, make) in offered.items()
    }


def _may_handle(request: DeskRequest, detail: care.MatterDetail) -> tuple[bool, str]:
    """Tell whether the actor may handle it, and else why not, in words beside the disabled button."""
    actor = request.actor
    if not actor.may("care.handle") or actor.role not in care.terms_of(detail.card.kind).handlers:
        return False, _("Another role handles such matters.")
    if actor.id in detail.about_staff:
        return False, _("It is about you or your case: somebody else handles it.")
    if detail.card.handler_id not in (None, actor.id):
        return False, _("%(name)s handles it.") % {"name": detail.card.handler}
    return True, ""


def _approving(
    request: DeskRequest, detail: care.MatterDetail, waiting: care.AnswerCard | None
) -> dict[str, Any] | None:
    if waiting is None:
        return None
    actor, why_not = request.actor, ""
    if not actor.may("care.approve") or actor.role not in care.terms_of(detail.card.kind).approvers:
        why_not = _("Another role approves it.")
    elif waiting.written_by_id == actor.id:
        why_not = _("You wrote it: somebody else approves it.")
    elif actor.id in detail.about_staff:
        why_not = _("It is about you or your case: somebody else approves it.")
    return {"why_not": why_not, "may": not why_not}


def _debts(card: care.MatterCard) -> list[book.AccountCard]:
    return [
        each
        for each in book.account_cards(card.person_id)
        if not card.account_ids or each.account_id in card.account_ids
    ]


def _component(code: str) -> str:
    return in_language(ledger.components().get(code, {}), "") or code


def _more(card: care.MatterCard, entry: care.EntryCard) -> str:
    facts = entry.facts
    if entry.kind == "handed_over":
        return f"{facts.get('from_name') or '–'} → {facts.get('to_name', '')}"
    if "outcome" in facts:
        return words.outcome_word(card.kind, facts["outcome"])
    return ""


def _answer(card: care.MatterCard, answer: care.AnswerCard) -> dict[str, Any]:
    heads = (_("What we understood"), _("What we found"), _("What we decided and why"), _("What happens now"))
    return {
        "card": answer, "outcome": words.outcome_word(card.kind, answer.outcome),
        "badge": badge(say(words.ANSWER_STATES, answer.state), words.ANSWER_TONES[answer.state]),
        "parts": [(head, text) for head, text in zip(heads, answer.parts, strict=True) if text],
    }  # fmt: skip


def _try(
    request: DeskRequest, matter_id: int, act: Callable[[], Any], said: str, **forms: Any
) -> HttpResponse:
    """Do it and say so, or show the page again with what was not done and why."""
    _detail(request, matter_id)
    if any(not form.is_valid() for form in forms.values()):
        return _page(request, matter_id, **forms)
    try:
        act()
    except REFUSED as refusal:
        return _page(request, matter_id, error=refusal_text(refusal), **forms)
    messages.add_message(request, messages.SUCCESS, said, "ok")
    return redirect("workbench:matter", matter_id)


@staff_page("care.view", "care.handle", methods=("POST",))
def take(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Take a matter."""
    return _try(
        request,
        matter_id,
        lambda: care.take(matter_id=matter_id, actor=request.actor, now=clock.now()),
        _("It is yours."),
    )


@staff_page("care.view", "care.handle", methods=("POST",))
def hand_over(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Give a matter to another handler."""
    form = HandOverForm(_detail(request, matter_id), request.actor.id, request.POST, auto_id="hand-%s")
    return _try(
        request, matter_id,
        lambda: care.hand_over(matter_id=matter_id, actor=request.actor, now=clock.now(), **form.cleaned_data),
        _("Handed over."), hand=form,
    )  # fmt: skip


@staff_page("care.view", "care.handle", methods=("POST",))
def name_staff(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Note whom a complaint is about."""
    form = AboutForm(_detail(request, matter_id), request.POST, auto_id="about-%s")
    return _try(
        request, matter_id,
        lambda: care.name_staff(
            matter_id=matter_id, staff_ids=(form.cleaned_data["staff_id"],), actor=request.actor, now=clock.now()
        ),
        _("Noted: they do not handle it."), about=form,
    )  # fmt: skip


@staff_page("care.view", "care.handle", methods=("POST",))
def answer(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Write the answer; it is given, or waits for another person."""
    form = AnswerForm(_detail(request, matter_id).card, request.POST, auto_id="answer-%s")
    return _try(
        request, matter_id,
        lambda: journeys.answer_matter(matter_id=matter_id, actor=request.actor, now=clock.now(), **form.asked),
        _("Written. Where another person approves it, it waits for them; else the person has it now."), answer=form,
    )  # fmt: skip


@staff_page("care.view", "care.approve", methods=("POST",))
def decide_answer(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Approve the answer that waits, or send it back."""
    now, reason = clock.now(), request.POST.get("reason", "")
    if request.POST.get("verb") == "return":
        act: Callable[[], Any] = lambda: care.return_answer(  # noqa: E731
            matter_id=matter_id, reason=reason, actor=request.actor, now=now
        )
        return _try(request, matter_id, act, _("Sent back to its author."))
    return _try(
        request, matter_id, lambda: journeys.approve_answer(matter_id=matter_id, actor=request.actor, now=now),
        _("Approved: the person has it now, with the letter."),
    )  # fmt: skip


@staff_page("care.view", methods=("POST",))
def add_note(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Add a note for colleagues."""
    form = NoteForm(request.POST, auto_id="note-%s")
    return _try(
        request, matter_id,
        lambda: care.add_words(matter_id=matter_id, actor=request.actor, now=clock.now(), **form.cleaned_data),
        _("Noted."), note=form,
    )  # fmt: skip


@staff_page("care.view", "care.handle", methods=("POST",))
def close(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Close a matter that was answered."""
    form = ReasonForm(request.POST, auto_id="why-%s")
    return _try(
        request, matter_id,
        lambda: care.close(matter_id=matter_id, actor=request.actor, now=clock.now(), **form.cleaned_data),
        _("Closed."), reason=form,
    )  # fmt: skip


@staff_page("care.view", methods=("POST",))
def add_document(request: DeskRequest, matter_id: int) -> HttpResponse:
    """Add a document that came with a letter or over the counter."""
    _detail(request, matter_id)
    if is_too_large(request):
        return _page(request, matter_id, error=_(REFUSALS["care.upload.too_large"]))
    form = DocumentForm(request.POST, request.FILES, auto_id="file-%s")

    def keep() -> None:
        upload = form.cleaned_data["document"]
        care.add_document(
            matter_id=matter_id, name=upload.name or "", claimed_type=upload.content_type or "", chunks=upload.chunks(),
            actor=request.actor, now=clock.now(),
        )  # fmt: skip

    return _try(request, matter_id, keep, _("The document is with the matter."), document=form)


@staff_page("care.view")
def document(request: DeskRequest, matter_id: int, document_id: int) -> HttpResponse:
    """Hand over a document as a file; that it was opened is recorded."""
    try:
        found = care.open_document(document_id=document_id, actor=request.actor, now=clock.now())
    except care.DocumentUnknown as unknown:
        raise Http404 from unknown
    if found.card.matter_id != matter_id:
        raise Http404
    return HttpResponse(
        found.content, content_type=found.card.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.card.name)}",
            "X-Content-Type-Options": "nosniff",
        },
    )  # fmt: skip
