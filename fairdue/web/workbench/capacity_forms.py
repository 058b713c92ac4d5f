"""Forms on capacity: how much there is, what a collector takes, when one is away."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.web.ui.forms import DateInput, DeskForm
from fairdue.web.workbench.capacity_words import KINDS, WEEK
from fairdue.web.workbench.words import say

HOURS = re.compile(r"([0-9]{1,2})(?:\s*[-–]\s*([0-9]{1,2}))?")


def read_hours(text: str) -> tuple[int, int] | None:
    """Read `9-18` as the hours from 9 until 18, `10` as that hour; None for anything else."""
    found = HOURS.fullmatch(text.strip())
    if not found:
        return None
    first = int(found[1])
    end = int(found[2]) if found[2] else first + 1
    return (first, end) if 0 <= first < end <= 24 else None


class CapacityForm(DeskForm):
    """How much there is of something from a day on."""

    kind = forms.ChoiceField(label=lazy("What is counted"))
    name = forms.CharField(
        label=lazy("Queue, channel or agency"), max_length=40, required=False,
        help_text=lazy("Of calls the queue, such as m1 (empty: all together); of messages sms, email or inapp; of placements the agency."),
    )  # fmt: skip
    creditor = forms.ChoiceField(label=lazy("Creditor"), required=False)
    amount = forms.IntegerField(
        label=lazy("How many a day"), min_value=0, required=False,
        help_text=lazy("With hours below: how many in each hour. 0 is none at all."),
    )  # fmt: skip
    is_unlimited = forms.BooleanField(label=lazy("Without limit from then on"), required=False)
    hours = forms.CharField(
        label=lazy("Hours, for calls"), max_length=10, required=False,
        help_text=lazy("Empty: the day as a whole. 9-18: each hour from 9 until 18; hours of the queue that are not named are closed."),
    )  # fmt: skip
    week = forms.ChoiceField(label=lazy("Days of the week"))
    valid_from = forms.DateField(label=lazy("From"), widget=DateInput())
    valid_until = forms.DateField(label=lazy("Last day"), widget=DateInput(), required=False)
    note = forms.CharField(label=lazy("Remark"), max_length=200, required=False)

    def __init__(self, *args: Any, creditors: dict[int, str], may_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, say(KINDS, code)) for code in KINDS]  # type: ignore[attr-defined]
        self.fields["week"].choices = [(code, say(WEEK, code)) for code in WEEK]  # type: ignore[attr-defined]
        every = [("", _("all creditors"))] if may_all else []
        named = [(str(number), name) for number, name in creditors.items()]
        self.fields["creditor"].choices = every + named  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for an amount or its absence, and for hours that can be read."""
        said = super().clean() or {}
        if said.get("amount") is None and not said.get("is_unlimited"):
            self.add_error("amount", _("Say how many, or that there is no limit."))
        if said.get("hours") and read_hours(said["hours"]) is None:
            self.add_error("hours", _("Write hours as 9-18."))
        return said


class CollectorForm(DeskForm):
    """What one collector can take."""

    staff = forms.ChoiceField(label=lazy("Collector"))
    queues = forms.CharField(
        label=lazy("Queues"), max_length=400, required=False,
        help_text=lazy("Queues that the collector is trained for, separated by commas, such as m1, m2. Empty: the night gives no case."),
    )  # fmt: skip
    languages = forms.CharField(
        label=lazy("Languages"), max_length=100, required=False, help_text=lazy("Such as zh, en. Empty: any.")
    )
    max_cases = forms.IntegerField(label=lazy("Cases at most"), min_value=0, required=False)
    max_hard_cases = forms.IntegerField(label=lazy("Hard cases at most"), min_value=0, required=False)
    hours = forms.CharField(label=lazy("Working hours"), max_length=10, initial="9-18")
    week = forms.ChoiceField(label=lazy("Working days"))
    takes_cases = forms.BooleanField(label=lazy("Takes cases"), required=False, initial=True)

    def __init__(self, *args: Any, staff: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = [(str(number), name) for number, name in staff.items()]  # type: ignore[attr-defined]
        self.fields["week"].choices = [(code, say(WEEK, code)) for code in WEEK]  # type: ignore[attr-defined]

    def clean_hours(self) -> tuple[int, int]:
        """Return the working hours."""
        found = read_hours(self.cleaned_data["hours"])
        if found is None:
            raise forms.ValidationError(_("Write hours as 9-18."))
        return found


class AbsenceForm(DeskForm):
    """Days on which a collector is away."""

    absent = forms.ChoiceField(label=lazy("Collector"))
    first_date = forms.DateField(label=lazy("First day"), widget=DateInput())
    final_date = forms.DateField(label=lazy("Last day"), widget=DateInput())

    def __init__(self, *args: Any, staff: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].choices = [(str(number), name) for number, name in staff.items()]  # type: ignore[attr-defined]
