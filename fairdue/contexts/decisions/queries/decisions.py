"""Reads of the decision record: what was decided for a person."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.decisions.contracts import DecisionCard
from fairdue.contexts.decisions.documents import row_titles
from fairdue.contexts.decisions.models import Decision, StrategyVersion


def latest_decision(person_id: int) -> DecisionCard | None:
    """Return what the latest cycle decided for a person, or None if no cycle has decided yet."""
    return _card(_decisions(person_id).order_by("-cycle__cycle_date", "-cycle_id").first())


def decision_on(person_id: int, cycle_date: date) -> DecisionCard | None:
    """Return what was decided for a person on a date, an extra night after the night of the day, or None if nothing was."""
    return _card(_decisions(person_id).filter(cycle__cycle_date=cycle_date).order_by("-cycle_id").first())


def decision_by_number(decision_id: int) -> DecisionCard | None:
    """Return a decision by its number, or None; who asks checks the scope of its person."""
    return _card(Decision.objects.filter(pk=decision_id).select_related("cycle__strategy").first())


def decided_persons_sql(cycle_date: date, left_out: str) -> str:
    """Return the SELECT of the persons for whom a date is decided: person_id.

    Whose decision was dropped for the reason `left_out` still waits for one.
    """
    return f"""
SELECT d.person_id FROM decisions_decision d JOIN decisions_cycle c ON c.id = d.cycle_id
 WHERE c.cycle_date = DATE '{cycle_date.isoformat()}'
 GROUP BY d.person_id HAVING bool_or(d.dropped <> '{left_out}')
"""


def _decisions(person_id: int):  # type: ignore[no-untyped-def]
    return Decision.objects.filter(person_id=person_id).select_related("cycle__strategy")


def _card(decision: Decision | None) -> DecisionCard | None:
    if decision is None:
        return None
    strategy = decision.cycle.strategy
    if decision.strategy_id is not None and decision.strategy_id != decision.cycle.strategy_id:
        strategy = StrategyVersion.objects.get(pk=decision.strategy_id)
    row_ids = tuple(decision.rows_fired.split(","))
    titles = row_titles(strategy.content) if strategy else {}
    title = titles.get(row_ids[0], {"zh": row_ids[0], "en": row_ids[0]})
    return DecisionCard(
        cycle_id=decision.cycle_id,
        cycle_date=decision.cycle.cycle_date,
        person_id=decision.person_id,
        step=decision.step,
        row_ids=row_ids,
        title_zh=title["zh"],
        title_en=title["en"],
        template=decision.template,
        planned_for=decision.planned_for,
        outcome=decision.outcome,
        reasons=tuple(reason for reason in decision.reasons.split(",") if reason),
        days_past_due=decision.days_past_due,
        overdue_minor=decision.overdue_minor,
        rank=decision.rank,
        strategy_code=strategy.code if strategy else "",
        strategy_version=strategy.version if strategy else "",
        strategy_id=strategy.pk if strategy else None,
        experiment=decision.experiment,
        arm=decision.arm,
        probability=decision.probability,
        dropped=decision.dropped,
        channel=decision.channel,
        facts_digest=decision.facts_digest,
        creditor_id=decision.cycle.creditor_id,
    )
