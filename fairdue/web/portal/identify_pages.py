"""In without a link: who somebody is, the code that arrives there, and the same again before what binds.

Known or not, right or wrong: the page, the status and the time are the same, so that nobody learns who owes here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from fairdue.contexts.parties.contracts import CodeAnswer
from fairdue.journeys import identify_borrower as identify
from fairdue.journeys.send_code import NoWayForCode, send_code, ways_for_code
from fairdue.kernel.clock import now as clock_now
from fairdue.web.portal import attempts, sessions
from fairdue.web.portal.entrance import admit
from fairdue.web.portal.frame import show
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.ui.forms import DeskForm

ASKED = "portal_code"
"""Number of the code that this browser asked for; of one that is tried before a visit, and of one within."""
EVEN_SECONDS = 0.15
"""An answer to “who are you” takes at least so long, whether there was somebody to send a code to or not."""


class IdentifyForm(DeskForm):
    """A telephone or mailbox, and four characters."""

    contact = forms.CharField(
        max_length=120,
        label=gettext_lazy("Your telephone number or e-mail address"),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    ending = forms.RegexField(
        regex=r"^\s*[0-9A-Za-z]{4}\s*$",
        label=gettext_lazy("The last four characters of your identity document or of your account number"),
        error_messages={"invalid": gettext_lazy("Four digits or letters, please.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": "8"}),
    )


class CodeForm(DeskForm):
    """The code."""

    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("The code from the message"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-field"}
        ),
    )


@contextmanager
def _even_time() -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, EVEN_SECONDS - (time.monotonic() - began)))


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Ask who somebody is (GET), and send a code if we know them (POST); the answer is the same for everybody."""
    form = IdentifyForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return show(request, "portal/identify.html", None, form=form, status=status)
    now, contact = clock_now(), form.cleaned_data["contact"].strip()
    limits = (
        (attempts.CODES_ASKED_BY_ADDRESS, _address(request)),
        (attempts.CODES_ASKED_FOR_POINT, same_point(contact)),
        (attempts.CODES_ASKED_OVERALL, ""),
    )
    if not attempts.count_all(limits, now):
        return show(request, "portal/wait.html", None, status=429)
    with _even_time():
        code_id = identify.ask_for_code(
            contact=contact, ending=form.cleaned_data["ending"], now=now, locale=get_language() or ""
        )
    request.session[ASKED] = code_id
    return redirect("portal:code")


def same_point(contact: str) -> str:
    """Write a telephone or mailbox so that its spellings count together."""
    bare = "".join(contact.casefold().split())
    return bare if "@" in bare else "".join(filter(str.isdigit, bare))[-11:]


@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Take the code that should have arrived; if it is right, the visit begins."""
    code_id = request.session.get(ASKED)
    if code_id is None:
        return redirect("portal:identify")
    now = clock_now()

    def attempt(written: str) -> CodeAnswer:
        return identify.admit_by_code(code_id=code_id, code=written, now=now)

    answer, response = take_code(request, "portal/code.html", None, now, attempt)
    if answer is None or answer.person_id is None:
        return response
    request.session.pop(ASKED, None)
    return admit(request, answer.person_id, now, is_confirmed=True)


def take_code(
    request: HttpRequest,
    template: str,
    person_id: int | None,
    now: datetime,
    attempt: Callable[[str], CodeAnswer],
    **context: Any,
) -> tuple[CodeAnswer | None, HttpResponse]:
    """Try a code that was typed; return the answer, and the page for every answer but a right one."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return None, show(request, template, person_id, form=form, status=status, **context)
    if not attempts.count(attempts.CODES_TRIED_BY_ADDRESS, _address(request), now):
        return None, show(request, "portal/wait.html", person_id, status=429)
    with _even_time():
        answer = attempt(form.cleaned_data["code"])
    if answer.person_id is None:
        form.add_error("code", _refusal(answer.refused))
    return answer, show(request, template, person_id, form=form, status=422, **context)


def _refusal(reason: str) -> str:
    words = {
        "wrong": _("This code is not right. Nothing was opened; please look at the message again."),
        "too_soon": _("That was quick. Please wait a few seconds and try again; this try did not count."),
    }
    return words.get(reason, _("This code opens nothing any more. Ask for a new one below."))


@visit_page
def confirm(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Say again who one is, by a code, before what binds; then go on where one was."""
    onward = _onward(request)
    ways = ways_for_code(person_id)
    if "send" in request.POST:
        return _send_again(request, person_id, now, onward)
    code_id = request.session.get(ASKED)
    context: dict[str, Any] = {"ways": ways, "next": onward, "is_sent": code_id is not None}
    if code_id is None:
        return show(request, "portal/confirm.html", person_id, form=CodeForm(), **context)

    def attempt(written: str) -> CodeAnswer:
        return identify.confirm_by_code(person_id=person_id, code_id=code_id, code=written, now=now)

    answer, response = take_code(request, "portal/confirm.html", person_id, now, attempt, **context)
    if answer is None or answer.person_id is None:
        return response
    request.session.pop(ASKED, None)
    sessions.confirm(request, now)
    return redirect(onward)


def _send_again(request: HttpRequest, person_id: int, now: datetime, onward: str) -> HttpResponse:
    if not attempts.count(attempts.CODES_ASKED_FOR_POINT, f"person:{person_id}", now):
        return show(request, "portal/wait.html", person_id, status=429)
    try:
        sent = send_code(
            person_id=person_id, purpose=identify.CONFIRM, actor=borrower(person_id), now=now,
            contact_point_id=int(request.POST["send"]), locale=get_language() or "",
        )  # fmt: skip
    except (NoWayForCode, ValueError):
        return redirect("portal:home")
    request.session[ASKED] = sent.code_id
    return redirect(f"{reverse('portal:confirm')}?next={onward}")


def _onward(request: HttpRequest) -> str:
    """Return the page of the portal to go on to; never one elsewhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/my/")
    return wanted if is_ours else reverse("portal:home")
