"""What is answered when a request comes to nothing: what happened, what was not done, the next step.

Staff and borrowers each get the page of their own surface. A borrower's address may carry a link's token, so
that Django's log of refused requests does not get it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from fairdue.web.portal.reading import lenders

PORTAL = "/my/"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    if request.path.startswith(PORTAL):
        return _portal_page(request, "portal/missing.html", 404)
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: what the browser sent cannot be read."""
    return _said(
        request, _("This request could not be read"), _("Nothing was changed. Go back and try again."), 400
    )


def _said(request: HttpRequest, heading: str, text: str, status: int) -> HttpResponse:
    is_portal = request.path.startswith(PORTAL)
    context = {
        "heading": heading, "text": text, "href": PORTAL if is_portal else "/desk/",
        "action": _("To the start page") if is_portal else _("My day"),
    }  # fmt: skip
    return render(request, "ui/message_page.html", context, status=status)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token of its own: it was open too long, or cookies are refused."""
    if request.path.startswith(PORTAL):
        return _portal_page(request, "portal/form_too_old.html", 403)
    return render(request, "403_csrf.html", status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a page that needs neither database nor language; it speaks both."""
    is_portal = request.path.startswith(PORTAL)
    return HttpResponse(render_to_string("500.html", {"is_portal": is_portal}), status=500)


def _portal_page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    response = render(request, template, {"lenders": lenders(None), "address": request.path}, status=status)
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
