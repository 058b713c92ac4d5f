"""May this text be said? The content pack's answer for one text, without effect."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from fairdue.engine.law.content.finding import Finding
from fairdue.engine.law.content.lexicon import ContentPack, shipped_content
from fairdue.engine.law.content.reading import Text, outcome_of, read
from fairdue.engine.law.content.voicemail import is_limited_content
from fairdue.engine.law.numbers import shipped_numbers

from ..contracts import TextFinding, TextMark, TextReport, TextRuleCard
from ..rules import in_force, rulebook_for, rulebook_of

FACTS = ("listed_by_court", "demanded_twice", "has_judgment")
"""What may be true of a text's claims, so that it may make them."""


def check_text(
    *,
    text: str,
    channel: str,
    on: date,
    subject: str = "",
    purpose: str = "collect",
    recipient: str = "debtor",
    actor_kind: str = "creditor",
    names: Iterable[str] = (),
    groups: Iterable[str] | None = None,
    products: Iterable[str] = (),
    facts: Iterable[str] = (),
    is_first: bool = True,
) -> TextReport:
    """This function will say what a text may not say and what it lacks, with each place marked.

    1. `groups` are the institution groups of the debts concerned: their packs and the house's bind. None: the text
       may go to anybody, so the packs of every jurisdiction that binds a group, and the default ones, add up.
    2. A text may be the first that a person gets unless the caller knows better.
    """
    content = shipped_content()
    asked = Text(
        text=f"{subject}\n{text}" if subject else text, channel=channel, purpose=purpose, recipient=recipient,
        actor_kind=actor_kind, names=tuple(name for name in names if name), products=frozenset(products),
        facts=frozenset(facts), is_first=is_first,
    )  # fmt: skip
    found = read(asked, packs=packs_for(groups), on=on, content=content, numbers=shipped_numbers())
    shift = len(subject) + 1 if subject else 0
    return TextReport(
        outcome=outcome_of(found),
        findings=tuple(_finding(each, shift, content) for each in found),
        version=content.version,
        sha256=content.sha256,
    )


def packs_for(groups: Iterable[str] | None) -> frozenset[str]:
    """This function will return the codes of the packs that bind debts to some groups; None: of everybody's."""
    if groups is not None:
        return frozenset(pack.code for pack in rulebook_for(groups).packs)
    bound = {"", *in_force()["institution_groups"].values()}
    return frozenset(pack.code for name in bound for pack in rulebook_of(frozenset({name})).packs)


def voicemail_is_limited(*, text: str, business_name: str, is_name_revealing: bool, on: date) -> bool:
    """This function will tell whether a voicemail is a limited-content message (12 CFR 1006.2(j))."""
    is_limited, _ = is_limited_content(
        text, business_name=business_name, is_name_revealing=is_name_revealing, is_for_debtor=True, on=on,
        numbers=shipped_numbers(),
    )  # fmt: skip
    return is_limited


def text_rules(packs: Collection[str] | None = None) -> tuple[TextRuleCard, ...]:
    """This function will return the rules on texts, of some packs or of all, as a page shows them."""
    content = shipped_content()
    return tuple(
        TextRuleCard(
            rule_id=each.rule.id, pack=each.rule.jurisdiction, title_zh=each.rule.title_zh, title_en=each.rule.title_en,
            citation=each.rule.citation, rank=each.rule.rank, evidence=each.rule.evidence,
            effective_from=each.effective_from, effective_to=each.effective_to, version=content.version,
            topics=tuple((topic.title_zh, topic.title_en) for topic in (content.topics[one.topic] for one in each.forbids)),
            elements=tuple((element.label_zh, element.label_en) for element in each.requires),
            sentence_count=sum(
                len(content.topics[one.topic].keeps) + sum(map(len, content.topics[one.topic].breaks))
                for one in each.forbids
            ),
        )
        for each in content.rules
        if packs is None or each.rule.jurisdiction in packs
    )  # fmt: skip


def _finding(finding: Finding, shift: int, content: ContentPack) -> TextFinding:
    return TextFinding(
        rule_id=finding.rule.id, outcome=finding.yields, message_zh=finding.message("zh"),
        message_en=finding.message("en"), citation=finding.rule.citation, evidence=finding.rule.evidence,
        pack=content.code, version=content.version, missing=finding.missing,
        marks=tuple(
            TextMark(
                part="subject" if mark.end <= shift else "text", start=mark.start if mark.end <= shift else max(0, mark.start - shift),
                end=mark.end if mark.end <= shift else mark.end - shift, quote=mark.quote, topic=mark.topic,
            )
            for mark in finding.marks
        ),
    )  # fmt: skip
