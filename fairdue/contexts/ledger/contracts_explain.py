"""What an explanation hands to others: a tree of amounts, each with its sentence, rule, working and postings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from fairdue.contexts.ledger.contracts import PostingCard
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPart:
    """One amount (or number of days) with why it is what it is; its parts sum to it exactly."""

    path: str
    """Where it stands in the tree: empty for the root, else such as `2.1`, counted from 1."""
    subject: str
    """The subject under which it can be asked for by itself; empty if it has none."""
    sentence_zh: str
    sentence_en: str
    amount: Money | None
    """Signed; None for days."""
    days: int | None
    """Signed; None for money."""
    parts: tuple[ExplainedPart, ...] = ()
    postings: tuple[PostingCard, ...] = ()
    """The postings that make the amount; those of its parts stand at the parts."""
    transaction_id: int | None = None
    effective_date: date | None = None
    recorded_at: datetime | None = None
    rule: str = ""
    """Code of the rule or allocation policy; its name for people stands beside it."""
    rule_zh: str = ""
    rule_en: str = ""
    citation_zh: str = ""
    citation_en: str = ""
    arithmetic_zh: str = ""
    arithmetic_en: str = ""

    def walk(self) -> Iterator[ExplainedPart]:
        """Yield the part and all below it, depth first."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one amount of an account is what it is on a day, as known at an instant."""

    account_id: int
    as_of: date
    known_at: datetime | None
    """None: as known now."""
    subject: str
    currency: str
    root: ExplainedPart

    def part(self, path: str) -> ExplainedPart | None:
        """Return the part at a path, or None."""
        return next((part for part in self.root.walk() if part.path == path), None)
