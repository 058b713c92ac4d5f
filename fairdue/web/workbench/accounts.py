"""Logging in: nobody signs up, failures are counted by axes, privileged roles need a second factor."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fairdue.kernel import clock

JUST_NOW_SECONDS = 300


class StaffAdapter(DefaultAccountAdapter):
    """Closes sign-up, leaves the counting of failed passwords to axes, keeps mail silent."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an administrator creates staff."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing: axes counts in the database, over all processes, and names the time in its answer."""

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Ask for the password again before a change of the factors, unless it was given just now."""
        request = context.request
        given = get_authentication_records(request, request.user)
        return not given or time.time() - given[-1]["at"] > JUST_NOW_SECONDS

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the page that opens after logging in or out says enough."""


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the user name under which failures are counted, whatever its capitals: logging in ignores them."""
    typed = (credentials or {}).get("username") or request.POST.get("login", "")
    return str(typed).strip().lower()


def lockout(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say that this user name is locked, why, and from when it may try again."""
    username = counted_name(request, credentials)
    latest = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    pause = get_cool_off(request) or timedelta(0)
    left = latest.attempt_time + pause - timezone.now() if latest else pause
    until = clock.now() + left  # on the clock that the pages show
    facts = {
        "until": until,
        "minutes": int(pause.total_seconds() // 60),
        "limit": get_failure_limit(request, credentials),
    }
    return render(request, "account/lockout.html", facts, status=429)
