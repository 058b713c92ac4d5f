"""What can be done with the chosen rows of a list: a bar that appears with the first choice.

    Table(..., key="queue", bulk=Bulk(action=reverse("workbench:assign"), button=_("Assign"), icon="people",
          choices=(BulkChoice(name="staff_id", label=_("Assign the chosen to"), options=collectors),)))

The choice survives paging and sorting: it lives in the form of the bar, in the open page, nowhere else. All rows of
a filter are chosen by their names (`?export=choice`), so a row that appears later is never meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class BulkChoice:
    """One question of the bar: whom, what state."""

    name: str
    label: str
    options: Sequence[tuple[int | str, str]]


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """The action on the chosen rows: where it is sent, what else it asks, which hidden values go with it."""

    action: str
    button: str
    icon: str = "check"
    choices: tuple[BulkChoice, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    against: str = ""
    """The label of a second button, for a no: then the form sends `verb=yes` or `verb=no`."""
    reason: str = ""
    """The label of a line of words that goes with it as `reason`."""
    most: int = 500
    """So many rows can be chosen at once beyond the page."""
    preview: str = ""
    """An address that shows what the action would do, by the same form; opens in the page below the bar."""
