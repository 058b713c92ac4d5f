"""The pages of a visit: one question a page; each reads only what belongs to the visitor."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fairdue.contexts.outreach import facade as outreach
from fairdue.journeys.stop_contacts import CHANNELS, choose_contacts, contact_choices
from fairdue.kernel.clock import business_date
from fairdue.web.portal import reading
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.portal.words import channel_word


@visit_page
def debts(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Show what the person owes and why: each debt by component, what is due when, what was paid."""
    as_of = business_date(now)
    context = {
        "person_id": person_id,
        "as_of": as_of,
        "debts": reading.debts(person_id, as_of),
        "lenders": reading.lenders(person_id),
    }
    return render(request, "portal/debts.html", context)


@visit_page
def messages_page(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """List the messages that were written to the person here, newest first."""
    context = {
        "person_id": person_id,
        "inbox": outreach.inbox(person_id),
        "lenders": reading.lenders(person_id),
    }
    return render(request, "portal/messages.html", context)


@visit_page
def message_page(request: HttpRequest, person_id: int, now: datetime, message_id: int) -> HttpResponse:
    """Show one message and note that it was read."""
    found = [card for card in outreach.inbox(person_id) if card.message_id == message_id]
    if not found:
        return redirect("portal:messages")
    if found[0].read_at is None and request.method == "GET":
        outreach.mark_read(message_id=message_id, person_id=person_id, now=now)
    context = {"person_id": person_id, "message": found[0], "lenders": reading.lenders(person_id)}
    return render(request, "portal/message.html", context)


@visit_page
def pay(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Say how to pay by transfer and which reference to write, for each debt."""
    context = {
        "person_id": person_id,
        "debts": reading.debts(person_id, business_date(now), with_history=False),
        "lenders": reading.lenders(person_id),
    }
    return render(request, "portal/pay.html", context)


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
    context = {"person_id": person_id, "choices": choices, "lenders": reading.lenders(person_id)}
    return render(request, "portal/contact.html", context)
