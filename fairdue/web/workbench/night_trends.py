"""The report of a night beside the nights before: steps that moved, creditors whose book was not current."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.decisions import facade as decisions
from fairdue.web.ui.tables import Column, Table
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.office_words import FILE_KINDS, STEPS
from fairdue.web.workbench.words import say

REASONS = {
    "missing": word("has not come"), "refused": word("was refused as a whole"),
    "small": word("is much smaller than usual"), "rejected": word("has too many rejected rows"),
}  # fmt: skip


def night_trends(report: decisions.CycleReport) -> Table | None:
    """Return each step's share beside its mean over the nights before; None if there are too few of them."""
    lines = _detail(report, "report").get("trends", ())
    if not lines:
        return None
    return Table(
        [dict(zip(("step", "share", "mean", "nights", "has_moved"), line, strict=True)) for line in lines],
        columns=[
            Column("step", _("Step"), is_row_head=True, render=lambda value, _row: say(STEPS, value)),
            Column("share", _("Share tonight"), align="num", render=_percent),
            Column("mean", _("Mean of the nights before"), align="num", render=_percent),
            Column("nights", _("Nights"), align="num"),
            Column("has_moved", _("Comparison"), render=_moved),
        ],
        caption=_("Steps beside the nights before"),
    )


def night_books(report: decisions.CycleReport) -> Table | None:
    """Return the creditors whose book was not current; None if all were."""
    notes = _detail(report, "import").get("books", ())
    if not notes:
        return None
    return Table(
        list(notes),
        columns=[
            Column("creditor_code", _("Creditor"), is_row_head=True),
            Column("kind", _("File"), render=lambda value, _row: say(FILE_KINDS, value)),
            Column("reason", _("What is wrong"), render=lambda value, _row: say(REASONS, value)),
            Column("rows", _("Rows"), align="num", render=lambda value, _row: f"{value:,}"),
            Column("usual", _("Usually at least"), align="num", render=lambda value, _row: f"{value:,}"),
            Column("is_left_out", _("Its debtors"), render=_left_out),
        ],
        caption=_("Books that are not current"),
    )


def _detail(report: decisions.CycleReport, name: str) -> dict[str, Any]:
    return next((dict(stage.detail) for stage in report.stages if stage.name == name), {})


def _percent(value: float, _row: Any) -> str:
    return f"{value:.1%}"


def _moved(value: bool, _row: Any) -> Any:
    return badge(_("Moved more than usual"), "wait") if value else badge(_("As usual"), "ok")


def _left_out(value: bool, _row: Any) -> Any:
    return (
        badge(_("Not contacted"), "stop")
        if value
        else badge(_("Decided by the book of the day before"), "wait")
    )
