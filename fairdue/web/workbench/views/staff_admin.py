"""One member of staff: role, team and address with four eyes where it gives power; invitation; letting in again."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.identity import facade as identity
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import EVENTS
from fairdue.web.workbench.words import role_word, say


class MemberForm(DeskForm):
    """What a member of staff may do, and where letters of the house go."""

    role = forms.ChoiceField(label=lazy("Role"))
    team_code = forms.ChoiceField(label=lazy("Team"), required=False)
    email = forms.EmailField(label=lazy("E-mail address"), required=False, max_length=254)
    reason = forms.CharField(label=lazy("Why"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, role_word(role)) for role in identity.Role.values]  # type: ignore[attr-defined]
        teams = [(team.code, team.name) for team in identity.teams()]
        self.fields["team_code"].choices = [("", _("None")), *teams]  # type: ignore[attr-defined]


@staff_page("staff.manage", methods=("GET", "POST"))
def member(request: DeskRequest, staff_id: int) -> HttpResponse:
    """Show one member; change role, team or address, invite, or unlock."""
    try:
        card = identity.staff_card(staff_id=staff_id, actor=request.actor)
    except identity.StaffUnknown as unknown:
        raise Http404 from unknown
    now = {"role": card.role, "team_code": card.team_code, "email": identity.staff_address(staff_id)}
    form = MemberForm(request.POST if request.POST.get("verb") == "change" else None, initial=now)
    context: dict[str, Any] = {"card": card, "form": form, "role": role_word(card.role)}
    if request.method == "POST":
        verb = _VERBS.get(request.POST.get("verb", ""))
        if verb is None:
            raise Http404
        try:
            found = verb(request, card, form)
        except identity.StaffRefused as refusal:
            form.add_error(None, str(refusal)) if form.is_bound else messages.add_message(
                request, messages.ERROR, str(refusal), "stop"
            )
            found = None if form.is_bound else {}
        if found is not None and not found:
            return redirect("workbench:member", staff_id=staff_id)
        context |= found or {}
    context |= {
        "attempts": AccessAttempt.objects.filter(username=card.username.lower()).count(),
        "limit": settings.AXES_FAILURE_LIMIT,
        "events": [
            (event, say(EVENTS, event.code))
            for event in audit.events(subject_type="identity.staff", subject_id=staff_id, limit=20)
        ],
        "is_me": staff_id == request.actor.id,
    }
    return render(request, "workbench/member.html", context, status=422 if form.errors else 200)


def _change(request: DeskRequest, card: identity.StaffCard, form: MemberForm) -> dict[str, Any] | None:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    done = identity.change_staff(
        staff_id=card.staff_id, role=said["role"], team_code=said["team_code"] or None, email=said["email"],
        reason=said["reason"], actor=request.actor, now=clock.now(),
    )  # fmt: skip
    text = (
        _("Done. The audit log names you.")
        if done.is_done
        else _("This gives power: it waits for another administrator.")
    )
    messages.add_message(request, messages.SUCCESS, text, "ok" if done.is_done else "wait")
    return {}


def _invite(request: DeskRequest, card: identity.StaffCard, _form: MemberForm) -> dict[str, Any]:
    secret = identity.invite_staff(staff_id=card.staff_id, actor=request.actor, now=clock.now())
    return {"invitation": f"{settings.PUBLIC_URL}{reverse('staff_invitation', args=[secret])}"}


def _unlock(request: DeskRequest, card: identity.StaffCard, _form: MemberForm) -> dict[str, Any]:
    count, _rest = AccessAttempt.objects.filter(username=card.username.lower()).delete()
    audit.record(
        code="identity.staff.unlocked", actor=request.actor, subject_type="identity.staff", subject_id=card.staff_id,
        now=clock.now(), after={"failed_attempts": count},
    )  # fmt: skip
    messages.add_message(
        request, messages.SUCCESS, _("Failed attempts are forgotten: the person may try again."), "ok"
    )
    return {}


_VERBS: dict[str, Any] = {"change": _change, "invite": _invite, "unlock": _unlock}


@staff_page("staff.manage", methods=("GET", "POST"))
def staff_changes(request: DeskRequest) -> HttpResponse:
    """List the changes that wait for another administrator; decide one."""
    if request.method == "POST":
        number = request.POST.get("change_id", "")
        try:
            done = identity.decide_change(
                change_id=int(number) if number.isdigit() and len(number) < 19 else 0,
                is_approved=request.POST.get("verb") == "approve", actor=request.actor, now=clock.now(),
            )  # fmt: skip
        except identity.StaffRefused as refusal:
            messages.add_message(request, messages.ERROR, str(refusal), "stop")
        else:
            text = _("Approved: it holds from now on.") if done else _("Refused: nothing was changed.")
            messages.add_message(request, messages.SUCCESS, text, "ok")
        return redirect("workbench:staff_changes")
    found = [
        (card, role_word(card.before["role"]), role_word(card.after["role"]))
        for card in identity.waiting_changes(actor=request.actor)
    ]
    return render(request, "workbench/staff_changes.html", {"changes": found})


class FirstPasswordForm(DeskForm):
    """The password that only its owner knows."""

    password = forms.CharField(
        label=lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let an invited person choose the first password; no login stands before it, the link is the key."""
    try:
        username = identity.invited(secret=secret, now=clock.now())
    except identity.InvitationUnknown as refusal:
        context = {
            "heading": _("This invitation does not open"),
            "text": str(refusal),
            "href": settings.LOGIN_URL,
            "action": _("Log in"),
        }
        return render(request, "ui/message_page.html", context, status=404)
    form = FirstPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            identity.accept_invitation(secret=secret, password=form.cleaned_data["password"], now=clock.now())
            return redirect(settings.LOGIN_URL)
        except identity.StaffRefused as refusal:
            form.add_error("password", str(refusal))
    return render(
        request,
        "account/invitation.html",
        {"form": form, "username": username},
        status=422 if form.errors else 200,
    )
