"""Every reason for which an event is refused has a sentence that says what to do."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.ledger.refusal_words import SENTENCES, refusal_sentence
from fairdue.engine.ledger.life.refusals import REASONS


def test_every_reason_has_a_sentence_of_two_halves():
    assert set(SENTENCES) == set(REASONS)
    assert [reason for reason, text in SENTENCES.items() if ": " not in text] == []


def test_a_refusal_says_what_of_which_day_why_and_what_to_do():
    assert refusal_sentence("pause_overlap", "pause", date(2026, 11, 18)) == (
        "The pause of 2026-11-18 was refused: another pause covers some of these days: "
        "choose days that no pause covers. Nothing was recorded."
    )
