"""How one is reached: see it, add a telephone or mailbox by a code to it, take one off; always after a code to an old one."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from fairdue.contexts.parties import facade as parties
from fairdue.journeys import change_contacts
from fairdue.web.portal import attempts
from fairdue.web.portal.frame import show
from fairdue.web.portal.identify_pages import same_point, take_code
from fairdue.web.portal.sessions import confirmed_page
from fairdue.web.ui.forms import DeskForm

SENT = "portal_new_point"
"""By contact point, the number of the code that this browser asked to be sent there."""


class PointForm(DeskForm):
    """A telephone or mailbox."""

    contact = forms.CharField(
        max_length=120,
        label=gettext_lazy("Your new mobile number or e-mail address"),
        help_text=gettext_lazy("We send a code there. It is used only after you have typed that code."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _refusal(code: str) -> str:
    words = {
        "parties.contact_point.unreadable": _("This is no mobile number and no e-mail address. Nothing was sent."),
        "parties.contact_point.in_use": _("We have this one already. Nothing was sent."),
        "parties.contact_point.of_another": _("We cannot take this one here. Nothing was sent. Call the number below."),
        "parties.contact_point.too_many": _("These are enough. Take one off first, then add this one."),
        "parties.contact_point.only_one": _("It is the only one we have, so it stays for now. Add another one first."),
    }  # fmt: skip
    return words.get(code, _("Nothing was changed. Try again, or call the number below."))


@confirmed_page
def details(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Show how the person is reached, masked, and take one off that is no longer theirs: it is never used again."""
    points = change_contacts.own_points(person_id)
    gone = request.POST.get("gone", "")
    if request.method == "POST":
        if gone in {str(each.contact_point_id) for each in (*points.in_use, *points.waiting)}:
            try:
                change_contacts.remove_contact(person_id=person_id, contact_point_id=int(gone), now=now)
            except parties.ContactPointRefused as refused:
                messages.info(request, _refusal(refused.code))
            else:
                messages.success(request, _("It is not used any more from this moment."))
        return redirect("portal:details")
    return show(request, "portal/details.html", person_id, points=points)


@confirmed_page
def add(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Take a new telephone or mailbox and send a code there."""
    form = PointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data["contact"].strip()
        if not _within_limits(request, person_id, same_point(written), now):
            return show(request, "portal/wait.html", person_id, status=429)
        try:
            point_id, sent = change_contacts.give_contact(
                person_id=person_id, written=written, now=now, locale=get_language() or ""
            )
        except parties.ContactPointRefused as refused:
            form.add_error("contact", _refusal(refused.code))
        else:
            _keep(request, point_id, sent.code_id)
            return redirect("portal:details_code", point_id)
    status = 422 if request.method == "POST" else 200
    return show(request, "portal/details_add.html", person_id, form=form, status=status)


@confirmed_page
def code(request: HttpRequest, person_id: int, now: datetime, contact_point_id: int) -> HttpResponse:
    """Take the code that went to a new telephone or mailbox; right, it is in use. Or send another one."""
    waiting = change_contacts.own_points(person_id).waiting
    point = next((each for each in waiting if each.contact_point_id == contact_point_id), None)
    if point is None:
        raise Http404
    if "again" in request.POST:
        if not _within_limits(request, person_id, f"point:{contact_point_id}", now):
            return show(request, "portal/wait.html", person_id, status=429)
        sent = change_contacts.send_again(
            person_id=person_id, contact_point_id=contact_point_id, now=now, locale=get_language() or ""
        )
        _keep(request, contact_point_id, sent.code_id)
        return redirect("portal:details_code", contact_point_id)
    code_id = request.session.get(SENT, {}).get(str(contact_point_id), 0)

    def attempt(written: str) -> parties.CodeAnswer:
        return change_contacts.confirm_contact(
            person_id=person_id, contact_point_id=contact_point_id, code_id=code_id, code=written, now=now
        )

    answer, response = take_code(request, "portal/details_code.html", person_id, now, attempt, point=point)
    if answer is None or answer.person_id is None:
        return response
    messages.success(request, _("It is yours and in use now. We tell you so at the others, too."))
    return redirect("portal:details")


def _keep(request: HttpRequest, contact_point_id: int, code_id: int) -> None:
    request.session[SENT] = {**request.session.get(SENT, {}), str(contact_point_id): code_id}


def _within_limits(request: HttpRequest, person_id: int, point: str, now: datetime) -> bool:
    return attempts.count_all(
        (
            (attempts.CODES_ASKED_BY_ADDRESS, request.META.get("REMOTE_ADDR", "")),
            (attempts.CODES_ASKED_FOR_POINT, f"person:{person_id}:new"),
            (attempts.CODES_ASKED_FOR_POINT, point),
            (attempts.CODES_ASKED_OVERALL, ""),
        ),
        now,
    )
