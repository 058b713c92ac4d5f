"""Every component of the design system on one page, in both colour schemes."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.kernel.money import Money
from fairdue.web.ui.charts import Bar, Leg, bars, course
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.access import DeskRequest, staff_page


class SampleForm(DeskForm):
    """One of each kind of field, one of them refused."""

    amount = forms.DecimalField(label=lazy("Amount"), help_text=lazy("In yuan, up to what is owed."))
    promised_date = forms.DateField(label=lazy("To be paid by"), widget=DateInput())
    channel = forms.ChoiceField(label=lazy("Channel"), choices=[("call", lazy("Call")), ("sms", lazy("SMS"))])
    is_confirmed = forms.BooleanField(label=lazy("The debtor confirmed it"), required=False)


@staff_page()
def gallery(request: DeskRequest) -> HttpResponse:
    """Show the components with sample values."""
    rows = [
        {"name": "M1", "count": 1240, "overdue": Money(8_204_000), "state": "ok"},
        {"name": "M2", "count": 310, "overdue": Money(31_140), "state": "wait"},
    ]
    light, dark = (_table(rows, caption) for caption in (_("Sample table"), _("Sample table, dark")))
    chart = bars(
        [Bar(label="M1", value=1240, text="1,240"), Bar(label="M2", value=310, text="310"), Bar(label="M3", value=95, text="95")],
        title=_("Accounts by bucket"), label=_("Bucket"), unit=_("Accounts"),
    )  # fmt: skip
    context: dict[str, object] = {
        "amounts": [Money(820_000), Money(31_140), Money(851_140)],
        "light": SampleForm({"amount": "-", "channel": "sms"}, auto_id="light_%s"),
        "dark": SampleForm({"amount": "-", "channel": "sms"}, auto_id="dark_%s"),
        "light_table": light,
        "dark_table": dark,
        "chart": chart,
        "days": course(
            [
                Leg(start=0, end=20, first=0, final=0),
                Leg(start=20, end=75, first=0, final=55),
                Leg(start=75, end=90, first=25, final=40),
            ],
            title=_("Days past due in time"),
            marks=(30, 60),
            start="2026-08-24",
            end="2026-11-22",
            top=_("at most %(days)s days") % {"days": 55},
        ),
        "course": [3, 5, 4, 8, 7, 9, 12, 10, 11, 14],
    }
    return render(request, "workbench/gallery.html", context)


def _table(rows: list[dict[str, object]], caption: str) -> Table:
    return Table(
        rows,
        columns=[
            Column("name", _("Bucket"), is_row_head=True, sort="name"),
            Column("count", _("Accounts"), align="num"),
            MoneyColumn("overdue", _("Overdue")),
            Column("state", _("State"), render=lambda value, row: badge({"ok": _("Current"), "wait": _("Later")}[value], value)),
        ],
        caption=caption, sort="name", empty=EmptyState(title=_("Nothing")),
    )  # fmt: skip
