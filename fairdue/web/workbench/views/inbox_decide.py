"""A yes or a no to several things that wait: each is judged by itself, and each says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.law import facade as law
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.decide_request import approve_request
from fairdue.kernel import clock
from fairdue.web.ui.tables import Column, MoneyColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.inbox import InboxRow, waiting_rows

MOST, REASON_LIMIT = 500, 400
UNDECIDED: tuple[type[Exception], ...] = (
    *REFUSED, payments.RequestUnknown, law.DeadlineUnknown, arrangements.ProposalUnknown,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of one thing; `problem` says why nothing did."""

    row: InboxRow
    problem: str = ""


@staff_page(methods=("POST",))
def decide_inbox(request: DeskRequest) -> HttpResponse:
    """Decide what was chosen, one by one, and show a result for each; what others must decide stays as it is."""
    chosen = list(dict.fromkeys(request.POST.getlist("items")))[:MOST]
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "").strip()[:REASON_LIMIT]
    problem = _problem(chosen, verb, reason)
    if problem:
        messages.add_message(request, messages.ERROR, problem, "stop")
        return redirect("workbench:inbox")
    known = {row.item: row for row in waiting_rows(request, _sources(chosen))}
    done = [_decide(request, known[item], verb, reason) for item in chosen if item in known]
    gone = len(chosen) - len(done)
    count = sum(not each.problem for each in done)
    text = ngettext("%(n)s thing was decided.", "%(n)s things were decided.", count) % {"n": count}
    if gone:
        more = ngettext("%(n)s does not wait any more.", "%(n)s do not wait any more.", gone) % {"n": gone}
        text = f"{text} {more}"
    return render(request, "workbench/inbox_decided.html", {"table": _table(done, verb), "said": text})


def _problem(chosen: Sequence[str], verb: str, reason: str) -> str:
    if not chosen or verb not in ("yes", "no"):
        return _("Nothing was decided: choose rows first.")
    return _("Nothing was decided: say why it is refused.") if verb == "no" and not reason else ""


def _sources(chosen: Sequence[str]) -> list[str]:
    return [source for source in DECIDERS if any(item.startswith(f"{source}:") for item in chosen)]


def _decide(request: DeskRequest, row: InboxRow, verb: str, reason: str) -> Decided:
    if not row.may:
        return Decided(row=row, problem=row.limit or _("Others decide"))
    source, _colon, number = row.item.partition(":")
    try:
        DECIDERS[source](
            int(number), verb == "yes", {"reason": reason, "actor": request.actor, "now": clock.now()}
        )
    except UNDECIDED as refusal:
        return Decided(row=row, problem=refusal_text(refusal))
    return Decided(row=row)


def _money(request_id: int, is_yes: bool, said: dict[str, Any]) -> None:
    act = approve_request if is_yes else payments.refuse
    act(request_id=request_id, **said)


def _extension(extension_id: int, is_yes: bool, said: dict[str, Any]) -> None:
    law.decide_extension(extension_id=extension_id, is_approved=is_yes, **said)


def _agreement(proposal_id: int, is_yes: bool, said: dict[str, Any]) -> None:
    act = arrangements.approve_proposal if is_yes else arrangements.refuse_proposal
    act(proposal_id=proposal_id, **said)


DECIDERS: dict[str, Callable[[int, bool, dict[str, Any]], None]] = {
    "money": _money, "extensions": _extension, "agreements": _agreement,
}  # fmt: skip
"""Strategies, texts and answers to borrowers are read on their own pages before anybody says yes."""


def _table(done: Sequence[Decided], verb: str) -> Table:
    word = _("Approved") if verb == "yes" else _("Refused")

    def result(_value: Any, each: Decided) -> Any:
        return badge(_("Not done"), "stop") if each.problem else badge(word, "ok")

    return Table(
        done, caption=_("What became of each"),
        columns=[
            Column("title", _("What"), lambda each: each.row.title, is_row_head=True,
                   render=lambda value, each: row_link(each.row.href, value) if each.row.href else value),
            Column("about", _("About"), lambda each: each.row.about),
            MoneyColumn("amount", _("Amount"), lambda each: each.row.amount),
            Column("asked_by", _("Asked by"), lambda each: each.row.asked_by),
            Column("result", _("Result"), lambda each: not each.problem, render=result),
            Column("problem", _("Why not"), align="wide"),
        ],
    )  # fmt: skip
