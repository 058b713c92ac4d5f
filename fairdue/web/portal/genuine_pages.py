"""Is this message really from you? Anybody may ask, with a code or by the picture that holds it; no login."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from fairdue.journeys.check_genuine import check_genuine
from fairdue.kernel.clock import now as clock_now
from fairdue.web.portal import attempts, sessions
from fairdue.web.portal.frame import show
from fairdue.web.portal.words import channel_word
from fairdue.web.ui.forms import DeskForm


class GenuineForm(DeskForm):
    """The code."""

    code = forms.CharField(
        max_length=80,
        label=gettext_lazy("The code on the message, letter or document"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@never_cache
def genuine(request: HttpRequest) -> HttpResponse:
    """Check a code that was typed, or that stands in the address behind a QR picture.

    A wrong code, and a code of something that does not exist, get one and the same answer.
    """
    now = clock_now()
    person_id = sessions.visitor(request, now)
    form = GenuineForm(request.POST or request.GET or None)
    if not form.is_bound or not form.is_valid():
        return show(request, "portal/genuine.html", person_id, form=form if form.is_bound else GenuineForm())
    address = request.META.get("REMOTE_ADDR", "")
    limits = ((attempts.CHECKS_BY_ADDRESS, address), (attempts.CHECKS_OVERALL, ""))
    if not attempts.count_all(limits, now):
        return show(request, "portal/wait.html", person_id, status=429)
    found = check_genuine(written=form.cleaned_data["code"], now=now)
    what = {
        "message": _("A message of ours"), "contact": _("A contact that was made for us"),
        "statement": _("A statement of account of ours"), "settlement": _("A settlement certificate of ours"),
        "record": _("A record of contacts of ours"),
    }.get(found.kind, "") if found else ""  # fmt: skip
    channel = channel_word(found.channel) if found and found.channel else ""
    return show(
        request, "portal/genuine.html", person_id, form=form, is_asked=True, found=found, what=what, channel=channel
    )  # fmt: skip
