"""Filters of a list as Python objects: read from the address, checked, rendered on top of the table.

    filters = Filters(request, Choice("queue", _("Queue"), options, any_label=_("All queues")),
                      Check("mine", _("Mine only")))
    cases.queue(queue=filters["queue"] or None, mine=bool(filters["mine"]))

1. A value that is not offered reads like none: nobody can ask a list for what its filters do not name.
2. The first `shown` filters stand open, the others behind "More filters", open if one of them is set.
3. An address carries no personal data: a filter is a code, a number or a day, never a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.dateparse import parse_date

LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter: the name in the address and the label on the screen."""

    kind: ClassVar[str] = "text"

    name: str
    label: str

    def read(self, text: str) -> str:
        """Return what the address asks for if this filter offers it, else its default."""
        return text.strip()[:LONGEST]

    @property
    def default(self) -> str:
        """What holds when the address says nothing."""
        return ""


@dataclass(frozen=True, kw_only=True)
class Choice(Filter):
    """One of some options; without `any_label` one of them always holds, the first unless `chosen` says which."""

    kind: ClassVar[str] = "choice"

    options: Sequence[tuple[str, str]] = field(default_factory=tuple)
    any_label: str = ""
    chosen: str = ""

    def read(self, text: str) -> str:
        """Return the option asked for, or the default."""
        return text if text in {str(value) for value, _label in self.options} else self.default

    @property
    def default(self) -> str:
        """Anything, or the option that always holds."""
        if self.any_label or not self.options:
            return ""
        return self.chosen or str(self.options[0][0])


@dataclass(frozen=True, kw_only=True)
class Check(Filter):
    """A box: `1` or nothing."""

    kind: ClassVar[str] = "check"

    def read(self, text: str) -> str:
        """Return `1` if the box is ticked."""
        return "1" if text == "1" else ""


@dataclass(frozen=True, kw_only=True)
class Number(Filter):
    """A number of a record."""

    kind: ClassVar[str] = "number"

    def read(self, text: str) -> str:
        """Return the digits, or nothing for anything else."""
        digits = text.strip()
        return digits if digits.isascii() and digits.isdigit() and len(digits) <= 18 else ""


@dataclass(frozen=True, kw_only=True)
class Day(Filter):
    """A day: 2026-11-21."""

    kind: ClassVar[str] = "date"

    def read(self, text: str) -> str:
        """Return the day as it was written if it is one."""
        return text if _day(text) else ""


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


class Filters:
    """The filters of a list with what the address asks of each."""

    def __init__(self, request: HttpRequest, *parts: Filter, shown: int = 5) -> None:
        self.parts = parts
        self.values = {part.name: part.read(request.GET.get(part.name, "")) for part in parts}
        self.sort = request.GET.get("sort", "")[:LONGEST]
        self.first_count = shown

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def number(self, name: str) -> int | None:
        """Return a number asked for, or None."""
        return int(self.values[name]) if self.values[name].isdigit() else None

    def day(self, name: str) -> date | None:
        """Return a day asked for, or None."""
        return _day(self.values[name])

    @property
    def is_active(self) -> bool:
        """Tell whether any filter differs from its default."""
        return any(self.values[part.name] != part.default for part in self.parts)

    @property
    def sends_itself(self) -> bool:
        """Tell whether the form may be sent at every change: nothing in it is typed."""
        return all(part.kind in ("choice", "check") for part in self.parts)

    @property
    def first(self) -> list[dict[str, Any]]:
        """The filters that stand open."""
        return self._drawn(self.parts[: self.first_count])

    @property
    def more(self) -> list[dict[str, Any]]:
        """The filters behind "More filters"."""
        return self._drawn(self.parts[self.first_count :])

    @property
    def more_is_active(self) -> bool:
        """Tell whether one of the folded filters is set."""
        return any(self.values[part.name] != part.default for part in self.parts[self.first_count :])

    def _drawn(self, parts: Iterable[Filter]) -> list[dict[str, Any]]:
        return [
            {
                "part": part, "value": self.values[part.name],
                "options": [(str(value), label) for value, label in getattr(part, "options", ())],
            }
            for part in parts
        ]  # fmt: skip
