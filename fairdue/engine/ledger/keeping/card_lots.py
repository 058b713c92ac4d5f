"""What a card owes, purchase by purchase: how long each stood at how much, and the interest that it bears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(slots=True, eq=False)
class Lot:
    """An amount that was charged on a day, with what was left of it from each day on.

    `first_day` is the first that may bear interest; `charged_to` the day up to which interest was charged.
    """

    key: str
    component: str
    first_day: date
    history: list[tuple[date, int]]
    is_bearing: bool = False
    charged_to: date | None = None

    @property
    def outstanding(self) -> int:
        """What is left."""
        return self.history[-1][1]

    @property
    def bears_from(self) -> date:
        """The first day for which no interest was charged yet."""
        return self.first_day if self.charged_to is None else max(self.charged_to, self.first_day)

    def change(self, amount: int, day: date) -> None:
        """Let so much be left from a day on."""
        if self.history[-1][0] == day:
            self.history.pop()
        self.history.append((day, amount))

    def flatten(self) -> None:
        """Forget what was left on earlier days: what is left now counts from its first day."""
        self.history = [(self.first_day, self.outstanding)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days on which the base of a lot's interest stayed the same; the last is not counted."""

    lot: Lot
    base: int
    from_date: date
    to_date: date
    exact: Fraction

    @property
    def days(self) -> int:
        """The days counted."""
        return (self.to_date - self.from_date).days

    def as_details(self) -> Mapping[str, object]:
        """Return the plain form for an explanation."""
        return {
            "of": self.lot.key,
            "component": self.lot.component,
            "base_minor": self.base,
            "from_date": self.from_date.isoformat(),
            "to_date": self.to_date.isoformat(),
            "days": self.days,
            "unrounded": str(self.exact),
        }


@dataclass(slots=True)
class Lots:
    """The lots of a card that matter still; within a component, money lowers the oldest first (billed first)."""

    all: list[Lot] = field(default_factory=list)
    _owed: dict[str, int] = field(default_factory=dict)

    def follow(self, owed: Mapping[str, int], day: date, key: str) -> list[Lot]:
        """Let the lots come to what is owed of each component: add what is new, lower the oldest; return the new."""
        made = []
        for component in sorted({*owed, *self._owed}):
            change = owed.get(component, 0) - self._owed.get(component, 0)
            self._owed[component] = owed.get(component, 0)
            if change > 0:
                made.append(Lot(key=key, component=component, first_day=day, history=[(day, change)]))
            elif change < 0:
                self._lower(component, -change, day)
        self.all += made
        return made

    def forget(self, kept: Iterable[Lot]) -> None:
        """Forget what is settled, apart from the lots of which it is still open whether they bear interest."""
        open_ids = {id(lot) for lot in kept}
        self.all = [lot for lot in self.all if lot.outstanding or id(lot) in open_ids]

    def _lower(self, component: str, amount: int, day: date) -> None:
        for lot in self.all:
            part = min(lot.outstanding, amount) if lot.component == component else 0
            if part:
                lot.change(lot.outstanding - part, day)
                amount -= part


def stretches(lot: Lot, to: date, daily_rate: Fraction, *, is_compound: bool) -> Iterator[Stretch]:
    """Yield the stretches of a lot since interest was last charged on it, with the exact interest of each.

    1. Simple: base × rate × days. Compound: what was earned before in the same span bears interest too.
    """
    start, earned = lot.bears_from, ZERO
    ends = [day for day, _ in lot.history[1:]]
    for (begin, base), end in zip(lot.history, [*ends, to], strict=True):
        first, last = max(begin, start), min(end, to)
        if last <= first or not base:
            continue
        days = (last - first).days
        exact = (base + earned) * ((1 + daily_rate) ** days - 1) if is_compound else base * daily_rate * days
        earned += exact
        yield Stretch(lot=lot, base=base, from_date=first, to_date=last, exact=exact)


def total(found: Iterable[Stretch]) -> Fraction:
    """Return the exact interest of stretches together."""
    return sum((stretch.exact for stretch in found), ZERO)
