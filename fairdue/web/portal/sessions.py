"""Who is in: a visit after a one-time link or a code, bound to one person, apart from any staff login.

1. A visit ends after `IDLE` without a page, and in any case after `LONGEST`.
2. What binds or changes contact data asks for a code first, unless one was given within `CONFIRMED_FOR`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from fairdue.journeys.identify_borrower import borrower_actor
from fairdue.kernel.clock import now as clock_now
from fairdue.web.portal.frame import show

KEY = "portal"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=2)
CONFIRMED_FOR = timedelta(minutes=15)
NOTED_EVERY = timedelta(minutes=1)
"""A visit notes that it was used at most this often, so that reading a page writes nothing."""

borrower = borrower_actor


def enter(
    request: HttpRequest, person_id: int, now: datetime, *, is_confirmed: bool = False, is_first: bool = False
) -> None:
    """Open the visit of a person; the session's key changes, so that a planted one is worth nothing."""
    request.session.cycle_key()
    moment = now.timestamp()
    request.session[KEY] = {
        "person_id": person_id, "began": moment, "seen": moment, "confirmed": moment if is_confirmed else 0,
        "is_first": is_first,
    }  # fmt: skip


def visitor(request: HttpRequest, now: datetime) -> int | None:
    """Return the person whose visit is open, or None; a visit that is over is forgotten."""
    visit = request.session.get(KEY)
    if visit is None:
        return None
    moment = now.timestamp()
    if moment - visit["seen"] >= IDLE.total_seconds() or moment - visit["began"] >= LONGEST.total_seconds():
        leave(request)
        return None
    if moment - visit["seen"] >= NOTED_EVERY.total_seconds():
        visit["seen"] = moment
        request.session.modified = True
    return visit["person_id"]


def is_first_visit(request: HttpRequest) -> bool:
    """Tell whether this is the person's first visit ever."""
    return bool(request.session.get(KEY, {}).get("is_first"))


def confirm(request: HttpRequest, now: datetime) -> None:
    """Note that the visitor said again who they are; the session's key changes with the right that it gains."""
    visit = request.session[KEY]
    request.session.cycle_key()
    visit["confirmed"] = now.timestamp()
    request.session.modified = True


def is_confirmed(request: HttpRequest, now: datetime) -> bool:
    """Tell whether the visitor gave a code lately."""
    visit = request.session.get(KEY, {})
    return now.timestamp() - visit.get("confirmed", 0) < CONFIRMED_FOR.total_seconds()


def leave(request: HttpRequest) -> None:
    """End the visit, on the server."""
    request.session.pop(KEY, None)


def not_open(request: HttpRequest, *, status: int = 403) -> HttpResponse:
    """Answer the one page for every link or visit that does not open: it says how to go on, not why.

    It is kept out of Django's log of refused requests, because the address may carry a link's token.
    """
    response = show(request, "portal/not_open.html", None, status=status)
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


def confirmed_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call a view like `visit_page`, once the visitor has said again who they are; until then ask for a code."""

    @wraps(view)
    def respond(request: HttpRequest, person_id: int, now: datetime, **parameters: Any) -> HttpResponse:
        if not is_confirmed(request, now):
            return redirect(f"{reverse('portal:confirm')}?{urlencode({'next': request.path})}")
        return view(request, person_id, now, **parameters)

    return visit_page(respond)
