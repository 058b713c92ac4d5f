"""The life of a version: draft → checked → shadow → approved → published → retired."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from fairdue.contexts.decisions.contracts import StrategyCard
from fairdue.contexts.decisions.models import ExperimentArm, StrategyVersion
from fairdue.contexts.decisions.operations.drafts import lock_code, locked, record
from fairdue.contexts.decisions.queries.strategies import strategy_card
from fairdue.kernel.actor import Actor


class StrategyStepRefused(ValueError):
    """The version is not at the step before this one; nothing was changed."""

    code = "decisions.strategy.wrong_status"


class ApproverIsAuthor(ValueError):
    """Who wrote a version, or a part of it, does not approve it, in whatever role."""

    code = "decisions.strategy.own_work"


class ApproverIsNobody(ValueError):
    """A version is approved by a person; no program can be the second pair of eyes."""

    code = "decisions.strategy.needs_person"


class StrategyInExperiment(ValueError):
    """A running experiment decides by the version; it is stopped first."""

    code = "decisions.strategy.in_experiment"


@transaction.atomic
def start_shadow(*, strategy_id: int, actor: Actor, now: datetime) -> StrategyCard:
    """Let a checked version decide beside the live one from the next night on, touching nobody.

    A version that is in the shadow already is returned as it is.

    :raises StrategyStepRefused: if it is not checked
    """
    actor.require("strategy.edit")
    version = locked(strategy_id)
    if version.status == "shadow":
        return strategy_card(version)
    _require_status(version, ("checked",), "shadow")
    version.shadow_at = now
    return _moved(version, "shadow", "decisions.strategy.shadowed", actor, now)


@transaction.atomic
def approve_version(*, strategy_id: int, actor: Actor, now: datetime) -> StrategyCard:
    """Approve a version that stands in the shadow, as a second person.

    1. Nobody approves a version that they saved, or whose unapproved base they saved; the database refuses
       that too.
    2. Only a person approves, never a program.

    :raises StrategyStepRefused: if it is not in the shadow
    :raises ApproverIsAuthor: if the actor is one of its authors
    :raises ApproverIsNobody: if the actor is no member of staff
    """
    actor.require("strategy.approve")
    version = locked(strategy_id)
    if actor.kind != "staff" or actor.id is None:
        raise ApproverIsNobody("a version is approved by a member of staff")
    if actor.id in version.author_ids:
        raise ApproverIsAuthor(
            f"{actor.label} wrote {version.code}@{version.version}; another person approves it"
        )
    _require_status(version, ("shadow",), "approved")
    version.approved_at, version.approved_by_id = now, actor.id
    version.approved_by_label = actor.label
    return _moved(version, "approved", "decisions.strategy.approved", actor, now)


@transaction.atomic
def publish_version(*, strategy_id: int, actor: Actor, now: datetime) -> StrategyCard:
    """Publish an approved version and retire the one before; the next night that opens decides by it.

    1. A night that runs, or is resumed, keeps the version that it was opened with.
    2. A version that is published already is returned as it is.

    :raises StrategyStepRefused: if it is not approved
    :raises StrategyInExperiment: if a running experiment decides by the version that would be retired
    """
    actor.require("strategy.publish")
    code = locked(strategy_id).code
    lock_code(code)
    version = locked(strategy_id)
    if version.status == "published":
        return strategy_card(version)
    _require_status(version, ("approved",), "published")
    retire_published(code, actor=actor, now=now)
    version.published_at = now
    return _moved(version, "published", "decisions.strategy.published", actor, now)


@transaction.atomic
def retire_version(*, strategy_id: int, actor: Actor, now: datetime) -> StrategyCard:
    """Retire a version that is checked, in the shadow, approved or published; it never comes back.

    Retiring the published version leaves its code without one: the night refuses to open until another is
    published. A retired version is returned as it is.

    :raises StrategyStepRefused: if it is a draft, which is deleted instead
    :raises StrategyInExperiment: if a running experiment decides by it
    """
    actor.require("strategy.publish")
    lock_code(locked(strategy_id).code)
    version = locked(strategy_id)
    if version.status == "retired":
        return strategy_card(version)
    _require_status(version, ("checked", "shadow", "approved", "published"), "retired")
    return _retired(version, actor, now)


def retire_published(code: str, *, actor: Actor, now: datetime) -> None:
    """Retire the published version of a code, if there is one; the caller holds the code's lock.

    :raises StrategyInExperiment: if a running experiment decides by it
    """
    before = StrategyVersion.objects.select_for_update().filter(code=code, status="published").first()
    if before is not None:
        _retired(before, actor, now)


def _retired(version: StrategyVersion, actor: Actor, now: datetime) -> StrategyCard:
    running = ExperimentArm.objects.filter(strategy=version, experiment__status="running")
    if (arm := running.select_related("experiment").first()) is not None:
        raise StrategyInExperiment(
            f"the experiment {arm.experiment.code} decides by {version.code}@{version.version}; stop it first"
        )
    version.retired_at = now
    return _moved(version, "retired", "decisions.strategy.retired", actor, now)


def _require_status(version: StrategyVersion, expected: Collection[str], wanted: str) -> None:
    if version.status not in expected:
        raise StrategyStepRefused(
            f"{version.code}@{version.version} is {version.status}; only {' or '.join(expected)} becomes {wanted}"
        )


def _moved(version: StrategyVersion, status: str, code: str, actor: Actor, now: datetime) -> StrategyCard:
    version.status = status
    version.save()
    record(version, code, actor, now)
    return strategy_card(version)
