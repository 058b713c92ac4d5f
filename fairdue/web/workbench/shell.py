"""What every page's frame shows: the rail, the person, the choices, the clock."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.kernel import clock
from fairdue.web.ui.commands import declared
from fairdue.web.workbench.nav import rail
from fairdue.web.workbench.tabs import tabs_of
from fairdue.web.workbench.words import role_word


def shell(request: HttpRequest) -> dict[str, Any]:
    """Provide `shell` to all templates; without a login only the theme's defaults."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not hasattr(request, "actor"):
        return {"shell": {"theme": "auto", "density": "normal"}}
    actor, preferences = request.actor, user.preferences
    return {
        "shell": {
            "theme": preferences.get("theme", "auto"),
            "density": preferences.get("density", "normal"),
            "has_keys": preferences.get("keys", "on") == "on",
            "nav": rail(request),
            "tabs": tabs_of(request),
            "commands": declared(request),
            "may_search": actor.may("parties.search"),
            "staff_name": user.display_name,
            "role_label": role_word(user.role),
            "team_name": user.team.name if user.team else "",
            "mode": settings.MODE,
            "mode_label": {"demo": _("Demonstration"), "test": _("Test")}.get(settings.MODE, settings.MODE),
            "notice": _demo_notice(request),
            "now": clock.now(),
            "clock_offset": int(float(os.environ.get(clock.OFFSET_VARIABLE, "0") or 0)),
            "choices": _choices(preferences, user.locale),
        }
    }


def _demo_notice(request: HttpRequest) -> str:
    user: Any = request.user
    if request.path != reverse("workbench:home") or settings.MODE != "demo":
        return ""
    if settings.MFA_REQUIRED_ROLES or user.role not in settings.PRIVILEGED_ROLES:
        return ""
    return _(
        "Demonstration: outside it, your role must log in with a second factor (under your name: sign-in security)."
    )


def _choices(preferences: dict[str, str], locale: str) -> list[dict[str, Any]]:
    return [
        {
            "name": "locale", "label": _("Language"), "current": locale, "options": list(settings.LANGUAGES),
        },
        {
            "name": "theme", "label": _("Colours"), "current": preferences.get("theme", "auto"),
            "options": [("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
        },
        {
            "name": "density", "label": _("Density"), "current": preferences.get("density", "normal"),
            "options": [("compact", _("Compact")), ("normal", _("Normal")), ("roomy", _("Roomy"))],
        },
        {
            "name": "keys", "label": _("Single keys"), "current": preferences.get("keys", "on"),
            "options": [("on", _("On")), ("off", _("Off"))],
        },
        {
            "name": "mail", "label": _("Mail about answers due"), "current": preferences.get("mail", "on"),
            "options": [("on", _("On")), ("off", _("Off"))],
        },
    ]  # fmt: skip
