"""Reads of experiments."""

from __future__ import annotations

from fairdue.contexts.decisions.contracts_experiments import ArmCard, ExperimentCard
from fairdue.contexts.decisions.models import Experiment


class ExperimentUnknown(LookupError):
    """There is no experiment of that code."""

    code = "decisions.experiment.unknown"


def experiment_card(experiment: Experiment) -> ExperimentCard:
    """Return one experiment as a card, its arms in order."""
    arms = experiment.arms.select_related("strategy").order_by("position")
    return ExperimentCard(
        experiment_id=experiment.pk,
        code=experiment.code,
        title=experiment.title,
        strategy_code=experiment.strategy_code,
        layer=experiment.layer.code,
        layer_salt=experiment.layer.salt,
        salt=experiment.salt,
        first_bucket=experiment.first_bucket,
        end_bucket=experiment.end_bucket,
        status=experiment.status,
        started_at=experiment.started_at,
        stopped_at=experiment.stopped_at,
        stop_reason=experiment.stop_reason,
        arms=tuple(
            ArmCard(
                code=arm.code,
                strategy_id=arm.strategy_id,
                strategy_version=arm.strategy.version if arm.strategy else "",
                weight=arm.weight,
            )
            for arm in arms
        ),
    )


def experiments() -> tuple[ExperimentCard, ...]:
    """Return every experiment, the running ones first, then the latest started."""
    rows = Experiment.objects.select_related("layer").order_by("status", "-started_at", "-pk")
    return tuple(experiment_card(row) for row in rows)


def experiment_by_code(code: str) -> ExperimentCard:
    """Return one experiment.

    :raises ExperimentUnknown: if there is none of that code
    """
    found = Experiment.objects.select_related("layer").filter(code=code).first()
    if found is None:
        raise ExperimentUnknown(f"there is no experiment {code!r}")
    return experiment_card(found)


def running_experiments(strategy_code: str) -> tuple[ExperimentCard, ...]:
    """Return the running experiments of a strategy in the order in which they started."""
    rows = Experiment.objects.select_related("layer").filter(strategy_code=strategy_code, status="running")
    return tuple(experiment_card(row) for row in rows.order_by("started_at", "pk"))


EXPOSURES_SQL = """
SELECT decision.arm, decision.person_id, min(cycle.cycle_date) AS first_date
  FROM decisions_decision AS decision JOIN decisions_cycle AS cycle ON cycle.id = decision.cycle_id
 WHERE decision.experiment = %(experiment)s
 GROUP BY decision.arm, decision.person_id
"""
"""Everybody whom an experiment's nights decided, with their arm and the first of these nights."""
