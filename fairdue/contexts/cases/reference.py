"""Outcome codes and the limits of promises, read once from packs/reference/."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from fairdue.contexts.cases.contracts import OutcomeCode, PromiseRules
from fairdue.contexts.cases.errors import CaseRefused


class OutcomeCodeUnknown(CaseRefused):
    """No outcome code of that name stands in packs/reference/outcomes.yaml."""

    code = "cases.outcome.unknown_code"


def _document(name: str) -> dict[str, Any]:
    return yaml.safe_load((Path(settings.PACKS_DIR) / "reference" / name).read_text(encoding="utf-8"))


_FLAGS = ("is_contact", "is_right_party", "is_third_party", "asks_promise", "marks_invalid", "closes_work")


def _outcome_code(row: dict[str, Any]) -> OutcomeCode:
    unknown = row.keys() - {"code", "zh", "en", "channels", "result", "opts_out", "asks_hold", *_FLAGS}
    if unknown:
        raise ValueError(f"outcomes.yaml, {row.get('code')}: unknown {', '.join(sorted(unknown))}")
    return OutcomeCode(
        code=row["code"],
        zh=row["zh"],
        en=row["en"],
        channels=frozenset(row["channels"]),
        result=row.get("result", ""),
        opts_out=row.get("opts_out", ""),
        asks_hold=row.get("asks_hold", ""),
        **{flag: bool(row.get(flag, False)) for flag in _FLAGS},
    )


@cache
def _codes() -> dict[str, OutcomeCode]:
    codes = [_outcome_code(row) for row in _document("outcomes.yaml")["codes"]]
    by_code = {code.code: code for code in codes}
    if len(by_code) != len(codes):
        raise ValueError("outcomes.yaml names a code twice")
    return by_code


def outcome_codes(channel: str | None = None) -> tuple[OutcomeCode, ...]:
    """Return the outcome codes in screen order, of one channel if it is named."""
    return tuple(code for code in _codes().values() if channel is None or channel in code.channels)


def outcome_code(code: str) -> OutcomeCode:
    """Return one outcome code.

    :raises OutcomeCodeUnknown: if it does not stand in the list
    """
    try:
        return _codes()[code]
    except KeyError as error:
        raise OutcomeCodeUnknown(f"outcome code {code!r} is not known") from error


@cache
def promise_rules() -> PromiseRules:
    """Return the limits of a promise to pay."""
    document = _document("promises.yaml")
    document.pop("version")
    return PromiseRules(**document)
