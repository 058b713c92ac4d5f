"""The forms of the actions on a case; what they offer follows from the case as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.care import facade as care
from fairdue.contexts.law.facade import HOLD_KINDS
from fairdue.journeys.record_origin import LONGEST_WINDOW, ROUTES
from fairdue.journeys.record_statement import SOURCES, STATEMENTS
from fairdue.journeys.stop_contacts import CHANNELS
from fairdue.journeys.view_case import CaseBasics, CaseView
from fairdue.journeys.write_message import WRITTEN
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench import words
from fairdue.web.workbench.words import say

REASON_LIMIT = 400
TOLD = ("dispute", "complaint", "hardship", "vulnerability")
"""Matters that the desk takes in with words alone."""

Choices = Sequence[tuple[Any, Any]]


def debts(view: CaseView | CaseBasics) -> list[tuple[int, str]]:
    """Return the debts of a case as choices."""
    accounts = [entry.account for entry in view.accounts]
    return [(card.account_id, f"{in_language(card, 'product_name')} {card.ref_masked}") for card in accounts]


class ActionForm(DeskForm):
    """A form of the actions panel: its ids begin with the action, so that several stand on one page."""

    code = ""

    def __init__(self, view: CaseView | CaseBasics, now: datetime, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{self.code}-%s", **kwargs)
        self.view, self.now = view, now
        for name, choices in self.offered().items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def offered(self) -> dict[str, Choices]:
        """Return the choices of each field that has some."""
        return {}


def reason_field(label: Any, *, required: bool = True) -> forms.CharField:
    """Return the field that asks why; the answer is kept in the audit log."""
    return forms.CharField(
        label=label, max_length=REASON_LIMIT, required=required, widget=forms.Textarea(attrs={"rows": 2})
    )


class PaymentForm(ActionForm):
    """A payment that arrived outside of the lender's files and the bank's; somebody else approves it."""

    code = "payment"
    account_id = forms.TypedChoiceField(label=lazy("Debt"), coerce=int)
    amount = forms.DecimalField(
        label=lazy("Amount"), max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    effective_date = forms.DateField(label=lazy("Received on"), widget=DateInput())
    external_ref = forms.CharField(
        label=lazy("Payment reference"), max_length=80, help_text=lazy("Of the bank or the receipt; a repeated one is recognised.")
    )  # fmt: skip
    payer_name = forms.CharField(
        label=lazy("Payer, if somebody else paid"), max_length=80, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reason = reason_field(lazy("How did the money arrive? (kept in the log)"))

    def __init__(self, view: CaseView | CaseBasics, now: datetime, data: Any = None) -> None:
        super().__init__(view, now, data, initial={"effective_date": business_date(now)})

    def offered(self) -> dict[str, Choices]:
        """Offer the debts in scope."""
        return {"account_id": debts(self.view)}

    def clean(self) -> dict[str, Any]:
        """Read the amount in the currency of the debt; what the currency cannot express is refused."""
        data = super().clean() or {}
        if "account_id" in data and "amount" in data:
            currency = {e.account.account_id: e.account.currency for e in self.view.accounts}
            data["money"] = Money.of(data["amount"], currency[data["account_id"]])
            if data["money"].amount != data["amount"]:
                self.add_error("amount", _("This currency has fewer decimals."))
        return data


class HoldForm(ActionForm):
    """A stop of contacts."""

    code = "hold"
    kind = forms.ChoiceField(label=lazy("Kind"))
    account_id = forms.TypedChoiceField(label=lazy("Debt"), coerce=int, empty_value=None, required=False)
    reason = reason_field(lazy("Why do contacts stop?"))

    def offered(self) -> dict[str, Choices]:
        """Offer the kinds of hold that the law's context knows, and one debt or all."""
        return {
            "kind": [
                ("", _("Choose the kind")),
                *((kind, say(words.HOLD_KINDS, kind)) for kind in HOLD_KINDS),
            ],
            "account_id": [("", _("All debts together")), *debts(self.view)],
        }


class LiftForm(ActionForm):
    """The end of a hold."""

    code = "lift"
    hold_id = forms.TypedChoiceField(label=lazy("Hold"), coerce=int)
    reason = reason_field(lazy("Why does the hold end?"))

    def offered(self) -> dict[str, Choices]:
        """Offer the open holds."""
        labels = [(hold.hold_id, say(words.HOLD_KINDS, hold.kind), hold.reason) for hold in self.view.holds]
        return {"hold_id": [(hold_id, f"{kind} · {reason}"[:90]) for hold_id, kind, reason in labels]}


class StatementForm(ActionForm):
    """What the debtor says about being contacted."""

    code = "statement"
    kind = forms.ChoiceField(label=lazy("The debtor says"))
    about = forms.ChoiceField(label=lazy("About"), required=False)
    hours_from = forms.TimeField(
        label=lazy("From (if hours were named)"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    hours_to = forms.TimeField(
        label=lazy("To"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    source = forms.ChoiceField(label=lazy("Said in"))

    def offered(self) -> dict[str, Choices]:
        """Offer every channel and every contact point of the person."""
        points = [(f"point:{p.contact_point_id}", p.value_masked) for p in self.view.contact_points]
        channels = [(f"channel:{code}", say(words.CHANNELS, code)) for code in CHANNELS]
        about: list[tuple[Any, Any]] = [("", _("Every contact")), (_("One channel"), channels)]
        return {
            "kind": [(code, say(words.STATEMENT_WORDS, code)) for code in STATEMENTS],
            "about": about + [(_("One contact point"), points)] * bool(points),
            "source": [(code, say(words.SOURCE_WORDS, code)) for code in SOURCES],
        }

    @property
    def hours(self) -> tuple[str, str] | None:
        """The hours that were named, if both ends were."""
        start, end = self.cleaned_data["hours_from"], self.cleaned_data["hours_to"]
        return (f"{start:%H:%M}", f"{end:%H:%M}") if start and end else None

    @property
    def named(self) -> dict[str, Any]:
        """The channel or the contact point that the statement names, as the journey takes it."""
        part, _colon, value = self.cleaned_data["about"].partition(":")
        if part == "point":
            return {"contact_point_id": int(value)}
        return {"channel": value}


class OriginForm(ActionForm):
    """How a number or an address was obtained, where a law asks for it."""

    code = "origin"
    contact_point_id = forms.TypedChoiceField(label=lazy("Number or address"), coerce=int)
    route = forms.ChoiceField(label=lazy("How it was obtained"))
    obtained_date = forms.DateField(label=lazy("Obtained on"), widget=DateInput())
    opt_out_days = forms.IntegerField(
        label=lazy("Of a notice: days to opt out"), required=False, min_value=0, max_value=LONGEST_WINDOW
    )
    opt_out_until = forms.DateField(
        label=lazy("Of a notice: to opt out until"), required=False, widget=DateInput()
    )
    is_opt_out_simple = forms.BooleanField(label=lazy("Of a notice: opting out was simple"), required=False)
    is_domain_public = forms.BooleanField(
        label=lazy("The address is at a public provider, not at an employer"), required=False
    )

    def __init__(self, view: CaseView | CaseBasics, now: datetime, data: Any = None) -> None:
        super().__init__(view, now, data, initial={"obtained_date": business_date(now)})

    def offered(self) -> dict[str, Choices]:
        """Offer every contact point of the person and the ways that the law knows."""
        return {
            "contact_point_id": [(p.contact_point_id, p.value_masked) for p in self.view.contact_points],
            "route": [(code, say(words.ORIGIN_WORDS, code)) for code in ROUTES],
        }


class MatterForm(ActionForm):
    """What the debtor tells or asks for, in one step: a dispute, a complaint, hardship, a vulnerability."""

    code = "matter"
    kind = forms.ChoiceField(label=lazy("What it is"))
    account_id = forms.TypedChoiceField(label=lazy("About"), coerce=int, empty_value=None, required=False)
    words = forms.CharField(
        label=lazy("In the debtor's own words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def offered(self) -> dict[str, Choices]:
        """Offer what needs no more than words, and one debt or all."""
        terms = care.kind_terms()
        return {
            "kind": [
                ("", _("Choose what it is")),
                *((kind, in_language(terms[kind].title, "label")) for kind in TOLD if kind in terms),
            ],
            "account_id": [("", _("All debts together")), *debts(self.view)],
        }


class LinkForm(ActionForm):
    """A link for the borrower: nothing to fill in."""

    code = "link"


class PayLinkForm(ActionForm):
    """The way on which the link to pay goes."""

    code = "pay_link"
    channel = forms.ChoiceField(label=lazy("How it is sent"))

    def offered(self) -> dict[str, Choices]:
        """Offer the ways on which an approved text may go."""
        return {"channel": [(code, say(words.CHANNELS, code)) for code in WRITTEN]}


class CloseForm(ActionForm):
    """The end of a case; a reason is needed when something is still due."""

    code = "close"
    reason = reason_field(lazy("Why is it closed?"), required=False)
