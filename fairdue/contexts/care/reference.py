"""Kinds of matters as packs/reference/matters.yaml describes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings

from .contracts import CareRefused, Choice, KindTerms


@lru_cache(maxsize=1)
def _document() -> Mapping[str, Any]:
    path = settings.PACKS_DIR / "reference" / "matters.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


@lru_cache(maxsize=1)
def kind_terms() -> Mapping[str, KindTerms]:
    """Return what the pack says of every kind, in the order of the pack."""
    return {item["code"]: _terms(item) for item in _document()["matters"]}


def terms_of(kind: str) -> KindTerms:
    """Return what the pack says of one kind.

    :raises CareRefused: if there is none of this code
    """
    found = kind_terms().get(kind)
    if found is None:
        raise CareRefused("care.matter.kind", f"{kind!r} is none of {', '.join(kind_terms())}")
    return found


def badge_percents() -> tuple[int, int]:
    """Return the shares of the time from which a clock is amber and red."""
    badge = _document()["badge"]
    return badge["amber_percent"], badge["red_percent"]


def quiet_clock() -> str:
    """Return the kind of the clock that must pass after an answer before its hold is lifted."""
    return str(_document()["quiet_before_lift"])


def _terms(item: Mapping[str, Any]) -> KindTerms:
    outcomes = item["outcomes"]
    return KindTerms(
        code=item["code"],
        name=Choice(code=item["code"], **item["name"]),
        title=Choice(code=item["code"], **item["title"]),
        about=Choice(code=item["code"], **item["about"]),
        is_held=item["is_held"],
        causes=tuple(_choice(each) for each in item["causes"]),
        requests={each["code"]: each["request"] for each in item["causes"] if "request" in each},
        outcomes=tuple(_choice(each) for each in outcomes),
        upheld=frozenset(each["code"] for each in outcomes if each.get("upheld")),
        needs_approval=frozenset(each["code"] for each in outcomes if each.get("approval")),
        handlers=tuple(item["handlers"]),
        approvers=tuple(item["approvers"]),
        is_human_first=bool(item.get("is_human_first")),
        is_short=bool(item.get("short_answer")),
    )


def _choice(item: Mapping[str, Any]) -> Choice:
    return Choice(code=item["code"], zh=item["zh"], en=item["en"])
