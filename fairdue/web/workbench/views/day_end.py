"""The end of a day: what came in, where it went, what waits, and whether the ledger says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.day_end import day_end as report_of
from fairdue.kernel import clock
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import badge, in_language, short_money
from fairdue.web.workbench import money_words as words
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.columns import state_column, word_column
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.moments import asked_day
from fairdue.web.workbench.views.bank import statement_table
from fairdue.web.workbench.words import say


@staff_page("payments.view")
def day_end(request: DeskRequest) -> HttpResponse:
    """Show the report of one creditor's day: the equation of suspense in every currency, to the cent."""
    creditors = book.creditors(request.actor)
    chosen = next((card for card in creditors if card.code == request.GET.get("creditor")), None)
    chosen = chosen or (creditors[0] if creditors else None)
    today = business_date(clock.now())
    date = min(asked_day(request.GET.get("date", "")) or today, today)
    context: dict[str, Any] = {
        "creditors": [(card.code, in_language(card)) for card in creditors], "chosen": chosen, "date": date, "today": today,
    }  # fmt: skip
    if chosen:
        report = report_of(creditor_code=chosen.code, business_date=date, actor=request.actor)
        context |= _parts(report)
        tables = [each for each in context.values() if isinstance(each, Table)]
        if file := exported(request, *tables, name=f"day-end-{chosen.code}-{date.isoformat()}"):
            return file
    return render(request, "workbench/day_end.html", context)


def _parts(report: payments.DayEnd) -> dict[str, Any]:
    return {
        "report": report,
        "problems": [words.problem_word(code) for code in report.problems],
        "equation": _equation(report),
        "by_source": _counts(report.received_by_source, words.SOURCE_KINDS, "received", _("Received by source"), _("Source")),
        "by_way": _counts(report.matched_by_way, words.WAYS, "matched", _("Matched by way"), _("Way")),
        "ages": _ages(report.waiting_by_age),
        "age_table": _counts(report.waiting_by_age, words.AGES, "waiting", _("Waiting by age"), _("Age")),
        "refunds": _counts(report.credit_refunds, {}, "refunds", _("Credit balances paid out"), _("Currency")),
        "statements": statement_table(report.statements, "files"),
        "decisions": _decisions(report),
    }  # fmt: skip


def _equation(report: payments.DayEnd) -> Table:
    return Table(
        report.suspense,
        name="suspense",
        columns=[
            Column("currency", _("Currency"), is_row_head=True),
            MoneyColumn("opening", _("Waiting at the start")),
            MoneyColumn("received", _("+ received")),
            MoneyColumn("matched", _("− matched")),
            MoneyColumn("returned", _("− taken back by banks")),
            MoneyColumn("refunded", _("− sent back")),
            MoneyColumn("closing", _("= waiting at the end")),
            MoneyColumn("ledger", _("The ledger says")),
            Column("difference", _("Difference"), render=_agrees, export=lambda row: row.difference),
        ],
        caption=_("Money in suspense over the day"),
        is_exportable=True,
        empty=EmptyState(title=_("No money was in suspense on this day"), icon="check"),
    )


def _agrees(value: Money, _row: Any) -> Any:
    return badge("0", "ok") if not value.minor else badge(str(value), "stop")


def _counts(
    found: Sequence[tuple[str, int, Money]], names: dict[str, str], name: str, caption: str, label: str
) -> Table:
    return Table(
        found,
        name=name,
        columns=[
            Column("code", label, lambda row: say(names, row[0]) if names else row[0], is_row_head=True),
            Column("count", _("Count"), lambda row: row[1], align="num", render=lambda value, _row: f"{value:,}"),
            MoneyColumn("amount", _("Amount"), lambda row: row[2]),
        ],
        caption=caption,
        is_exportable=True,
        empty=EmptyState(title=_("None"), icon="check"),
    )  # fmt: skip


def _ages(found: Sequence[tuple[str, int, Money]]) -> Any:
    """Draw the amounts that wait by age, each currency's bars on its own scale."""
    charts = []
    for currency in dict.fromkeys(amount.currency for _age, _count, amount in found):
        drawn = [
            Bar(label=say(words.AGES, age), value=amount.minor, text=short_money(amount))
            for age, _count, amount in found
            if amount.currency == currency
        ]
        charts.append((currency, bars(drawn, title=_("Waiting by age"), label=_("Age"), unit=currency)))
    return charts


def _decisions(report: payments.DayEnd) -> Table:
    return Table(
        report.decisions,
        name="decisions",
        columns=[
            InstantColumn("decided_at", _("Decided"), is_row_head=True),
            word_column("kind", _("What"), words.REQUEST_KINDS),
            MoneyColumn("amount", _("Amount")),
            state_column("status", _("Decision"), words.REQUEST_STATES, words.REQUEST_TONES),
            Column("requested_by", _("Asked by")),
            Column("decided_by", _("Decided by")),
        ],
        caption=_("Decisions of the day"),
        is_exportable=True,
        empty=EmptyState(title=_("Nothing was decided on this day"), icon="check"),
    )  # fmt: skip
