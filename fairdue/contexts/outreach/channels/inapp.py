"""In-app messages: our own table is the inbox, so the text is delivered once its dispatch is recorded."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import ClassVar, Self

from fairdue.contexts.outreach.channels.base import Accepted, Outgoing, Rejected


class InApp:
    """The borrower's inbox in the portal."""

    code: ClassVar[str] = "inapp"
    can_be_asked: ClassVar[bool] = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, outgoing: Outgoing, *, handing_over: Callable[[], None]) -> Accepted | Rejected:
        """Accept: the message row that holds the sealed text is what the borrower reads."""
        return Accepted(outgoing.idempotency_key)

    def query(self, idempotency_key: str) -> Accepted | None:
        """Say no: nothing is in the inbox until its dispatch is recorded as delivered, under a permit that was used."""
        return None
