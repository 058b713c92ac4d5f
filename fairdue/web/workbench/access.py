"""Who may open a page: logged in, with a permission; the data scope is the facade's own question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from fairdue.kernel.actor import Actor
from fairdue.web.workbench.middleware import to_login


class DeskRequest(HttpRequest):
    """A request with the member of staff who makes it."""

    actor: Actor
    user: Any  # type: ignore[assignment]


View = Callable[..., HttpResponseBase]


def _has_null(request: HttpRequest) -> bool:
    """Tell whether something sent holds a null character: no database text does, and no person types one."""
    sent = [request.GET, request.POST] if request.method == "POST" else [request.GET]
    return any("\x00" in value for part in sent for _name, values in part.lists() for value in values)


def wrong_method(request: HttpRequest, allowed: Sequence[str]) -> HttpResponse:
    """Answer 405: the address is there, but carries out an action and is no page to open."""
    context = {
        "heading": _("There is nothing to see here"),
        "text": _("This address carries out an action and is no page to open. Nothing was changed."),
        "href": reverse("workbench:home"), "action": _("My day"),
    }  # fmt: skip
    response = render(request, "ui/message_page.html", context, status=405)
    response["Allow"] = ", ".join(allowed)
    return response


def staff_page(*permissions: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Let a view be opened by a logged-in member of staff who holds all the permissions.

    Pages are never cached: what one person saw must not be found by the next one at the same computer. What a view
    asks for can be read from it (`permissions`, `methods`), so that a test holds every view against every role.
    """

    allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return wrong_method(request, allowed)
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request") == "true":
                    return to_login(request)
                return redirect_to_login(
                    request.get_full_path() if request.method == "GET" else "/desk/", settings.LOGIN_URL
                )
            for permission in permissions:
                request.actor.require(permission)
            if _has_null(request):
                return render(request, "404.html", status=400)
            return view(request, *args, **kwargs)

        guarded.permissions, guarded.methods = permissions, methods  # type: ignore[attr-defined]
        return never_cache(guarded)

    return decorate
