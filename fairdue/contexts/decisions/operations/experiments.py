"""Starting and stopping experiments."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions.contracts_experiments import ExperimentCard, NewArm
from fairdue.contexts.decisions.models import Experiment, ExperimentArm, ExperimentLayer, StrategyVersion
from fairdue.contexts.decisions.operations.drafts import lock_code
from fairdue.contexts.decisions.queries.experiments import ExperimentUnknown, experiment_card
from fairdue.kernel.actor import Actor

BUCKETS = 10_000
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


class ExperimentInvalid(ValueError):
    """The arms do not make an experiment; nothing was started."""

    code = "decisions.experiment.invalid"


class ExperimentCodeTaken(ValueError):
    """An experiment of that code was run before; its figures keep the name."""

    code = "decisions.experiment.code_taken"


class ExperimentHasNoRoom(ValueError):
    """The running experiments of the layer leave no range of buckets that is wide enough."""

    code = "decisions.experiment.no_room"


@transaction.atomic
def start_experiment(
    *,
    code: str,
    title: str,
    strategy_code: str,
    share: int,
    arms: Sequence[NewArm],
    layer: str = "main",
    actor: Actor,
    now: datetime,
) -> ExperimentCard:
    """Start an experiment with a share of the persons; the next night that opens deals them out.

    1. `share` is of 10,000: it takes the first range of buckets of its layer that no running experiment has.
    2. Two arms at least, whose weights come to 10,000; each is an approved or published version of the
       strategy, or the holdout (no strategy), at most one.
    3. No person who is in a running experiment changes arm because another starts.

    :raises ExperimentInvalid: if the arms or the share are not such
    :raises ExperimentCodeTaken: if the code was used before
    :raises ExperimentHasNoRoom: if the layer has no free range of that width
    """
    actor.require("strategy.publish")
    _require_arms(code, title, layer, share, arms)
    lock_code(strategy_code)
    _lock_layer(layer)
    if Experiment.objects.filter(code=code).exists():
        raise ExperimentCodeTaken(f"an experiment {code!r} was run before; choose another code")
    versions = _versions(strategy_code, arms)
    deal, _ = ExperimentLayer.objects.get_or_create(code=layer, defaults={"salt": f"layer:{layer}"})
    first = _free_range(deal, share)
    experiment = Experiment.objects.create(
        code=code,
        title=title.strip(),
        strategy_code=strategy_code,
        layer=deal,
        salt=f"experiment:{code}:{secrets.token_hex(8)}",
        first_bucket=first,
        end_bucket=first + share,
        status="running",
        started_at=now,
        started_by_label=actor.label,
    )
    ExperimentArm.objects.bulk_create(
        ExperimentArm(
            experiment=experiment,
            position=position,
            code=arm.code,
            strategy=versions.get(arm.strategy_id or 0),
            weight=arm.weight,
        )
        for position, arm in enumerate(arms)
    )
    card = experiment_card(experiment)
    _record("decisions.experiment.started", card, actor, now)
    return card


def _require_arms(code: str, title: str, layer: str, share: int, arms: Sequence[NewArm]) -> None:
    names = [arm.code for arm in arms]
    for text in (code, layer, *names):
        if not _CODE.match(text) or len(text) > 40:
            raise ExperimentInvalid(f"{text!r} is no code: lower-case words joined by hyphens")
    if not title.strip():
        raise ExperimentInvalid("an experiment has a title that says what it asks")
    if not 0 < share <= BUCKETS:
        raise ExperimentInvalid("the share is between 1 and 10,000 of 10,000")
    if len(arms) < 2 or len(set(names)) < len(names):
        raise ExperimentInvalid("an experiment compares two arms at least, each with a code of its own")
    if any(arm.weight < 1 for arm in arms) or sum(arm.weight for arm in arms) != BUCKETS:
        raise ExperimentInvalid("the arms' weights come to 10,000")
    if sum(arm.strategy_id is None for arm in arms) > 1:
        raise ExperimentInvalid("there is one holdout at most")
    chosen = [arm.strategy_id for arm in arms if arm.strategy_id is not None]
    if len(set(chosen)) < len(chosen):
        raise ExperimentInvalid("two arms of one version would compare nothing")


def _lock_layer(layer: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"layer:{layer}"])


def _versions(strategy_code: str, arms: Sequence[NewArm]) -> dict[int, StrategyVersion]:
    ids = [arm.strategy_id for arm in arms if arm.strategy_id is not None]
    found = {
        version.pk: version
        for version in StrategyVersion.objects.select_for_update().filter(
            pk__in=ids, code=strategy_code, status__in=["approved", "published"]
        )
    }
    if missing := sorted(set(ids) - found.keys()):
        raise ExperimentInvalid(
            f"version {missing[0]} is no approved or published version of {strategy_code}; approve it first"
        )
    return found


def _free_range(layer: ExperimentLayer, width: int) -> int:
    """Return the first bucket of the first gap that is wide enough."""
    taken = Experiment.objects.filter(layer=layer, status="running").order_by("first_bucket")
    start = 0
    for first, end in taken.values_list("first_bucket", "end_bucket"):
        if first - start >= width:
            return start
        start = max(start, end)
    if BUCKETS - start < width:
        raise ExperimentHasNoRoom(
            f"the layer {layer.code} has no {width:,} buckets side by side left; take fewer or another layer"
        )
    return start


@transaction.atomic
def stop_experiment(*, code: str, reason: str, actor: Actor, now: datetime) -> ExperimentCard:
    """Stop an experiment: from the next night that opens on its persons are decided as all others.

    A stopped one is returned as it is.

    :raises ExperimentUnknown: if there is none of that code
    """
    actor.require("strategy.publish")
    experiment = Experiment.objects.select_for_update().filter(code=code).first()
    if experiment is None:
        raise ExperimentUnknown(f"there is no experiment {code!r}")
    if experiment.status == "stopped":
        return experiment_card(experiment)
    experiment.status, experiment.stopped_at, experiment.stop_reason = "stopped", now, reason.strip()[:300]
    experiment.save(update_fields=["status", "stopped_at", "stop_reason"])
    card = experiment_card(experiment)
    _record("decisions.experiment.stopped", card, actor, now)
    return card


def _record(code: str, card: ExperimentCard, actor: Actor, now: datetime) -> None:
    audit.record(
        code=code,
        actor=actor,
        subject_type="experiment",
        subject_id=card.experiment_id,
        now=now,
        reason=card.stop_reason,
        after={
            "code": card.code,
            "status": card.status,
            "buckets": [card.first_bucket, card.end_bucket],
            "arms": {arm.code: [arm.strategy_version or "holdout", arm.weight] for arm in card.arms},
        },
    )
