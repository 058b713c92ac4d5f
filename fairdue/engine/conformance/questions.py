"""What an adapter gets to see of a case: the facts and the question, never the answer.

1. Removed are `then`, `rules`, `see`, and whatever tells about them to a reader: `id`, `title`, `note`,
   `source`, `grade`.
2. A money case asserts states at several moments; the moments (`at`, `after`, `loan`) and the names of
   the fields asked for are the question and stay, as `questions`.
"""

from __future__ import annotations

import copy
from typing import Any

from fairdue.engine.conformance.cases import Case

_LAW_FIELDS = ("kind", "packs", "given", "when")
_MONEY_FIELDS = ("kind", "given", "events")
_MOMENT_FIELDS = ("at", "after", "loan")
_ANSWERED_ONCE = "refused"


def question(case: Case) -> dict[str, Any]:
    """Return the case as an adapter may see it: a copy without anything expected."""
    fields = _LAW_FIELDS if case.format == "law" else _MONEY_FIELDS
    asked = {field: copy.deepcopy(case.document[field]) for field in fields if field in case.document}
    if case.format == "law":
        return asked | {"asks": sorted(case.document["then"])}
    return asked | {"questions": [_moment(item) for item in case.document["then"]]}


def _moment(item: dict[str, Any]) -> dict[str, Any]:
    asks = sorted(item.keys() - {*_MOMENT_FIELDS, _ANSWERED_ONCE, "tolerance"})
    return {field: item[field] for field in _MOMENT_FIELDS if field in item} | {"asks": asks}
