"""The form of an event, made from the ledger's own description of its kind."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as word

from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.ledger.event_kinds import DetailField, EventKind
from fairdue.engine.ledger.plan_rows import equal_rows
from fairdue.kernel.money import Money, minor_digits
from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.ui.templatetags.ui import day, in_language
from fairdue.web.workbench.action_forms import reason_field
from fairdue.web.workbench.due_words import due_word
from fairdue.web.workbench.money_words import component_word, kind_word

CHOICES = {"months": word("Months"), "weeks": word("Weeks"), "days": word("Days")}
AT_FIRST = {"unit": "months", "every": 1}
"""What a field holds at first."""
DISCOUNT = "discount_"
LONGEST_PLAN = 60


class EventForm(DeskForm):
    """One event of one account: when it counts from, its amount, what its kind asks for, and why."""

    effective_date = forms.DateField(
        label=lazy("Counts from"), widget=DateInput(), help_text=lazy("May lie in the past: what follows is worked out anew.")
    )  # fmt: skip
    token = forms.CharField(widget=forms.HiddenInput, max_length=36, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self,
        kind: EventKind,
        summary: ledger.AccountSummary,
        dues: Sequence[ledger.DueCard],
        rows: Sequence[ledger.TransactionCard],
        today: date,
        data: Any = None,
    ) -> None:
        initial = {"effective_date": today, "token": str(uuid.uuid4()), **AT_FIRST}
        super().__init__(data, auto_id="event-%s", initial=initial)
        self.kind, self.summary, self.dues, self.rows, self.today = kind, summary, dues, rows, today
        if kind.amount != "none":
            self.fields["amount"] = self._amount(kind.amount == "needed")
        for described in kind.fields:
            self.fields |= self._made(described)
        self.fields["reason"] = reason_field(lazy("Why? (kept in the log)"))

    def _amount(self, is_required: bool, label: str = "") -> forms.DecimalField:
        return forms.DecimalField(
            label=label or _("Amount (%(currency)s)") % {"currency": self.summary.currency}, required=is_required,
            max_digits=16, decimal_places=minor_digits(self.summary.currency), min_value=Decimal(0) if label else Decimal("0.01"),
            help_text="" if is_required or label else _("Empty: all that is unpaid of it."),
        )  # fmt: skip

    def _made(self, described: DetailField) -> dict[str, forms.Field]:
        """Return the fields of the form for one field of the description."""
        label = in_language(described, "")
        required = described.is_required
        match described.type:
            case "date":
                return {described.name: forms.DateField(label=label, required=required, widget=DateInput())}
            case "count":
                field = forms.IntegerField(label=label, required=required, min_value=0, max_value=1200)
                return {described.name: field}
            case "flag":
                return {described.name: forms.BooleanField(label=label, required=False)}
            case "choice":
                choices = [(code, _(CHOICES.get(code, code))) for code in described.choices]
                return {described.name: forms.ChoiceField(label=label, choices=choices)}
            case "rows":
                return self._plan_fields()
            case "amounts":
                return self._discount_fields()
            case "document":
                return {}
        options = self._options(described)
        if options is None:
            return {described.name: forms.CharField(label=label, required=required, max_length=200)}
        return {described.name: forms.ChoiceField(label=label, required=required, choices=options)}

    def _options(self, described: DetailField) -> list[tuple[str, str]] | None:
        """Return what can be chosen for a field that names something of the account, or None for free text."""
        if described.name == "component":
            found = [
                (code, f"{component_word(code)} · {amount.amount:,}")
                for code, amount in self.summary.by_component.items()
            ]
        elif described.name == "due_ref":
            refs = {row.due_ref: row.due_date for row in self.dues if row.unpaid.minor}
            found = [(ref, f"{due_word(ref)} · {day(due)}") for ref, due in refs.items()]
        elif described.type == "transaction":
            found = [(str(row.transaction_id), _row_label(row)) for row in self.rows if self._may_name(row)]
        else:
            return None
        return [("", _("None")) if not described.is_required else ("", _("Choose")), *found]

    def _may_name(self, row: ledger.TransactionCard) -> bool:
        wanted = "payment" if self.kind.code == "chargeback" else "charge"
        return row.kind == wanted and not row.reversed_by_id

    def _plan_fields(self) -> dict[str, forms.Field]:
        return {
            "instalments": forms.IntegerField(label=_("Instalments"), min_value=1, max_value=LONGEST_PLAN),
            "first_due_date": forms.DateField(label=_("First due date"), widget=DateInput()),
            "every_months": forms.IntegerField(label=_("Months between two instalments"), min_value=1, max_value=12, initial=1),
        }  # fmt: skip

    def _discount_fields(self) -> dict[str, forms.Field]:
        return {
            f"{DISCOUNT}{code}": self._amount(False, _("Discount of %(component)s") % {"component": component_word(code)})
            for code in self.summary.by_component
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read amounts in the account's currency; let a claim name a charge or a component, not both or neither."""
        data = super().clean() or {}
        names = {described.name for described in self.kind.fields}
        if {"of", "component"} <= names and bool(data.get("of")) == bool(data.get("component")):
            self.add_error("component", _("Name either a component or one charge."))
        for name, value in list(data.items()):
            if name.startswith(DISCOUNT) and value and self._minor(value) > self._owed(name).minor:
                self.add_error(name, _("This is more than is owed of it."))
        return data

    def _owed(self, name: str) -> Money:
        return self.summary.by_component[name.removeprefix(DISCOUNT)]

    def _minor(self, value: Decimal) -> int:
        return Money.of(value, self.summary.currency).minor

    @property
    def money(self) -> Money | None:
        """The amount, or None if the kind has none or it was left empty."""
        value = self.cleaned_data.get("amount")
        return Money.of(value, self.summary.currency) if value else None

    @property
    def details(self) -> dict[str, Any]:
        """The details as the ledger stores them: days as text, amounts in minor units, nothing that was left empty."""
        found: dict[str, Any] = {"reason": self.cleaned_data["reason"][:200]}
        for described in self.kind.fields:
            value = self._detail(described)
            if value not in (None, "", {}, []):
                found[described.name] = value
        return found

    def _detail(self, described: DetailField) -> Any:
        said = self.cleaned_data
        if described.type == "rows":
            left = {
                code: amount.minor - self._minor(said.get(f"{DISCOUNT}{code}") or Decimal(0))
                for code, amount in self.summary.by_component.items()
            }
            return equal_rows(
                left, instalments=said["instalments"], first_due_date=said["first_due_date"], every_months=said["every_months"]
            )  # fmt: skip
        if described.type == "amounts":
            given = {code: said.get(f"{DISCOUNT}{code}") for code in self.summary.by_component}
            return {code: self._minor(value) for code, value in given.items() if value}
        value = said.get(described.name)
        if described.type == "date":
            return value.isoformat() if value else None
        if described.type == "transaction":
            return int(value) if value else None
        return value

    @property
    def needs_approval(self) -> bool:
        """Tell whether a second person decides: always for some kinds, for a plan where it gives something up."""
        return self.kind.needs_approval or (
            self.is_bound and self.is_valid() and bool(self.details.get("discount"))
        )

    @property
    def digest(self) -> str:
        """What a preview was made of: another digest means that something was changed after looking."""
        facts = [self.kind.code, str(self.cleaned_data["effective_date"]), str(self.money)]
        details = {name: value for name, value in self.details.items() if name != "reason"}
        return hashlib.sha256(json.dumps([*facts, details], sort_keys=True).encode()).hexdigest()

    @property
    def is_seen(self) -> bool:
        """Tell whether just this was previewed."""
        return self.cleaned_data.get("seen") == self.digest

    @property
    def external_ref(self) -> str:
        """The event's reference: the same sent form is the same event."""
        return f"hand:{self.cleaned_data.get('token') or uuid.uuid4()}"


def _row_label(row: ledger.TransactionCard) -> str:
    name = kind_word(row.kind) + (f" · {component_word(row.component)}" if row.component else "")
    return f"{name} · {row.amount.amount:,} · {day(row.effective_date)}"
