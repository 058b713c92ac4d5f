"""The book at a glance: accounts and money by bucket, promises, contacts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from fairdue.contexts.reporting import facade as reporting
from fairdue.kernel import clock
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import bucket, short_money
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.office_words import CONTACT_COUNTS
from fairdue.web.workbench.words import say


@staff_page("reporting.view")
def book(request: DeskRequest) -> HttpResponse:
    """Show the figures of the book as of a day."""
    as_of = _day(request.GET.get("as_of", ""))
    overview = reporting.book_overview(actor=request.actor, as_of=as_of)
    contacts = [(say(CONTACT_COUNTS, kind), count) for kind, count in overview.contacts.items()]
    currencies = [_currency(figures) for figures in overview.currencies]
    if file := exported(request, *(each["table"] for each in currencies), name="book"):
        return file
    context = {"overview": overview, "contacts": contacts, "currencies": currencies}
    return render(request, "workbench/book.html", context)


def _day(text: str) -> date:
    try:
        chosen = parse_date(text)
    except ValueError:
        chosen = None
    return chosen or clock.business_date(clock.now())


def _currency(figures: reporting.CurrencyFigures) -> dict[str, Any]:
    """Return one currency's chart and table."""
    late = [each for each in figures.buckets if each.bucket != "M0"]
    chart = bars(
        [Bar(label=each.bucket, value=each.overdue.minor, text=short_money(each.overdue)) for each in late],
        title=_("Overdue amount by bucket"), label=_("Bucket"), unit=figures.currency,
    )  # fmt: skip
    table = Table(
        figures.buckets,
        columns=[
            Column("bucket", _("Bucket"), is_row_head=True, render=lambda value, _row: bucket(value)),
            Column("account_count", _("Accounts"), align="num", render=lambda value, _row: f"{value:,}"),
            MoneyColumn("balance", _("Balance")),
            MoneyColumn("overdue", _("Overdue")),
        ],
        caption=_("Accounts by bucket"),
        name=figures.currency.lower(),
        is_exportable=True,
        empty=EmptyState(title=_("The book is empty"), text=_("Import accounts first.")),
    )
    return {"figures": figures, "chart": chart, "table": table}
