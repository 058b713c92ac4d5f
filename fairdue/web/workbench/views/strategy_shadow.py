"""What a version in the shadow would have done, night by night, beside what was done."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.interchange.book import book_of
from fairdue.web.ui.tables import Column, EmptyState, Table
from fairdue.web.ui.templatetags.ui import badge, day
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import STEPS
from fairdue.web.workbench.strategy_words import is_chinese, sum_text
from fairdue.web.workbench.views.strategies import head, version_or_404
from fairdue.web.workbench.words import say


@staff_page("strategy.view")
def shadow(request: DeskRequest, strategy_id: int) -> HttpResponse:
    """List the differences of each night by pairs of rows: what was done, what would have been done, to how many."""
    card = version_or_404(strategy_id)
    nights = decisions.shadow_nights(strategy_id)
    context = {
        **head(request, card),
        "nights": [
            {
                "date": night.cycle_date,
                "persons": night.persons,
                "different": night.different_persons,
                "share": f"{100 * night.different_persons / night.persons:.1f}" if night.persons else "0",
                "table": _pairs(night, _titles(night, card)),
            }
            for night in nights
        ],
    }
    return render(request, "workbench/strategy_shadow.html", context)


def _titles(night: decisions.ShadowNight, card: decisions.StrategyCard) -> dict[str, str]:
    live = decisions.strategy_by_id(night.live_strategy_id)
    return {
        row.row_id: (row.zh if is_chinese() else row.en) or row.row_id
        for content in (live.content, card.content)
        for table in book_of(content).tables
        for row in table.rows
    }


def _pairs(night: decisions.ShadowNight, titles: dict[str, str]) -> Table:
    currency = book.book_currency()
    return Table(
        [pair for pair in night.pairs if pair.is_different],
        columns=[
            Column("live", _("What was done"), lambda pair: titles.get(pair.live_row, pair.live_row) or "–", is_row_head=True),
            Column("live_step", _("Step"), lambda pair: say(STEPS, pair.live_step)),
            Column("shadow", _("What the shadow would have done"), lambda pair: titles.get(pair.shadow_row, pair.shadow_row) or "–"),
            Column("shadow_step", _("Step"), lambda pair: say(STEPS, pair.shadow_step), render=_step),
            Column("persons", _("Persons"), lambda pair: f"{pair.persons:,}", align="num"),
            Column("overdue", _("Overdue"), lambda pair: sum_text(pair.overdue_minor, currency), align="num"),
        ],
        caption=_("Differences on %(day)s") % {"day": day(night.cycle_date)},
        name=night.cycle_date.isoformat(),
        empty=EmptyState(title=_("No difference in this night")),
    )  # fmt: skip


def _step(value: str, pair: decisions.ShadowPair) -> Any:
    return value if pair.live_step == pair.shadow_step else badge(value, "wait")
