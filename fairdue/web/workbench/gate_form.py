"""A made-up contact as a form: a field for every fact that the rules of a jurisdiction ask, in groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import polars as pl
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as word

from fairdue.contexts.law import facade as law
from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENTS, TEXTS
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm, MinuteInput
from fairdue.web.workbench.fact_words import GROUPS, fact_word
from fairdue.web.workbench.office_words import EVERY_PURPOSE
from fairdue.web.workbench.words import CHANNELS, HOLD_KINDS, OWNER_WORDS, say

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo", "Europe/London", "America/New_York")
JUDGED_YEARS = range(2000, 2100)
ALWAYS = (
    "channel",
    "at",
    "home_zone",
    "zones",
    "owner",
    "jurisdiction",
    "holds",
    "is_opted_out",
    "is_deceased",
)
OLDER = {"texts": "messages", "hold": "holds", "other_zone": "zones"}
"""Names that addresses carried before; they are still read."""
MOST_TOLD = 200
_AGO = re.compile(r"^-(\d{1,5})([mhd])$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
ELSEWHERE = {
    "im": word("Instant message"), "push": word("Push notification"), "public_posting": word("Public notice"),
    "social_post": word("Post in a social network"),
    "social_message": word("Private message in a social network"),
    "voicemail_drop": word("A voice message left without ringing"),
}  # fmt: skip
"""Channels that rules speak of and this house does not use."""
CHOICES: dict[str, dict[str, str]] = {
    "channel": CHANNELS | ELSEWHERE, "owner": OWNER_WORDS, "purpose": EVERY_PURPOSE,
    "mode": {"interactive": word("Somebody speaks"), "announcement": word("A recorded announcement")},
    "actor_kind": {
        "creditor": word("The creditor"), "agency": word("An agency"), "assignee": word("A buyer of the debt"),
    },
}  # fmt: skip
SUGGESTED: dict[str, dict[str, str]] = {"holds": HOLD_KINDS}


class MomentsField(forms.CharField):
    """Earlier moments: a number (so many today), `-2h`, `-3d`, or ISO moments, joined by commas."""


class SituationForm(DeskForm):
    """Every fact that rules ask, with silence as the default; `facts` returns only what is said."""

    def __init__(
        self, data: Any = None, *, asked: Mapping[str, Any], jurisdictions: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(_renamed(data) if data is not None else None, **kwargs)
        self.groups: list[tuple[str, list[str]]] = []
        listed = [name for _code, _title, names in GROUPS for name in names]
        others = [
            name
            for name in asked
            if name in CANDIDATE_SCHEMA and name not in (*listed, "person_id", "contact_point_id")
        ]
        for _code, title, names in (*GROUPS, ("others", "", tuple(sorted(others)))):
            wanted = [name for name in names if name in asked or name in ALWAYS]
            for name in wanted:
                self.fields[name] = self._field(name, asked.get(name, frozenset()), jurisdictions)
            if wanted:
                self.groups.append((_(title) if title else _("More facts"), wanted))

    def _field(self, name: str, texts: frozenset[str], jurisdictions: tuple[str, ...]) -> forms.Field:
        dtype, default = CANDIDATE_SCHEMA[name].dtype, CANDIDATE_SCHEMA[name].default
        label = fact_word(name)
        if name == "at":
            return forms.CharField(label=lazy("When, on our clock"), widget=MinuteInput())
        if name == "jurisdiction":
            return forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", jurisdictions[0]), *((code, code) for code in jurisdictions[1:])],
            )
        if name in CHOICES:
            return forms.ChoiceField(label=label, required=name == "channel", choices=_choices(name, texts))
        if dtype == pl.Boolean and not default:
            return forms.BooleanField(label=label, required=False)
        if dtype == pl.Boolean:
            return forms.ChoiceField(label=label, required=False, choices=[("", _("Yes")), ("0", _("No"))])
        if dtype == pl.Int64:
            return forms.IntegerField(label=label, required=False, min_value=0, max_value=1_000_000)
        if dtype == MOMENTS:
            return MomentsField(
                label=label,
                required=False,
                max_length=2000,
                help_text=lazy("How many today, or when: -2h, -3d, 2026-11-18T10:00+08:00"),
            )
        return forms.CharField(label=label, required=False, max_length=300, help_text=_hint(name, texts))

    def clean(self) -> dict[str, Any]:
        """Read moments and zones; say in place what cannot be read."""
        said: dict[str, Any] = super().clean() or {}
        if (at := said.get("at")) is not None:
            said["at"] = self._moment("at", at)
        for name, field in self.fields.items():
            if isinstance(field, MomentsField) and said.get(name) and isinstance(said.get("at"), datetime):
                said[name] = self._moments(name, said[name], said["at"], said.get("home_zone") or ZONES[0])
        for name in ("home_zone", "zones"):
            if unknown := [
                zone
                for zone in (said.get(name) or "").split("|")
                if zone and zone not in available_timezones()
            ]:
                self.add_error(
                    name,
                    _("There is no such zone: write it like Europe/Paris.") + f" ({', '.join(unknown)[:80]})",
                )
        return said

    def _moment(self, name: str, text: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.year not in JUDGED_YEARS:
            self.add_error(name, _("Write a date and a time, such as 2026-11-18 21:30."))
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=clock.HOUSE_ZONE)

    def _moments(self, name: str, text: str, at: datetime, zone: str) -> list[str]:
        found: list[str] = []
        for part in filter(None, re.split(r"[,\s]+", text)):
            if part.isascii() and part.isdigit() and int(part) <= MOST_TOLD and zone in available_timezones():
                found += earlier_today(at, zone, int(part))
            elif ago := _AGO.match(part):
                found.append((at - timedelta(**{_UNITS[ago.group(2)]: int(ago.group(1))})).isoformat())
            elif (moment := self._moment(name, part)) is not None:
                found.append(moment.isoformat())
        return found[:MOST_TOLD]

    def facts(self) -> dict[str, Any]:
        """Return what is said, as facts for the gate."""
        said = {
            name: value for name, value in self.cleaned_data.items() if value not in (None, "", False, [])
        }
        facts: dict[str, Any] = {"person_id": 0} | {name: _typed(name, value) for name, value in said.items()}
        home = facts.setdefault("home_zone", ZONES[0])
        zones = [zone for zone in str(facts.get("zones", "")).split("|") if zone]
        return facts | {"at": said["at"].isoformat(), "zones": "|".join(dict.fromkeys([home, *zones]))}


def _typed(name: str, value: Any) -> Any:
    dtype = CANDIDATE_SCHEMA[name].dtype
    if dtype == pl.Boolean:
        return value is True or value == "1"
    if dtype != TEXTS:
        return value
    texts = [text.strip() for text in str(value).split(";" if name == "holds" else ",") if text.strip()]
    return [text if ":" in text else f"{text}:" for text in texts] if name == "holds" else texts


def earlier_today(at: datetime, zone: str, count: int) -> list[str]:
    """Return so many moments between the debtor's midnight and the proposed one."""
    local = at.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    step = (local - midnight) / (count + 1) if count else timedelta()
    return [(midnight + step * (place + 1)).isoformat() for place in range(count)]


def _choices(name: str, texts: frozenset[str]) -> list[tuple[str, str]]:
    codes = [
        code
        for code in CHOICES[name]
        if code not in ("note", "none") and (code not in ELSEWHERE or code in texts)
    ]
    return [(code, say(CHOICES[name], code)) for code in (*codes, *sorted(texts - set(codes)))]


def _hint(name: str, texts: frozenset[str]) -> str:
    """Return the texts that rules compare the fact with, as examples of what to write, with what they mean."""
    if name == "zones":
        return _("For example Europe/Paris; empty if not.")
    meant = SUGGESTED.get(name, {})
    shown = [f"{code} ({say(meant, code)})" for code in meant]
    return ", ".join(shown + [text for text in sorted(texts - meant.keys()) if text and len(text) < 40])


def _renamed(data: Any) -> dict[str, str]:
    """Return an address's values by fact, read under today's names; zero counts are silence."""
    values = {OLDER.get(name, name): data.get(name, "") for name in data}
    return {
        name: "" if value == "0" and name not in ("staff_count",) and not _is_yes_by_default(name) else value
        for name, value in values.items()
    }


def _is_yes_by_default(name: str) -> bool:
    column = CANDIDATE_SCHEMA.get(name)
    return column is not None and column.default is True


def address_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return facts as the values of an address: only what is said, and no personal data."""
    written: dict[str, str] = {}
    for name, value in facts.items():
        column = CANDIDATE_SCHEMA.get(name)
        if (
            column is None
            or name in ("person_id", "contact_point_id")
            or value is None
            or value == column.default
        ):
            continue
        if name == "at":
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            written[name] = (
                moment.astimezone(clock.HOUSE_ZONE).strftime("%Y-%m-%dT%H:%M:%S").removesuffix(":00")
            )
        elif isinstance(value, bool):
            written[name] = "1" if value else "0"
        elif isinstance(value, list):
            written[name] = (";" if name == "holds" else ",").join(map(str, value))
        else:
            written[name] = str(value)
    return written


def situation(request_data: Any) -> SituationForm:
    """Return the form for the jurisdiction that an address names; without an address for now, by a call."""
    known = law.jurisdictions()
    code = (request_data or {}).get("jurisdiction", "")
    code = code if code in known else ""
    asked = law.facts_asked(code)
    if request_data:
        return SituationForm(request_data, asked=asked, jurisdictions=known)
    initial = {
        "at": clock.now().astimezone(clock.HOUSE_ZONE).strftime("%Y-%m-%dT%H:%M"), "home_zone": ZONES[0],
        "channel": "call", "owner": "debtor",
    }  # fmt: skip
    return SituationForm(asked=asked, jurisdictions=known, initial=initial)
