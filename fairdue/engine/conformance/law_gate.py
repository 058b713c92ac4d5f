"""Answers to gate cases of the law, by the engine's gate."""

from __future__ import annotations

from typing import Any

from fairdue.engine.conformance.running import Answer, Unsupported


def answer_gate(question: dict[str, Any]) -> Answer:
    """Return the gate's answer; the law room says itself which packs and facts it understands."""
    try:
        from fairdue.engine.law import conformance as gate
    except ImportError as error:
        raise Unsupported("the gate does not read cases yet") from error
    answer = gate.answer_gate(question)
    if not answer or "unsupported" in answer:
        raise Unsupported(str((answer or {}).get("unsupported", "the gate does not understand the case")))
    return answer
