"""Who is in: thirty minutes after a one-time link, bound to one person, apart from any staff login."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import now as clock_now
from fairdue.web.portal.reading import lenders

KEY = "portal"
LIFETIME = timedelta(minutes=30)


def enter(request: HttpRequest, person_id: int, now: datetime) -> None:
    """Open the visit of a person; the session's key changes, so that a planted one is worth nothing."""
    request.session.cycle_key()
    request.session[KEY] = {"person_id": person_id, "until": (now + LIFETIME).timestamp()}


def visitor(request: HttpRequest, now: datetime) -> int | None:
    """Return the person whose visit is open, or None; a visit that is over is forgotten."""
    visit = request.session.get(KEY)
    if visit is None:
        return None
    if now.timestamp() >= visit["until"]:
        leave(request)
        return None
    return visit["person_id"]


def leave(request: HttpRequest) -> None:
    """End the visit."""
    request.session.pop(KEY, None)


def borrower(person_id: int) -> Actor:
    """Return the actor that a borrower is: acts on the own data only, holds no permission of staff."""
    return Actor(kind="borrower", label="borrower", id=person_id, role="borrower", creditor_ids=None)


def not_open(request: HttpRequest, *, status: int = 403) -> HttpResponse:
    """Answer the one page for every link or visit that does not open: it says how to go on, not why.

    It is kept out of Django's log of refused requests, because the address may carry a link's token.
    """
    response = render(request, "portal/not_open.html", {"lenders": lenders(None)}, status=status)
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def visit_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call a view as `view(request, person_id, now, …)`, or answer `not_open`; never cached."""

    @wraps(view)
    @never_cache
    def respond(request: HttpRequest, **parameters: Any) -> HttpResponse:
        now = clock_now()
        person_id = visitor(request, now)
        if person_id is None:
            return not_open(request)
        return view(request, person_id, now, **parameters)

    return respond
