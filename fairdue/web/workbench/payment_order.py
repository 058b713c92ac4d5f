"""In which order a payment settles what is owed, in words: the order in force now, and when it changes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from fairdue.engine.ledger.allocation.rules import AllocationRule, Way
from fairdue.engine.ledger.policies import load_policies
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.money_words import component_word

USUAL = frozenset({"principal", "interest", "fee", "penalty", "penalty_interest"})
"""Components that are named for every debt; others only where the debt has them."""


def order_words(code: str, *, days_past_due: int = 0, present: Iterable[str] = ()) -> dict[str, str]:
    """Return the order of payment of a policy for a debt so late, what it rests on, and when another one begins."""
    rule = _policies().get(code)
    if rule is None:
        return {"order": code, "citation": "", "later": ""}
    way = _in_force(rule, days_past_due)
    named = USUAL | set(present)
    shown = [component for component in _past_due(way) if component in named]
    return {
        "order": " → ".join(component_word(component) for component in shown),
        "citation": in_language(way.citation, ""),
        "later": _later(rule, days_past_due),
    }


def _past_due(way: Way) -> tuple[str, ...]:
    return tuple(slot.component for slot in way.order if slot.due_class == "past_due")


def _in_force(rule: AllocationRule, days_past_due: int) -> Way:
    begun = [stage for stage in rule.stages if (stage.from_days_past_due or 10**9) <= days_past_due]
    return max(begun, key=lambda stage: stage.from_days_past_due or 0, default=rule)


def _later(rule: AllocationRule, days_past_due: int) -> str:
    """Say when another order takes over, if being later brings one."""
    ahead = [each for stage in rule.stages if (each := stage.from_days_past_due) and each > days_past_due]
    return _("another order from %(days)s days past due") % {"days": min(ahead)} if ahead else ""


@cache
def _policies() -> dict[str, AllocationRule]:
    return load_policies(settings.PACKS_DIR / "reference" / "allocation")
