"""The forms of handing a case over, escalating it and agreeing on a call back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.web.ui.forms import MinuteInput
from fairdue.web.workbench.action_forms import ActionForm, Choices, reason_field

NOBODY = 0


class HandOverForm(ActionForm):
    """To whom the case goes and why."""

    code = "hand_over_case"
    to_staff_id = forms.TypedChoiceField(label=lazy("To"), coerce=int)
    reason = reason_field(lazy("Why is it handed over?"))

    def offered(self) -> dict[str, Choices]:
        """Offer the colleagues of the team who work cases, and the queue."""
        return {"to_staff_id": [(NOBODY, _("Back to the queue")), *self.view.colleagues]}


class EscalateForm(ActionForm):
    """Why a supervisor should look at it."""

    code = "escalate"
    reason = reason_field(lazy("What should the supervisor decide?"))


class CallbackForm(ActionForm):
    """When the person wants to be called back, by their own clock."""

    code = "callback"
    at = forms.DateTimeField(
        label=lazy("When, by the debtor's clock"),
        widget=MinuteInput(),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    reason = reason_field(lazy("What was agreed"), required=False)

    def clean_at(self) -> datetime:
        """Read the moment in the debtor's zone."""
        said: Any = self.cleaned_data["at"]
        return said.replace(tzinfo=ZoneInfo(self.view.person.home_zone))  # type: ignore[no-any-return]
