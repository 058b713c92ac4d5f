"""What is owed and why, and the messages that were written: each page reads only what belongs to the visitor."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel.clock import business_date
from fairdue.web.portal import articles, reading
from fairdue.web.portal.explaining import told
from fairdue.web.portal.frame import show
from fairdue.web.portal.sessions import visit_page

PARTS_SHOWN = 100
"""Parts of one amount on one page; the statement of account holds all."""


@visit_page
def debts(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Show what the person owes and why: each debt by component, what is due when, what was paid."""
    as_of = business_date(now)
    suggested = articles.suggested(reading.situations(person_id, as_of), limit=2)
    return show(
        request, "portal/debts.html", person_id, as_of=as_of, debts=reading.debts(person_id, as_of), suggested=suggested
    )  # fmt: skip


@visit_page
def why(request: HttpRequest, person_id: int, now: datetime, account_id: int) -> HttpResponse:
    """Show where one amount of one debt comes from, as of today: its parts, their days, rules and arithmetic."""
    as_of = business_date(now)
    account = reading.own_account(person_id, account_id)
    if account is None:
        raise Http404(str(account_id))
    try:
        found = ledger.explain(account_id, as_of, request.GET.get("of", "balance")[:60])
    except (ledger.SubjectUnknown, ledger.LedgerError) as unknown:
        raise Http404(str(account_id)) from unknown
    part = found.part(request.GET.get("path", "")[:60]) or found.root
    return show(
        request, "portal/why.html", person_id, as_of=as_of, account=account, found=found, level=told(part),
        parts=[told(each) for each in part.parts[:PARTS_SHOWN]], left_out=max(len(part.parts) - PARTS_SHOWN, 0),
    )  # fmt: skip


@visit_page
def contacts(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """List every contact that was made, with its number and the code by which anybody can check it."""
    return show(request, "portal/contacts.html", person_id, contacts=reading.contacts(person_id))


@visit_page
def messages_page(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """List the messages that were written to the person here, newest first."""
    return show(request, "portal/messages.html", person_id, inbox=outreach.inbox(person_id))


@visit_page
def message_page(request: HttpRequest, person_id: int, now: datetime, message_id: int) -> HttpResponse:
    """Show one message and note that it was read."""
    found = [card for card in outreach.inbox(person_id) if card.message_id == message_id]
    if not found:
        return redirect("portal:messages")
    if found[0].read_at is None and request.method == "GET":
        outreach.mark_read(message_id=message_id, person_id=person_id, now=now)
    return show(request, "portal/message.html", person_id, message=found[0])
