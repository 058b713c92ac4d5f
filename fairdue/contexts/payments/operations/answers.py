"""Answer a provider's event once; the same event again gets the same answer and books nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any


def answer_once(
    *, provider: str, event_ref: str, body: bytes, work: Callable[[], Mapping[str, Any]], now: datetime
) -> tuple[dict[str, Any], bool]:
    """This function will do the work of an event and keep its answer; a repetition gets (answer, True)."""
    raise NotImplementedError
