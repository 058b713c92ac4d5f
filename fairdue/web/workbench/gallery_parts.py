"""Sample values for the gallery: one of each component, in each of its states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.identity.facade import DraftCard
from fairdue.kernel.money import Money
from fairdue.web.ui.bulk import Bulk, BulkChoice
from fairdue.web.ui.charts import (
    PERCENT,
    Bar,
    BarChart,
    CalendarHeatMap,
    DayValue,
    Funnel,
    HeatMap,
    Leg,
    LineChart,
    Series,
    Stack,
    StackedBarChart,
    Step,
    bars,
    course,
    money_figures,
    stacks,
)
from fairdue.web.ui.filters import Check, Choice, Day, Filters, Number
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, SelectColumn, Table
from fairdue.web.ui.templatetags.ui import badge

BUCKETS = ("M1", "M2", "M3", "M4")
MONTHS = tuple(f"2026-{month:02}" for month in range(4, 12))


class SampleForm(DeskForm):
    """One of each kind of field, one of them refused."""

    amount = forms.DecimalField(
        label=lazy("Amount"), min_value=Decimal("0.01"), help_text=lazy("In yuan, up to what is owed.")
    )
    promised_date = forms.DateField(label=lazy("To be paid by"), widget=DateInput())
    channel = forms.ChoiceField(label=lazy("Channel"), choices=[("call", lazy("Call")), ("sms", lazy("SMS"))])
    tone = forms.ChoiceField(
        label=lazy("Reached"), widget=forms.RadioSelect, choices=[("yes", lazy("Yes")), ("no", lazy("No"))]
    )
    note = forms.CharField(label=lazy("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    is_confirmed = forms.BooleanField(label=lazy("The debtor confirmed it"), required=False)


def parts(request: HttpRequest, scheme: str) -> dict[str, Any]:
    """Return the parts of one colour scheme; the tables of two schemes on one page have names of their own."""
    return {
        "scheme": scheme,
        "amounts": [Money(820_000), Money(31_140), Money(851_140)],
        "form": SampleForm({"amount": "0", "channel": "sms"}, auto_id=f"{scheme}_%s"),
        "draft": DraftCard(
            key="gallery:sample", fields={"note": "…"}, saved_at=datetime(2026, 11, 22, 2, 31, tzinfo=UTC)
        ),
        "table": _list(request, scheme),
        "plain": _plain(scheme),
        "none": _nothing(scheme),
        "course": [3, 5, 4, 8, 7, 9, 12, 10, 11, 14],
        "drawn": _drawn(),
        "charts": _charts(),
        "wide": _wide(f" · {scheme}"),
    }


def _rows() -> list[dict[str, object]]:
    return [
        {"id": 1, "name": "M1", "count": 1240, "overdue": Money(8_204_000), "state": "ok"},
        {"id": 2, "name": "M2", "count": 310, "overdue": Money(31_140), "state": "wait"},
        {"id": 3, "name": "M3", "count": 95, "overdue": None, "state": "stop"},
    ]


def _columns() -> list[Column]:
    said = {"ok": _("Allowed"), "wait": _("Later"), "stop": _("Not allowed")}
    return [
        Column("name", _("Bucket"), is_row_head=True),
        Column("count", _("Accounts"), align="num"),
        MoneyColumn("overdue", _("Overdue")),
        Column("state", _("State"), render=lambda value, _row: badge(said[value], value)),
    ]


def _list(request: HttpRequest, scheme: str) -> Table:
    options = [(name, name) for name in BUCKETS]
    filters = Filters(
        request,
        Choice(name="bucket", label=_("Past due"), options=options, any_label=_("Any age")),
        Day(name="day", label=_("Arrived from")),
        Check(name="mine", label=_("Mine only")),
        Number(name="case", label=_("Case")),
        shown=3,
    )
    bulk = Bulk(
        action="#", button=_("Assign"), icon="people",
        choices=(BulkChoice(name="staff_id", label=_("Assign the chosen to"), options=((1, "Wang Min"),)),),
    )  # fmt: skip
    is_first = scheme == "light" or request.GET.get("theme") == "dark"
    select = SelectColumn("ids", "id", label_of=lambda row: str(row["name"]), form="bulk" if is_first else "")
    return Table(
        _rows(), columns=[select, *_columns()], key="gallery" if is_first else "", caption=_("Sample table") + f" · {scheme}",
        filters=filters if is_first else None, bulk=bulk if is_first else None, sorts_here=True, has_cursor=is_first,
        next_cursor="3" if is_first else None,
        is_exportable=True, name=scheme,
    )  # fmt: skip


def _plain(scheme: str) -> Table:
    return Table(_rows()[:2], columns=_columns(), caption=_("A part") + f" · {scheme}", is_part=True)


def _nothing(scheme: str) -> Table:
    empty = EmptyState(
        title=_("Nothing waits here"), text=_("An empty place says what to do next."), href="#", action=_("Show all queues")
    )  # fmt: skip
    return Table([], columns=_columns(), caption=_("Empty table") + f" · {scheme}", empty=empty)


def _drawn() -> list[SafeString]:
    counts = (("M1", 1240), ("M2", 310), ("M3", 95))
    return [
        bars(
            [Bar(label=name, value=count, text=f"{count:,}") for name, count in counts],
            title=_("Accounts by bucket"), label=_("Bucket"), unit=_("Accounts"),
        ),
        course(
            [
                Leg(start=0, end=20, first=0, final=0), Leg(start=20, end=75, first=0, final=55),
                Leg(start=75, end=90, first=25, final=40),
            ],
            title=_("Days past due in time"), marks=(30, 60), start="2026-08-24", end="2026-11-22",
            top=_("at most %(days)s days") % {"days": 55},
        ),
        stacks(
            [Stack(label=month, parts=(at + 3.0, at + 1.0)) for at, month in enumerate(MONTHS)],
            title=_("Payments"), series=(_("Kept"), _("Broken")),
        ),
    ]  # fmt: skip


def _charts() -> list[Any]:
    down = tuple(round(0.34 - 0.011 * at, 3) for at in range(len(MONTHS)))
    up = tuple(round(0.52 + 0.017 * at, 3) for at in range(len(MONTHS)))
    return [
        LineChart(
            title=_("Roll rate by month"), label=_("Month"), places=MONTHS, figures=PERCENT,
            note=_("The share of accounts that are a bucket later a month on."),
            series=(Series(name="M1 → M2", values=down, hrefs=("#",) * len(MONTHS)), Series(name="M2 → M3", values=up)),
        ),
        BarChart(
            title=_("Overdue amount by bucket"), label=_("Bucket"), places=BUCKETS, figures=money_figures("CNY"),
            series=(Series(name=_("Overdue"), values=(82_040_000, 31_140_000, 12_500_000, 6_300_000)),),
        ),
        StackedBarChart(
            title=_("Promises by month"), label=_("Month"), places=MONTHS,
            series=(
                Series(name=_("Kept"), values=tuple(40 + 3 * at for at in range(len(MONTHS)))),
                Series(name=_("Broken"), values=tuple(22 - at for at in range(len(MONTHS)))),
                Series(name=_("Open"), values=(0, 0, 0, 0, 0, 1, 5, 30)),
            ),
        ),
    ]  # fmt: skip


def _wide(mark: str) -> list[Any]:
    start = date(2026, 10, 12)
    return [
        HeatMap(
            title=_("Roll-rate matrix") + mark, row_label=_("From"), rows=BUCKETS, columns=("M0", *BUCKETS), figures=PERCENT,
            values=((0.61, 0.18, 0.21, 0, 0), (0.2, 0.1, 0.22, 0.48, 0), (0.08, 0.03, 0.07, 0.2, 0.62), (0.03, None, 0.01, 0.04, 0.92)),
        ),
        Funnel(
            title=_("From due to kept"), label=_("Step"),
            steps=(
                Step(name=_("Due"), value=12_400), Step(name=_("Reminded"), value=11_310, href="#"),
                Step(name=_("Reached"), value=4_120), Step(name=_("Promised"), value=1_870), Step(name=_("Kept"), value=1_102),
            ),
        ),
        CalendarHeatMap(
            title=_("Payments by day") + mark,
            days=[DayValue(day=start + timedelta(days=at), value=(at * 37) % 90) for at in range(35)],
        ),
    ]  # fmt: skip
