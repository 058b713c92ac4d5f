"""Documents to keep: statement of account, settlement certificate, record of contacts with its proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys import borrower_documents as issue
from fairdue.kernel.clock import business_date
from fairdue.web.portal import attempts, reading
from fairdue.web.portal.frame import show
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.portal.words import component_word, kind_words

ISSUED = attempts.Limit("documents", 20)
"""Documents that one person takes in a window: each is written and signed anew."""


@visit_page
def documents(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Say which documents there are for which debt, and why one is not there yet."""
    debts = reading.debts(person_id, business_date(now), with_history=False)
    agreements = reading.agreements(person_id)
    return show(request, "portal/documents.html", person_id, debts=debts, agreements=agreements)


@require_POST
@visit_page
def take(request: HttpRequest, person_id: int, now: datetime, kind: str, account_id: int = 0) -> HttpResponse:
    """Write, sign and hand over one document."""
    if not attempts.count(ISSUED, str(person_id), now):
        return show(request, "portal/wait.html", person_id, status=429)
    makers: dict[str, tuple[Callable[[], bytes], str]] = {
        "statement": (lambda: _statement(person_id, account_id, now), "application/pdf"),
        "settlement": (lambda: _settlement(person_id, account_id, now), "application/pdf"),
        "contacts": (lambda: _contacts(person_id, now), "application/pdf"),
        "proof": (lambda: issue.contact_proof(person_id=person_id, actor=borrower(person_id), now=now), "application/zip"),
    }  # fmt: skip
    try:
        make, media = makers[kind]
        content = make()
    except issue.NotSettled:
        return show(request, "portal/not_settled.html", person_id, status=409)
    except (KeyError, issue.DocumentRefused) as refused:
        raise Http404 from refused
    ending = "zip" if media == "application/zip" else "pdf"
    name = f"{kind}-{business_date(now):%Y%m%d}.{ending}"
    return HttpResponse(
        content, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _statement(person_id: int, account_id: int, now: datetime) -> bytes:
    words = {code: component_word(code) for code in (*ledger.components(), "credit_balance")} | kind_words()
    return issue.statement(
        person_id=person_id, account_id=account_id, language=get_language() or "", words=words,
        actor=borrower(person_id), now=now,
    )  # fmt: skip


def _settlement(person_id: int, account_id: int, now: datetime) -> bytes:
    return issue.settlement(
        person_id=person_id, account_id=account_id, language=get_language() or "", actor=borrower(person_id), now=now
    )  # fmt: skip


def _contacts(person_id: int, now: datetime) -> bytes:
    rows = [
        [f"{line.at:%Y-%m-%d %H:%M}", line.way, line.result, line.by, line.code]
        for line in reading.contacts(person_id, issue.CONTACTS)
    ]
    return issue.contact_record(
        person_id=person_id, language=get_language() or "", rows=rows, actor=borrower(person_id), now=now
    )
