"""The question: values of ways, what each uses, how much there is; and what is no question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kinds = NDArray[np.int32]
Choice = NDArray[np.int8]

NONE = -1
"""In a choice: the person gets nothing."""
FORBIDDEN = -np.inf
"""The value of a way that a person does not have."""
MAX_WAYS = 127


class AllocationRefused(ValueError):
    """The arrays are no question that has an answer."""

    code = "science.allocation.refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be shared among whom.

    `values` (ways, persons); `-inf` where a person does not have the way. `kinds` (ways, persons), or (ways,)
    if all persons' ways of a column are of one kind. `uses` (kinds, capacities), not negative. `capacities`
    (capacities,), not negative, `inf` = without limit. Persons stand in the order in which ties are decided:
    of two persons whom it makes no difference to prefer, the earlier one is served.
    """

    values: Floats
    kinds: Kinds
    uses: Floats
    capacities: Floats

    def __post_init__(self) -> None:
        """Refuse what is not a number, what does not fit together, and negative amounts.

        :raises AllocationRefused: saying which array is wrong
        """
        if self.values.ndim != 2 or self.uses.ndim != 2 or self.capacities.ndim != 1:
            raise AllocationRefused("values and uses have two dimensions, capacities one")
        if self.values.shape[0] > MAX_WAYS:
            raise AllocationRefused(f"at most {MAX_WAYS} ways a person")
        if self.kinds.shape not in ((self.values.shape[0],), self.values.shape):
            raise AllocationRefused("kinds have the shape of values, or one kind a way")
        if self.uses.shape[1] != self.capacities.shape[0]:
            raise AllocationRefused("uses have one column for each capacity")
        if self.kinds.size and not 0 <= int(self.kinds.min()) <= int(self.kinds.max()) < self.uses.shape[0]:
            raise AllocationRefused("a kind has no row in uses")
        if np.isnan(self.values).any() or np.isposinf(self.values).any():
            raise AllocationRefused("a value is not a finite number")
        if np.isnan(self.capacities).any() or (self.capacities < 0).any():
            raise AllocationRefused("a capacity is not a number, or negative")
        if not np.isfinite(self.uses).all() or (self.uses < 0).any():
            raise AllocationRefused("a use is not a finite number, or negative")

    @property
    def ways(self) -> int:
        """The number of columns."""
        return self.values.shape[0]

    @property
    def persons(self) -> int:
        """The number of persons."""
        return self.values.shape[1]

    @property
    def has_one_kind_a_way(self) -> bool:
        """Tell whether a way is of the same kind for every person."""
        return self.kinds.ndim == 1

    def kind_of(self, way: int, persons: slice | NDArray[np.intp] = slice(None)) -> Kinds | np.int32:
        """Return the kinds of one way: one number, or one for each of some persons."""
        return self.kinds[way] if self.kinds.ndim == 1 else self.kinds[way, persons]

    def part(self, persons: NDArray[np.intp], capacities: Floats) -> Problem:
        """Return the same question for some of the persons, with other capacities."""
        kinds = self.kinds if self.kinds.ndim == 1 else self.kinds[:, persons]
        return Problem(self.values[:, persons], kinds, self.uses, capacities)


def problem(values: Floats, kinds: Kinds, uses: Floats, capacities: Floats) -> Problem:
    """Return the question with arrays of the right types, copied only where a type differs."""
    return Problem(
        np.ascontiguousarray(values, dtype=np.float64),
        np.ascontiguousarray(kinds, dtype=np.int32),
        np.ascontiguousarray(uses, dtype=np.float64),
        np.ascontiguousarray(capacities, dtype=np.float64),
    )
