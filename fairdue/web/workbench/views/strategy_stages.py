"""The map of a version's stages, with tonight's persons in its boxes and on its arrows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.lifecycle.picture import draw
from fairdue.engine.strategy.table import Strategy, StrategyErrors, read_strategy
from fairdue.web.ui.templatetags.ui import day
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.strategy_words import language
from fairdue.web.workbench.views.strategies import head, version_or_404
from fairdue.web.workbench.views.strategy_edit import faults


@staff_page("strategy.view")
def stages(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """Draw the map of stages; a version that cannot be read yet says why instead."""
    card = version_or_404(strategy_id)
    context: dict[str, Any] = head(request, card)
    try:
        strategy = read_strategy(card.content)
        context |= _drawn(strategy, card)
    except StrategyErrors:
        context["faults"] = faults(card.content)
    except ValueError as error:
        context["problem"] = str(error)
    return render(request, "workbench/strategy_stages.html", context)


def _drawn(strategy: Strategy, card: decisions.StrategyCard) -> dict[str, Any]:
    if not strategy.stages:
        return {}
    night, moves = decisions.row_moves(card.code)
    stage_of = {row.row_id: row.stage for row in strategy.rows}
    counts: Counter[tuple[str, str]] = Counter()
    for (before, now), persons in moves.items():
        start, end = stage_of.get(before, ""), stage_of.get(now, "")
        if end:
            counts[(end, end)] += persons
        if start and end and start != end:
            counts[(start, end)] += persons
    # The engine escapes every word that it puts into its picture.
    picture = mark_safe(draw(strategy, language=language(), counts=counts, is_standalone=False))  # noqa: S308
    note = _(
        "Persons of the night of %(day)s: in the boxes who stands there, on the arrows who came since the night before."
    )
    return {
        "picture": picture,
        "note": note % {"day": day(night)} if night else _("No night has decided by it yet."),
    }
