"""From pieces to sentences: the phrase book of the packs, spoken in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from fairdue.contexts.ledger.contracts import PostingCard
from fairdue.contexts.ledger.contracts_explain import ExplainedPart
from fairdue.contexts.ledger.queries.terms import components, policies
from fairdue.engine.ledger.due_names import due_name
from fairdue.engine.ledger.explaining.tree import Piece, Word, Working
from fairdue.engine.ledger.explaining.working import formula
from fairdue.kernel.money import Money

ARROW = " → "


@cache
def phrase_book() -> dict[str, Any]:
    """Return the sentences, the words for roundings and for caps, each in zh and en."""
    path = settings.PACKS_DIR / "reference" / "explanations.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True, slots=True)
class Speaker:
    """Puts the pieces of one account into words; `postings` are its postings by their ids."""

    currency: str
    postings: Mapping[int, PostingCard]

    def part(self, piece: Piece, path: str = "") -> ExplainedPart:
        """Return a piece and all below it in words; places are counted from 1."""
        below = [f"{path}.{number}".lstrip(".") for number in range(1, len(piece.parts) + 1)]
        is_money = piece.unit == "money"
        return ExplainedPart(
            path=path,
            subject=piece.subject,
            sentence_zh=sentence(piece, "zh"),
            sentence_en=sentence(piece, "en"),
            amount=Money(piece.amount, self.currency) if is_money else None,
            days=None if is_money else piece.amount,
            parts=tuple(self.part(part, place) for part, place in zip(piece.parts, below, strict=True)),
            postings=tuple(self.postings[line] for line in piece.line_ids if line in self.postings),
            transaction_id=piece.transaction_id,
            effective_date=piece.effective_date,
            recorded_at=piece.recorded_at,
            rule=piece.rule,
            rule_zh=rule_name(piece.rule, "zh"),
            rule_en=rule_name(piece.rule, "en"),
            citation_zh=piece.citation.get("zh", ""),
            citation_en=piece.citation.get("en", ""),
            arithmetic_zh=arithmetic(piece.working, "zh"),
            arithmetic_en=arithmetic(piece.working, "en"),
        )


def rule_name(code: str, language: str) -> str:
    """Return what a rule, an allocation policy or a component is called; a code that is none of these as it is."""
    policy = policies().get(code)
    named = policy.name if policy else phrase_book()["rules"].get(code) or components().get(code)
    return str(named[language]) if named else code


def sentence(piece: Piece, language: str) -> str:
    """Return the sentence of a piece in a language."""
    words = {name: _named(name, value, language) for name, value in piece.words.items()}
    template: str = phrase_book()["phrases"][piece.phrase][language]
    return template.format_map(words)


def arithmetic(working: Working | None, language: str) -> str:
    """Return the arithmetic of a piece with the rounding and the cap in a language's words."""
    if working is None:
        return ""
    text = formula(working)
    separator = "，" if language == "zh" else ", "
    if working.rounding:
        named = phrase_book()["roundings"].get(working.rounding)
        text += separator + (named[language] if named else working.rounding)
    if working.cut is not None:
        cap: str = phrase_book()["cap"][language]
        text += separator + cap.format(cap=working.cap, cut=_spoken(working.cut, language))
    return text


def _named(name: str, value: Word, language: str) -> str:
    spoken = _spoken(value, language)
    return due_name(spoken, language) if name == "ref" else spoken


def _spoken(value: Word, language: str) -> str:
    match value:
        case tuple():
            return ARROW.join(_spoken(one, language) for one in value)
        case Money():
            return f"{value.amount:,}"
        case str() if value.startswith("#"):
            code = value.removeprefix("#")
            named = components().get(code)
            return str(named[language]) if named else code
        case _:
            return str(value)
