"""The way in and out, and what anybody may read: rights, help, a human being."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fairdue.contexts.parties import facade as parties
from fairdue.journeys.invite_borrower import admit_borrower
from fairdue.kernel.clock import now as clock_now
from fairdue.web.portal import attempts, reading, sessions


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Show what can be done here; without a visit, how to get in and what one may read before."""
    person_id = sessions.visitor(request, clock_now())
    context: dict[str, Any] = {"person_id": person_id, "lenders": reading.lenders(person_id)}
    if person_id is not None:
        context["person"] = parties.person_card(person_id)
        context["unread_count"] = reading.unread_count(person_id)
    return render(request, "portal/home.html", context)


@require_safe
@never_cache
def help_page(request: HttpRequest) -> HttpResponse:
    """Show rights, complaint lines and how to reach a human being; readable before any login."""
    person_id = sessions.visitor(request, clock_now())
    context = {"person_id": person_id, "lenders": reading.lenders(person_id), **reading.rights()}
    return render(request, "portal/help.html", context)


@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before opening a one-time link (GET), and open it (POST).

    1. Reading the address changes nothing, so a messenger's preview does not use the link up.
    2. An expired, used or unknown link gets one and the same page and status.
    3. Who has not chosen a language reads the one that the lender noted for them.
    4. After too many failures from one address links are not tried for a while.
    """
    now = clock_now()
    if request.method != "POST":
        return render(request, "portal/enter.html", {"lenders": reading.lenders(None)})
    address = request.META.get("REMOTE_ADDR", "")
    if attempts.is_paused(address, now):
        return sessions.not_open(request, status=429)
    try:
        person_id = admit_borrower(token=token, now=now)
    except parties.PortalLinkRefused:
        attempts.count_failure(address, now)
        return sessions.not_open(request)
    sessions.enter(request, person_id, now)
    response = redirect("portal:home")
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        locale = parties.person_card(person_id).locale
        if locale in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, locale, samesite="Lax")
    return response


@require_POST
def leave_page(request: HttpRequest) -> HttpResponse:
    """End the visit."""
    sessions.leave(request)
    return redirect("portal:home")
