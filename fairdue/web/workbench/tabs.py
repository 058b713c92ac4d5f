"""Rows of tabs: pages that belong together lead to each other above their title."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

FAMILIES: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (word("Plans"), (
        ("plans", word("Plans"), "plans.view"), ("plan_calendar", word("Instalment calendar"), "plans.view"),
        ("plans_broken", word("Broken plans"), "plans.view"), ("proposals", word("Waiting for approval"), "plans.view"),
    )),
    (word("Matters"), (
        ("matters", word("Matters"), "care.view"), ("complaint_queue", word("Complaints"), "care.view"),
        ("hardship_queue", word("Hardship"), "care.view"), ("matter_figures", word("Figures"), "care.view"),
    )),
    (word("Texts"), (
        ("templates", word("Templates"), "templates.view"), ("text_check", word("Check a text"), "gate.try"),
    )),
    (word("Audit"), (
        ("audit", word("Audit log"), "audit.view"), ("access_log", word("Access log"), "audit.view"),
        ("treatment", word("Equal treatment"), "audit.view"),
    )),
    (word("Staff"), (
        ("staff", word("Staff"), "staff.manage"), ("staff_changes", word("Changes that wait"), "staff.manage"),
        ("teams", word("Teams"), "staff.manage"),
    )),
)  # fmt: skip
"""Name, and of each page its url name, its tab and the permission that opens it."""


def tabs_of(request: HttpRequest) -> dict[str, Any]:
    """Return the tabs of the family that the page heads, as far as the actor may open them; empty for other pages."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    here = request.resolver_match.url_name if request.resolver_match else ""
    for name, pages in FAMILIES:
        if here not in {page for page, _label, _permission in pages}:
            continue
        tabs = [
            {"href": reverse(f"workbench:{page}"), "label": _(label), "is_current": page == here}
            for page, label, permission in pages
            if actor.may(permission)
        ]
        return {"label": _(name), "tabs": tabs} if len(tabs) > 1 else {}
    return {}
