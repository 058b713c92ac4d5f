"""The way in and out, the type size, and what anybody may read: rights, help, a human being."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fairdue.contexts.parties import facade as parties
from fairdue.journeys.invite_borrower import admit_borrower
from fairdue.journeys.welcome import has_come_before
from fairdue.kernel.clock import now as clock_now
from fairdue.web.portal import attempts, reading, sessions
from fairdue.web.portal.frame import PORTAL, TYPE_COOKIE, show

A_YEAR = timedelta(days=365)


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Show what can be done here; without a visit, how to get in and what one may read before."""
    person_id = sessions.visitor(request, clock_now())
    context: dict[str, Any] = {}
    if person_id is not None:
        context["person"] = parties.person_card(person_id)
        context["unread_count"] = reading.unread_count(person_id)
        context["is_first"] = sessions.is_first_visit(request)
    return show(request, "portal/home.html", person_id, **context)


@require_safe
@never_cache
def help_page(request: HttpRequest) -> HttpResponse:
    """Show rights, complaint lines and how to reach a human being; readable before any login."""
    person_id = sessions.visitor(request, clock_now())
    return show(request, "portal/help.html", person_id, **reading.rights())


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
        return show(request, "portal/enter.html", None)
    address = request.META.get("REMOTE_ADDR", "")
    if attempts.is_paused(address, now):
        return sessions.not_open(request, status=429)
    try:
        person_id = admit_borrower(token=token, now=now)
    except parties.PortalLinkRefused:
        attempts.count_failure(address, now)
        return sessions.not_open(request)
    return admit(request, person_id, now)


def admit(request: HttpRequest, person_id: int, now: datetime, *, is_confirmed: bool = False) -> HttpResponse:
    """Open the visit of a person who showed who they are, in the language that the lender noted for them."""
    is_first = not has_come_before(person_id)
    sessions.enter(request, person_id, now, is_confirmed=is_confirmed, is_first=is_first)
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


@require_POST
def type_size(request: HttpRequest) -> HttpResponse:
    """Show all pages in large type from now on, or in normal type again."""
    onward = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(onward, allowed_hosts=None) and onward.startswith(PORTAL)
    response = redirect(onward if is_ours else PORTAL)
    size = "large" if request.POST.get("size") == "large" else "normal"
    response.set_cookie(
        TYPE_COOKIE,
        size,
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
