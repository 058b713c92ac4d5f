"""Everything that waits for a second pair of eyes, in one list, with what may be decided by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.care import facade as care
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.kernel import clock
from fairdue.kernel.money import Money
from fairdue.web.ui.bulk import Bulk
from fairdue.web.ui.filters import Check, Choice, Filters
from fairdue.web.ui.tables import (
    Column,
    EmptyState,
    InstantColumn,
    MoneyColumn,
    SelectColumn,
    Table,
    row_link,
)
from fairdue.web.ui.templatetags.ui import badge, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.care_words import clock_words, kind_word
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.money_words import REQUEST_KINDS
from fairdue.web.workbench.office_words import TEXTS
from fairdue.web.workbench.words import CHANNELS, role_word, say

SOURCES = {
    "money": word("Money and debts"), "extensions": word("More time"), "strategies": word("Strategies"),
    "texts": word("Texts"), "agreements": word("Repayment agreements"), "answers": word("Answers to borrowers"),
    "due": word("Answers due soon or late"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One thing that waits: `may` is whether the actor may decide it, `limit` says who may."""

    source: str
    title: str
    about: str
    amount: Money | None
    asked_by: str
    since: datetime | None
    until: datetime | None
    href: str
    may: bool
    limit: str
    item: str = ""
    """`<source>:<number>` of what may be decided among others; empty for what must be read on its own page."""


@staff_page()
def inbox(request: DeskRequest) -> HttpResponse:
    """List what waits for my yes first, then what waits for others; each source asks for its own permission."""
    filters = _filters(request)
    every = waiting_rows(request, [filters["source"]] if filters["source"] else READERS)
    every.sort(key=lambda row: (not row.may, row.until or row.since or clock.now()))
    mine = sum(row.may for row in every)
    rows = [row for row in every if row.may] if filters["mine"] else every
    is_choosable = any(_may_choose(row) for row in rows)
    table = Table(
        rows, caption=_("Waiting for a second pair of eyes"), key="inbox", sorts_here=True, is_exportable=True,
        filters=filters, bulk=_bulk() if is_choosable else None,
        empty=EmptyState(title=_("Nothing waits for a decision"), text=_("What needs four eyes appears here."), icon="check"),
        columns=[
            *([SelectColumn("items", "item", label_of=lambda row: f"{row.title} {row.about}", may_choose=_may_choose)] * is_choosable),
            Column("title", _("What"), is_row_head=True, render=lambda value, row: row_link(row.href, value) if row.href else value),
            Column("source", _("Kind"), render=lambda value, _row: say(SOURCES, value)),
            Column("about", _("About")),
            MoneyColumn("amount", _("Amount")),
            Column("asked_by", _("Asked by")),
            InstantColumn("since", _("Since")),
            InstantColumn("until", _("Due")),
            Column("may", _("You"), render=_may, export=lambda row: row.limit),
        ],
    )  # fmt: skip
    if file := exported(request, table, name="inbox"):
        return file
    return render(request, "workbench/inbox.html", {"table": table, "mine": mine})


def _filters(request: DeskRequest) -> Filters:
    sources = [(code, _(label)) for code, label in SOURCES.items()]
    return Filters(
        request,
        Choice(name="source", label=_("Kind"), options=sources, any_label=_("Everything")),
        Check(name="mine", label=_("Mine to decide")),
    )


def _bulk() -> Bulk:
    return Bulk(
        action=reverse("workbench:decide_inbox"), button=_("Approve"), against=_("Refuse"),
        reason=_("Why (needed for a no; kept in the log)"),
    )  # fmt: skip


def _may_choose(row: InboxRow) -> bool:
    return row.may and bool(row.item)


def waiting_rows(request: DeskRequest, sources: Iterable[str]) -> list[InboxRow]:
    """Return what waits in some sources, as far as the actor may see it."""
    return [row for source in sources for row in READERS[source](request)]


def _may(value: bool, row: InboxRow) -> Any:
    return badge(_("You may decide"), "ok") if value else badge(row.limit or _("Others decide"))


def _limit(why_not: str) -> str:
    return {"own_request": _("Your own"), "own": _("Your own"), "permission": _("Others decide"), "": ""}.get(
        why_not, _("Others decide")
    )


def _href(name: str, *args: Any) -> str:
    try:
        return reverse(f"workbench:{name}", args=args)
    except NoReverseMatch:
        return ""


def _money(request: DeskRequest) -> Iterator[InboxRow]:
    if not request.actor.may("ledger.view"):
        return
    for card in payments.open_requests(actor=request.actor):
        yield InboxRow(
            source="money", title=say(REQUEST_KINDS, card.kind), amount=card.amount,
            about=" ".join(part for part in (card.name_masked, card.account_ref_masked) if part),
            asked_by=card.requested_by, since=card.requested_at, until=None, href=_href("request", card.request_id),
            may=card.may_approve, limit=_limit(card.why_not), item=f"money:{card.request_id}",
        )  # fmt: skip


def _extensions(request: DeskRequest) -> Iterator[InboxRow]:
    if not request.actor.may("deadlines.view"):
        return
    for each in law.waiting_extensions(actor=request.actor, now=clock.now()):
        yield InboxRow(
            source="extensions", title=in_language(each.deadline, "title"), amount=None,
            about=each.extension.asked_date.isoformat(), asked_by=each.extension.requested_by,
            since=each.extension.requested_at, until=each.deadline.due_at,
            href=_href("deadline", each.deadline.deadline_id), may=each.may_decide, limit=_limit(each.why_not),
            item=f"extensions:{each.extension.extension_id}",
        )  # fmt: skip


def _strategies(request: DeskRequest) -> Iterator[InboxRow]:
    if not request.actor.may("strategy.view"):
        return
    for card in decisions.strategies():
        if card.status != "shadow" or card.approved_at is not None:
            continue
        is_own = request.actor.id in card.author_ids
        may = request.actor.may("strategy.approve") and not is_own
        yield InboxRow(
            source="strategies", title=f"{in_language(card, 'title')} {card.version}", amount=None, about=card.code,
            asked_by=card.author, since=card.shadow_at, until=None, href=_href("strategy", card.strategy_id),
            may=may, limit=_("Your own") if is_own else "",
        )  # fmt: skip


def _texts(request: DeskRequest) -> Iterator[InboxRow]:
    if not request.actor.may("templates.view"):
        return
    for card in outreach.templates():
        if card.approved_at is None and card.retired_at is None:
            yield InboxRow(
                source="texts", title=say(TEXTS, card.code), amount=None,
                about=f"{say(CHANNELS, card.channel)} · {card.locale} · {card.version}", asked_by=card.authored_by,
                since=None, until=None, href=f"{_href('template_preview', card.template_id)}",
                may=request.actor.may("templates.approve"), limit="",
            )  # fmt: skip


def _agreements(request: DeskRequest) -> Iterator[InboxRow]:
    if not request.actor.may("plans.view"):
        return
    found = arrangements.waiting_proposals(actor=request.actor, now=clock.now())
    people = parties.person_cards([card.person_id for card in found])
    for card in found:
        offer = card.offer
        yield InboxRow(
            source="agreements", title=_("Agreement"), amount=Money(offer.total_minor, offer.currency),
            about=people[card.person_id].name_masked if card.person_id in people else "–",
            asked_by=card.proposed_by, since=card.proposed_at, until=card.expires_at,
            href=_href("proposal", card.proposal_id),
            may=request.actor.may("plans.work") and arrangements.reaches(request.actor, offer.authority) and not card.is_own,
            item=f"agreements:{card.proposal_id}",
            limit=_("Your own") if card.is_own else _("from %(role)s on") % {"role": role_word(card.needs_role)},
        )  # fmt: skip


def _answers(request: DeskRequest) -> Iterator[InboxRow]:
    if not request.actor.may("care.view"):
        return
    found = care.matter_queue(actor=request.actor, now=clock.now(), state="approval", limit=200)
    for card in found.rows:
        is_own = card.handler_id is not None and card.handler_id == request.actor.id
        yield InboxRow(
            source="answers", title=card.number, amount=None, about="", asked_by=card.handler,
            since=card.opened_at, until=card.answer_due_at, href=_href("matter", card.matter_id),
            may=request.actor.may("care.approve") and not is_own, limit=_("Your own") if is_own else "",
        )  # fmt: skip


def _due(request: DeskRequest) -> Iterator[InboxRow]:
    """Yield what presses and waits for no approval: for whoever handles it, and for those who may take or hand it over."""
    if not request.actor.may("care.view"):
        return
    for card in care.matters_ahead(actor=request.actor, now=clock.now(), limit=200):
        if card.clock.tone in ("red", "late") and card.state == "open":
            yield InboxRow(
                source="due", title=f"{card.number} · {kind_word(card.kind)}", amount=None, about=clock_words(card),
                asked_by=card.handler or _("nobody has it"), since=card.opened_at, until=card.answer_due_at,
                href=_href("matter", card.matter_id), may=request.actor.may("care.handle"), limit="",
            )  # fmt: skip


Reader = Callable[[DeskRequest], Iterator[InboxRow]]
READERS: dict[str, Reader] = {
    "money": _money, "extensions": _extensions, "strategies": _strategies, "texts": _texts,
    "agreements": _agreements, "answers": _answers, "due": _due,
}  # fmt: skip
