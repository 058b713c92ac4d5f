"""The rail: which pages exist, in which group, and the permission that shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.kernel.actor import Actor
from fairdue.web.workbench.waiting import waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One page of the rail; shown to who holds any of `permissions` (empty: to everybody)."""

    url_name: str
    label: str
    icon: str
    permissions: tuple[str, ...] = ()
    key: str = ""
    count: Callable[[Any], int] | None = None
    """How much waits there for this actor; nothing is shown for zero."""


def _to_decide(request: Any) -> int:
    """Return how many requests wait for a decision of those who decide; for others nothing is counted."""
    actor: Actor = request.actor
    if not (actor.may("payments.approve") or actor.may("ledger.approve")):
        return 0
    return waiting(request).of_others


GROUPS: tuple[tuple[str, tuple[NavItem, ...]], ...] = (
    (
        "",
        (
            NavItem(url_name="workbench:home", label=word("My day"), icon="home", key="g h"),
            NavItem(
                url_name="workbench:queue",
                label=word("Queue"),
                icon="queue",
                permissions=("cases.view",),
                key="g q",
            ),
            NavItem(
                url_name="workbench:board",
                label=word("Live board"),
                icon="people",
                permissions=("cases.assign",),
                key="g b",
            ),
            NavItem(
                url_name="workbench:inbox",
                label=word("Waiting for a yes"),
                icon="check",
                permissions=("cases.assign", "ledger.approve", "templates.approve", "strategy.approve"),
                key="g y",
            ),
            NavItem(
                url_name="workbench:targets",
                label=word("Targets"),
                icon="report",
                permissions=("cases.assign",),
            ),
            NavItem(
                url_name="workbench:matters",
                label=word("Matters"),
                icon="note",
                permissions=("care.view",),
                key="g m",
            ),
            NavItem(
                url_name="workbench:complaint_queue",
                label=word("Complaints"),
                icon="complaint",
                permissions=("care.approve",),
            ),
            NavItem(
                url_name="workbench:hardship_queue",
                label=word("Hardship"),
                icon="info",
                permissions=("care.view",),
            ),
            NavItem(
                url_name="workbench:errands",
                label=word("Letters and visits"),
                icon="letter",
                permissions=("contacts.make",),
                key="g v",
            ),
            NavItem(
                url_name="workbench:search",
                label=word("Search"),
                icon="search",
                permissions=("parties.search",),
                key="g s",
            ),
        ),
    ),
    (
        word("Book"),
        (
            NavItem(
                url_name="workbench:book",
                label=word("Overview"),
                icon="book",
                permissions=("reporting.view",),
            ),
            NavItem(
                url_name="workbench:dashboards",
                label=word("Dashboards"),
                icon="report",
                permissions=("reporting.view",),
                key="g d",
            ),
            NavItem(
                url_name="workbench:products",
                label=word("Products"),
                icon="rules",
                permissions=("products.view",),
            ),
            NavItem(
                url_name="workbench:imports",
                label=word("Imports"),
                icon="import",
                permissions=("book.import", "book.view"),
            ),
            NavItem(
                url_name="workbench:cycles",
                label=word("Nightly cycles"),
                icon="cycle",
                permissions=("cycle.view",),
            ),
            NavItem(
                url_name="workbench:capacity",
                label=word("Capacity"),
                icon="settings",
                permissions=("capacity.view",),
            ),
            NavItem(
                url_name="workbench:strategies",
                label=word("Strategies"),
                icon="strategy",
                permissions=("strategy.view",),
            ),
            NavItem(
                url_name="workbench:experiments",
                label=word("Experiments"),
                icon="report",
                permissions=("strategy.view",),
            ),
        ),
    ),
    (
        word("Money"),
        (
            NavItem(
                url_name="workbench:approvals",
                label=word("Approvals"),
                icon="people",
                permissions=("payments.approve", "ledger.approve", "payments.record", "ledger.adjust"),
                key="g a",
                count=_to_decide,
            ),
            NavItem(
                url_name="workbench:plans",
                label=word("Plans"),
                icon="promise",
                permissions=("plans.view",),
            ),
            NavItem(
                url_name="workbench:incoming",
                label=word("Reconciliation"),
                icon="payment",
                permissions=("payments.view",),
                key="g r",
            ),
            NavItem(
                url_name="workbench:statements",
                label=word("Bank files"),
                icon="import",
                permissions=("payments.view",),
            ),
            NavItem(
                url_name="workbench:online",
                label=word("Paying online"),
                icon="payment",
                permissions=("payments.view",),
            ),
            NavItem(
                url_name="workbench:orders",
                label=word("Payment orders"),
                icon="outbox",
                permissions=("payments.view",),
            ),
            NavItem(
                url_name="workbench:day_end",
                label=word("Day end"),
                icon="report",
                permissions=("payments.view",),
                key="g e",
            ),
        ),
    ),
    (
        word("Law and messages"),
        (
            NavItem(
                url_name="workbench:deadlines",
                label=word("Deadlines"),
                icon="clock",
                permissions=("deadlines.view",),
                key="g l",
            ),
            NavItem(
                url_name="workbench:gate",
                label=word("Try the gate"),
                icon="shield",
                permissions=("gate.try",),
            ),
            NavItem(
                url_name="workbench:templates",
                label=word("Templates"),
                icon="rules",
                permissions=("templates.view",),
            ),
            NavItem(
                url_name="workbench:rulebook",
                label=word("Rulebook"),
                icon="rules",
                permissions=("gate.try",),
            ),
            NavItem(
                url_name="workbench:permits",
                label=word("Permits"),
                icon="shield",
                permissions=("permits.view",),
            ),
            NavItem(
                url_name="workbench:why",
                label=word("Why allowed or blocked"),
                icon="search",
                permissions=("permits.view",),
                key="g c",
            ),
            NavItem(
                url_name="workbench:replay",
                label=word("Replay"),
                icon="report",
                permissions=("permits.view",),
            ),
            NavItem(
                url_name="workbench:agencies",
                label=word("Agencies"),
                icon="people",
                permissions=("agencies.manage",),
            ),
            NavItem(
                url_name="workbench:outbox", label=word("Outbox"), icon="outbox", permissions=("outbox.view",)
            ),
        ),
    ),
    (
        word("Control"),
        (
            NavItem(
                url_name="workbench:audit", label=word("Audit log"), icon="audit", permissions=("audit.view",)
            ),
            NavItem(
                url_name="workbench:treatment",
                label=word("Equal treatment"),
                icon="people",
                permissions=("audit.view",),
            ),
            NavItem(
                url_name="workbench:access_log",
                label=word("Access log"),
                icon="eye",
                permissions=("audit.view",),
            ),
            NavItem(
                url_name="workbench:retention",
                label=word("Retention"),
                icon="audit",
                permissions=("retention.view",),
            ),
            NavItem(
                url_name="workbench:staff", label=word("Staff"), icon="people", permissions=("staff.manage",)
            ),
            NavItem(
                url_name="workbench:teams",
                label=word("Teams"),
                icon="people",
                permissions=("staff.manage",),
            ),
            NavItem(
                url_name="workbench:creditors",
                label=word("Creditors"),
                icon="book",
                permissions=("book.import",),
            ),
            NavItem(
                url_name="workbench:closures",
                label=word("Holidays"),
                icon="clock",
                permissions=("capacity.view",),
            ),
            NavItem(
                url_name="workbench:health",
                label=word("System health"),
                icon="check",
                permissions=("system.view",),
            ),
            NavItem(
                url_name="workbench:jobs",
                label=word("Jobs"),
                icon="cycle",
                permissions=("system.view",),
            ),
            NavItem(
                url_name="workbench:keys",
                label=word("Encryption keys"),
                icon="lock",
                permissions=("system.view",),
            ),
            NavItem(
                url_name="workbench:gallery",
                label=word("Components"),
                icon="gallery",
                permissions=("staff.manage",),
            ),
        ),
    ),
)
"""A page that has no address yet is left out, so a new page needs its line here and its url name."""


def rail(request: Any) -> list[dict[str, Any]]:
    """Return the groups of the rail with the items that the actor may open."""
    groups = []
    for label, items in GROUPS:
        shown = [entry for item in items if (entry := _entry(item, request))]
        if shown:
            groups.append({"label": _(label) if label else "", "pages": shown})
    return groups


def _entry(item: NavItem, request: Any) -> dict[str, Any] | None:
    actor: Actor = request.actor
    path: str = request.path
    if item.permissions and not any(actor.may(permission) for permission in item.permissions):
        return None
    href = _href(item.url_name)
    if not href:
        return None
    is_current = path == href or (href != _href("workbench:home") and path.startswith(href))
    return {
        "href": href,
        "label": _(item.label),
        "icon": item.icon,
        "key": item.key,
        "is_current": is_current,
        "count": item.count(request) if item.count else 0,
    }


@cache
def _href(url_name: str) -> str:
    """Return the address of a page, looked up once: every page draws the whole rail; empty if there is none."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
