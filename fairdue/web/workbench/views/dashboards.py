"""Dashboards: the figures of the newest night up to a day, under one filter; every number opens the list behind it."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.book import facade as book
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.reporting import facade as reporting
from fairdue.engine.figures.cards import WINDOWS
from fairdue.engine.figures.metrics import METRICS
from fairdue.engine.ledger.ageing import buckets
from fairdue.journeys import dashboards as journeys
from fairdue.journeys.dashboards.listing import Part
from fairdue.journeys.nightly_cycle.lake import NightAltered, NightNotStored
from fairdue.kernel import clock
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, Table, row_link
from fairdue.web.ui.templatetags.ui import bucket as bucket_badge
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.dashboard_cards import card_columns, card_views, part_word
from fairdue.web.workbench.exporting import exported

EVERY = (
    ("day", lazy("Every morning")),
    ("week", lazy("Mondays")),
    ("month", lazy("On the first of the month")),
)


class FilterForm(DeskForm):
    """The one form that narrows every card."""

    as_of = forms.DateField(label=lazy("As of"), required=False, widget=DateInput())
    window = forms.TypedChoiceField(label=lazy("Period"), required=False, coerce=int, empty_value=None)
    creditor = forms.TypedChoiceField(label=lazy("Creditor"), required=False, coerce=int, empty_value=None)
    product = forms.TypedChoiceField(label=lazy("Product"), required=False, coerce=int, empty_value=None)
    bucket = forms.ChoiceField(label=lazy("Bucket"), required=False)
    team = forms.TypedChoiceField(label=lazy("Team"), required=False, coerce=int, empty_value=None)
    agency = forms.ChoiceField(label=lazy("Agency"), required=False)
    currency = forms.ChoiceField(label=lazy("Currency"), required=False)

    def __init__(self, request: DeskRequest, data: Any) -> None:
        super().__init__(data)
        creditors, teams = book.creditors(request.actor), identity.teams()
        ids = {card.creditor_id for card in creditors}
        products = [card for card in book.products() if card.creditor_id in ids]
        found: dict[str, list[tuple[Any, Any]]] = {
            "window": [(days, _("%(days)s days") % {"days": days}) for days in WINDOWS],
            "creditor": [("", _("All")), *((each.creditor_id, in_language(each)) for each in creditors)],
            "product": [("", _("All")), *((each.product_id, in_language(each)) for each in products)],
            "bucket": [("", _("All")), *((name, name) for name in buckets())],
            "team": [("", _("All")), *((each.team_id, each.name) for each in teams if not each.agency_code)],
            "agency": [("", _("All")), *((code, code) for code in sorted({each.agency_code for each in teams} - {""}))],
            "currency": [("", _("Most accounts")), *((code, code) for code in sorted({each.currency for each in products}))],
        }  # fmt: skip
        for name, choices in found.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def shown(self) -> list[Any]:
        """The fields worth showing: a choice of one is none."""
        return [
            bound for bound in self if not hasattr(bound.field, "choices") or len(bound.field.choices) > 2
        ]

    def read(self) -> tuple[date, reporting.FigureFilter]:
        """Return the day and the filter; what is not valid narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        wanted = reporting.FigureFilter(
            creditor_id=said.get("creditor"), product_id=said.get("product"), bucket=said.get("bucket", ""),
            team_id=said.get("team"), agency=said.get("agency", ""), currency=said.get("currency", ""),
            window=said.get("window") or 30,
        )  # fmt: skip
        return said.get("as_of") or clock.business_date(clock.now()), wanted


@staff_page("reporting.view")
def dashboards(request: DeskRequest) -> HttpResponse:
    """Show every card of the newest night up to the day asked for."""
    form = FilterForm(request, request.GET or {"window": "30"})
    as_of, wanted = form.read()
    shown = reporting.dashboards(actor=request.actor, as_of=as_of, wanted=wanted)
    cards = card_views(shown, lambda card, **part: list_href(request, card, part)) if shown.night else []
    tables = [each["table"] for each in cards if each.get("table")]
    if file := exported(request, *tables, name="dashboards"):
        return file
    context = {
        "form": form, "shown": shown, "layout": card_columns(cards), "as_of": as_of, "every": EVERY,
        "subscriptions": reporting.subscriptions(actor=request.actor), "filter_query": _kept(request),
        "has_address": bool(request.user.email), "address": request.user.email,
    }  # fmt: skip
    return render(request, "workbench/dashboards.html", context)


def _kept(request: DeskRequest) -> str:
    names = FilterForm.base_fields
    return urlencode({name: request.GET[name] for name in names if request.GET.get(name)})


def list_href(request: DeskRequest, card: str, part: dict[str, str]) -> str:
    """Return the address of the list behind a number: the filters and which number, nothing about people."""
    kept = {name: request.GET[name] for name in FilterForm.base_fields if request.GET.get(name)}
    return f"{reverse('workbench:dashboard_list', args=[card])}?{urlencode(kept | part)}"


@staff_page("reporting.view")
def dashboard_list(request: DeskRequest, card: str) -> HttpResponse:
    """List the accounts behind one number, as they stood on its night: masked, within the data scope."""
    if card not in journeys.CARDS:
        raise Http404
    as_of, wanted = FilterForm(request, request.GET).read()
    after = request.GET.get("after", "")
    part = Part(
        key=request.GET.get("key", "")[:80], second=request.GET.get("second", "")[:24], window=wanted.window
    )
    try:
        found = journeys.behind(
            actor=request.actor, card=card, part=part, wanted=wanted, as_of=as_of,
            after=int(after) if after.isdigit() and len(after) < 19 else 0,
        )  # fmt: skip
    except (NightNotStored, NightAltered):
        found = None
    table = _list_table(request, found, bool(after)) if found else None
    if table is not None and (file := exported(request, table, name=f"figures-{card}")):
        return file
    metric = METRICS[card]
    context = {
        "metric": metric, "title": in_language(metric, ""), "part": [part_word(card, value) for value in (part.key, part.second) if value],
        "table": table, "found": found, "back": f"{reverse('workbench:dashboards')}?{_kept(request)}",
        "says": in_language(metric, "says"), "formula": in_language(metric, "formula"),
    }  # fmt: skip
    return render(request, "workbench/dashboard_list.html", context)


def _list_table(request: DeskRequest, found: journeys.Listing, has_cursor: bool) -> Table:
    may_open = request.actor.may("ledger.view")

    def reference(value: str, row: journeys.ListedAccount) -> Any:
        return row_link(reverse("workbench:account", args=[row.account_id]), value) if may_open else value

    return Table(
        found.rows, count=found.total, has_cursor=has_cursor,
        next_cursor=str(found.next_after) if found.next_after else None, is_exportable=True,
        caption=_("The list behind the number"), empty=EmptyState(title=_("Nobody"), text=_("The number is zero under these filters.")),
        columns=[
            Column("account_ref_masked", _("Debt"), is_row_head=True, render=reference),
            Column("name_masked", _("Debtor")),
            Column("bucket", _("Past due"), render=lambda value, row: bucket_badge(value, row.days_past_due)),
            MoneyColumn("overdue", _("Overdue")),
            MoneyColumn("balance", _("Balance")),
        ],
    )  # fmt: skip


@staff_page("reporting.view", methods=("POST",))
def subscribe(request: DeskRequest) -> HttpResponse:
    """Send these figures, under these filters, by e-mail on a schedule to who asks; or stop it."""
    now = clock.now()
    stopped = request.POST.get("stop", "")
    try:
        if stopped.isdigit():
            reporting.stop_subscription(subscription_id=int(stopped), actor=request.actor, now=now)
            text = _("Stopped: no further e-mail of this kind will be sent.")
        else:
            filters = {
                name: request.POST.get(name, "")[:20] for name in FilterForm.base_fields if name != "as_of"
            }
            reporting.subscribe(
                every=request.POST.get("every", ""), filters={k: v for k, v in filters.items() if v},
                locale=get_language() or "zh-hans", actor=request.actor, now=now,
            )  # fmt: skip
            text = _(
                "Subscribed: the figures of each night come without personal data to your e-mail address."
            )
        messages.add_message(request, messages.SUCCESS, text, "ok")
    except reporting.SubscriptionRefused as refusal:
        messages.add_message(request, messages.ERROR, _REFUSALS[refusal.code](), "stop")
    return redirect(f"{reverse('workbench:dashboards')}?{_kept_of(request.POST)}")


_REFUSALS = {
    "reporting.subscription.no_address": lambda: _("Nothing was subscribed: your account has no e-mail address."),
    "reporting.subscription.every": lambda: _("Nothing was subscribed: choose how often."),
    "reporting.subscription.unknown": lambda: _("Nothing was stopped: there is no such subscription of yours."),
}  # fmt: skip


def _kept_of(sent: Any) -> str:
    return urlencode({name: sent[name][:20] for name in FilterForm.base_fields if sent.get(name)})
