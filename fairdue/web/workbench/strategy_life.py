"""The steps of a version's life: which come next, who may take them, and why one cannot be taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.decisions import facade as decisions
from fairdue.kernel.actor import Actor
from fairdue.web.workbench.strategy_words import STATES
from fairdue.web.workbench.words import PERMISSION_WORDS, role_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step as the page offers it: with why it cannot be taken, or nothing."""

    code: str
    label: str
    note: str
    refused: str
    is_next: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    code: str
    label: str
    note: str
    permission: str
    before: tuple[str, ...]
    act: Callable[..., Any]
    done: str


KINDS = (
    _Kind(
        code="check",
        label=word("Check"),
        permission="strategy.edit",
        before=("draft",),
        act=decisions.check_version,
        note=word(
            "Looks for gaps, rows that never fire, dead ends and contacts beyond the caps; "
            "it can be changed no more once it passes."
        ),
        done=word("Checked"),
    ),
    _Kind(
        code="shadow",
        label=word("Start the shadow"),
        permission="strategy.edit",
        before=("checked",),
        act=decisions.start_shadow,
        note=word("Decides every night beside the live version and touches nobody."),
        done=word("It decides in the shadow from the next night on."),
    ),
    _Kind(
        code="approve",
        label=word("Approve"),
        permission="strategy.approve",
        before=("shadow",),
        act=decisions.approve_version,
        note=word("By a second person, who did not write it."),
        done=word("Approved"),
    ),
    _Kind(
        code="publish",
        label=word("Publish"),
        permission="strategy.publish",
        before=("approved",),
        act=decisions.publish_version,
        note=word("The next night decides by it; the version before retires."),
        done=word("Published: the next night decides by it."),
    ),
    _Kind(
        code="retire",
        label=word("Retire"),
        permission="strategy.publish",
        before=("checked", "shadow", "approved", "published"),
        act=decisions.retire_version,
        note=word("It never decides again."),
        done=word("Retired"),
    ),
)
_COURSE = ("draft", "checked", "shadow", "approved", "published")
BY_CODE = {kind.code: kind for kind in KINDS}


def steps(card: decisions.StrategyCard, actor: Actor) -> list[Step]:
    """Return every step in order; one that cannot be taken stands there with its reason."""
    return [
        Step(
            code=kind.code,
            label=_(kind.label),
            note=_note(kind, card),
            refused=_refused(kind, card, actor),
            is_next=card.status in kind.before and kind.code != "retire",
        )
        for kind in KINDS
    ]


def _note(kind: _Kind, card: decisions.StrategyCard) -> str:
    """Say also, to who approves, that no night has shown yet what the version does."""
    if (
        kind.code != "approve"
        or card.status != "shadow"
        or decisions.shadow_nights(card.strategy_id, limit=1)
    ):
        return _(kind.note)
    return f"{_(kind.note)} {_('No night has passed in its shadow yet: there is nothing to compare.')}"


def _refused(kind: _Kind, card: decisions.StrategyCard, actor: Actor) -> str:
    if card.status not in kind.before:
        before = _(" or ").join(_(STATES[status]) for status in kind.before[:1])
        said = {"state": _(STATES[card.status]), "needed": before}
        if kind.code == "retire" and card.status == "draft":
            return _("A draft is deleted instead.")
        if card.status != "retired" and _COURSE.index(card.status) > _COURSE.index(kind.before[0]):
            return _("This step is done.")
        return _("Now: %(state)s. Needed first: %(needed)s.") % said
    if not actor.may(kind.permission):
        said = {"role": role_word(actor.role), "permission": _(PERMISSION_WORDS[kind.permission])}
        return _("Your role %(role)s does not include %(permission)s.") % said
    if kind.code == "approve" and actor.id in card.author_ids:
        return _("You wrote it: another person approves it.")
    return ""
