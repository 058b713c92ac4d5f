"""Paying, one question a page: which debt, how much, how; then what it settles, and only then the provider's page."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import METHODS
from fairdue.journeys.pay_online import begin_payment
from fairdue.journeys.pay_quote import CHOICES, PayableDebt, QuoteRefused, choice_amount, payable_debts
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money, minor_digits
from fairdue.web.portal import attempts, pay_flow, pay_words
from fairdue.web.portal.frame import show
from fairdue.web.portal.pay_flow import Flow
from fairdue.web.portal.pay_qr import qr_svg
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.portal.words import component_word

TRANSFER = "transfer"
BEGUN = attempts.Limit("payments", 30)
"""Payments that one person begins in a window."""


def flow_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call a view as `view(request, flow, now)`; answers that are forgotten begin anew."""

    @wraps(view)
    def respond(request: HttpRequest, person_id: int, now: datetime, flow: str) -> HttpResponse:
        found = pay_flow.find(request, person_id, flow)
        return redirect("portal:pay") if found is None else view(request, found, now)

    return visit_page(respond)


@visit_page
def pay(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Ask which debt is to be paid; show what is under way and the other ways."""
    debts = payable_debts(person_id=person_id, as_of=business_date(now))
    return show(
        request, "portal/pay.html", person_id, debts=debts, groups=_groups(debts),
        is_open=payments.is_open(), mandates=[one for one in payments.mandates_of(person_id=person_id) if one.status == "active"],
        under_way=[_line(card) for card in payments.checkouts_of(person_id=person_id, limit=5) if card.is_live],
    )  # fmt: skip


def _groups(debts: Sequence[PayableDebt]) -> list[dict[str, Any]]:
    """Return the debts of each lender and currency that can be paid together."""
    groups: dict[tuple[int, str], list[PayableDebt]] = {}
    for debt in debts:
        groups.setdefault((debt.account.creditor_id, debt.account.currency), []).append(debt)
    return [
        {
            "account": found[0].account,
            "ids": ",".join(str(debt.account.account_id) for debt in found),
            "count": len(found),
            "full": choice_amount(found, "full"),
        }
        for found in groups.values()
        if len(found) > 1
    ]


def _line(card: payments.CheckoutCard) -> dict[str, Any]:
    return {
        "card": card,
        "status": pay_words.status_word(card.status),
        "method": pay_words.method_word(card.method),
    }


@require_POST
@visit_page
def start(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Take which debts are to be paid, and go on to how much."""
    wanted = [int(part) for part in request.POST.get("debts", "").split(",") if part.isdecimal()][:50]
    found = payable_debts(person_id=person_id, as_of=business_date(now), account_ids=wanted) if wanted else ()
    if not found:
        return redirect("portal:pay")
    flow = pay_flow.start(request, person_id, [debt.account.account_id for debt in found])
    return redirect("portal:pay_amount", flow=flow.name)


@flow_page
def amount(request: HttpRequest, flow: Flow, now: datetime) -> HttpResponse:
    """Ask how much; amounts are those of this moment."""
    as_of = business_date(now)
    debts = flow.debts(as_of)
    if not debts:
        return redirect("portal:pay")
    error = ""
    if request.method == "POST":
        error = _take_amount(request, flow, debts, now)
        if not error:
            return redirect("portal:pay_way", flow=flow.name)
    choices = [
        (choice, pay_words.choice_word(choice), total)
        for choice in CHOICES
        if choice == "other" or (total := choice_amount(debts, choice)) is not None
    ]
    seen: set[int] = set()
    shown = []
    for choice, word, total in choices:
        if choice != "other" and total is not None and choice != "full":
            if total.minor in seen:
                continue
            seen.add(total.minor)
        shown.append((choice, word, total if choice != "other" else None))
    return show(
        request, "portal/pay_amount.html", flow.person_id, flow=flow, debts=debts, choices=shown, error=error,
        written=request.POST.get("amount", ""), chosen=request.POST.get("choice", flow.choice),
        currency=debts[0].account.currency, status=422 if error else 200,
    )  # fmt: skip


def _take_amount(request: HttpRequest, flow: Flow, debts: Sequence[PayableDebt], now: datetime) -> str:
    """Keep how much is to be paid; return what is wrong with it, or nothing."""
    choice = request.POST.get("choice", "")
    if choice not in CHOICES:
        return _("Choose how much you want to pay.")
    flow.choice, flow.other_minor, flow.designated = choice, 0, 0
    if choice == "other":
        written = read_amount(request.POST.get("amount", ""), debts[0].account.currency)
        if written is None:
            return pay_words.refusal_word("pay.amount")
        flow.other_minor = written.minor
        first = request.POST.get("first", "")
        flow.designated = int(first) if first.isdecimal() and int(first) in flow.account_ids else 0
    try:
        flow.quote(debts, business_date(now), now)
    except QuoteRefused as refused:
        return pay_words.refusal_word(refused.code)
    pay_flow.keep(request, flow)
    return ""


def read_amount(text: str, currency: str) -> Money | None:
    """Read an amount as people write it; None if it is none, or has more decimals than the currency."""
    plain = (
        unicodedata.normalize("NFKC", text).replace(",", "").replace("元", "").replace(" ", "").strip("¥$€£")
    )
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    if not number.is_finite() or number <= 0 or number > 10**12:
        return None
    scaled = number.scaleb(minor_digits(currency))
    return Money(int(scaled), currency) if scaled == scaled.to_integral_value() else None


@flow_page
def way(request: HttpRequest, flow: Flow, now: datetime) -> HttpResponse:
    """Ask how: by bank transfer, or through the provider by card, wallet or QR code."""
    methods = [*(METHODS if payments.is_open() else ()), TRANSFER]
    error = ""
    if request.method == "POST":
        flow.method = request.POST.get("method", "")
        if flow.method == TRANSFER:
            for account_id in flow.account_ids:
                payments.issue_code(account_id=account_id, actor=system("portal"), now=now)
            pay_flow.keep(request, flow)
            return redirect("portal:pay_transfer", flow=flow.name)
        if flow.method in methods:
            flow.nonce = secrets.token_urlsafe(12)
            pay_flow.keep(request, flow)
            return redirect("portal:pay_check", flow=flow.name)
        error = _("Choose how you want to pay.")
    choices = [(method, pay_words.method_word(method)) for method in methods]
    return show(
        request, "portal/pay_way.html", flow.person_id, flow=flow, choices=choices, error=error, status=422 if error else 200
    )  # fmt: skip


@flow_page
def transfer(request: HttpRequest, flow: Flow, now: datetime) -> HttpResponse:
    """Say what to write on a transfer: payee, amount, and the code by which the money finds its debt."""
    as_of = business_date(now)
    debts = flow.debts(as_of)
    try:
        quoted = flow.quote(debts, as_of, now)
    except QuoteRefused:
        return redirect("portal:pay_amount", flow=flow.name)
    lines = []
    for share in quoted.shares:
        code = payments.repayment_code(account_id=share.account.account_id)
        if code is not None:
            lines.append(
                {"share": share, "code": code, "qr": qr_svg(code.code, _("QR code of the repayment code"))}
            )
    return show(
        request, "portal/pay_transfer.html", flow.person_id, flow=flow, lines=lines, amount=quoted.amount
    )


@flow_page
def check(request: HttpRequest, flow: Flow, now: datetime) -> HttpResponse:
    """Show the answers and what the payment settles (GET); begin it (POST).

    1. What is ordered is what was shown: if the sums have changed meanwhile, they are shown again and nothing begins.
    2. Pressing twice is one payment; a second tab is led to the first.
    """
    as_of = business_date(now)
    debts = flow.debts(as_of)
    try:
        quoted = flow.quote(debts, as_of, now)
    except QuoteRefused:
        return redirect("portal:pay_amount", flow=flow.name) if debts else redirect("portal:pay")
    if flow.method not in METHODS or not flow.nonce or not payments.is_open():
        return redirect("portal:pay_way", flow=flow.name)
    notice, just_paid, status = "", "", 200
    if request.method == "POST":
        if request.POST.get("shown") != pay_flow.fingerprint(quoted):
            notice, status = (
                _("The amounts have changed meanwhile. Nothing was taken. Please look at them again."),
                409,
            )
        else:
            answer = _begin(request, flow, quoted, now)
            if isinstance(answer, HttpResponse):
                return answer
            notice, just_paid, status = answer
    shares = [
        {"share": share, "parts": [(component_word(code), sum_) for code, sum_ in share.parts]}
        for share in quoted.shares
    ]
    return show(
        request, "portal/pay_check.html", flow.person_id, flow=flow, quote=quoted, shares=shares, notice=notice,
        just_paid=just_paid, shown=pay_flow.fingerprint(quoted), choice=pay_words.choice_word(flow.choice),
        method=pay_words.method_word(flow.method), status=status,
    )  # fmt: skip


def _begin(
    request: HttpRequest, flow: Flow, quoted: Any, now: datetime
) -> HttpResponse | tuple[str, str, int]:
    """Begin the payment and go to it, or say why not: (words, payment that was made minutes ago, status)."""
    if not attempts.count(BEGUN, str(flow.person_id), now):
        return show(request, "portal/wait.html", flow.person_id, status=429)
    names = {
        share.account.product_name_zh
        if (get_language() or "").startswith("zh")
        else share.account.product_name_en
        for share in quoted.shares
    }
    try:
        begun = begin_payment(
            wish=flow.wish(quoted, get_language() or ""), description=", ".join(sorted(names)),
            actor=borrower(flow.person_id), now=now, is_again="again" in request.POST,
        )  # fmt: skip
    except payments.CheckoutUnderWay as under_way:
        return redirect("portal:pay_go", ref=under_way.ref)
    except payments.CheckoutJustPaid as paid:
        return (
            _("You paid the same amount for the same debts a few minutes ago. Nothing more was taken."),
            paid.ref,
            409,
        )
    except (payments.ProviderSilent, payments.ProviderRefused):
        return (
            _(
                "The payment page did not open. Nothing was taken. Try again in a minute, or pay by bank transfer."
            ),
            "",
            503,
        )
    except payments.CheckoutInvalid:
        return redirect("portal:pay_amount", flow=flow.name)
    return redirect("portal:pay_go", ref=begun.checkout.ref)
