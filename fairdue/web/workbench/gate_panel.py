"""The gate's answers in words: allowed, later or not allowed, why, and where that is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.law import facade as law
from fairdue.journeys.compose import COMPOSED
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench import words
from fairdue.web.workbench.office_words import EVIDENCE
from fairdue.web.workbench.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """One broken rule as a sentence with its source."""

    rule_id: str
    text: str
    citation: str
    pack: str
    grade: str
    """How well the rule is known, in words."""
    is_cited_above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One way of reaching the person: the answer, the wait in both zones, what is used of the cap."""

    channel: str
    channel_word: str
    icon: str
    contact_point_id: int | None
    value_masked: str
    owner_word: str
    outcome: str
    word: str
    tone: str
    mark: str
    retry_after: datetime | None
    zone: str
    used: int
    cap: int
    first: ReasonLine | None
    others: tuple[ReasonLine, ...]
    can_call: bool
    can_write: bool
    write_href: str
    is_allowed: bool
    is_first_call: bool = False
    """The first call that may be made: the key `c` starts it."""


ORDER = ("call", "sms", "email", "inapp", "letter", "visit")
"""Ways of reaching a person as the panel lists them: what a collector uses most stands first."""


def gate_lines(
    answers: Any, points: Mapping[int, Any], *, case_id: int, zone: str, may_call: bool
) -> list[GateLine]:
    """Return a line for each answer, in the panel's order."""
    cited: set[str] = set()
    places = {channel: at for at, channel in enumerate(ORDER)}
    ordered = sorted(answers, key=lambda answer: places.get(answer.channel, len(ORDER)))
    lines = [
        _line(answer, points.get(answer.contact_point_id), case_id, zone, may_call, cited)
        for answer in ordered
    ]
    first = next((at for at, line in enumerate(lines) if line.can_call and line.is_allowed), None)
    return [replace(line, is_first_call=at == first) for at, line in enumerate(lines)]


def next_ways(answers: Any, now: datetime) -> dict[str, Any]:
    """Return the soonest moment at which a way is open and which ways are then; empty if waiting opens none."""
    ways = law.next_of(answers, now)
    if not ways:
        return {}
    soonest = [way for way in ways if way.at == ways[0].at]
    places = {channel: at for at, channel in enumerate(ORDER)}
    channels = sorted({way.channel for way in soonest}, key=lambda channel: places.get(channel, len(ORDER)))
    return {
        "at": soonest[0].at, "is_now": soonest[0].is_now,
        "words": _(", ").join(say(words.CHANNELS, channel) for channel in channels),
    }  # fmt: skip


def _line(answer: Any, point: Any, case_id: int, zone: str, may_call: bool, cited: set[str]) -> GateLine:
    verdict = answer.verdict
    reasons = tuple(_reason(reason, cited) for reason in verdict.reasons)
    owner = point.owner if point else getattr(answer, "owner", "")
    can_write = may_call and answer.channel in COMPOSED and owner in ("", "debtor")
    return GateLine(
        channel=answer.channel,
        channel_word=say(words.CHANNELS, answer.channel),
        icon=words.CHANNEL_ICONS.get(answer.channel, "note"),
        contact_point_id=answer.contact_point_id,
        value_masked=point.value_masked if point else getattr(answer, "value_masked", ""),
        owner_word=say(words.OWNER_WORDS, owner) if owner not in ("", "debtor") else "",
        outcome=verdict.outcome,
        word=say(words.GATE_WORDS, verdict.outcome),
        tone=words.GATE_TONES.get(verdict.outcome, "stop"),
        mark=words.GATE_ICONS.get(verdict.outcome, "stop"),
        retry_after=verdict.retry_after,
        zone=(point.zone if point and point.zone else zone),
        used=getattr(answer, "used", 0) or 0,
        cap=getattr(answer, "cap", 0) or 0,
        first=reasons[0] if reasons else None,
        others=reasons[1:],
        can_call=may_call and answer.channel == "call" and answer.contact_point_id is not None,
        can_write=can_write,
        write_href=_write_href(case_id, answer.channel, answer.contact_point_id) if can_write else "",
        is_allowed=verdict.outcome == "allow",
    )


def _write_href(case_id: int, channel: str, contact_point_id: int | None) -> str:
    address = reverse("workbench:write", args=[case_id, channel])
    return f"{address}?point={contact_point_id}" if contact_point_id else address


def _reason(reason: Any, cited: set[str]) -> ReasonLine:
    """Return one reason; a source is written out where its rule stands for the first time."""
    is_cited_above = reason.rule_id in cited
    cited.add(reason.rule_id)
    return ReasonLine(
        rule_id=reason.rule_id,
        is_cited_above=is_cited_above,
        text=in_language(reason, "message"),
        citation=reason.citation,
        pack=f"{reason.pack} {reason.version}",
        grade=say(EVIDENCE, reason.evidence) if reason.evidence else "",
    )
