"""Reads of what versions in the shadow would have done."""

from __future__ import annotations

from itertools import groupby

from fairdue.contexts.decisions.contracts_life import ShadowNight, ShadowPair
from fairdue.contexts.decisions.models import ShadowDifference


def shadow_nights(strategy_id: int, *, limit: int = 14) -> tuple[ShadowNight, ...]:
    """Return what a version in the shadow would have done, the latest night first.

    Pairs that differ come first, then the most persons.
    """
    mine = ShadowDifference.objects.filter(strategy_id=strategy_id)
    dates = list(
        mine.order_by("-cycle__cycle_date").values_list("cycle__cycle_date", flat=True).distinct()[:limit]
    )
    rows = mine.filter(cycle__cycle_date__in=dates).select_related("cycle")
    ordered = rows.order_by("-cycle__cycle_date", "-is_different", "-persons", "live_row", "shadow_row")
    return tuple(_night(list(lines)) for _, lines in groupby(ordered, key=lambda line: line.cycle.cycle_date))


def _night(lines: list[ShadowDifference]) -> ShadowNight:
    return ShadowNight(
        strategy_id=lines[0].strategy_id,
        live_strategy_id=lines[0].live_strategy_id,
        cycle_date=lines[0].cycle.cycle_date,
        persons=sum(line.persons for line in lines),
        different_persons=sum(line.persons for line in lines if line.is_different),
        pairs=tuple(
            ShadowPair(
                live_row=line.live_row,
                shadow_row=line.shadow_row,
                live_step=line.live_step,
                shadow_step=line.shadow_step,
                is_different=line.is_different,
                persons=line.persons,
                overdue_minor=line.overdue_minor,
                examples=tuple(line.examples),
            )
            for line in lines
        ),
    )
