"""What stands before every page of the desk: who acts, how long a session lives, the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from fairdue.contexts.cases.facade import NotInScope
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import PermissionRefused
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import PERMISSION_WORDS, role_word

Answer = Callable[[HttpRequest], HttpResponse]
SEEN_EVERY_SECONDS = 60
"""The session notes that it was used at most this often, so that reading a page writes nothing."""


def session_life(get_response: Answer) -> Answer:
    """End a session after idle time (`SESSION_IDLE_SECONDS`) and in any case after `SESSION_COOKIE_AGE`."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            moment = time.time()
            began = request.session.setdefault("began", moment)
            seen = request.session.get("seen", moment)
            if moment - seen > settings.SESSION_IDLE_SECONDS or moment - began > settings.SESSION_COOKIE_AGE:
                logout(request)
                return to_login(request)
            if "seen" not in request.session or moment - seen > SEEN_EVERY_SECONDS:
                request.session["seen"] = moment
        return get_response(request)

    return respond


def acting_staff(get_response: Answer) -> Answer:
    """Attach `request.actor` and speak the language that the member of staff chose."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        staff: Any = request.user
        request.actor = SimpleLazyObject(lambda: identity.actor_for(staff))  # type: ignore[attr-defined]
        language = (
            request.user.locale if request.user.locale in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        )
        request.LANGUAGE_CODE = language
        with translation.override(language):
            return get_response(request)

    return respond


def second_factor(get_response: Answer) -> Answer:
    """Send a privileged role that has no second factor yet to its set-up, and nowhere else."""

    def respond(request: HttpRequest) -> HttpResponse:
        if must_set_up_factor(request) and not request.path.startswith(("/accounts/", "/static/", "/i18n/")):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return respond


def must_set_up_factor(request: HttpRequest) -> bool:
    """Tell whether this person's role needs a second factor that is not set up."""
    user: Any = request.user
    return user.is_authenticated and user.role in settings.MFA_REQUIRED_ROLES and not is_mfa_enabled(user)


class RefusalPages:
    """Turns a refusal that no form took up into a page that says what was not done, and why.

    A refused permission is named; what lies outside the data scope reads like what does not exist.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer staff in words: 403, 404 or 422; every other exception goes its way."""
        if isinstance(error, PermissionRefused):
            word = PERMISSION_WORDS.get(error.permission)
            said = {"role": role_word(error.actor.role), "permission": _(word) if word else error.permission}
            return render(request, "403.html", said, status=403)
        if not hasattr(request, "actor") or not isinstance(error, REFUSED):
            return None
        if isinstance(error, NotInScope):
            return render(request, "404.html", status=404)
        context = {
            "heading": _("Not done"), "text": f"{_('Nothing was changed.')} {refusal_text(error)}",
            "href": reverse("workbench:home"), "action": _("My day"),
        }  # fmt: skip
        return render(request, "ui/message_page.html", context, status=422)


def to_login(request: HttpRequest) -> HttpResponse:
    """Answer with the way to the login page, also for a part of a page."""
    address = f"{reverse('account_login')}?ended=1"
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=401)
        response["HX-Redirect"] = address
        return response
    return redirect(address)
