"""Forms of deadlines: what was done, more time, a request that came in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.law import facade as law
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.web.ui.forms import DateInput, DeskForm, MinuteInput
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.action_forms import ActionForm, Choices, debts, reason_field

MINUTE = "%Y-%m-%dT%H:%M"


class MomentField(forms.CharField):
    """A minute on the house clock."""

    widget = MinuteInput()

    def clean(self, value: Any) -> datetime | None:
        """Read the minute; an empty one is none."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text[:16]).replace(tzinfo=HOUSE_ZONE)
        except ValueError as error:
            raise forms.ValidationError(_("Write a date and a time, such as 2026-11-18 21:30.")) from error


class IntakeForm(ActionForm):
    """What the borrower asks for or complains of; its clock runs from the moment at which it came in."""

    code = "intake"
    kind = forms.ChoiceField(label=lazy("What came in"))
    account_id = forms.TypedChoiceField(label=lazy("Debt"), coerce=int, empty_value=None, required=False)
    channel = forms.ChoiceField(label=lazy("Came by"))
    received_at = MomentField(
        label=lazy("Received at, on our clock"),
        help_text=lazy("When it reached the house or any agency, not when it is written down here."),
    )
    complexity = forms.ChoiceField(
        label=lazy("Of a complaint: how the matter lies"), required=False,
        help_text=lazy("Complex ones have longer; the log keeps who said so."),
    )  # fmt: skip
    summary = reason_field(lazy("What is asked for, in a sentence"))
    is_held = forms.BooleanField(label=lazy("Stop contacts until it is answered"), required=False)

    def __init__(self, view: Any, now: datetime, data: Any = None) -> None:
        initial = {"received_at": now.astimezone(HOUSE_ZONE).strftime(MINUTE)}
        super().__init__(view, now, data, initial=initial)
        if not self.fields["complexity"].choices:  # type: ignore[attr-defined]
            del self.fields["complexity"]

    def offered(self) -> dict[str, Choices]:
        """Offer the kinds that start a clock for these debts."""
        every = law.request_kinds(tuple(entry.account for entry in self.view.accounts))
        kinds = tuple(kind for kind in every if kind.code not in ("callback", "contact_limits"))
        values = [value for kind in kinds for _name, _zh, _en, found in kind.facts for value in found]
        return {
            "kind": [
                ("", _("Choose the kind")),
                *((kind.code, in_language(kind, "title")) for kind in kinds),
            ],
            "account_id": [("", _("All debts together")), *debts(self.view)],
            "channel": [(each.code, in_language(each, "")) for each in law.request_channels()],
            "complexity": [(value.code, in_language(value, "")) for value in values],
        }

    @property
    def asked(self) -> dict[str, Any]:
        """What was said, as the journey takes it; facts only of the kinds that have them."""
        said = dict(self.cleaned_data)
        complexity = said.pop("complexity", "")
        is_complaint = said["kind"] == "complaint" and complexity
        return said | {"facts": {"complexity": complexity} if is_complaint else {}}


class MeetForm(DeskForm):
    """That what a deadline asks for was done."""

    note = forms.CharField(
        label=lazy("How was it done?"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Letter, number, day: what proves it later."),
    )  # fmt: skip
    occurred_at = MomentField(
        label=lazy("Done at, on our clock"), required=False, help_text=lazy("Empty: now.")
    )


class ExtensionForm(DeskForm):
    """More time, as the rule allows it."""

    until = forms.DateField(label=lazy("Until"), widget=DateInput())
    reason = forms.CharField(
        label=lazy("Why is more time needed?"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    reference = forms.CharField(label=lazy("Approval: minute, number, day"), max_length=200, required=False)
    notice = forms.CharField(label=lazy("When and how the person was told"), max_length=200, required=False)

    def __init__(self, offer: law.ExtensionOffer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = offer.max_date
        for name in ("reference", "notice"):
            if name in offer.needs:
                self.fields[name].required = True
            else:
                del self.fields[name]
