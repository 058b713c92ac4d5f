"""Being left alone, being heard: fewer contacts, disputes, complaints, a human being."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fairdue.journeys.stop_contacts import CHANNELS, choose_contacts, contact_choices
from fairdue.web.portal import reading
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.portal.words import channel_word


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
