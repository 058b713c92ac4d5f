"""Extra nights on the report page: creditors whose file came late and whose book was decided afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.decisions import facade as decisions
from fairdue.kernel.actor import Actor
from fairdue.web.ui.tables import Column, Table, row_link
from fairdue.web.ui.templatetags.ui import badge, minute
from fairdue.web.workbench.office_words import CYCLE_STATES
from fairdue.web.workbench.words import say


def asked_creditor(code: str, actor: Actor) -> book.CreditorCard | None:
    """Return the creditor whose extra night is asked for, None for the night of the day.

    :raises Http404: if the reader has no such creditor
    """
    if not code:
        return None
    found = next((card for card in book.creditors(actor) if card.code == code), None)
    if found is None:
        raise Http404
    return found


def extra_nights(day: date, actor: Actor) -> Table | None:
    """Return the extra nights of a day over creditors of the reader's scope; None if there was none."""
    codes = {card.creditor_id: card.code for card in book.creditors(actor)}
    nights = [card for card in decisions.extra_cycles(day) if card.creditor_id in codes]
    if not nights:
        return None

    def link(value: int, _row: Any) -> Any:
        query = urlencode({"creditor": codes[value]})
        return row_link(f"{reverse('workbench:cycle', args=[day.isoformat()])}?{query}", codes[value])

    return Table(
        nights,
        columns=[
            Column("creditor_id", _("Creditor"), is_row_head=True, render=link),
            Column("status", _("State"), render=_state),
            Column("persons", _("Persons decided"), _persons, align="num"),
            Column("started_at", _("Started"), render=lambda value, _row: minute(value)),
            Column("finished_at", _("Finished"), render=lambda value, _row: minute(value), align="nowrap"),
        ],
        caption=_("Extra nights over books that came late"),
    )


def _state(value: str, _row: Any) -> Any:
    return badge(say(CYCLE_STATES, value), "ok" if value == "finished" else "wait")


def _persons(card: decisions.CycleCard) -> str:
    report = decisions.cycle_report(card.cycle_date, card.creditor_id)
    return f"{sum(row.count for row in report.by_step):,}"
