"""The composer: one place to write on any channel, with the gate's word and the law's reading while writing."""

from __future__ import annotations

import math
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.contracts import SentMessage
from fairdue.contexts.parties import facade as parties
from fairdue.journeys import compose as composing
from fairdue.journeys.write_message import WRITTEN, write_message
from fairdue.kernel import clock
from fairdue.web.ui import drafts
from fairdue.web.ui.templatetags.ui import in_language, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.compose_forms import VisitForm, WriteForm, blank_point, too_long
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.text_marks import report_words
from fairdue.web.workbench.words import (
    CHANNEL_ICONS,
    CHANNELS,
    GATE_ICONS,
    GATE_TONES,
    GATE_WORDS,
    say,
)

WRITING_REFUSED: tuple[type[Exception], ...] = (*REFUSED, outreach.TextEmpty, outreach.TextTooLong)
ONE_SMS = {True: (160, 153), False: (70, 67)}
"""Characters of one text message alone, and of each of several, by whether every character is plain."""


@staff_page("cases.work", "contacts.make", methods=("GET", "POST"))
def write(request: DeskRequest, case_id: int, channel: str) -> HttpResponse:
    """Write to the debtor of a case on one channel; a text that the law refuses is shown with its marks."""
    case = _open_case(request, case_id, channel)
    draft = drafts.kept(request, _key(case_id, channel)) if request.method == "GET" else None
    form = _form(request, case, channel, drafts.initial(draft))
    if request.method != "POST" or not form.is_valid():
        return _page(request, case, channel, form, draft=draft)
    said = form.cleaned_data
    try:
        told = _leave(request, case_id, channel, said)
    except outreach.TextRefused as refusal:
        form.add_error(None, refusal_text(refusal))
        words = report_words(refusal.report, text=refusal.text, subject=refusal.subject)
        return _page(request, case, channel, form, words=words)
    except outreach.ErrandForbidden as refusal:
        form.add_error(None, _gate_text(refusal.verdict))
    except WRITING_REFUSED as refusal:
        form.add_error(None, refusal_text(refusal))
    else:
        drafts.clear(request, _key(case_id, channel))
        messages.add_message(request, *told)
        return redirect("workbench:case", case_id=case_id)
    return _page(request, case, channel, form)


def _key(case_id: int, channel: str) -> str:
    return f"case:{case_id}:write:{channel}"


def _page(
    request: DeskRequest, case: Any, channel: str, form: WriteForm, *, draft: Any = None, words: Any = None
) -> HttpResponse:
    """Render the composer alone where a part was asked for, else as a page of its own."""
    person = parties.person_card(case.person_id)
    context = {
        "case_id": case.case_id, "channel": channel, "form": form, "channel_word": say(CHANNELS, channel),
        "icon": CHANNEL_ICONS[channel], "is_sms": channel == "sms", "is_errand": channel in composing.ERRANDS,
        "is_visit": channel == "visit", "name": person.name_masked, "words": words, "draft": draft,
        "draft_key": _key(case.case_id, channel), "has_point": "contact_point_id" in form.fields or channel == "inapp",
    }  # fmt: skip
    is_part = request.method == "GET" and request.headers.get("HX-Request") == "true"
    status = 200 if request.method == "GET" else 422
    template = "workbench/_compose.html" if is_part else "workbench/write.html"
    return render(request, template, context, status=status)


def _form(request: DeskRequest, case: Any, channel: str, kept: dict[str, str]) -> WriteForm:
    points = composing.points_for(case.person_id, channel) if channel != "inapp" else ()
    chosen = whole(request.GET.get("point"))
    if chosen in {point.contact_point_id for point in points}:
        kept = kept | {"contact_point_id": str(chosen)}
    kind = VisitForm if channel == "visit" else WriteForm
    return kind(
        request.POST or None, channel=channel, debts=_debts(case.person_id, request), points=blank_point(points),
        initial={"locale": "zh-hans"} | kept, auto_id="write-%s",
    )  # fmt: skip


def _leave(request: DeskRequest, case_id: int, channel: str, said: dict[str, Any]) -> tuple[int, str, str]:
    """Send the message or ask for the errand, and return what is told about it."""
    common: dict[str, Any] = {
        "case_id": case_id,
        "channel": channel,
        "actor": request.actor,
        "now": clock.now(),
    } | said
    if channel in composing.ERRANDS:
        errand = composing.ask_errand(**common)
        text = _("Asked for. It waits among the letters and visits until somebody makes it under a permit.")
        if errand.verdict:
            text += " " + _verdict_text(errand.verdict)
        return messages.SUCCESS, text, "ok"
    common.setdefault("contact_point_id", None)
    return told_of(write_message(**common))


def told_of(sent: SentMessage) -> tuple[int, str, str]:
    """Return how a page tells what became of a message: its level, the words, and the tone."""
    if sent.status in ("sent", "delivered"):
        return messages.SUCCESS, _("The message was sent."), "ok"
    why = _verdict_text(sent.verdict or {})
    if sent.status == "planned":
        text = _("The message waits and goes by itself when the gate allows it.")
        return messages.WARNING, f"{text} {why}".strip(), "wait"
    word = say(GATE_WORDS, str((sent.verdict or {}).get("outcome", "refuse")))
    return messages.ERROR, f"{_('The message was not sent.')} {word} {why}".strip(), "stop"


def _verdict_text(verdict: Any) -> str:
    return " ".join(in_language(reason, "message") for reason in verdict.get("reasons", ())[:2])


def _gate_text(verdict: Any) -> str:
    reasons = " ".join(
        f"{in_language(reason, 'message')} ({reason.citation})" for reason in verdict.reasons[:2]
    )
    return f"{_('Nothing was asked for.')} {say(GATE_WORDS, verdict.outcome)}: {reasons}"


@staff_page("cases.work", "contacts.make", methods=("POST",))
def check(request: DeskRequest, case_id: int, channel: str) -> HttpResponse:
    """Say what gate and law answer to what is written so far; nothing is sent, counted or kept."""
    _open_case(request, case_id, channel)
    try:
        found = composing.check_text_now(
            case_id=case_id, channel=channel, text=request.POST.get("text", "")[:20_000],
            subject=request.POST.get("subject", "")[:200], actor=request.actor, now=clock.now(),
            account_id=whole(request.POST.get("account_id")),
            contact_point_id=whole(request.POST.get("contact_point_id")),
            locale="en" if request.POST.get("locale") == "en" else "zh-hans",
            staff_count=whole(request.POST.get("staff_count")) or 1,
            enters_premises=bool(request.POST.get("enters_premises")),
        )  # fmt: skip
    except REFUSED as refusal:
        return render(request, "workbench/_compose_check.html", {"refused": refusal_text(refusal)})
    return render(request, "workbench/_compose_check.html", _found(found, channel))


def _found(found: composing.TextChecked, channel: str) -> dict[str, Any]:
    verdict = found.verdict
    context: dict[str, Any] = {"channel": channel, "problem": too_long(channel) if found.problem else ""}
    if verdict is not None:
        context |= {
            "word": say(GATE_WORDS, verdict.outcome), "tone": GATE_TONES[verdict.outcome],
            "mark": GATE_ICONS[verdict.outcome], "reasons": verdict.reasons[:3],
            "later": minute(verdict.retry_after) if verdict.retry_after else "",
        }  # fmt: skip
    if found.report is not None:
        context["words"] = report_words(found.report, text=found.text, subject=found.subject)
        context |= {"length": len(found.text), "most": outreach.MAX_LENGTH[channel]}
        if channel == "sms":
            context["parts"] = sms_parts(found.text)
    return context


def sms_parts(text: str) -> int:
    """Return how many text messages a text takes."""
    alone, each = ONE_SMS[text.isascii()]
    return 1 if len(text) <= alone else math.ceil(len(text) / each)


@staff_page("cases.work", "contacts.make", methods=("POST",))
def phrases(request: DeskRequest, case_id: int, channel: str) -> HttpResponse:
    """Give the text modules and templates as they read for this debtor now."""
    _open_case(request, case_id, channel)
    try:
        found = composing.phrases_for(
            case_id=case_id, channel=channel, account_id=whole(request.POST.get("account_id")),
            locale="en" if request.POST.get("locale") == "en" else "zh-hans", actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except REFUSED as refusal:
        return JsonResponse({"detail": refusal_text(refusal)}, status=409)
    return JsonResponse(
        {
            "phrases": [
                {"code": each.code, "title": each.title, "text": each.text, "subject": each.subject}
                for each in found
            ]
        }
    )


def _open_case(request: DeskRequest, case_id: int, channel: str) -> Any:
    if channel not in composing.COMPOSED:
        raise Http404
    try:
        return cases.case_card(case_id=case_id, actor=request.actor)
    except cases.NotInScope as error:
        raise Http404 from error


def _debts(person_id: int, request: DeskRequest) -> list[tuple[int, str]]:
    cards = book.account_cards(person_id, actor=request.actor)
    return [(card.account_id, f"{in_language(card, 'product_name')} {card.ref_masked}") for card in cards]


def ways(case_id: int, answers: Any) -> list[dict[str, Any]]:
    """Return the composer's channels with the gate's best word for each, and the key that opens it."""
    rank = {"allow": 0, "review": 1, "defer": 2, "hold": 3, "refuse": 4}
    best: dict[str, str] = {}
    for answer in answers:
        if answer.owner in ("", "debtor"):
            seen = best.get(answer.channel)
            if seen is None or rank[answer.verdict.outcome] < rank[seen]:
                best[answer.channel] = answer.verdict.outcome
    return [
        {
            "channel": channel, "word": say(CHANNELS, channel), "icon": CHANNEL_ICONS[channel],
            "href": reverse("workbench:write", args=[case_id, channel]), "key": f"w {channel[0]}",
            "answer": say(GATE_WORDS, best[channel]) if channel in best else _("No contact point"),
            "mark": GATE_ICONS[best[channel]] if channel in best else "stop",
            "tone": GATE_TONES[best[channel]] if channel in best else "",
        }
        for channel in (*WRITTEN, *composing.ERRANDS)
    ]  # fmt: skip
