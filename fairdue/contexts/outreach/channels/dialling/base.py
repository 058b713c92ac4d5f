"""What every telephone adapter does: dial one number, say what became of the call, give the recording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from fairdue.contexts.outreach.channels.base import Rejected

STATES = ("dialling", "ringing", "answered", "busy", "no_answer", "failed", "ended")
OVER = frozenset({"busy", "no_answer", "failed", "ended"})
"""States after which nobody hears anything."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The exchange dials."""

    provider_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNews:
    """What the exchange knows of a call; `recording_ref` names the recording once there is one."""

    provider_ref: str
    state: str
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    recording_ref: str = ""


class Exchange(Protocol):
    """An adapter to one telephone exchange."""

    code: ClassVar[str]

    def dial(self, *, key: str, number: str, extension: str) -> Taken | Rejected:
        """Let the collector's telephone ring, then the number; the same key twice is one call.

        :raises Unknown: if the answer was lost: it may ring
        """
        ...

    def ask(self, key: str) -> CallNews | None:
        """Say what became of a call; None if the exchange knows of none.

        :raises Unknown: if the exchange does not answer
        """
        ...

    def hang_up(self, key: str) -> None:
        """End a call; one that is over stays as it is.

        :raises Unknown: if the exchange does not answer
        """
        ...

    def recording(self, key: str) -> AbstractContextManager[Iterator[bytes]]:
        """Give the recording of a call as it comes.

        :raises Unknown: if there is none, or the exchange does not answer
        """
        ...

    def delete_recording(self, key: str) -> None:
        """Delete the recording of a call for good; one that is gone already, or never was, is deleted.

        :raises Unknown: if the exchange does not say so
        """
        ...
