"""Reasons in words: the ids of strategy rows that a work item or decision names, as the strategy says them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.decisions import facade as decisions
from fairdue.web.ui.templatetags.ui import in_language

STRATEGY = "reminders-cn"
OWN_REASONS = {
    "plan.missed": word("An agreed instalment did not come: ask why, and offer to make the plan anew"),
    "plan.broken": word("The plan was broken: its history is on the case"),
    "plan.check": word("Ask again whether the plan can still be afforded"),
    "escalated": word("Escalated: a supervisor decides"),
    "callback": word("A call back was agreed for this hour"),
}
SEPARATORS = re.compile(r"[,;\s]+")


def row_titles() -> dict[str, str]:
    """Return the title of each row of the published strategy, in the reader's language."""
    try:
        card = decisions.published_strategy(STRATEGY)
    except decisions.StrategyUnknown:
        return {}
    return {row.row_id: in_language(row, "title") for row in card.rows}


def reason_text(reason: str, titles: Mapping[str, str]) -> str:
    """Return a reason in words: row ids by their titles, plain sentences as they stand."""
    if reason in OWN_REASONS:
        return _(OWN_REASONS[reason])
    if " " in reason.strip() and not any(part in titles for part in SEPARATORS.split(reason)):
        return reason
    parts = [part for part in SEPARATORS.split(reason) if part]
    known = [titles[part] for part in parts if part in titles]
    return (
        " · ".join(known) if known else " · ".join(part.replace("-", " ").replace("_", " ") for part in parts)
    )
