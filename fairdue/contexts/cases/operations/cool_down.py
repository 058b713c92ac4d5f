"""Rest after an abusive call: start it, end it early, and pass over who rests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.errors import CaseRefused
from fairdue.contexts.cases.models import CoolDown
from fairdue.contexts.cases.policies import locked_case
from fairdue.contexts.cases.reference import _document
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor


class CoolDownRefused(CaseRefused):
    """The rest cannot be recorded like this; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Resting(CaseRefused):
    """The collector rests after an abusive call and gets no new call until `until`; nothing was started."""

    code = "cases.cool_down.resting"

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDownRules:
    """How long a rest is, and the reasons that are offered, in both languages (packs/reference/cool_down.yaml)."""

    minutes: int
    longest_minutes: int
    reasons: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDownCard:
    """One rest."""

    staff_id: int
    reason: str
    started_at: datetime
    until: datetime
    recorded_by: str


@cache
def cool_down_rules() -> CoolDownRules:
    """Return the rules of rests."""
    said = _document("cool_down.yaml")
    return CoolDownRules(
        minutes=said["minutes"],
        longest_minutes=said["longest_minutes"],
        reasons={row["code"]: (row["zh"], row["en"]) for row in said["reasons"]},
    )


@transaction.atomic
def start_cool_down(
    *,
    staff_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    case_id: int | None = None,
    minutes: int | None = None,
) -> CoolDownCard:
    """This function will give a collector a rest in which no new call is handed out.

    1. Everybody may ask for the own one; for somebody of the own team it needs `cases.assign`.
    2. A rest that runs is lengthened, never shortened.

    :raises NotInScope: if the case is not in the actor's scope
    :raises CoolDownRefused: if the reason or length is not one of the rules', or the person is not of the own team
    """
    actor.require("cases.view")
    rules = cool_down_rules()
    wanted = rules.minutes if minutes is None else minutes
    if reason not in rules.reasons or not 1 <= wanted <= rules.longest_minutes:
        raise CoolDownRefused("cases.cool_down.wrong", f"reason {reason!r}, {wanted} minutes")
    _check_person(staff_id, actor)
    if case_id is not None:
        locked_case(case_id, actor)
    until = max(
        now + timedelta(minutes=wanted), *(card.until for card in resting([staff_id], now).values()), now
    )
    row = CoolDown.objects.create(
        staff_id=staff_id, case_id=case_id, reason=reason, started_at=now, until=until, recorded_by_label=actor.label
    )  # fmt: skip
    audit.record(
        code="cases.cool_down.started", actor=actor, subject_type="staff", subject_id=staff_id, now=now,
        reason=reason, after={"until": until.isoformat(), "case": case_id},
    )  # fmt: skip
    return _card(row)


def _check_person(staff_id: int, actor: Actor) -> None:
    if staff_id == actor.id:
        return
    actor.require("cases.assign")
    team = {card.staff_id for card in identity.staff_cards(actor=actor)}
    if staff_id not in team:
        raise CoolDownRefused("cases.cool_down.not_yours", "not a member of the own team")


@transaction.atomic
def end_cool_down(*, staff_id: int, actor: Actor, now: datetime) -> int:
    """This function will end a rest early, at the wish of who rests: only that person may; it returns how many ended.

    :raises CoolDownRefused: `cases.cool_down.not_yours` for anybody else
    """
    if staff_id != actor.id:
        raise CoolDownRefused("cases.cool_down.not_yours", "only who rests may end it")
    rows = CoolDown.objects.filter(staff_id=staff_id, until__gt=now, ended_at=None)
    ended = rows.update(ended_at=now, ended_by_label=actor.label)
    if ended:
        audit.record(
            code="cases.cool_down.ended", actor=actor, subject_type="staff", subject_id=staff_id, now=now
        )
    return ended


def resting(staff_ids: Iterable[int], now: datetime) -> dict[int, CoolDownCard]:
    """Return who of the staff rests now, each with the rest that lasts longest."""
    rows = CoolDown.objects.filter(
        staff_id__in=list(staff_ids), until__gt=now, started_at__lte=now, ended_at=None
    )
    return {row.staff_id: _card(row) for row in rows.order_by("until", "id")}


def check_rested(actor: Actor, now: datetime) -> None:
    """This function will refuse a new call to who rests.

    :raises Resting: until when
    """
    if actor.id is not None and (found := resting([actor.id], now).get(actor.id)):
        raise Resting(f"resting until {found.until:%H:%M}", found.until)


def _card(row: CoolDown) -> CoolDownCard:
    return CoolDownCard(
        staff_id=row.staff_id, reason=row.reason, started_at=row.started_at, until=row.until,
        recorded_by=row.recorded_by_label,
    )  # fmt: skip
