"""Single changes of a made-up contact, in words: what would change the gate's answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.utils.translation import gettext as _

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENTS
from fairdue.web.workbench.fact_words import fact_word, is_silent
from fairdue.web.workbench.office_words import EVERY_PURPOSE
from fairdue.web.workbench.words import CHANNELS, OWNER_WORDS, say

FIXED = frozenset({"person_id", "contact_point_id", "at", "home_zone", "jurisdiction"})
HOURS = (7, 10, 15, 20, 21, 23)
CHOSEN: dict[str, dict[str, str]] = {"channel": CHANNELS, "owner": OWNER_WORDS, "purpose": EVERY_PURPOSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: in words, and the facts that it puts in the place of what was said."""

    text: str
    facts: dict[str, Any]


def changes_of(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> list[Change]:
    """Return the single changes worth asking about: another hour, another way, one fact less, one fact more."""
    return [*_hours(facts), *_others(facts), *_less(facts), *_more(facts, asked)]


def _hours(facts: Mapping[str, Any]) -> Iterator[Change]:
    at = datetime.fromisoformat(str(facts["at"])).astimezone(ZoneInfo(str(facts["home_zone"])))
    for ahead in (0, 1):
        for hour in HOURS:
            moment = (at + timedelta(days=ahead)).replace(hour=hour, minute=0, second=0, microsecond=0)
            if moment > at:
                text = _("at %(at)s there") % {"at": f"{moment:%Y-%m-%d %H:%M}"}
                yield Change(text=text, facts={"at": moment.isoformat()})


def _others(facts: Mapping[str, Any]) -> Iterator[Change]:
    for name, words in CHOSEN.items():
        for code in words:
            if code not in (facts.get(name, CANDIDATE_SCHEMA[name].default), "note", "none"):
                yield Change(text=f"{fact_word(name)}: {say(words, code)}", facts={name: code})


def _less(facts: Mapping[str, Any]) -> Iterator[Change]:
    for name, value in facts.items():
        if name in FIXED or name in CHOSEN or is_silent(name, value) or name not in CANDIDATE_SCHEMA:
            continue
        if CANDIDATE_SCHEMA[name].dtype == MOMENTS and len(value) > 1:
            text = _("%(fact)s: one less") % {"fact": fact_word(name)}
            yield Change(text=text, facts={name: list(value)[:-1]})
        default = facts["home_zone"] if name == "zones" else CANDIDATE_SCHEMA[name].default
        if value != default:
            yield Change(text=_("without: %(fact)s") % {"fact": fact_word(name)}, facts={name: default})


def _more(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[Change]:
    at = datetime.fromisoformat(str(facts["at"]))
    for name in asked:
        column = CANDIDATE_SCHEMA.get(name)
        if column is None or name in FIXED or not is_silent(name, facts.get(name, column.default)):
            if column is not None and column.dtype == MOMENTS and facts.get(name):
                more = [*facts[name], (at - timedelta(minutes=1)).isoformat()]
                yield Change(text=_("%(fact)s: one more") % {"fact": fact_word(name)}, facts={name: more})
        elif column.dtype == pl.Boolean:
            answer = _("No") if column.default else _("Yes")
            yield Change(text=f"{fact_word(name)}: {answer}", facts={name: not column.default})
