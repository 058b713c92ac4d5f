"""Files that go with a mail: named when it is planned, read when it leaves, kept by whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a mail. Lives in memory only."""

    name: str
    media_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"Attachment({self.media_type}, {len(self.content)} bytes)"


class FileGone(LookupError):
    """The file that a message is to carry is not to be had: it was deleted by rule, or nobody here knows it."""

    code = "outreach.attachment.gone"


Files = Callable[[str], Attachment]
"""Whoever lets the dispatcher run says by this how a message's `attachment` becomes a file; raises `FileGone`."""


def no_files(ref: str) -> Attachment:
    """Never return a file: for passes that carry none.

    :raises FileGone: always
    """
    raise FileGone(ref)
