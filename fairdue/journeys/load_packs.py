"""Load what ships as data: rule packs, strategies, message templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel.actor import system


def load_packs(*, now: datetime) -> dict[str, Any]:
    """Register every shipped pack that the database does not hold yet; the same packs again change nothing.

    :raises Exception: the loader's own error where a published version was altered
    """
    actor = system("setup")
    return {
        "rules": law.load_rule_packs(actor=actor, now=now),
        "texts": int(law.publish_content(actor=actor, now=now)),
        "strategies": decisions.load_strategies(actor=actor, now=now),
        "templates": outreach.load_templates(actor=actor, now=now),
    }
