"""Products: the rules of each kind of debt in words, and what a contract under them would come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.ledger.explaining.working import formula, working_of
from fairdue.engine.ledger.products.agreement import AgreementInvalid
from fairdue.engine.ledger.products.cost import AboveCap
from fairdue.engine.ledger.products.scheduling import NotAmortising, ScheduledRow
from fairdue.engine.ledger.products.terms import HolidayTerms, ProductTerms
from fairdue.engine.ledger.products.wording import KIND_WORDS, rules_of
from fairdue.kernel import clock
from fairdue.kernel.day_counts import add_months
from fairdue.kernel.money import MINOR_DIGITS, Money
from fairdue.web.ui.charts import Stack, stacks
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.tables import Column, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench.access import DeskRequest, staff_page

CONVENTIONS = {
    "": lazy("As the product says"),
    "none": lazy("The due date stays"),
    "following": lazy("To the next working day"),
    "modified_following": lazy("To the next working day of the month"),
    "preceding": lazy("To the working day before"),
}
LATE_DAYS = 40
FIELDS = {
    "principal": "principal", "rate": "rate", "instalments": "instalments", "instalment_minor": "instalment",
    "first_due_date": "first_due_date", "down_payment_minor": "down_payment",
}  # fmt: skip
"""Which field of the form a fault of an agreement is about."""


class ContractForm(DeskForm):
    """What a contract needs beyond its product; amounts in currency units, the rate in per cent a year."""

    principal = forms.DecimalField(
        label=lazy("Amount or price"), min_value=1, max_digits=15, decimal_places=2
    )
    rate = forms.DecimalField(
        label=lazy("Rate or margin, % a year"), min_value=0, max_value=1000, decimal_places=4
    )
    instalments = forms.IntegerField(label=lazy("Instalments"), min_value=1, max_value=1200, required=False)
    instalment = forms.DecimalField(
        label=lazy("Instalment"), min_value=0, max_digits=15, decimal_places=2, required=False
    )
    down_payment = forms.DecimalField(
        label=lazy("Down payment"), min_value=0, max_digits=15, decimal_places=2, required=False
    )
    disbursed_date = forms.DateField(label=lazy("Disbursed on"), widget=DateInput())
    first_due_date = forms.DateField(label=lazy("First due date"), widget=DateInput())
    holidays = forms.ChoiceField(
        label=lazy("Due date on a holiday"), required=False, choices=tuple(CONVENTIONS.items())
    )
    late_number = forms.IntegerField(label=lazy("Late instalment"), min_value=1, max_value=1200, initial=1)
    late_days = forms.IntegerField(label=lazy("Days late"), min_value=0, max_value=2000, initial=LATE_DAYS)

    def __init__(self, terms: ProductTerms, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        unused = {"instalments" if terms.kind == "fixed_amount" else "instalment"}
        if terms.down_payment is None:
            unused.add("down_payment")
        for name in unused:
            del self.fields[name]

    def minor(self, name: str) -> int | None:
        """Return an amount in minor units."""
        value = self.cleaned_data.get(name)
        return None if value is None else Money.of(value, self.terms.currency).minor

    def details(self) -> dict[str, Any]:
        """Return what the form agrees, in the ledger's words."""
        said = {
            "rate": str(Fraction(self.cleaned_data["rate"]) / 100),
            "instalments": self.cleaned_data.get("instalments"),
            "instalment_minor": self.minor("instalment"),
            "down_payment_minor": self.minor("down_payment"),
            "first_due_date": self.cleaned_data["first_due_date"],
        }
        return {name: value for name, value in said.items() if value is not None}

    def asked_terms(self) -> ProductTerms:
        """Return the product's terms with the holidays that the form asks for."""
        convention = self.cleaned_data["holidays"]
        if not convention:
            return self.terms
        return replace(
            self.terms, holidays=HolidayTerms(convention=convention, calendar=self.terms.holidays.calendar)
        )


@staff_page("products.view")
def products(request: DeskRequest) -> HttpResponse:
    """List the products that contracts can be opened under."""
    rows = sorted(ledger.products().values(), key=lambda terms: terms.code)
    columns = [
        Column("name", _("Product"), is_row_head=True, render=lambda _value, terms: _link(terms)),
        Column("kind", _("Repayment"), lambda terms: in_language(KIND_WORDS[terms.kind])),
        Column("currency", _("Currency")),
        Column("jurisdiction", _("Jurisdiction"), lambda terms: terms.jurisdiction.upper()),
        Column("summary", _("In short"), lambda terms: in_language(terms.summary), align="wide"),
    ]
    table = Table(rows, columns=columns, caption=_("Products"))
    return render(request, "workbench/products.html", {"table": table})


@staff_page("products.view")
def product(request: DeskRequest, code: str) -> HttpResponse:
    """Show a product's rules with what they rest on, and calculate a contract under them."""
    try:
        terms = ledger.product_terms(code)
    except ledger.ProductUnknown as error:
        raise Http404 from error
    context: dict[str, Any] = {"terms": terms, "rules": rules_of(terms)}
    if terms.kind != "card":
        form = ContractForm(terms, request.GET or None, initial=_initial(terms))
        if not request.GET:
            form = ContractForm(terms, {**_initial(terms)})
        context |= {"form": form, **_calculated(form)}
    return render(request, "workbench/product.html", context)


def _link(terms: ProductTerms) -> Any:
    from django.urls import reverse

    href = reverse("workbench:product", args=[terms.code])
    return format_html(
        '<a href="{}">{}</a><br><span class="mono muted small">{}</span>',
        href,
        in_language(terms.name),
        terms.label,
    )


def _initial(terms: ProductTerms) -> dict[str, Any]:
    """Return the figures with which the calculator opens: the product's example, lent today."""
    today = clock.business_date(clock.now())
    given, digits = terms.example, MINOR_DIGITS[terms.currency]

    def units(name: str) -> str:
        return f"{given[name] / 10**digits:.{digits}f}" if name in given else ""

    return {
        "principal": units("principal_minor"),
        "rate": f"{float(Fraction(given.get('rate', '0.1')) * 100):g}",
        "instalments": given.get("instalments", ""),
        "instalment": units("instalment_minor"),
        "down_payment": units("down_payment_minor"),
        "disbursed_date": today.isoformat(),
        "first_due_date": add_months(today, 1).isoformat(),
        "holidays": "",
        "late_number": 1,
        "late_days": LATE_DAYS,
    }


def _calculated(form: ContractForm) -> dict[str, Any]:
    """Return the contract's figures, or nothing while the form says something that cannot be kept."""
    if not form.is_valid():
        return {}
    try:
        quoted = ledger.quote_contract(
            terms=form.asked_terms(),
            principal=Money(form.minor("principal") or 0, form.terms.currency),
            disbursed_date=form.cleaned_data["disbursed_date"],
            details=form.details(),
        )
    except AgreementInvalid as fault:
        field = FIELDS.get(fault.field, "")
        form.add_error(field if field in form.fields else None, _("This cannot be agreed: %s") % fault.fault)
        return {}
    except NotAmortising:
        form.add_error(None, _("The instalments never repay the amount: choose a larger instalment."))
        return {}
    except AboveCap as above:
        form.add_error(
            None,
            _("It costs %(cost)s %% a year; the cap %(cap)s allows %(rate)s %%.")
            % {"cost": _percent(above.cost), "cap": above.cap.code, "rate": _percent(above.cap.rate)},
        )
        return {}
    numbers = [row.number for row in quoted.rows if row.number]
    number = min(form.cleaned_data["late_number"], numbers[-1])
    late = ledger.late_outcome(quoted, number=number, days=form.cleaned_data["late_days"])
    return {
        "quoted": quoted,
        "rates": {
            "annual": _percent(quoted.cost.annual_rate),
            "effective": _percent(quoted.cost.effective_rate),
        },
        "amounts": _amounts(quoted.cost, form.terms.currency),
        "schedule": _schedule(quoted.rows, form.terms.currency),
        "chart": _chart(quoted.rows),
        "late": late,
        "late_total": Money(late.total, form.terms.currency),
        "late_table": _late_table(late, form.terms.currency),
    }


def _percent(rate: Fraction | None) -> str:
    return "–" if rate is None else f"{float(rate) * 100:.2f}"


def _amounts(cost: Any, currency: str) -> dict[str, Money]:
    return {name: Money(getattr(cost, name), currency) for name in ("financed", "interest", "total")}


def _schedule(rows: tuple[ScheduledRow, ...], currency: str) -> Table:
    def amount(get: Any) -> Any:
        return lambda row: Money(get(row), currency)

    columns = [
        Column("number", _("No."), align="num", is_row_head=True),
        Column("due_date", _("Due"), render=_due),
        MoneyColumn("total", _("Instalment"), amount(lambda row: row.principal + row.interest)),
        MoneyColumn("principal", _("Principal"), amount(lambda row: row.principal)),
        MoneyColumn("interest", _("Interest"), amount(lambda row: row.interest)),
        MoneyColumn("left", _("Principal left"), amount(lambda row: row.principal_before - row.principal)),
    ]
    return Table(rows, columns=columns, caption=_("Schedule"))


def _due(value: date, row: ScheduledRow) -> Any:
    if value == row.agreed_date:
        return day(value)
    words = _("moved from %s") % day(row.agreed_date)
    return format_html('{} <span class="muted small">{}</span>', day(value), words)


def _chart(rows: tuple[ScheduledRow, ...]) -> Any:
    columns = [Stack(label=day(row.due_date), parts=(row.principal, row.interest)) for row in rows]
    title = _("Principal and interest of each instalment; the figures stand in the table")
    return stacks(columns, title=title, series=(_("Principal"), _("Interest")))


def _late_table(late: Any, currency: str) -> Table:
    def base(charge: Any) -> Money:
        return Money(charge.why.base_minor, currency)

    columns = [
        Column("rule", _("Charge"), lambda charge: _word(charge), is_row_head=True),
        MoneyColumn("base", _("On"), base),
        Column(
            "rate", _("Rate or share"), lambda charge: f"{_percent(Fraction(charge.why.rate))} %", align="num"
        ),
        Column("days", _("Days"), lambda charge: _days(charge), align="wide"),
        MoneyColumn("amount", _("Amount"), lambda charge: Money(charge.amount, currency)),
        Column(
            "why",
            _("Arithmetic and ground"),
            lambda charge: charge,
            align="wide",
            render=lambda charge, _row: _arithmetic(charge, currency),
        ),
    ]
    return Table((*late.charges, *late.cut), columns=columns, caption=_("What the late instalment brings"))


def _word(charge: Any) -> str:
    return _("Late fee") if charge.why.rule == "late_fee" else _("Penalty interest")


def _days(charge: Any) -> str:
    why = charge.why
    if why.from_date is None:
        return day(charge.effective_date)
    return _("%(days)s (%(first)s to %(until)s)") % {
        "days": why.days, "first": day(why.from_date), "until": day(why.to_date),
    }  # fmt: skip


def _arithmetic(charge: Any, currency: str) -> Any:
    why = charge.why
    working = working_of(why.as_details(), currency, charge.amount)
    cut = f"{Money(why.cut_minor, currency).amount:,}"
    cap = _("; the cap %(cap)s took %(cut)s off") % {"cap": why.cap, "cut": cut} if why.cap else ""
    text = formula(working) if working else ""
    return format_html(
        '<span class="mono small">{}{}</span><br><span class="cite">{}</span>',
        text,
        cap,
        in_language(why.citation),
    )
