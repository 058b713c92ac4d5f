"""One debt in depth: its state on any day, as known on any day, and everything that led to it."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.engine.ledger.event_kinds import KINDS
from fairdue.journeys.view_account import AccountHead, account_head
from fairdue.journeys.view_limits import late_interest, limits
from fairdue.kernel import clock
from fairdue.web.ui.charts import Leg, course
from fairdue.web.ui.tables import Table
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench import account_tables as tables
from fairdue.web.workbench import money_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.changes import changes_view
from fairdue.web.workbench.exporting import LIST_EXPORTED, exported
from fairdue.web.workbench.moments import Moment, asked_moment
from fairdue.web.workbench.office_words import EVIDENCE
from fairdue.web.workbench.payment_order import order_words
from fairdue.web.workbench.payoff_view import payoff_part
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.views.online import account_payments
from fairdue.web.workbench.words import PERMISSION_WORDS, role_word, say

EVENTS_SHOWN = 500
OFFERED = (
    "waiver", "pause", "resume", "deferral", "re_age", "re_amortise", "plan", "settlement", "dispute", "chargeback",
    "judgment", "charge_off", "write_off", "recovery", "assignment",
)  # fmt: skip
"""The kinds of event that have a form, in the order of the panel; payments and refunds have screens of their own."""

Part = Callable[[AccountHead, Moment, DeskRequest], dict[str, Any]]


@staff_page("ledger.view")
def account(request: DeskRequest, account_id: int) -> HttpResponse:
    """Show an account as of a day, as known at the end of a day: state, events, postings, lateness or limits."""
    now = clock.now()
    head, moment = load_head(request, account_id), asked_moment(request, now)
    show = request.GET.get("show", "")
    show = show if show in PARTS else "state"
    template, _label, build = PARTS[show]
    context = _frame(request, head, moment, show, now)
    if context["is_known"]:
        context |= {"part": template} | build(head, moment, request)
        lists = [each for each in context.values() if isinstance(each, Table)]
        if file := exported(request, *lists, name=f"account-{account_id}"):
            return file
    return render(request, "workbench/account.html", context)


def load_head(request: DeskRequest, account_id: int) -> AccountHead:
    """Return whose account it is, or 404 outside the actor's scope."""
    try:
        return account_head(account_id=account_id, actor=request.actor)
    except book.AccountUnknown as unknown:
        raise Http404 from unknown


def _frame(
    request: DeskRequest, head: AccountHead, moment: Moment, show: str, now: datetime
) -> dict[str, Any]:
    """Return what stands around every part of the page."""
    card = head.card
    summary = ledger.account_summary(card.account_id, moment.as_of, moment.known_at)
    is_known = moment.known_at is None or bool(
        ledger.account_postings(card.account_id, None, moment.known_at)
    )
    return side(request, head, summary) | {
        "head": head, "moment": moment, "show": show, "summary": summary, "is_known": is_known,
        "product": in_language(card, "product_name"), "creditor": in_language(card, "creditor_name"),
        "standing": "" if summary.standing == "active" else say(words.STANDINGS, summary.standing),
        "standing_tone": words.STANDING_TONES.get(summary.standing, ""),
        "tabs": [(code, _(label), code == show) for code, (_template, label, _build) in PARTS.items()],
    }  # fmt: skip


def side(request: DeskRequest, head: AccountHead, summary: ledger.AccountSummary) -> dict[str, Any]:
    """Return what stands beside the account: its repayment code, requests, events to record, rules."""
    actor, account_id = request.actor, head.card.account_id
    said: dict[str, Any] = {
        "role": role_word(actor.role), "permission": _(PERMISSION_WORDS["ledger.adjust"]),
    }  # fmt: skip
    asked = payments.requests_of_account(account_id=account_id, actor=actor)[:6]
    return {
        "code": payments.repayment_code(account_id=account_id, actor=actor),
        **account_payments(account_id, head.card.person_id, request),
        "may_issue": actor.may("payments.match") or actor.may("payments.record"),
        "requests": [_request(each) for each in asked],
        "may_adjust": actor.may("ledger.adjust"),
        "may_refund": actor.may("payments.record") and summary.credit_balance.minor > 0,
        "why_not_adjust": _("Your role %(role)s does not include %(permission)s.") % said,
        "kinds": [
            {"code": code, "label": words.kind_word(code), "needs_approval": KINDS[code].needs_approval}
            for code in OFFERED
        ],
        "policy": order_words(
            head.card.allocation_policy, days_past_due=summary.days_past_due, present=summary.by_component
        ),
    }


def _request(card: payments.RequestCard) -> dict[str, Any]:
    return {
        "card": card,
        "kind": say(words.REQUEST_KINDS, card.kind),
        "state": say(words.REQUEST_STATES, card.status),
        "tone": words.REQUEST_TONES.get(card.status, ""),
    }


def _state(head: AccountHead, moment: Moment, request: DeskRequest) -> dict[str, Any]:
    account_id = head.card.account_id
    summary = ledger.account_summary(account_id, moment.as_of, moment.known_at)
    later = None
    if moment.known_at is not None:
        changes = ledger.changes_since(
            account_id=account_id, known_at=moment.known_at, as_of=moment.as_of, now=clock.now()
        )
        later = changes_view(changes)
    dues = ledger.account_dues(account_id, moment.as_of, moment.known_at)
    return {
        "later": later if later is not None and later.is_anything_changed else None,
        "components": [
            (f"component:{code}", words.component_word(code), amount)
            for code, amount in summary.by_component.items()
        ],
        "table": tables.dues_table(dues, moment.as_of),
    }


def _events(head: AccountHead, moment: Moment, request: DeskRequest) -> dict[str, Any]:
    account_id = head.card.account_id
    rows = [
        row
        for row in ledger.account_transactions(account_id, EVENTS_SHOWN)
        if row.effective_date <= moment.as_of and (moment.known_at is None or row.recorded_at <= moment.known_at)
    ]  # fmt: skip
    moved: dict[int, list[ledger.PostingCard]] = defaultdict(list)
    for posting in ledger.account_postings(account_id, moment.as_of, moment.known_at):
        if posting.transaction_id:
            moved[posting.transaction_id].append(posting)
    may_reverse = request.actor.may("payments.reverse")
    return {
        "title": _("Events"),
        "note": _(
            "Nothing is ever changed: what was wrong is taken back by an event of its own, and the money settles anew."
        ),
        "table": tables.events_table(rows, moved, account_id=account_id, may_reverse=may_reverse),
    }


def _postings(head: AccountHead, moment: Moment, request: DeskRequest) -> dict[str, Any]:
    rows = ledger.account_postings(head.card.account_id, moment.as_of, moment.known_at)
    return {
        "title": _("Postings"),
        "note": _(
            "Double entry in minor units, never changed; every amount of this account is a sum of these lines."
        ),
        "table": tables.postings_table(tuple(reversed(rows))),
        "journal_url": _journal_url(head.card.account_id, moment),
    }


def _journal_url(account_id: int, moment: Moment) -> str:
    known = f"&known={moment.known_date}" if moment.known_at else ""
    return f"{reverse('workbench:journal', args=[account_id])}?as_of={moment.as_of}{known}"


@staff_page("ledger.view")
def journal(request: DeskRequest, account_id: int) -> HttpResponse:
    """Hand out an account's postings as a journal that a person can read and beancount can check."""
    load_head(request, account_id)
    now = clock.now()
    moment = asked_moment(request, now)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.beancount"
        report = ledger.export_postings(
            path=path, file_format="beancount", account_id=account_id, as_of=moment.as_of, known_at=moment.known_at
        )  # fmt: skip
        content = path.read_bytes()
    query = {"as_of": str(moment.as_of), "known": str(moment.known_date)}
    audit.record(
        code=LIST_EXPORTED, actor=request.actor, subject_type="list", subject_id=f"account-{account_id}-journal", now=now,
        after={"format": "beancount", "rows": report.postings, "query": urlencode(query)},
    )  # fmt: skip
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="account-{account_id}.beancount"'
    return response


def _lateness(head: AccountHead, moment: Moment, request: DeskRequest) -> dict[str, Any]:
    account_id = head.card.account_id
    history = ledger.dpd_history(account_id, moment.as_of, moment.known_at)
    return {
        "history": history,
        "chart": _chart(history, head.card.bucket_edges),
        "edges": ", ".join(str(edge) for edge in head.card.bucket_edges[:3]),
        "cures": history.cures,
        "stays": tables.stays_table(history),
        "spans": tables.spans_table(history),
        "classes": [
            _class(each) for each in ledger.classifications(account_id, moment.as_of, moment.known_at)
        ],
    }


def _chart(history: ledger.DpdHistory, edges: tuple[int, ...]) -> Any:
    legs = [
        Leg(
            start=span.from_date.toordinal(),
            end=span.to_date.toordinal() + 1,
            first=span.first_days_past_due,
            final=span.final_days_past_due,
        )
        for span in history.spans
    ]
    if not legs:
        return course((), title=_("Never late up to this day"))
    title = _("Days past due from %(start)s to %(end)s; at most %(worst)s") % {
        "start": day(history.spans[0].from_date), "end": day(history.spans[-1].to_date), "worst": history.worst_days_past_due,
    }  # fmt: skip
    return course(
        legs, title=title, marks=edges, start=day(history.spans[0].from_date), end=day(history.spans[-1].to_date),
        top=_("at most %(days)s days") % {"days": history.worst_days_past_due},
    )  # fmt: skip


CLASS_TONES = {"1": "ok", "2": "wait", "3": "stop", "performing": "ok", "default": "stop", "normal": "ok", "loss": "stop"}  # fmt: skip


def _class(card: ledger.Classification) -> dict[str, Any]:
    return {
        "card": card,
        "scheme": say(words.SCHEMES, card.scheme),
        "value": in_language(card, ""),
        "tone": CLASS_TONES.get(card.value, "wait"),
        "counters": [(say(words.COUNTERS, name), f"{count:,}") for name, count in card.counters.items()],
        "reasons": [
            {
                "rule": reason.rule, "citation": reason.citation, "value": say(words.CLASS_VALUES, reason.value),
                "text": in_language(reason, ""), "evidence": say(EVIDENCE, reason.evidence) if reason.evidence else "",
                "is_reported": reason.value == card.value and len(card.by_rule) > 1,
            }
            for reason in card.reasons
        ],
    }  # fmt: skip


def _limits(head: AccountHead, moment: Moment, request: DeskRequest) -> dict[str, Any]:
    asked: dict[str, Any] = {"account_id": head.card.account_id, "actor": request.actor, "now": clock.now()}
    found = limits(as_of=moment.as_of, **asked)
    late = late_interest(until=moment.as_of, **asked)
    return {
        "judgment": ledger.judgment(head.card.account_id, moment.as_of, moment.known_at),
        "late_interest": late and {"card": late, "text": in_language(late, "sentence")},
        "limits": [
            {
                "card": card, "title": in_language(card, "title"), "note": in_language(card, "note"),
                "state": say(words.LIMIT_STATES, card.status), "tone": words.LIMIT_TONES.get(card.status, ""),
                "steps": [{"card": step, "text": in_language(step, "sentence")} for step in card.steps],
            }
            for card in found
        ]
    }  # fmt: skip


PARTS: dict[str, tuple[str, str, Part]] = {
    "state": ("workbench/_account_state.html", word("State"), _state),
    "payoff": ("workbench/_account_payoff.html", word("Paying off"), payoff_part),
    "events": ("workbench/_account_list.html", word("Events"), _events),
    "postings": ("workbench/_account_list.html", word("Postings"), _postings),
    "lateness": ("workbench/_account_lateness.html", word("Lateness and classes"), _lateness),
    "limits": ("workbench/_account_limits.html", word("Limits to sue and enforce"), _limits),
}


@staff_page("ledger.view", methods=("POST",))
def issue_code(request: DeskRequest, account_id: int) -> HttpResponse:
    """Draw a repayment code for an account that has none."""
    load_head(request, account_id)
    try:
        card = payments.issue_code(account_id=account_id, actor=request.actor, now=clock.now())
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(
            request, messages.SUCCESS, _("Repayment code %(code)s issued.") % {"code": card.spoken}, "ok"
        )
    return redirect("workbench:account", account_id=account_id)
