"""Control: who did what and why, and who may work here."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.kernel import clock
from fairdue.web.ui.filters import Choice, Filters, Number
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.tables import Column, EmptyState, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, minute
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported, rows
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.office_words import EVENTS, SUBJECTS
from fairdue.web.workbench.words import role_word, say

PAGE = 100


@staff_page("audit.view")
def audit_log(request: DeskRequest) -> HttpResponse:
    """List the events, newest first; filtered by code, person, actor or gesture's subject."""
    limit = rows(request, PAGE)
    kinds = [(each, say(EVENTS, each)) for each in EVENTS]
    filters = Filters(
        request,
        Choice(name="code", label=_("What"), options=kinds, any_label=_("Everything")),
        Number(name="person", label=_("Person number")),
    )
    before_id = whole(request.GET.get("after"))
    found = audit.events(
        code=filters["code"] or None, person_id=filters.number("person"), before_id=before_id, limit=limit
    )
    table = _event_table(found, before_id is not None, limit)
    table.filters = filters
    if file := exported(request, table, name="audit"):
        return file
    return render(request, "workbench/audit.html", {"table": table})


def _event_table(found: tuple[audit.EventCard, ...], has_cursor: bool, limit: int) -> Table:
    return Table(
        found,
        columns=[
            Column("occurred_at", _("When"), render=lambda value, _row: minute(value), align="nowrap"),
            Column("code", _("What"), render=lambda value, _row: say(EVENTS, value), is_row_head=True),
            Column("actor_label", _("Who")),
            Column(
                "subject_type",
                _("Subject"),
                lambda row: f"{say(SUBJECTS, row.subject_type)} {row.subject_id}",
            ),
            Column("reason", _("Why")),
            Column(
                "after",
                _("Change"),
                render=_change,
                export=lambda row: json.dumps(row.after, ensure_ascii=False),
            ),
            Column("gesture", _("Gesture"), lambda row: str(row.gesture)[:8], align="mono", is_extra=True),
        ],
        next_cursor=str(found[-1].event_id) if len(found) == limit else None,
        has_cursor=has_cursor,
        is_exportable=True,
        key="audit",
        caption=_("Audit log"),
        empty=EmptyState(
            title=_("Nothing was recorded"),
            text=_("No event matches; another filter may show more."),
            icon="audit",
        ),
    )


def _change(_value: Any, row: audit.EventCard) -> Any:
    """Show each field with what it was and what it became, folded."""
    before, after = row.before or {}, row.after or {}
    fields = dict.fromkeys([*before, *after])
    if not fields:
        return "–"
    lines = format_html_join("", "<li>{}: {}</li>", ((name, _course(name, before, after)) for name in fields))
    return format_html(
        '<details><summary class="small">{}</summary><ul class="small change">{}</ul></details>',
        _("Show"),
        lines,
    )


def _course(name: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return a field's value, or the old and the new one."""
    ends = [json.dumps(each[name], ensure_ascii=False).strip('"') for each in (before, after) if name in each]
    return " → ".join(dict.fromkeys(ends)) if name in after else _("%(value)s, removed") % {"value": ends[0]}


@staff_page("audit.view", methods=("POST",))
def verify(request: DeskRequest) -> HttpResponse:
    """Verify the audit blocks and the permit chains now."""
    events, permits = audit.verify(), law.verify_permits()
    text = _(
        "Audit: %(events)s events in %(blocks)s blocks, %(unsealed)s not yet sealed, %(findings)s findings. "
        "Permits: %(permits)s in %(chains)s chains, %(faults)s faults."
    ) % {
        "events": events.events, "blocks": events.blocks, "unsealed": events.unsealed, "findings": events.finding_count,
        "permits": permits.permits, "chains": permits.chains, "faults": len(permits.faults),
    }  # fmt: skip
    is_intact = events.is_intact and permits.is_intact
    messages.add_message(
        request, messages.SUCCESS if is_intact else messages.ERROR, text, "ok" if is_intact else "stop"
    )
    return redirect("workbench:audit")


class StaffForm(DeskForm):
    """A new member of staff."""

    username = forms.CharField(label=lazy("User name"), max_length=60)
    display_name = forms.CharField(label=lazy("Name shown to colleagues"), max_length=80)
    role = forms.ChoiceField(label=lazy("Role"))
    team_code = forms.ChoiceField(label=lazy("Team"), required=False)
    password = forms.CharField(
        label=lazy("First password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, role_word(role)) for role in identity.Role.values]  # type: ignore[attr-defined]
        teams = [(team.code, team.name) for team in identity.teams()]
        self.fields["team_code"].choices = [("", _("None")), *teams]  # type: ignore[attr-defined]


@staff_page("staff.manage", methods=("GET", "POST"))
def staff(request: DeskRequest) -> HttpResponse:
    """List the staff; create, deactivate or bring back a member."""
    form = StaffForm(request.POST if request.POST.get("verb") == "create" else None)
    if request.method == "POST" and _change_staff(request, form):
        return redirect("workbench:staff")
    filters = _staff_filters(request)
    table = Table(
        _members(request, filters),
        columns=[
            Column("username", _("User name"), is_row_head=True, render=_member),
            Column("display_name", _("Name")),
            Column("role", _("Role"), render=lambda value, _row: role_word(value)),
            Column("team_name", _("Team")),
            Column("latest_login_at", _("Latest login"), render=lambda value, _row: minute(value)),
            Column(
                "is_active",
                _("State"),
                render=lambda value, _row: (
                    badge(_("Active"), "ok") if value else badge(_("Deactivated"), "stop")
                ),
            ),
            Column(
                "staff_id",
                _("Access"),
                render=lambda value, row: _access_form(request, row),
                is_exported=False,
            ),
        ],
        caption=_("Staff"),
        is_exportable=True,
        key="staff",
        sorts_here=True,
        filters=filters,
    )
    if file := exported(request, table, name="staff"):
        return file
    return render(request, "workbench/staff.html", {"table": table, "form": form})


def _staff_filters(request: DeskRequest) -> Filters:
    teams = [(str(team.team_id), team.name) for team in identity.teams()]
    return Filters(
        request,
        Choice(
            name="role", label=_("Role"), any_label=_("All"),
            options=[(role, role_word(role)) for role in identity.Role.values],
        ),
        Choice(name="team", label=_("Team"), any_label=_("All"), options=teams),
        Choice(
            name="active", label=_("State"), any_label=_("All"),
            options=[("yes", _("Active")), ("no", _("Deactivated"))],
        ),
    )  # fmt: skip


def _members(request: DeskRequest, filters: Filters) -> list[identity.StaffCard]:
    cards = identity.staff_cards(
        actor=request.actor, team_id=filters.number("team"), role=filters["role"] or None
    )
    wanted = {"yes": True, "no": False}.get(filters["active"])
    shown = [card for card in cards if wanted is None or card.is_active is wanted]
    return sorted(shown, key=lambda card: (not card.is_active, card.username))


def _member(value: str, row: identity.StaffCard) -> Any:
    return row_link(reverse("workbench:member", args=[row.staff_id]), value)


def _access_form(request: DeskRequest, row: identity.StaffCard) -> Any:
    """Return the button that takes or gives access; nobody takes the own."""
    if row.staff_id == request.actor.id:
        return format_html('<span class="muted small">{}</span>', _("that is you"))
    verb, label = ("deactivate", _("Deactivate")) if row.is_active else ("reactivate", _("Reactivate"))
    return format_html(
        '<button class="btn btn-quiet" form="access" name="{}" value="{}">{}<span class="visually-hidden"> {}</span></button>',
        verb, row.staff_id, label, row.username,
    )  # fmt: skip


def _change_staff(request: DeskRequest, form: StaffForm) -> bool:
    """Do what was asked and tell whether it was done."""
    try:
        if request.POST.get("verb") == "create":
            if not form.is_valid():
                return False
            said = form.cleaned_data
            identity.create_staff(
                **{**said, "team_code": said["team_code"] or None}, actor=request.actor, now=clock.now()
            )
        else:
            _change_access(request)
    except identity.StaffRefused as refusal:
        messages.add_message(request, messages.ERROR, str(refusal), "stop")
        return False
    messages.add_message(request, messages.SUCCESS, _("Done. The audit log names you."), "ok")
    return True


def _change_access(request: DeskRequest) -> None:
    reason = request.POST.get("reason", "")
    for verb, change in (
        ("deactivate", identity.deactivate_staff),
        ("reactivate", identity.reactivate_staff),
    ):
        chosen = request.POST.get(verb, "")
        if chosen.isdigit():
            change(staff_id=int(chosen), reason=reason, actor=request.actor, now=clock.now())
