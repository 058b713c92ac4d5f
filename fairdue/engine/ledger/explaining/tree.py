"""The tree of an explanation: pieces whose parts sum to them exactly, or there is no piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from fairdue.kernel.money import Money

Unit = Literal["money", "days"]
Word = str | int | date | Money | tuple[str, ...]
"""What a sentence may name; a text beginning with `#` is the code of a component."""


class ExplanationUnsound(AssertionError):
    """The parts do not come to the amount: a fault of the books or of this module, never something to show."""


@dataclass(frozen=True, slots=True)
class Working:
    """How an amount was computed: products of factors as written, their exact sum, the rounding, and what capped it."""

    products: tuple[tuple[str, ...], ...]
    """One product of factors for each stretch on which the base stayed the same."""
    exact: str
    rounding: str
    """Code of a rounding mode, `floor` or `cap`; empty when nothing was rounded."""
    result: Money
    cap: str = ""
    """Code of the cap that cut the amount."""
    cut: Money | None = None
    """What the cap took off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One amount in minor units, or one number of days, signed, with why it is what it is."""

    phrase: str
    """Code of its sentence in the phrase book."""
    amount: int
    unit: Unit = "money"
    words: Mapping[str, Word] = field(default_factory=dict)
    subject: str = ""
    parts: tuple[Piece, ...] = ()
    line_ids: tuple[int, ...] = ()
    """The postings that make the amount."""
    transaction_id: int | None = None
    effective_date: date | None = None
    recorded_at: datetime | None = None
    rule: str = ""
    citation: Mapping[str, str] = field(default_factory=dict)
    working: Working | None = None

    def __post_init__(self) -> None:
        if self.parts and sum(part.amount for part in self.parts) != self.amount:
            found = sum(part.amount for part in self.parts)
            raise ExplanationUnsound(f"{self.phrase}: {self.amount}, but its parts come to {found}")

    def turned(self) -> Piece:
        """Return the piece and all below it with the sign turned: what was paid lowers what is owed."""
        return replace(self, amount=-self.amount, parts=tuple(part.turned() for part in self.parts))


def total(phrase: str, parts: Iterable[Piece], **more: object) -> Piece:
    """Return a piece that is the sum of its parts."""
    found = tuple(parts)
    return Piece(phrase=phrase, amount=sum(part.amount for part in found), parts=found, **more)  # type: ignore[arg-type]
