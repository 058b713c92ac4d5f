"""What plans need as data: packs/reference/plans.yaml, and the words of their kinds."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from django.conf import settings

from fairdue.engine.negotiation.words import say


@cache
def plan_reference() -> dict[str, Any]:
    """Return how plans are looked after."""
    path = settings.PACKS_DIR / "reference" / "plans.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def kind_words(kind: str, language: str) -> str:
    """Return what a kind of offer is called."""
    return say("kinds", kind, language)
