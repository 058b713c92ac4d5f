"""Paying online at the desk: what was asked of the provider, what it told, what is missing; mandates of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import CheckoutCard
from fairdue.journeys.direct_debit import stop_mandate
from fairdue.journeys.pay_online import ask_provider, compare_day, reconcile_checkouts
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, MoneyColumn, Table
from fairdue.web.workbench import online_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.columns import state_column, word_column
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.moments import asked_day
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say


@staff_page("payments.view")
def online(request: DeskRequest) -> HttpResponse:
    """Show a day of paying online: asked, told, missing; nothing final is hidden in a sum."""
    today = business_date(clock.now())
    date = min(asked_day(request.GET.get("date", "")) or today, today)
    day = payments.online_day(business_date=date, actor=request.actor, now=clock.now())
    tables = {
        "missing": _checkouts(day.missing, "missing", _("Missing"), _("Nothing is missing"),
            _("Every payment of the day has a final word.")),
        "strange": _notices(day.strange, "strange", _("To look at"), _("Nothing strange was told")),
        "asked": _checkouts(day.asked, "asked", _("Asked of the provider"), _("Nothing was asked"),
            _("Payments that borrowers begin appear here.")),
        "told": _notices(day.told, "told", _("Told by the provider"), _("Nothing was told")),
    }  # fmt: skip
    if file := exported(request, *tables.values(), name=f"paying-online-{date.isoformat()}"):
        return file
    context = tables | {
        "date": date, "today": today, "is_open": payments.is_open(), "may_ask": request.actor.may("payments.match"),
        "totals": [(say(words.STATUSES, status), count, amount) for status, _currency, count, amount in day.totals],
        "is_whole": not day.missing and not day.strange,
    }  # fmt: skip
    return render(request, "workbench/online.html", context)


def _checkouts(cards: Sequence[CheckoutCard], name: str, caption: str, empty: str, text: str) -> Table:
    return Table(
        list(cards), name=name,
        columns=[
            Column("ref", _("Payment"), align="mono", is_row_head=True, render=lambda value, _row: format_html(
                '<a href="{}">{}</a>', reverse("workbench:online_payment", args=[value]), value)),
            MoneyColumn("amount", _("Amount")),
            word_column("method", _("Way"), words.METHODS),
            state_column("status", _("State"), words.STATUSES, words.STATUS_TONES),
            InstantColumn("made_at", _("Begun")),
            InstantColumn("told_at", _("Told")),
            InstantColumn("asked_at", _("Asked")),
            Column("provider_ref", _("Provider's number"), align="mono"),
        ],
        caption=caption, key=name, is_exportable=True, empty=EmptyState(title=empty, text=text, icon="payment"),
    )  # fmt: skip


def _notices(cards: Sequence[payments.NoticeCard], name: str, caption: str, empty: str) -> Table:
    return Table(
        list(cards), name=name,
        columns=[
            InstantColumn("recorded_at", _("When")),
            Column("checkout_ref", _("Payment"), align="mono", is_row_head=True),
            word_column("kind", _("News"), words.STATUSES),
            word_column("source", _("How"), words.SOURCES),
            state_column("verdict", _("Verdict"), words.VERDICTS, words.VERDICT_TONES),
            Column("amount", _("Amount"), align="num", render=lambda value, _row: str(value) if value else "–"),
            Column("event_ref", _("Provider's number"), align="mono"),
        ],
        caption=caption, key=name, is_exportable=True,
        empty=EmptyState(title=empty, text=_("Notices of the provider appear here."), icon="payment"),
    )  # fmt: skip


@staff_page("payments.view")
def payment(request: DeskRequest, ref: str) -> HttpResponse:
    """Show one payment with all that the provider said of it."""
    card = _card(request, ref)
    context = {
        "card": card, "state": say(words.STATUSES, card.status), "tone": words.STATUS_TONES.get(card.status, ""),
        "method": say(words.METHODS, card.method), "may_ask": request.actor.may("payments.match") and card.is_live,
        "notices": _notices(payments.notices_of(checkout_id=card.checkout_id), "notices", _("What the provider said"), _("Nothing yet")),
    }  # fmt: skip
    return render(request, "workbench/online_payment.html", context)


def _card(request: DeskRequest, ref: str) -> CheckoutCard:
    try:
        return payments.checkout(ref=ref, actor=request.actor)
    except payments.CheckoutUnknown as unknown:
        raise Http404(ref) from unknown


@staff_page("payments.view", "payments.match", methods=("POST",))
def ask(request: DeskRequest) -> HttpResponse:
    """Ask the provider: about one payment, about all that are open, or for its list of a day."""
    now = clock.now()
    ref, day = request.POST.get("ref", ""), asked_day(request.POST.get("date", ""))
    try:
        if ref:
            after = ask_provider(card=_card(request, ref), now=now)
            said = _("The provider says: %(state)s.") % {"state": say(words.STATUSES, after.status)}
        elif day:
            compared = compare_day(day=day, now=now)
            said = _("%(listed)s listed, %(changed)s told anew, %(unknown)s unknown here, %(unheard)s unknown there.") % {
                "listed": compared.listed_count, "changed": len(compared.changed_refs),
                "unknown": len(compared.unknown_refs), "unheard": len(compared.unheard_refs),
            }  # fmt: skip
        else:
            asked = reconcile_checkouts(now=now)
            said = _("%(asked)s asked, %(changed)s changed, %(silent)s without an answer.") % {
                "asked": asked.asked_count, "changed": asked.changed_count, "silent": asked.silent_count,
            }  # fmt: skip
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, said, "ok")
    return redirect("workbench:online_payment", ref) if ref else redirect("workbench:online")


@staff_page("ledger.adjust", methods=("POST",))
def stop(request: DeskRequest, account_id: int, mandate_id: int) -> HttpResponse:
    """Stop a mandate on the borrower's word, at once."""
    try:
        stop_mandate(
            mandate_id=mandate_id,
            person_id=None,
            reason="on_the_persons_word",
            actor=request.actor,
            now=clock.now(),
        )
    except REFUSED as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, _("Stopped: nothing more is taken."), "ok")
    return redirect("workbench:account", account_id)


def account_payments(account_id: int, person_id: int, request: DeskRequest) -> dict[str, Any]:
    """Return what the side of an account's page shows of paying online: its latest payments and mandates."""
    cards = [
        card
        for card in payments.checkouts_of(person_id=person_id, actor=request.actor)
        if any(share.account_id == account_id for share in card.shares)
    ][:4]
    found = [
        card
        for card in payments.mandates_of(person_id=person_id, actor=request.actor)
        if card.account_id == account_id
    ]
    debits = payments.debits_of(mandate_ids=[card.mandate_id for card in found], limit=3)
    return {
        "may_see_payments": request.actor.may("payments.view"),
        "checkouts": [
            {"card": card, "state": say(words.STATUSES, card.status), "tone": words.STATUS_TONES.get(card.status, ""),
             "method": say(words.METHODS, card.method)}
            for card in cards
        ],
        "mandates": [
            {"card": card, "state": say(words.MANDATES, card.status), "tone": words.MANDATE_TONES.get(card.status, ""),
             "debits": [(row, say(words.DEBITS, row.status)) for row in debits.get(card.mandate_id, ())]}
            for card in found[:2]
        ],
    }  # fmt: skip
