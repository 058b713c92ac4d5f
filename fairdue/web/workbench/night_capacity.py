"""What a night did with its capacities: a table, a picture, and how far from the best plan it can be at most."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.decisions import facade as decisions
from fairdue.kernel.money import Money
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.tables import Column, Table
from fairdue.web.ui.templatetags.ui import in_language, money
from fairdue.web.workbench.access import DeskRequest
from fairdue.web.workbench.capacity_words import DROPPED, assigned_counts, creditor_words, thing
from fairdue.web.workbench.words import say


def night_capacity(request: DeskRequest, report: decisions.CycleReport) -> dict[str, Any] | None:
    """Return what the page of a night shows of its capacities, or None for a night without the stage."""
    stage = next((stage for stage in report.stages if stage.name == "capacity"), None)
    if stage is None or "capacities" not in stage.detail:
        return None
    detail = stage.detail
    names = {card.creditor_id: in_language(card, "name") for card in book.creditors(request.actor)}
    found = [line | {"thing": _thing(line, names)} for line in detail["capacities"]]
    return {
        "is_limited": bool(found),
        "table": _table(found),
        "picture": _picture(found),
        "facts": _facts(detail) if found else [],
        "dropped": [(say(DROPPED, code), f"{count:,}") for code, count in detail["dropped"].items()],
        "assigned": assigned_counts(detail.get("assigned", {})),
    }


def _thing(line: dict[str, Any], names: dict[int, str]) -> str:
    words = thing(line["kind"], line["name"], from_hour=line["from_hour"])
    creditor = line["creditor_id"]
    return words if creditor is None else f"{words} ({creditor_words(creditor, names)})"


def _table(found: list[dict[str, Any]]) -> Table:
    def number(name: str, label: str) -> Column:
        return Column(name, label, align="num", render=lambda value, _row: f"{value:,}")

    return Table(
        found,
        columns=[
            Column("thing", _("What is counted"), is_row_head=True),
            number("available", _("There was")),
            number("wanted", _("Wanted")),
            number("used", _("Used up")),
            Column(
                "price_minor",
                _("One more would bring"),
                align="num",
                render=lambda value, _row: _price(value),
            ),
        ],
        caption=_("Capacity of the night"),
    )


def _price(minor: float) -> Any:
    return money(Money(round(minor))) if minor else "–"


def _picture(found: list[dict[str, Any]]) -> Any:
    drawn = [
        Bar(
            label=line["thing"],
            value=line["wanted"],
            text=_("%(wanted)s wanted, %(available)s there")
            % {"wanted": f"{line['wanted']:,}", "available": f"{line['available']:,}"},
        )
        for line in found
    ]
    return bars(drawn, title=_("Wanted and available"), label=_("What is counted"), unit=_("Contacts"))


def _facts(detail: Any) -> list[tuple[str, Any]]:
    """Value, bound and gap in words that say what they mean."""
    value, usual = detail["value_minor"], detail["greedy_value_minor"]
    gain = (value - usual) / usual * 100 if usual else 0.0
    return [
        (_("Expected value of what was planned"), money(Money(value))),
        (_("No plan can be worth more than"), money(Money(detail["bound_minor"]))),
        (_("Missing to that at most"), f"{detail['gap_percent']:.4f} %"),
        (_("The usual way, largest value first"), money(Money(usual))),
        (_("Gained by sharing"), f"{gain:+.2f} %"),
        (_("Shared by"), _("; ").join(_shared_by(detail))),
        (_("Persons who shared"), f"{detail['contested']:,}"),
        (_("Persons who wait now"), f"{detail['waiting']:,}"),
    ]


def _shared_by(detail: Any) -> list[str]:
    """In which way the persons shared, each way once."""
    words = {
        "prices": _("Prices of what is scarce"),
        "largest_first": _("Largest value first, which was worth more"),
    }
    return [words[name] for name in dict.fromkeys(detail.get("shared_by", ["prices"]))]
