"""A clock for long passes: the moment that the caller gave, moved on by the time the work has taken."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Ticking:
    """The caller's clock, still running."""

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._started = time.monotonic()

    def now(self) -> datetime:
        """Return the present moment by the caller's clock."""
        return self._start + timedelta(seconds=time.monotonic() - self._started)
