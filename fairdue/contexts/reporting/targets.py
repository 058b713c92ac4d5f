"""Targets of teams and how they stand: kept promises and quality beside cash, which never stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.reporting.models import TeamTarget
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE


class TargetRefused(ValueError):
    """The targets cannot be set like this; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What may be aimed at: `unit` percent, count or money; `better` up or down; `needs` other groups with a target."""

    code: str
    zh: str
    en: str
    unit: str
    better: str
    group: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """One measure of one team: where it stands and what is aimed at; `is_met` is None without a target or a figure."""

    team_id: int
    team_name: str
    measure: Measure
    value: Decimal | None
    target: Decimal | None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached."""
        if self.value is None or self.target is None:
            return None
        return self.value >= self.target if self.measure.better == "up" else self.value <= self.target


@cache
def measures() -> dict[str, Measure]:
    """Return what may be aimed at (packs/reference/targets.yaml)."""
    path = Path(settings.PACKS_DIR) / "reference" / "targets.yaml"
    found = yaml.safe_load(path.read_text("utf-8"))["measures"]
    return {
        code: Measure(code=code, **{**said, "needs": tuple(said.get("needs", ()))})
        for code, said in found.items()
    }


@transaction.atomic
def set_targets(
    *, team_id: int, amounts: Mapping[str, Decimal | None], valid_from: date, actor: Actor, now: datetime
) -> int:
    """This function will set a team's targets from a day on, and return how many changed.

    1. Cash is a target only beside a target for kept promises and one for quality.
    2. Nobody sets the past; only for the own team, unless the actor sees every creditor.

    :raises TargetRefused: `reporting.target.alone`, `.team`, `.amount`, `.measure` or `.past`
    """
    actor.require("cases.assign")
    if actor.creditor_ids is not None and team_id != actor.team_id:
        raise TargetRefused("reporting.target.team")
    if team_id not in {team.team_id for team in identity.teams()}:
        raise TargetRefused("reporting.target.team")
    if valid_from < now.astimezone(HOUSE_ZONE).date():
        raise TargetRefused("reporting.target.past")
    _check(amounts)
    current = targets_on(team_id, valid_from)
    changed = {code: amount for code, amount in amounts.items() if current.get(code) != amount}
    TeamTarget.objects.bulk_create(
        TeamTarget(
            team_id=team_id, measure=code, amount=amount, valid_from=valid_from, set_by_label=actor.label, set_at=now
        )
        for code, amount in changed.items()
    )  # fmt: skip
    if changed:
        audit.record(
            code="reporting.targets.set", actor=actor, subject_type="team", subject_id=team_id, now=now,
            before={code: _text(current.get(code)) for code in changed},
            after={code: _text(amount) for code, amount in changed.items()},
        )  # fmt: skip
    return len(changed)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _check(amounts: Mapping[str, Decimal | None]) -> None:
    known = measures()
    if set(amounts) - set(known):
        raise TargetRefused("reporting.target.measure")
    aimed = {code for code, amount in amounts.items() if amount is not None}
    for code in aimed:
        amount = amounts[code] or Decimal(0)
        if amount < 0 or (known[code].unit == "percent" and amount > 100):
            raise TargetRefused("reporting.target.amount")
        groups = {known[other].group for other in aimed}
        if set(known[code].needs) - groups:
            raise TargetRefused("reporting.target.alone")


def targets_on(team_id: int, day: date) -> dict[str, Decimal | None]:
    """Return the targets that hold on a day: of each measure the line that began latest, then the one set latest."""
    rows = TeamTarget.objects.filter(team_id=team_id, valid_from__lte=day).order_by("valid_from", "id")
    return {row.measure: row.amount for row in rows}


_FIGURES = """
WITH ours AS (SELECT id, person_id, team_id FROM cases_case WHERE team_id = ANY(%(teams)s)),
     calls AS (SELECT c.team_id, count(*) AS dialled, count(*) FILTER (WHERE o.code = ANY(%(right)s)) AS reached
                 FROM cases_outcome o JOIN ours c ON c.id = o.case_id
                WHERE o.channel = 'call' AND o.recorded_at >= %(start)s GROUP BY 1),
     promised AS (SELECT c.team_id, count(*) FILTER (WHERE p.recorded_at >= %(start)s AND p.status <> 'cancelled') AS made,
                         count(*) FILTER (WHERE p.status = 'kept' AND p.promised_date > %(since)s) AS kept,
                         count(*) FILTER (WHERE p.status = 'broken' AND p.promised_date > %(since)s) AS broken
                    FROM cases_promisetopay p JOIN ours c ON c.id = p.case_id GROUP BY 1),
     objected AS (SELECT c.team_id, count(DISTINCT h.id) AS complaints FROM law_hold h JOIN ours c ON c.person_id = h.person_id
                   WHERE h.kind = 'complaint' AND h.started_at >= %(start)s GROUP BY 1),
     paid AS (SELECT c.team_id, sum(t.amount_minor) AS cash
                FROM ledger_transaction t JOIN (SELECT DISTINCT person_id, team_id FROM ours) c ON c.person_id = t.person_id
               WHERE t.kind = 'payment' AND t.effective_date > %(since)s AND t.currency = 'CNY'
                 AND NOT EXISTS (SELECT FROM ledger_transaction r WHERE r.reverses_id = t.id) GROUP BY 1)
SELECT team.id, coalesce(dialled, 0), coalesce(reached, 0), coalesce(made, 0), coalesce(kept, 0), coalesce(broken, 0),
       coalesce(complaints, 0), coalesce(cash, 0)::bigint
  FROM unnest(%(teams)s::bigint[]) AS team(id)
  LEFT JOIN calls ON calls.team_id = team.id LEFT JOIN promised ON promised.team_id = team.id
  LEFT JOIN objected ON objected.team_id = team.id LEFT JOIN paid ON paid.team_id = team.id
"""


def target_lines(*, actor: Actor, today: date) -> tuple[TargetLine, ...]:
    """Return every measure of the actor's teams with its target and where it stands over the last 30 days."""
    actor.require("cases.assign")
    teams = [team for team in identity.teams() if actor.creditor_ids is None or team.team_id == actor.team_id]
    figures = _figures([team.team_id for team in teams], today)
    return tuple(
        TargetLine(
            team_id=team.team_id, team_name=team.name, measure=measure, value=figures[team.team_id][code],
            target=targets_on(team.team_id, today).get(code),
        )
        for team in teams
        for code, measure in measures().items()
    )  # fmt: skip


def _figures(team_ids: Iterable[int], today: date) -> dict[int, dict[str, Decimal | None]]:
    since = today - timedelta(days=30)
    start = datetime.combine(since + timedelta(days=1), datetime.min.time(), HOUSE_ZONE)
    right = [code.code for code in cases.outcome_codes("call") if code.is_right_party]
    said: dict[str, Any] = {"teams": list(team_ids), "right": right, "start": start, "since": since}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, said)
        return {row[0]: _rates(*row[1:]) for row in cursor.fetchall()}


def _rates(
    dialled: int, reached: int, made: int, kept: int, broken: int, complaints: int, cash: int
) -> dict[str, Decimal | None]:
    return {
        "kept_rate": _share(kept, kept + broken, 100), "rpc_rate": _share(reached, dialled, 100),
        "promise_rate": _share(made, reached, 100), "complaints": _share(complaints, reached, 1000),
        "cash": Decimal(cash) / 100,
    }  # fmt: skip


def _share(part: int, whole: int, factor: int) -> Decimal | None:
    return (Decimal(part) * factor / whole).quantize(Decimal("0.01")) if whole else None
