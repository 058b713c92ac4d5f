"""The composer: outcome first, then the note, the promise where the outcome asks for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.cases.contracts import OutcomeCode
from fairdue.kernel.money import Money
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.templatetags.ui import in_language

NOTE_LIMIT = 4000


class OutcomeForm(DeskForm):
    """What came of a contact. `outcome` is `<channel>:<code>`; the choices follow from the call or visit that was `begun`."""

    outcome = forms.ChoiceField(label=lazy("Outcome"))
    contact_point_id = forms.TypedChoiceField(
        label=lazy("Which number"), coerce=int, empty_value=None, required=False
    )
    amount = forms.DecimalField(
        label=lazy("Amount"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"), required=False
    )
    promised_date = forms.DateField(label=lazy("To be paid by"), widget=DateInput(), required=False)
    account_id = forms.TypedChoiceField(label=lazy("Debt"), coerce=int, empty_value=None, required=False)
    note = forms.CharField(
        label=lazy("Note"), max_length=NOTE_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    contact_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    work_item_id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        codes: Sequence[OutcomeCode],
        begun: str,
        debts: Sequence[tuple[int, str]],
        numbers: Sequence[tuple[int, str]],
        currencies: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currencies = currencies
        self.by_key = {f"{channel}:{code.code}": code for channel, code in _offered(codes, begun)}
        fields: dict[str, Any] = self.fields
        fields["outcome"].choices = self._choices()
        fields["account_id"].choices = [("", _("All debts together")), *debts] if len(debts) != 1 else debts
        fields["contact_point_id"].choices = [("", _("Unknown")), *numbers]

    def _choices(self) -> list[Any]:
        groups: dict[str, list[tuple[str, str]]] = {}
        names = {
            "call": _("This call"),
            "visit": _("This visit"),
            "inbound": _("The debtor called"),
            "note": _("Without a contact"),
        }
        for key, code in self.by_key.items():
            groups.setdefault(names[key.split(":")[0]], []).append((key, in_language(code, "label")))
        return [("", _("Choose the outcome")), *groups.items()]

    @property
    def promise_keys(self) -> str:
        """The outcomes that ask for a promise, as the composer's script reads them."""
        return ",".join(key for key, code in self.by_key.items() if code.asks_promise)

    @property
    def first_promise_key(self) -> str:
        """The outcome that the key `p` chooses."""
        return self.promise_keys.split(",")[0]

    @property
    def number_keys(self) -> str:
        """The outcomes of an inbound call for which it matters which number was meant."""
        return ",".join(
            key for key, code in self.by_key.items()
            if key.startswith("inbound:") and (code.opts_out == "point" or code.marks_invalid)
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for amount and date where the outcome is a promise, and for words where it is a bare note."""
        data = super().clean() or {}
        code = self.by_key.get(data.get("outcome", ""))
        if code is None:
            return data
        if code.asks_promise:
            for name in ("amount", "promised_date"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("A promise names an amount and a date."))
            if data.get("amount") is not None:
                self._read_amount(data)
        if code.code == "note" and not data.get("note", "").strip():
            self.add_error("note", _("The note is empty."))
        return data

    def _read_amount(self, data: dict[str, Any]) -> None:
        """Read the amount in the currency of the debt; over debts in several currencies one must be chosen."""
        chosen = data.get("account_id")
        found = (
            {self.currencies[chosen]}
            if isinstance(chosen, int) and chosen in self.currencies
            else set(self.currencies.values())
        )
        if len(found) > 1:
            self.add_error("account_id", _("The debts are kept in several currencies: choose one debt."))
            return
        data["money"] = Money.of(data["amount"], found.pop() if found else "CNY")
        if data["money"].amount != data["amount"]:
            self.add_error("amount", _("This currency has fewer decimals."))


def _offered(codes: Sequence[OutcomeCode], begun: str) -> list[tuple[str, OutcomeCode]]:
    """Return the codes of the contact that was begun; without one those of notes and of the debtor's own calls."""
    channels = (begun,) if begun else ("note", "inbound")
    hidden = {"payment_taken"}
    return [
        (channel, code)
        for channel in channels
        for code in codes
        if channel in code.channels and code.code not in hidden
    ]
