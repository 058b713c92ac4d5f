"""The order in which money settles what is owed, as data that every executor of it reads.

The executors are `engine.ledger.life` (one debt, event by event) and `allocation.columns` (any number of
accounts at once); a property test holds them to the same parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal, get_args

PRINCIPAL = "principal"
INTEREST = "interest"
FEE = "fee"
PENALTY = "penalty"
COMPONENTS = (PENALTY, FEE, INTEREST, PRINCIPAL)
"""The usual components, in the usual order of payment; a rule may order others."""

DueClass = Literal["past_due", "due", "in_advance"]
DUE_CLASSES: tuple[DueClass, ...] = get_args(DueClass)
Style = Literal["horizontal", "vertical"]
InAdvance = Literal["next", "last"]


class RuleInvalid(ValueError):
    """An order of payment does not say what it must."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in the order of payment: a class of due items and a component."""

    due_class: DueClass
    component: str


def usual_order(components: Sequence[str] = COMPONENTS) -> tuple[Slot, ...]:
    """Return the order that takes past due, due and in advance in turn, each by component."""
    return tuple(Slot(due_class, component) for due_class, component in product(DUE_CLASSES, components))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One order of payment.

    1. `order` names every component once in each of the three classes of due items.
    2. `horizontal` finishes a row before the next, `vertical` a component over all rows before the next;
       `in_advance_style` is the style for rows ahead of time where it differs.
    3. `in_advance`: whether money ahead of time goes to the next future row first, or to the last.
    4. `reach_days`: money settles items due at most so many days after its own day; None means any. What
       exceeds these lowers the balance that no item asks for, then settles the items beyond reach, but for those
       that are not owed before their due date: money is held for them until then.
    5. `unscheduled` orders the components of that balance; without it the order of what is in advance
       holds. With `is_highest_rate_first` the balance with the highest annual rate comes first.
    6. `law` is the rule of the law packs that this order carries out; of the components, `by_contract` are
       those whose place that law leaves to the contract.
    """

    order: tuple[Slot, ...] = field(default_factory=usual_order)
    style: Style = "horizontal"
    in_advance: InAdvance = "next"
    in_advance_style: Style | None = None
    reach_days: int | None = None
    unscheduled: tuple[str, ...] = ()
    is_highest_rate_first: bool = False
    law: str = ""
    by_contract: tuple[str, ...] = ()
    citation: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if len(self.order) != len(set(self.order)) or set(self.order) != set(usual_order(self.components)):
            raise RuleInvalid("the order of payment must name each component once in each class")
        if self.unscheduled and sorted(self.unscheduled) != sorted(self.components):
            raise RuleInvalid("the order of the unscheduled balance must name each component once")
        if not set(self.by_contract) <= set(self.components):
            raise RuleInvalid("what stands by contract must be ordered too")
        if self.reach_days is not None and self.reach_days < 0:
            raise RuleInvalid("a reach of less than no days")

    @property
    def components(self) -> tuple[str, ...]:
        """Every component that is ordered, in order of first appearance."""
        return tuple(dict.fromkeys(slot.component for slot in self.order))

    @property
    def by_law(self) -> tuple[str, ...]:
        """The components whose order for what is past due the law itself gives."""
        past_due = (slot.component for slot in self.order if slot.due_class == "past_due")
        return tuple(component for component in past_due if component not in self.by_contract)

    @property
    def unscheduled_order(self) -> tuple[str, ...]:
        """The components of the balance that no item asks for, in order."""
        return self.unscheduled or tuple(
            slot.component for slot in self.order if slot.due_class == "in_advance"
        )

    @property
    def steps(self) -> tuple[tuple[DueClass, tuple[str, ...]], ...]:
        """The steps in which money settles items: a class of items, and the components taken row by row.

        1. Vertical: each slot of the order is a step of its own.
        2. Horizontal: the components of a class are one step, where the class first appears.
        """
        grouped: dict[object, tuple[DueClass, tuple[str, ...]]] = {}
        for slot in self.order:
            style = self.in_advance_style if slot.due_class == "in_advance" else None
            key = slot if (style or self.style) == "vertical" else slot.due_class
            _, components = grouped.get(key, (slot.due_class, ()))
            grouped[key] = (slot.due_class, (*components, slot.component))
        return tuple(grouped.values())

    @property
    def is_by_due_date(self) -> bool:
        """Whether no item of a later day ahead is settled before all items due until some day ahead are."""
        classes = [due_class for due_class, _ in self.steps]
        is_in_turn = classes == sorted(classes, key=DUE_CLASSES.index)
        return is_in_turn and classes.count("in_advance") == 1 and self.in_advance == "next"

    @property
    def is_row_by_row(self) -> bool:
        """Whether no item of a later day, past or ahead, is settled before all items of the days before it are."""
        return self.is_by_due_date and len(self.steps) == len({due_class for due_class, _ in self.steps})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Way):
    """An order of payment that takes the place of the first one from some day on.

    It holds on the days on which the account is at least `from_days_past_due` days past due before the
    money is applied, or, with `needs_judgment`, from the day of the judgment on.
    """

    from_days_past_due: int | None = None
    needs_judgment: bool = False

    def __post_init__(self) -> None:
        Way.__post_init__(self)
        if (self.from_days_past_due is None) is not self.needs_judgment:
            raise RuleInvalid("a stage begins either at a number of days past due or with a judgment")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRule(Way):
    """In which order money settles what is owed, with the law or contract it rests on.

    1. The order is that of `Way`, unless one of `stages` holds on the money's own day; of several the one
       of a judgment, else the one from the most days past due.
    2. `chargeback_order`: which components of a returned payment fall due again first; without it
       everything returns as principal.
    3. Items in dispute are left out.
    """

    stages: tuple[Stage, ...] = ()
    chargeback_order: tuple[str, ...] = ()
    code: str = ""
    name: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        Way.__post_init__(self)
        if missing := {PRINCIPAL, INTEREST, *self.chargeback_order} - set(self.components):
            raise RuleInvalid(f"the order of payment lacks {', '.join(sorted(missing))}")
        if any(set(stage.components) != set(self.components) for stage in self.stages):
            raise RuleInvalid("a stage must order the same components as the rule")
        if len({stage.from_days_past_due for stage in self.stages}) != len(self.stages):
            raise RuleInvalid("two stages begin at the same place")

    @property
    def has_reach(self) -> bool:
        """Whether money settles, by this order or by one of a stage, no items due later than so many days ahead."""
        return any(way.reach_days is not None for way in (self, *self.stages))

    @property
    def needs_days_past_due(self) -> bool:
        """Whether the order depends on how late the account is."""
        return any(not stage.needs_judgment for stage in self.stages)

    def way_on(self, days_past_due: int, *, is_judged: bool = False) -> Way:
        """Return the order of payment that holds at so many days past due, with or without a judgment."""
        held = [
            stage
            for stage in self.stages
            if (is_judged if stage.from_days_past_due is None else days_past_due >= stage.from_days_past_due)
        ]
        return max(held, key=_precedence, default=self)


def _precedence(stage: Stage) -> float:
    return float("inf") if stage.from_days_past_due is None else stage.from_days_past_due
