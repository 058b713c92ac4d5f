"""The questions of “I cannot pay now”: one form each; nothing is ticked or filled in beforehand."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from fairdue.engine.negotiation.case import REASONS
from fairdue.engine.negotiation.household import INCOME_KINDS, LARGEST_MINOR, OUTGOING_KINDS
from fairdue.engine.negotiation.words import offer_words
from fairdue.kernel.money import minor_digits
from fairdue.web.portal.plan_answers import Answers
from fairdue.web.ui.forms import DateInput, DeskForm

RHYTHMS = ("month", "week", "fortnight", "quarter", "year")
LATEST_FIRST_DAYS = 45


class AmountField(forms.CharField):
    """An amount as people write it (1200, 1,200.50, ￥1 200, full-width digits), read as minor units."""

    def __init__(self, *, currency: str = "CNY", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.currency = currency

    def prepare_value(self, value: Any) -> Any:
        """Write minor units as an amount."""
        if isinstance(value, int):
            return f"{Decimal(value).scaleb(-minor_digits(self.currency)):f}"
        return value

    def clean(self, value: Any) -> Any:
        """Return minor units, or None where nothing was written.

        :raises ValidationError: for what is no amount, negative, finer than the currency, or larger than anybody has
        """
        text = unicodedata.normalize("NFKC", super().clean(value) or "")
        bare = "".join(sign for sign in text if sign not in " ,¥￥元$€£'\u00a0\u202f")
        if not bare:
            return None
        try:
            scaled = Decimal(bare).scaleb(minor_digits(self.currency))
        except InvalidOperation as error:
            raise forms.ValidationError(_("Write an amount, such as 1200 or 1200.50.")) from error
        if not scaled.is_finite() or scaled < 0:
            raise forms.ValidationError(_("An amount cannot be less than nothing."))
        if scaled > LARGEST_MINOR:
            raise forms.ValidationError(_("This amount is too large to be meant."))
        if scaled != scaled.to_integral_value():
            raise forms.ValidationError(_("This amount has more decimals than the currency."))
        return int(scaled)


class QuestionForm(DeskForm):
    """A form that knows the answers so far; `value` is what is kept."""

    def __init__(self, answers: Answers, as_of: date, data: Any = None) -> None:
        self.answers, self.as_of = answers, as_of
        self.currency = answers.group.currency if answers.group else "CNY"
        super().__init__(data, initial=self.initial_of(answers.said))
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = self.currency

    step = ""

    def initial_of(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was answered before, for the form."""
        return {"answer": said[self.step]} if self.step in said else {}

    @property
    def value(self) -> Any:
        """What is kept of the answer."""
        return self.cleaned_data["answer"]


def _radio(label: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of them.")},
    )


class LenderForm(QuestionForm):
    """About which lender's debts."""

    step = "lender"
    answer = _radio(gettext_lazy("Which debts is it about?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_zh = (get_language() or "").startswith("zh")
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            (
                group.key,
                f"{(group.creditor.name_zh if is_zh else group.creditor.name_en) if group.creditor else group.key} · {group.owed}",
            )
            for group in self.answers.groups
        ]


class ReasonForm(QuestionForm):
    """Why it is difficult."""

    step = "reason"
    answer = _radio(gettext_lazy("What happened?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        words = offer_words()["reasons"]
        self.fields["answer"].choices = [(code, words[code][language]) for code in REASONS]  # type: ignore[attr-defined]


class CareForm(QuestionForm):
    """Whether there is something to take care of."""

    step = "care"
    answer = _radio(
        gettext_lazy("Is there something that we should take into account?"),
        [
            (
                "yes",
                gettext_lazy(
                    "Yes, for example an illness, a disability, a bereavement, or care for somebody"
                ),
            ),
            ("no", gettext_lazy("No")),
            ("unsaid", gettext_lazy("I would rather not say")),
        ],
    )


class BudgetForm(QuestionForm):
    """Whether the questions about the budget are answered."""

    step = "budget"
    answer = _radio(
        gettext_lazy("May we ask what comes in and goes out each month?"),
        [
            ("yes", gettext_lazy("Yes. Plans then fit what you can spare, and may run longer")),
            ("no", gettext_lazy("No. Only short plans can be shown then")),
        ],
    )


class PeopleForm(QuestionForm):
    """Who lives from this money."""

    step = "people"
    adults = forms.IntegerField(label=gettext_lazy("Adults, you included"), min_value=1, max_value=20)
    children = forms.IntegerField(label=gettext_lazy("Children under 18"), min_value=0, max_value=20)

    def initial_of(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the numbers given before."""
        return dict(said.get("people", {}))

    @property
    def value(self) -> Any:
        """Both numbers."""
        return {"adults": self.cleaned_data["adults"], "children": self.cleaned_data["children"]}


class LinesForm(QuestionForm):
    """Amounts by kind, each with how often; what is left empty is nothing."""

    kinds: tuple[str, ...] = ()
    needs_one = False

    def __init__(self, answers: Answers, as_of: date, data: Any = None) -> None:
        super().__init__(answers, as_of, data)
        for kind in self.kinds:
            self.fields[kind] = AmountField(label=line_word(kind), required=False, currency=self.currency)
            self.fields[f"{kind}_every"] = forms.ChoiceField(
                label=_("How often"), choices=[(one, rhythm_word(one)) for one in RHYTHMS], required=False
            )

    def initial_of(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the lines given before."""
        found: dict[str, Any] = {}
        for kind, (amount, every) in said.get(self.step, {}).items():
            found |= {kind: amount, f"{kind}_every": every}
        return found

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Amount and rhythm of each line, as they are shown."""
        return [(self[kind], self[f"{kind}_every"]) for kind in self.kinds]

    @property
    def value(self) -> Any:
        """The lines that say something."""
        return {
            kind: (self.cleaned_data[kind], self.cleaned_data[f"{kind}_every"] or "month")
            for kind in self.kinds
            if self.cleaned_data.get(kind)
        }


class IncomeForm(LinesForm):
    """What comes in."""

    step, kinds = "income", INCOME_KINDS


class OutgoingsForm(LinesForm):
    """What goes out."""

    step, kinds = "outgoings", OUTGOING_KINDS


class NowForm(QuestionForm):
    """What could be paid at once."""

    step = "now"
    answer = AmountField(
        label=gettext_lazy("What could you pay within the next two weeks, all at once?"), required=False
    )

    @property
    def value(self) -> Any:
        """The amount; nothing written is nothing."""
        return self.cleaned_data["answer"] or 0


class WishForm(QuestionForm):
    """What would suit: an amount a month, a first day."""

    step = "wish"
    monthly = AmountField(label=gettext_lazy("What would you like to pay each month?"), required=False)
    first_date = forms.DateField(
        label=gettext_lazy("When could you pay for the first time?"), required=False, widget=DateInput()
    )

    def initial_of(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the wishes given before."""
        return dict(said.get("wish") or {})

    def clean_first_date(self) -> date | None:
        """Return a day that lies ahead and not too far.

        :raises ValidationError: for any other
        """
        day = self.cleaned_data["first_date"]
        if day is not None and day <= self.as_of:
            raise forms.ValidationError(_("The first day must lie after today."))
        if day is not None and day > self.as_of + timedelta(days=LATEST_FIRST_DAYS):
            raise forms.ValidationError(
                _("The first day may be at most %(days)s days from today.") % {"days": LATEST_FIRST_DAYS}
            )
        return day

    @property
    def value(self) -> Any:
        """The wishes."""
        day = self.cleaned_data["first_date"]
        return {"monthly": self.cleaned_data["monthly"], "first_date": day.isoformat() if day else None}


class CounterForm(DeskForm):
    """A borrower's own proposal: one of three amounts, and when to begin."""

    monthly = AmountField(label=gettext_lazy("An amount each month"), required=False)
    months = forms.IntegerField(
        label=gettext_lazy("Or a number of months"), required=False, min_value=-999, max_value=9999
    )
    lump_sum = AmountField(label=gettext_lazy("Or one sum for everything"), required=False)
    first_date = forms.DateField(
        label=gettext_lazy("First day of payment"), required=False, widget=DateInput()
    )

    def __init__(self, currency: str, data: Any = None) -> None:
        super().__init__(data)
        for name in ("monthly", "lump_sum"):
            self.fields[name].currency = currency  # type: ignore[attr-defined]


class CodeForm(DeskForm):
    """The code that agrees to one plan."""

    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("The code from the message"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-field"}
        ),
    )


QUESTIONS: dict[str, type[QuestionForm]] = {
    form.step: form
    for form in (
        LenderForm, ReasonForm, CareForm, BudgetForm, PeopleForm, IncomeForm, OutgoingsForm, NowForm, WishForm,
    )
}  # fmt: skip


def line_word(kind: str) -> str:
    """Return what a line of income or outgoings is called."""
    words = {
        "wages": _("Wages and salaries"), "benefits": _("Benefits and allowances"), "pension": _("Pension"),
        "family_support": _("Support from family"), "other_income": _("Other income"),
        "housing": _("Rent or mortgage"), "utilities": _("Water, electricity, heating, telephone"),
        "food": _("Food and household"), "transport": _("Transport"), "health": _("Doctor and medicine"),
        "education": _("School and studies"), "dependants": _("Support for others"), "insurance": _("Insurance"),
        "other_debts": _("Payments on other debts"), "other_outgoing": _("Other outgoings"),
    }  # fmt: skip
    return words[kind]


def rhythm_word(every: str) -> str:
    """Return how often an amount comes or goes."""
    words = {
        "month": _("each month"), "week": _("each week"), "fortnight": _("every two weeks"),
        "quarter": _("each quarter"), "year": _("each year"),
    }  # fmt: skip
    return words[every]
