"""Keeping somebody's own screen choices."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from fairdue.contexts.identity import facade as identity
from fairdue.web.workbench.access import DeskRequest, staff_page

NAMES = ("theme", "density", "keys", "mail", "locale")


@staff_page(methods=("POST",))
def preferences(request: DeskRequest) -> HttpResponse:
    """Keep the choices in the form and return to the page."""
    choices = {name: request.POST[name] for name in NAMES if name in request.POST}
    try:
        identity.set_preferences(staff_id=request.user.pk, choices=choices)
    except identity.PreferenceUnknown as refusal:
        return HttpResponseBadRequest(str(refusal))
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/desk/"
    response = redirect(target)
    if "locale" in choices:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, choices["locale"], samesite="Lax", httponly=True)
    return response
