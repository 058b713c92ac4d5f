"""What every adapter does: hand one text over, and say honestly what is known of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Protocol, Self

from fairdue.contexts.outreach.attached import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One text on its way to one recipient. Lives in memory only."""

    idempotency_key: str
    channel: str
    recipient: str
    subject: str
    text: str
    locale: str
    attachment: Attachment | None = None

    def __repr__(self) -> str:
        return f"Outgoing({self.idempotency_key}, {self.channel})"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the text over."""

    provider_ref: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider has surely not taken it; `is_final` when trying again would not help."""

    reason: str
    is_final: bool


class Unknown(Exception):
    """The answer was lost: the text may or may not have been taken over."""

    code = "outreach.answer.unknown"


class Channel(Protocol):
    """An adapter to one provider."""

    code: ClassVar[str]
    can_be_asked: ClassVar[bool]
    """Whether `query` finds out what became of a text whose answer was lost."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, outgoing: Outgoing, *, handing_over: Callable[[], None]) -> Accepted | Rejected:
        """Hand the text over; call `handing_over` at the last moment at which it is surely not yet taken.

        :raises Unknown: if the answer was lost
        """
        ...

    def query(self, idempotency_key: str) -> Accepted | None:
        """Say whether the provider has taken the text over; None if it surely has not.

        :raises Unknown: if the provider does not answer
        """
        ...
