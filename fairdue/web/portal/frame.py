"""What every page of the portal has: the lenders to call, the type size, and a policy under which no script runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairdue.web.portal import reading

PORTAL = "/my/"
TYPE_COOKIE = "portal_type"
POLICY = {
    "default-src": [NONE], "script-src": [NONE], "style-src": [SELF], "img-src": [SELF], "font-src": [SELF],
    "connect-src": [NONE], "object-src": [NONE], "form-action": [SELF], "base-uri": [NONE], "frame-ancestors": [NONE],
}  # fmt: skip
"""The portal needs no script, so none may run: what somebody managed to put into a page stays text."""


def show(
    request: HttpRequest, template: str, person_id: int | None, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Answer a page with its frame: the lenders to call are those of the person, or all when nobody is in."""
    context = {"person_id": person_id, "lenders": reading.lenders(person_id), **context}
    return render(request, template, context, status=status)


def strict_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give every answer under the portal's addresses, also an error's, the portal's own content policy."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith(PORTAL):
            response._csp_replace = POLICY  # type: ignore[attr-defined]
            response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
            if response.get("Content-Type", "").startswith("text/html"):
                response.headers["Cache-Control"] = "no-store, private"
        return response

    return respond
