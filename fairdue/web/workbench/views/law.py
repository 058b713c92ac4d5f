"""The law's page: try a contact that nobody proposes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.law import facade as law
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import BASES, EVIDENCE
from fairdue.web.workbench.words import (
    CHANNELS,
    GATE_ICONS,
    GATE_TONES,
    GATE_WORDS,
    HOLD_KINDS,
    OWNER_WORDS,
    say,
)

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo", "Europe/London", "America/New_York")

JUDGED_YEARS = range(2000, 2100)


class SituationForm(DeskForm):
    """A made-up situation, in the fewest questions that matter."""

    channel = forms.ChoiceField(label=lazy("Channel"))
    at = forms.CharField(
        label=lazy("When, on our clock"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    home_zone = forms.ChoiceField(
        label=lazy("Where the debtor lives"), choices=[(zone, zone) for zone in ZONES]
    )
    other_zone = forms.CharField(
        label=lazy("May also be in (zone)"),
        required=False,
        help_text=lazy("For example Europe/Paris; empty if not."),
    )
    owner = forms.ChoiceField(label=lazy("Whose contact point"))
    unanswered = forms.IntegerField(
        label=lazy("Unanswered calls to this number today"), min_value=0, max_value=50, initial=0
    )
    conversations = forms.IntegerField(
        label=lazy("Conversations today, all agencies"), min_value=0, max_value=50, initial=0
    )
    texts = forms.IntegerField(
        label=lazy("Messages today, all agencies"), min_value=0, max_value=50, initial=0
    )
    hold = forms.ChoiceField(label=lazy("Open hold"), required=False)
    is_opted_out = forms.BooleanField(label=lazy("The debtor closed this channel"), required=False)
    is_deceased = forms.BooleanField(label=lazy("The debtor has died"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "channel": [
                (code, say(CHANNELS, code)) for code in ("call", "sms", "email", "inapp", "letter", "visit")
            ],
            "owner": [(code, say(OWNER_WORDS, code)) for code in OWNER_WORDS],
            "hold": [("", _("None")), *((code, say(HOLD_KINDS, code)) for code in HOLD_KINDS)],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def clean_at(self) -> datetime:
        """Read the moment on the house clock, within the years of which the packs and zones know anything."""
        try:
            at = datetime.fromisoformat(self.cleaned_data["at"]).replace(tzinfo=clock.HOUSE_ZONE)
        except ValueError as error:
            raise forms.ValidationError(_("Write a date and a time, such as 2026-11-18 21:30.")) from error
        if at.year not in JUDGED_YEARS:
            raise forms.ValidationError(_("Write a date and a time, such as 2026-11-18 21:30."))
        return at

    def clean_other_zone(self) -> str:
        """Accept a zone that exists, or none."""
        zone = self.cleaned_data["other_zone"].strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such zone: write it like Europe/Paris."))
        return zone

    def facts(self) -> dict[str, Any]:
        """Return the situation as facts for the gate."""
        said = self.cleaned_data
        zones = "|".join(dict.fromkeys(zone for zone in (said["home_zone"], said["other_zone"]) if zone))
        facts = {
            "person_id": 0, "at": said["at"].isoformat(), "channel": said["channel"], "home_zone": said["home_zone"],
            "zones": zones, "owner": said["owner"], "is_opted_out": said["is_opted_out"], "is_deceased": said["is_deceased"],
            "holds": [f"{said['hold']}:"] if said["hold"] else [],
        }  # fmt: skip
        for name, column in (
            ("unanswered", "unanswered"),
            ("conversations", "conversations"),
            ("texts", "messages"),
        ):
            facts[column] = _earlier_today(said["at"], said["home_zone"], said[name])
        return facts


def _earlier_today(at: datetime, zone: str, count: int) -> list[str]:
    """Return so many moments between the debtor's midnight and the proposed one."""
    local = at.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    step = (local - midnight) / (count + 1) if count else timedelta()
    return [(midnight + step * (place + 1)).isoformat() for place in range(count)]


def _bases() -> dict[str, str]:
    """Return in words by what each rule is in force."""
    return {rule.split("/")[0]: say(BASES, one.basis) for (_, rule), one in law.rule_standings().items()}


@staff_page("gate.try")
def gate(request: DeskRequest) -> HttpResponse:
    """Judge a made-up situation without any effect."""
    initial = {"at": clock.now().astimezone(clock.HOUSE_ZONE).strftime("%Y-%m-%dT%H:%M")}
    form = SituationForm(request.GET) if request.GET else SituationForm(initial=initial)
    verdict = law.judge_hypothetical(form.facts()) if request.GET and form.is_valid() else None
    context: dict[str, Any] = {"form": form, "verdict": verdict}
    if verdict is not None:
        context |= {
            "word": say(GATE_WORDS, verdict.outcome), "tone": GATE_TONES[verdict.outcome],
            "icon_name": GATE_ICONS[verdict.outcome],
            "evidence": {code: say(EVIDENCE, code) for code in EVIDENCE}, "bases": _bases(), "zone": form.cleaned_data["home_zone"],
        }  # fmt: skip
    return render(request, "workbench/gate.html", context)
