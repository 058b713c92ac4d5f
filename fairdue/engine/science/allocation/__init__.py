"""Who gets which action when there is not enough for everybody: shadow prices, a feasible plan, a proven bound.

1. A *way* is one action that a person could get; a person gets at most one. Ways are columns: way `a` of
   person `i` has the value `values[a, i]` and the kind `kinds[a, i]`.
2. A *kind* says how much of each capacity a way uses: `uses[kind, capacity]`.
3. The plan maximises the sum of values; no capacity is exceeded. The prices prove how far from the best
   possible plan it can be at most (Lagrangian bound: Everett 1963, Geoffrion 1974).
"""

from __future__ import annotations

from fairdue.engine.science.allocation.greedy import greedy
from fairdue.engine.science.allocation.problem import AllocationRefused, Problem
from fairdue.engine.science.allocation.solve import Allocation, allocate

__all__ = ["Allocation", "AllocationRefused", "Problem", "allocate", "greedy"]
