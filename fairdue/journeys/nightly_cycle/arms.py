"""Which strategies decide a night: the live one, those of running experiments' arms, and those in the shadow."""

from __future__ import annotations

from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.experiments import Arm, Deal
from fairdue.journeys.nightly_cycle.choose import Choice


def choice_by(strategy_id: int) -> Choice:
    """Return everything that decides a night which was opened with a strategy version, as plain data."""
    live = decisions.strategy_by_id(strategy_id)
    deals = tuple(deal_of(card) for card in decisions.running_experiments(live.code))
    shadows = decisions.strategies_in("shadow", live.code)
    wanted = {arm.strategy_id for deal in deals for arm in deal.arms if arm.strategy_id is not None}
    others = {key: dict(decisions.strategy_by_id(key).content) for key in sorted(wanted - {strategy_id})}
    others |= {card.strategy_id: dict(card.content) for card in shadows}
    return Choice(
        strategy_id=strategy_id,
        document=dict(live.content),
        others=others,
        deals=deals,
        shadows=tuple(card.strategy_id for card in shadows),
    )


def deal_of(card: decisions.ExperimentCard) -> Deal:
    """Return an experiment as the engine deals it out."""
    return Deal(
        code=card.code,
        layer=card.layer,
        layer_salt=card.layer_salt,
        salt=card.salt,
        first_bucket=card.first_bucket,
        end_bucket=card.end_bucket,
        arms=tuple(Arm(code=arm.code, strategy_id=arm.strategy_id, weight=arm.weight) for arm in card.arms),
    )
