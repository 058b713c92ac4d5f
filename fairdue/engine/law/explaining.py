"""From a judgement to words: reasons with the facts filled in, for one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from fairdue.engine.law.clocks import Clock, next_open
from fairdue.engine.law.hours import DAYS
from fairdue.engine.law.judging import Judgement, Rulebook, judge, whole_minutes
from fairdue.engine.law.moments import whole_minute
from fairdue.engine.law.packs import Check
from fairdue.engine.law.verdict import RANK, Reason, Verdict

CHANNEL_WORDS = {
    "call": ("电话", "call"), "sms": ("短信", "text message"), "email": ("电子邮件", "e-mail"), "visit": ("上门", "visit"),
    "inapp": ("站内消息", "message on the page"), "letter": ("信函", "letter"), "push": ("推送", "push message"),
    "im": ("即时消息", "chat message"), "voicemail_drop": ("语音留言", "voicemail"),
}  # fmt: skip
HOLD_WORDS = {
    "dispute": ("异议", "dispute"), "complaint": ("投诉", "complaint"), "plan": ("协商方案", "repayment plan"),
    "hardship": ("困难帮扶", "hardship"), "deceased": ("身故", "death"), "attorney": ("律师代理", "attorney"),
    "bankruptcy": ("破产", "bankruptcy"), "cease": ("要求停止联系", "cease request"), "internal": ("内部", "internal"),
    "written_dispute": ("书面异议", "written dispute"), "breathing_space": ("喘息期", "breathing space"),
    "crisis_moratorium": ("心理健康危机喘息期", "mental-health crisis breathing space"),
    "plan_preparation": ("还款方案制定", "preparation of a plan"), "bereavement": ("丧亲", "bereavement"),
    "capacity": ("民事行为能力受限", "limited capacity"), "vulnerability": ("弱势状况", "vulnerability"),
}  # fmt: skip


def verdicts(candidates: pl.DataFrame, rulebook: Rulebook) -> tuple[Verdict, ...]:
    """This function will judge candidates and explain each; for few rows, `judge` is for many.

    :raises CandidatesInvalid: if the frame breaks the column contract
    """
    judgement = judge(candidates, rulebook)
    return tuple(explain(judgement, row) for row in range(judgement.frame.height))


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A check that a contact breaks, and when it would be kept if that depends on no clock."""

    check: Check
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RowJudgement:
    """What the rules say about one row."""

    facts: Mapping[str, Any]
    asked: tuple[Check, ...]
    broken: tuple[BrokenRule, ...]
    outcome: str
    retry_after: datetime | None
    opens: Callable[[Clock], datetime | None]
    """When a clock opens next for this row."""
    asked_ids: tuple[str, ...] | None = None
    """Ids of the rules asked, if they are known already."""


def explain(judgement: Judgement, row: int) -> Verdict:
    """This function will return the verdict of one row with every broken rule as a reason, strictest first."""
    checks, findings = judgement.checks, judgement.findings
    asked, broken = judgement.asked.row(row), judgement.broken.row(row)
    return explain_row(
        RowJudgement(
            facts=judgement.frame.row(row, named=True),
            asked=tuple(check for check, is_asked in zip(checks, asked, strict=True) if is_asked),
            broken=tuple(
                BrokenRule(
                    check, finding.until[row] if finding is not None and finding.until is not None else None
                )
                for check, finding, is_broken in zip(checks, findings, broken, strict=True)
                if is_broken
            ),
            outcome=judgement.outcome[row],
            retry_after=judgement.retry_after[row],
            opens=partial(_opens, judgement.frame[row : row + 1]),
        )
    )


def explain_row(found: RowJudgement) -> Verdict:
    """This function will word what the rules say about one row."""
    asked = found.asked_ids
    if asked is None:
        asked = tuple(dict.fromkeys(check.id for check in found.asked))
    if not found.broken:
        return Verdict(outcome=found.outcome, retry_after=found.retry_after, asked=asked)
    opens = lru_cache(maxsize=None)(found.opens)
    reasons = [_reason(rule, found.facts, opens) for rule in found.broken if rule.check.yields in RANK]
    checks = [rule.check for rule in found.broken]
    return Verdict(
        outcome=found.outcome,
        reasons=tuple(sorted(reasons, key=lambda reason: -RANK[reason.outcome])),
        retry_after=found.retry_after,
        requires=tuple(dict.fromkeys(check.adds for check in checks if check.yields == "require")),
        flags=tuple(dict.fromkeys(check.adds for check in checks if check.yields == "flag")),
        asked=asked,
    )


def _opens(frame: pl.DataFrame, clock: Clock) -> datetime | None:
    moment: datetime | None = next_open(frame, whole_minutes(frame["at"]), clock)[0]
    return moment


def _reason(rule: BrokenRule, facts: Mapping[str, Any], opens: Callable[[Clock], datetime | None]) -> Reason:
    check = rule.check
    words_zh, words_en = _words(check, facts)
    return Reason(
        rule_id=check.id,
        outcome=check.yields,
        message_zh=check.message_zh.format_map(words_zh),
        message_en=check.message_en.format_map(words_en),
        citation=check.citation,
        pack=check.pack,
        version=check.version,
        evidence=check.evidence,
        facts=_facts_used(check, words_en, facts),
        retry_after=_own_retry(rule, opens) if check.yields == "defer" else None,
    )


def _facts_used(check: Check, words: dict[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the rule looked at: the facts of its message and the columns of its condition."""
    plain = {name: value for name, value in words.items() if not isinstance(value, dict | list)}
    conditions = check.parameters.get("when", {})
    conditions = conditions if isinstance(conditions, list) else [conditions]
    named = {column: facts[column] for condition in conditions for column in condition}
    return plain | named | {"channel": facts["channel"]}


def _own_retry(rule: BrokenRule, opens: Callable[[Clock], datetime | None]) -> datetime | None:
    """Return the first whole minute at which this rule alone would be kept."""
    if rule.until is not None:
        return whole_minute(rule.until)
    return opens(rule.check.clock) if rule.check.clock is not None else None


def _words(check: Check, facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the facts that a message may name, for zh and for en."""
    home = ZoneInfo(facts["home_zone"])
    channel = facts["channel"]
    channel_zh, channel_en = CHANNEL_WORDS.get(channel, (channel, channel))
    common = dict(check.parameters) | {
        "at": f"{facts['at'].astimezone(home):%Y-%m-%d %H:%M}",
    }
    if check.clock is not None:
        common |= _clock_words(check.clock, facts)
    if check.uses == "count.reached":
        latest = max(facts[check.parameters["column"]], default=None)
        common |= {
            "used": used(facts, check),
            "latest": f"{latest.astimezone(home):%Y-%m-%d %H:%M}" if latest else "",
        }
    if check.uses != "hold.open":
        return common | {"channel": channel_zh}, common | {"channel": channel_en}
    kinds = [hold.split(":")[0] for hold in facts["holds"] if hold.split(":")[0] in check.parameters["kinds"]]
    zh, en = zip(*(HOLD_WORDS.get(kind, (kind, kind)) for kind in dict.fromkeys(kinds)), strict=True)
    said = {"hold": "、".join(zh), "channel": channel_zh}, {"hold": ", ".join(en), "channel": channel_en}
    return common | said[0], common | said[1]


def _clock_words(clock: Clock, facts: Mapping[str, Any]) -> dict[str, Any]:
    zones = facts["zones"].split("|")
    local = [f"{facts['at'].astimezone(ZoneInfo(zone)):%H:%M}" for zone in zones]
    day = DAYS[facts["at"].astimezone(ZoneInfo(zones[0])).weekday()]
    spans = [part.split(" ")[1] for part in clock.hours.split(";") if day in part.split(" ")[0].split(",")]
    words = {
        "local_time": " / ".join(local),
        "zones": ", ".join(zones),
        "open_today": ", ".join(spans) or "—",
    }
    return words | {"agreed_hours": facts["agreed_hours"]}


def used(facts: Mapping[str, Any], check: Check) -> int:
    """Return how many contacts a cap counts in the window that ends with the candidate's moment."""
    return len(counted(facts[check.parameters["column"]], facts["at"], facts["home_zone"], check.parameters))


def counted(
    moments: Iterable[datetime], at: datetime, home_zone: str, parameters: Mapping[str, Any]
) -> list[datetime]:
    """Return the moments that a cap's window holds at a moment."""
    home = ZoneInfo(home_zone)
    if "minutes" in parameters:
        seconds = int(parameters["minutes"]) * 60
        return [moment for moment in moments if (at - moment).total_seconds() < seconds]
    today = at.astimezone(home).date()
    return [moment for moment in moments if _is_within(moment.astimezone(home).date(), today, parameters)]


def _is_within(day: date, today: date, parameters: Mapping[str, Any]) -> bool:
    if parameters.get("calendar") == "week":
        return day.isocalendar()[:2] == today.isocalendar()[:2]
    if parameters.get("calendar") == "month":
        return (day.year, day.month) == (today.year, today.month)
    return (today - day).days < int(parameters["days"])
