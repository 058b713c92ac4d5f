"""The gate over columns for machines without Django or a database: the second door of this context, beside its facade.

A partition of the night asks through it, here and inside Spark alike; `facade.law_book` makes the `LawBook` that it takes.
"""

from __future__ import annotations

from .batch_facts import bound_persons, holds_by_person, holds_on, with_special_facts
from .batch_gate import LawBook, judge_lines
from .statements import weekly_hours

__all__ = [
    "LawBook",
    "bound_persons",
    "holds_by_person",
    "holds_on",
    "judge_lines",
    "weekly_hours",
    "with_special_facts",
]
