"""The timeline as a record: searched while reading, handed out as a signed file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.case_record import PURPOSES, RecordLine, RecordWords, case_record_pdf, whole_timeline
from fairdue.journeys.view_case import CaseView
from fairdue.kernel import clock
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.call_words import RECORD_PURPOSES
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.timeline import FILTERS, Card, cards_of, days_of
from fairdue.web.workbench.views.case import load
from fairdue.web.workbench.words import say

SEARCH_LIMIT = 200
LONGEST_WORDS = 80


@staff_page("cases.view", methods=("POST",))
def search(request: DeskRequest, case_id: int) -> HttpResponse:
    """Show the entries that hold some words; they come by POST, so that no address keeps them."""
    words = " ".join(request.POST.get("words", "").split())[:LONGEST_WORDS]
    try:
        timeline = whole_timeline(case_id=case_id, actor=request.actor, now=clock.now())
        person_id = cases.case_card(case_id=case_id, actor=request.actor).person_id
    except cases.NotInScope as error:
        raise Http404 from error
    points = {point.contact_point_id: point.value_masked for point in parties.contact_points(person_id)}
    found = [card for card in cards_of(timeline.entries, points) if _holds(card, words)]
    context = {
        "case_id": case_id, "words": words, "days": days_of(found[:SEARCH_LIMIT]), "found": len(found),
        "filters": [(code, _(label), False) for code, label in FILTERS], "next_before": None,
        "may_see_permits": request.actor.may("permits.view"), "may_reverse": False,
    }  # fmt: skip
    return render(request, "workbench/_case_timeline.html", context)


def _holds(card: Card, words: str) -> bool:
    text = " ".join(
        filter(None, (card.title, card.state, card.body, card.by, str(card.amount or "")))
    ).casefold()
    return all(word in text for word in words.casefold().split())


@staff_page("cases.view", methods=("POST",))
def export(request: DeskRequest, case_id: int) -> HttpResponse:
    """Hand out the whole record of a case as a signed PDF; who made it and what for stands in the log."""
    now = clock.now()
    view = load(request, case_id, now)
    points = {point.contact_point_id: point.value_masked for point in view.contact_points}
    timeline = whole_timeline(case_id=case_id, actor=request.actor, now=now)
    purpose = request.POST.get("purpose", "")
    try:
        pdf = case_record_pdf(
            case_id=case_id, purpose=purpose, reason=request.POST.get("reason", ""), actor=request.actor, now=now,
            lines=[_line(card) for card in cards_of(timeline.entries, points)], words=_words(view, purpose),
        )  # fmt: skip
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
        return redirect("workbench:case", case_id=case_id)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="case-{case_id}-record.pdf"'
    return response


def _line(card: Card) -> RecordLine:
    amount = f"{card.amount} · " if card.amount else ""
    return RecordLine(
        at=card.at, what=card.title, state=card.state, by=card.by, text=f"{amount}{card.body}".strip(" ·"),
        permit_id=card.permit_id,
    )  # fmt: skip


def _words(view: CaseView, purpose: str) -> RecordWords:
    debts = tuple(
        (
            f"{in_language(each.account, 'product_name')} {each.account.ref_masked}",
            _("balance %(balance)s, overdue %(overdue)s, %(days)s days past due")
            % {
                "balance": str(each.summary.balance),
                "overdue": str(each.summary.overdue),
                "days": each.summary.days_past_due,
            },
        )
        for each in view.accounts
    )
    return RecordWords(
        title=_("Record of the case"),
        purpose=say(RECORD_PURPOSES, purpose) if purpose in PURPOSES else "",
        debts=debts,
        lender=in_language(view.accounts[0].account, "creditor_name") if view.accounts else "",
        note=_(
            "Texts stand as they were sent. A permit is one link of a chain: its hash changes if anything before it is"
            " changed, and it is verified without this software (fairdue permits export). Identities are masked."
        ),
        language=get_language() or "zh-hans",
    )
