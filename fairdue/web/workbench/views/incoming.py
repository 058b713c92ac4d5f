"""Reconciliation: money that came in, whose debt it is for, and what still waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.journeys import receive_payment as receiving
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR, Money
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.filters import Choice, Day, Filters
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, day, in_language
from fairdue.web.workbench import money_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.columns import state_column, word_column
from fairdue.web.workbench.exporting import exported, rows, wants_file
from fairdue.web.workbench.inputs import whole
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say

PAGE = 50
KEYS = "123456789"
REVEALED_SECONDS = 60
REASON_LIMIT = 400


@staff_page("payments.view")
def incoming(request: DeskRequest) -> HttpResponse:
    """List incoming payments: those that wait, oldest first, or all of a state, source, creditor and time."""
    now, filters = clock.now(), _filters(request)
    status = filters["status"]
    offset = 0 if wants_file(request) else whole(request.GET.get("after")) or 0
    limit = rows(request, PAGE)
    page = payments.incoming_payments(
        actor=request.actor, as_of=business_date(now), status="" if status == "all" else status,
        creditor_id=filters.number("creditor"), source_kind=filters["source"], from_date=filters.day("from"),
        to_date=filters.day("to"), offset=offset, limit=limit,
    )  # fmt: skip
    table = _table(page, offset, limit)
    table.filters = filters
    if file := exported(request, table, name="incoming-payments"):
        return file
    context = {
        "table": table, "waiting": tuple(page.waiting.values()), "chart": _ages(page.ages),
        "first_id": page.rows[0].payment_id if page.rows and status == "suspense" else None,
        "may_match": request.actor.may("payments.match"),
    }  # fmt: skip
    return render(request, "workbench/incoming.html", context)


def _filters(request: DeskRequest) -> Filters:
    states = [*((code, say(words.PAYMENT_STATES, code)) for code in words.PAYMENT_STATES), ("all", _("All"))]
    sources = [(code, say(words.SOURCE_KINDS, code)) for code in words.SOURCE_KINDS]
    creditors = [(str(card.creditor_id), in_language(card)) for card in book.creditors(request.actor)]
    return Filters(
        request,
        Choice(name="status", label=_("State"), options=states, chosen="suspense"),
        Choice(name="source", label=_("Source"), options=sources, any_label=_("All")),
        Choice(name="creditor", label=_("Creditor"), options=creditors, any_label=_("All")),
        Day(name="from", label=_("Arrived from")),
        Day(name="to", label=_("Arrived up to")),
    )


def _table(page: payments.PaymentPage, offset: int, limit: int) -> Table:
    ahead = offset + len(page.rows)
    return Table(
        page.rows,
        count=page.total_count,
        next_cursor=str(ahead) if ahead < page.total_count else None,
        has_cursor=offset > 0,
        columns=[
            Column("value_date", _("Arrived on"), is_row_head=True, render=_link, align="nowrap"),
            Column("age_days", _("Age"), render=_age, align="nowrap"),
            MoneyColumn("amount", _("Amount")),
            MoneyColumn("waiting", _("Waiting")),
            Column("payer_name_masked", _("Payer")),
            Column("remittance_masked", _("Remittance text"), align="wide"),
            word_column("source_kind", _("Source"), words.SOURCE_KINDS),
            state_column("status", _("State"), words.PAYMENT_STATES, words.PAYMENT_TONES),
            Column("why_waiting", _("Why it waits"), render=lambda value, _row: _why(value) or "–", align="wide"),
        ],
        caption=_("Incoming payments"),
        key="incoming",
        is_exportable=True,
        empty=EmptyState(
            title=_("Nothing waits"), text=_("All money that came in has found its debt. Other states show what did."),
            icon="check",
        ),
    )  # fmt: skip


def _link(value: Any, row: payments.PaymentCard) -> Any:
    return row_link(reverse("workbench:incoming_payment", args=[row.payment_id]), day(value))


def _why(code: str) -> str:
    """Return why a payment waits, in the reader's language; nothing if nobody has tried yet."""
    return in_language(payments.why_waiting(code), "") if code else ""


def _age(value: int, row: payments.PaymentCard) -> Any:
    text = ngettext("%(count)s day", "%(count)s days", value) % {"count": value}
    return badge(text, "stop" if value > 30 else "wait" if value > 7 else "") if row.waiting.minor else text


def _ages(ages: Sequence[tuple[str, int]]) -> Any:
    drawn = [Bar(label=say(words.AGES, age), value=count, text=f"{count:,}") for age, count in ages]
    return bars(drawn, title=_("Waiting payments by age"), label=_("Age"), unit=_("Payments"))


@staff_page("payments.view")
def payment(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Show one payment with ranked candidates, or what became of it."""
    return payment_page(request, payment_id)


def payment_page(
    request: DeskRequest, payment_id: int, *, error: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """Render the page of a payment, with what was found, proposed or refused."""
    now = clock.now()
    card = load_payment(request, payment_id)
    may_match = request.actor.may("payments.match")
    waits = card.waiting.minor > 0
    context = {
        "card": card, "creditor": in_language(card, "creditor_name"), "error": error, "may_match": may_match,
        "state": say(words.PAYMENT_STATES, card.status), "tone": words.PAYMENT_TONES.get(card.status, ""),
        "source": say(words.SOURCE_KINDS, card.source_kind), "waits": waits,
        "why": _why(card.why_waiting),
        "candidates": _candidates(request, payment_id, now) if waits else [],
        "matches": [_match(each) for each in card.matches], "has_live": any(m.undone_at is None for m in card.matches),
        "may_undo": may_match and request.actor.may("payments.reverse"),
        "may_reveal": may_match, "reveal_url": reverse("workbench:reveal_payment", args=[payment_id]),
    }  # fmt: skip
    return render(request, "workbench/incoming_payment.html", context | more, status=status)


def load_payment(request: DeskRequest, payment_id: int) -> payments.PaymentCard:
    """Return a payment in the actor's scope, or 404."""
    try:
        return payments.payment_card(
            payment_id=payment_id, as_of=business_date(clock.now()), actor=request.actor
        )
    except payments.PaymentUnknown as unknown:
        raise Http404 from unknown


def _candidates(request: DeskRequest, payment_id: int, now: datetime) -> list[dict[str, Any]]:
    found = receiving.candidates(payment_id=payment_id, as_of=business_date(now), actor=request.actor)
    return [
        {
            "card": card, "product": in_language(card, "product_name"), "key": KEYS[at] if at < len(KEYS) else "",
            "reasons": [(in_language(reason, ""), reason.weight, reason.is_certain) for reason in card.reasons],
            "all_ids": ",".join(str(each) for each in (card.account_id, *card.other_account_ids)),
            "has_others": bool(card.other_account_ids),
        }
        for at, card in enumerate(found)
    ]  # fmt: skip


def _match(card: payments.MatchCard) -> dict[str, Any]:
    return {
        "card": card, "way": say(words.WAYS, card.way), "is_undone": card.undone_at is not None,
        "reasons": [in_language(reason, "") for reason in card.reasons],
    }  # fmt: skip


@staff_page("payments.view", "payments.match", methods=("POST",))
def match(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Bring waiting money to one account, or to several by the shares of the form; lead on to the next payment."""
    card = load_payment(request, payment_id)
    shares, problem = _shares(request, card)
    account_id = whole(request.POST.get("account_id"))
    if problem or not (shares or account_id):
        return payment_page(request, payment_id, error=problem or _("Choose an account."), status=422)
    chosen: dict[str, Any] = {"shares": shares} if shares else {"account_ids": (account_id,)}
    try:
        placed = receiving.match_payment(
            payment_id=payment_id, **chosen, actor=request.actor, now=clock.now()
        )
    except REFUSED as refusal:
        return payment_page(request, payment_id, error=refusal_text(refusal), status=422)
    messages.add_message(request, messages.SUCCESS, _matched_text(placed), "ok")
    return redirect("workbench:incoming_payment", payment_id=payment_id)


def _shares(request: DeskRequest, card: payments.PaymentCard) -> tuple[list[tuple[int, Money]], str]:
    """Return the shares that the form names; empty boxes are no shares."""
    shares = []
    for name, text in request.POST.items():
        account_id = whole(name.removeprefix("share_")) if name.startswith("share_") else None
        if account_id is None or not str(text).strip():
            continue
        amount = _amount(str(text), card.amount.currency)
        if amount is None:
            return [], _("A share must be an amount such as 1200.50, and no more than what waits.")
        if amount.minor:
            shares.append((account_id, amount))
    return shares, ""


def _amount(text: str, currency: str) -> Money | None:
    try:
        value = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or value < 0 or value > MAX_MINOR:
        return None
    amount = Money.of(value, currency)
    return amount if amount.amount == value else None


def _matched_text(placed: receiving.MoneyPlaced) -> str:
    matched = placed.matched
    live = [each for each in matched.matches if each.undone_at is None] if matched else []
    parts = [
        _("%(amount)s matched to %(account)s.") % {"amount": str(each.amount), "account": each.account_ref_masked}
        for each in live
    ]  # fmt: skip
    if placed.promises.kept:
        parts.append(_("The promise is kept."))
    if placed.closed_work_count:
        parts.append(_("Nothing is due any more: the open work was closed."))
    if matched and matched.waiting.minor:
        parts.append(_("%(amount)s still waits.") % {"amount": str(matched.waiting)})
    return " ".join(parts)


@staff_page("payments.view", "payments.match", methods=("POST",))
def divide(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Propose how the money divides over several debts of one person by Civil Code art. 560; nothing moves."""
    load_payment(request, payment_id)
    chosen = [each for text in request.POST.get("account_ids", "").split(",") if (each := whole(text))]
    try:
        parts = payments.divide_payment(payment_id=payment_id, account_ids=chosen[:50], actor=request.actor)
    except REFUSED as refusal:
        return payment_page(request, payment_id, error=refusal_text(refusal), status=422)
    named = {part.account_id for part in parts}
    rest = [book.account_card(each, actor=request.actor) for each in chosen[:50] if each not in named]
    proposal = [
        {
            "account_id": part.account_id, "ref": part.account_ref_masked, "text": in_language(part, ""),
            "amount": part.amount.amount,
        }
        for part in parts
    ] + [{"account_id": card.account_id, "ref": card.ref_masked, "text": "–", "amount": ""} for card in rest]  # fmt: skip
    return payment_page(request, payment_id, proposal=proposal)


@sensitive_post_parameters("text")
@staff_page("payments.view", "payments.match", methods=("POST",))
def find(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Find an account by repayment code or by the creditor's exact account number; the text stays out of addresses."""
    load_payment(request, payment_id)
    text = request.POST.get("text", "").strip()[:64]
    found = _find(request, text) if text else []
    return payment_page(request, payment_id, found=found, is_searched=True)


def _find(request: DeskRequest, text: str) -> list[dict[str, Any]]:
    coded = payments.account_by_code(code=text, actor=request.actor)
    try:
        cards = (
            [book.account_card(coded, actor=request.actor)]
            if coded
            else list(book.find_accounts(text, actor=request.actor))
        )
    except book.AccountUnknown:
        cards = []
    people = parties.person_cards([card.person_id for card in cards]) if cards else {}
    today = business_date(clock.now())
    return [
        {
            "card": card, "product": in_language(card, "product_name"), "creditor": in_language(card, "creditor_name"),
            "name": people[card.person_id].name_masked, "summary": ledger.account_summary(card.account_id, today),
        }
        for card in cards
    ]  # fmt: skip


@staff_page("payments.view", "payments.match", "payments.reverse", methods=("POST",))
def undo(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Bring matched money back to suspense, with a reason."""
    return _act(request, payment_id, receiving.undo_match, _("The match was undone: the money waits again."))


@staff_page("payments.view", "payments.match", methods=("POST",))
def send_back(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Ask that waiting money be sent back to its payer; somebody else approves it."""
    text = _("Asked for: somebody else must approve it before the money is sent back.")
    return _act(request, payment_id, payments.request_return, text)


def _act(request: DeskRequest, payment_id: int, act: Callable[..., Any], done: str) -> HttpResponse:
    load_payment(request, payment_id)
    reason = request.POST.get("reason", "").strip()[:REASON_LIMIT]
    try:
        act(payment_id=payment_id, reason=reason, actor=request.actor, now=clock.now())
    except REFUSED as refusal:
        return payment_page(request, payment_id, error=refusal_text(refusal), status=422)
    messages.add_message(request, messages.SUCCESS, done, "ok")
    return redirect("workbench:incoming_payment", payment_id=payment_id)


@staff_page("payments.view", methods=("POST",))
def following(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Open the next payment that waits; after the last one the list says that nothing does."""
    page = payments.incoming_payments(actor=request.actor, as_of=business_date(clock.now()), limit=2 * PAGE)
    ahead = [row.payment_id for row in page.rows]
    later = ahead[ahead.index(payment_id) + 1 :] if payment_id in ahead else ahead
    if not later:
        messages.add_message(request, messages.INFO, _("This was the latest payment that waits."), "info")
        return redirect("workbench:incoming")
    return redirect("workbench:incoming_payment", payment_id=later[0])


@staff_page("payments.view", "payments.match", methods=("POST",))
def reveal(request: DeskRequest, payment_id: int) -> HttpResponse:
    """Show one masked value of a payment for a minute to somebody who said why; the log keeps who and why."""
    load_payment(request, payment_id)
    field: Any = request.POST.get("field", "")
    context = {
        "field": field, "point_id": "", "masked": request.POST.get("masked", "")[:200], "label": request.POST.get("label", "")[:80],
        "reveal_url": reverse("workbench:reveal_payment", args=[payment_id]),
    }  # fmt: skip
    try:
        value = payments.reveal_payment(
            payment_id=payment_id, field=field, reason=request.POST.get("reason", "").strip(), actor=request.actor, now=clock.now()
        )  # fmt: skip
    except REFUSED as refusal:
        return render(request, "workbench/_reveal.html", context | {"error": refusal_text(refusal)}, status=422)  # fmt: skip
    return render(request, "workbench/_revealed.html", context | {"value": value, "seconds": REVEALED_SECONDS})  # fmt: skip
