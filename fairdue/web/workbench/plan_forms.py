"""Forms of a negotiation: the situation in few questions, a counter-proposal, the recording of an oral agreement."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.engine.negotiation.case import REASONS, Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.engine.negotiation.offers import Wish
from fairdue.kernel.money import Money
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.workbench.plan_words import offer_word

RHYTHMS = (
    ("month", lazy("a month")), ("week", lazy("a week")), ("fortnight", lazy("every two weeks")),
    ("quarter", lazy("a quarter")), ("year", lazy("a year")),
)  # fmt: skip


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, min_value=Decimal(0), required=False
    )


class SituationForm(DeskForm):
    """Why it can't be paid, and what comes in and goes out; empty boxes mean that it was not asked."""

    lender = forms.TypedChoiceField(label=lazy("Debts to"), coerce=int)
    reason = forms.ChoiceField(label=lazy("Reason"))
    income = _amount(lazy("Income of the household"))
    income_every = forms.ChoiceField(label=lazy("Income comes"), choices=RHYTHMS)
    housing = _amount(lazy("Rent or mortgage, a month"))
    living = _amount(lazy("Food, transport, health, school, a month"))
    other_debts = _amount(lazy("Other debts, a month"))
    adults = forms.IntegerField(label=lazy("Adults"), min_value=1, max_value=12, initial=1, required=False)
    children = forms.IntegerField(
        label=lazy("Children"), min_value=0, max_value=12, initial=0, required=False
    )
    can_pay_now = _amount(lazy("Can be paid now"))
    is_vulnerable = forms.BooleanField(label=lazy("Vulnerable, in their own words"), required=False)

    def __init__(self, *args: Any, lenders: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["lender"].choices = lenders
        fields["reason"].choices = [(code, offer_word("reasons", code)) for code in REASONS]

    def situation(self, currency: str) -> Situation:
        """Return what was said; without an income nothing is known of the household."""
        data = self.cleaned_data
        return Situation(
            reason=data["reason"],
            household=self._household(currency) if data["income"] is not None else None,
            is_vulnerable=data["is_vulnerable"],
            can_pay_now_minor=_minor(data["can_pay_now"], currency),
        )

    def _household(self, currency: str) -> Household:
        data = self.cleaned_data
        outgoings = (("housing", data["housing"]), ("living", data["living"]), ("debts", data["other_debts"]))
        return Household(
            currency=currency,
            incomes=(MoneyLine("income", _minor(data["income"], currency), data["income_every"]),),
            outgoings=tuple(
                MoneyLine(kind, _minor(amount, currency)) for kind, amount in outgoings if amount
            ),
            adults=data["adults"] or 1,
            children=data["children"] or 0,
        )


class WishForm(DeskForm):
    """The borrower's own proposal: an amount a month, a number of months, or one sum."""

    monthly = _amount(lazy("An amount a month"))
    months = forms.IntegerField(
        label=lazy("or a number of months"), min_value=1, max_value=999, required=False
    )
    lump_sum = _amount(lazy("or one sum"))
    first_date = forms.DateField(label=lazy("First payment on"), widget=DateInput(), required=False)
    reason = forms.CharField(label=lazy("What was said"), max_length=400, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of amount, months and sum."""
        data = super().clean() or {}
        if sum(data.get(name) is not None for name in ("monthly", "months", "lump_sum")) != 1:
            self.add_error(None, _("Give one of them: an amount a month, a number of months, or one sum."))
        return data

    def wish(self, currency: str) -> Wish:
        """Return the proposal in minor units."""
        data = self.cleaned_data
        return Wish(
            monthly_minor=_minor(data["monthly"], currency) if data["monthly"] is not None else None,
            months=data["months"],
            lump_sum_minor=_minor(data["lump_sum"], currency) if data["lump_sum"] is not None else None,
            first_date=data["first_date"],
        )


class OralForm(DeskForm):
    """The recording that proves an agreement made by phone."""

    recording_ref = forms.CharField(label=lazy("Number of the recording"), max_length=80)
    was_read_out = forms.BooleanField(
        label=lazy(
            "Amounts, dates, interest and what happens if missed were read out, and the person said yes"
        )
    )


def _minor(amount: Decimal | None, currency: str) -> int:
    return Money.of(amount, currency).minor if amount else 0
