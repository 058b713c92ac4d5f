"""Everything that the packs in force find in one text: the one way in for callers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fairdue.engine.law.content import regulation_f, third_parties
from fairdue.engine.law.content.finding import Finding, Mark
from fairdue.engine.law.content.folding import Folded
from fairdue.engine.law.content.lexicon import ContentPack, Element, Forbids, TextRule
from fairdue.engine.law.numbers import Numbers

WRITTEN = ("sms", "email")
COLLECTORS = ("agency", "assignee")
_LABELS = {
    "initial_disclosure": ("首次披露", "the initial disclosure"),
    "subsequent_disclosure": ("后续披露", "the disclosure that a debt collector writes"),
    "opt_out": ("退订方式", "how to opt out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text as it is to be said, and to whom; placeholders such as `{creditor}` may still stand in it."""

    text: str
    channel: str
    purpose: str = "collect"
    recipient: str = "debtor"
    actor_kind: str = "creditor"
    names: tuple[str, ...] = ()
    """Names of the institution, in any language."""
    products: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    """What is true of what it may say: `listed_by_court`, `demanded_twice`, `has_judgment`."""
    is_first: bool = False
    """Nothing was communicated about the debt before."""
    limitation_expired: Sequence[date] = field(default_factory=tuple)


def read(
    asked: Text, *, packs: Collection[str], on: date, content: ContentPack, numbers: Numbers
) -> tuple[Finding, ...]:
    """This function will find what a text may not say and what it lacks under the packs that bind it.

    1. Every rule in force on the day whose scope covers the text is asked; all add up.
    2. A place is marked in the text as it was written, whatever hides it (see `folding`).
    3. Of the United States also disclosures, opt-out and threats on time-barred debts; of Australia what reveals
       a debt to others.
    """
    folded = content.fold(asked.text)
    desk = _Desk(asked, folded, content, {})
    found = [
        finding
        for rule in content.rules
        if rule.rule.jurisdiction in packs and _covers(rule, asked, on)
        for finding in desk.findings(rule)
    ]
    return (*found, *_of_numbers(asked, packs, on, numbers))


def outcome_of(findings: Sequence[Finding]) -> str:
    """Return `refuse`, `review` if only rules from memory are broken, or `allow`."""
    yielded = {finding.yields for finding in findings}
    return "refuse" if "refuse" in yielded else "review" if yielded else "allow"


def _covers(rule: TextRule, asked: Text, on: date) -> bool:
    scopes = (
        (rule.channels, asked.channel), (rule.purposes, asked.purpose), (rule.recipients, asked.recipient),
        (rule.actors, asked.actor_kind),
    )  # fmt: skip
    return (
        rule.effective_from <= on
        and (rule.effective_to is None or on <= rule.effective_to)
        and all(not scope or value in scope for scope, value in scopes)
        and (not rule.products or bool(rule.products & asked.products))
        and (asked.is_first or not rule.is_first)
    )


@dataclass(slots=True)
class _Desk:
    """One text while it is read; every topic is looked for once."""

    asked: Text
    folded: Folded
    content: ContentPack
    memo: dict[str, tuple[Mark, ...]]

    def findings(self, rule: TextRule) -> Iterator[Finding]:
        marks = [mark for each in rule.forbids if self._binds(each) for mark in self._marks(each.topic)]
        if marks:
            topics = {mark.topic: self.content.topics[mark.topic] for mark in marks}
            labels = {code: (topic.title_zh, topic.title_en) for code, topic in topics.items()}
            ordered = tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.topic)))
            yield Finding(rule=rule.rule, marks=ordered, labels=labels)
        missing = [element for element in rule.requires if not self._says(element)]
        if missing:
            labels = {element.name: (element.label_zh, element.label_en) for element in missing}
            yield Finding(rule=rule.rule, missing=tuple(labels), labels=labels)

    def _binds(self, forbids: Forbids) -> bool:
        return (
            forbids.unless_fact not in self.asked.facts
            and (not forbids.actors or self.asked.actor_kind in forbids.actors)
            and (not forbids.recipients or self.asked.recipient in forbids.recipients)
        )

    def _marks(self, topic: str) -> tuple[Mark, ...]:
        if topic not in self.memo:
            self.memo[topic] = self.content.topics[topic].marks(self.folded, self.asked.text)
        return self.memo[topic]

    def _says(self, element: Element) -> bool:
        text = self.folded.text
        if element.is_named and self._names_institution(text, is_at_start=element.is_at_start):
            return True
        return any(pattern.search(text) for pattern in element.any_of)

    def _names_institution(self, text: str, *, is_at_start: bool) -> bool:
        names = ["{creditor}", *(self.content.fold(name).text for name in self.asked.names if name.strip())]
        if is_at_start:
            return text.lstrip(" \n【[<(").startswith(tuple(names))
        return any(name in text for name in names)


def _of_numbers(asked: Text, packs: Collection[str], on: date, numbers: Numbers) -> Iterator[Finding]:
    found: list[Finding | None] = []
    if "us" in packs and asked.actor_kind in COLLECTORS and numbers.has("US-ID-01", on):
        found += _regulation_f(asked, on, numbers)
    if "au" in packs and asked.recipient != "debtor" and numbers.has("AU-ID-01", on):
        found.append(
            third_parties.revealing_finding(
                asked.text, business_name="", is_name_revealing=False, on=on, numbers=numbers
            )
        )
    for finding in found:
        if finding is not None:
            yield Finding(
                rule=finding.rule,
                missing=finding.missing,
                wrong=finding.wrong,
                marks=finding.marks,
                labels=_labels(finding),
            )


def _regulation_f(asked: Text, on: date, numbers: Numbers) -> list[Finding | None]:
    found: list[Finding | None] = []
    if asked.purpose == "collect" and asked.recipient == "debtor":
        found.append(
            regulation_f.disclosure_finding(asked.text, is_first=asked.is_first, on=on, numbers=numbers)
        )
        found.append(
            regulation_f.suit_threat_finding(
                asked.text, limitation_expired=asked.limitation_expired, on=on, numbers=numbers
            )
        )
    if asked.channel in WRITTEN:
        found.append(regulation_f.opt_out_finding(asked.text, on=on, numbers=numbers))
    if asked.purpose == "locate":
        found.append(regulation_f.location_finding(asked.text, on=on, numbers=numbers))
    return found


def _labels(finding: Finding) -> Mapping[str, tuple[str, str]]:
    return {name: _LABELS[name] for name in finding.missing if name in _LABELS}
