"""The law: may this contact be made, and the proof that it might. The only module others import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from fairdue.contexts.law.contracts import (
    ChainReport,
    ChannelVerdict,
    ContactCard,
    HoldCard,
    PermitCard,
    Reservation,
    RulebookEntry,
)
from fairdue.engine.law.verdict import Reason, Verdict
from fairdue.kernel.actor import Actor

HOLD_FACTS_SQL = ""
CONTACT_FACTS_SQL = ""


def preview(*, person_id: int, channel: str, contact_point_id: int | None, purpose: str, now: datetime, actor: Actor, mode: str = "interactive", account_ids: Sequence[int] = ()) -> Verdict:
    raise NotImplementedError


def preview_all(*, person_id: int, now: datetime, actor: Actor) -> tuple[ChannelVerdict, ...]:
    raise NotImplementedError


def reserve(*, person_id: int, channel: str, contact_point_id: int | None, purpose: str, content_sha256: str, now: datetime, actor: Actor, mode: str = "interactive", account_ids: Sequence[int] = ()) -> Reservation:
    raise NotImplementedError


def settle_contact(*, contact_id: int, result: str, now: datetime) -> bool:
    raise NotImplementedError


def record_contact(*, person_id: int, channel: str, result: str, occurred_at: datetime, made_by: str, actor: Actor, now: datetime, contact_point_id: int | None = None, mode: str = "", direction: str = "outbound", purpose: str = "collect", account_ids: Sequence[int] = ()) -> int:
    raise NotImplementedError


def contacts(person_id: int, limit: int = 50) -> tuple[ContactCard, ...]:
    raise NotImplementedError


def place_hold(*, person_id: int, kind: str, reason: str, actor: Actor, now: datetime, account_id: int | None = None, permitted_purposes: Sequence[str] = ()) -> int:
    raise NotImplementedError


def lift_hold(*, hold_id: int, reason: str, actor: Actor, now: datetime) -> None:
    raise NotImplementedError


def open_holds(person_id: int) -> tuple[HoldCard, ...]:
    raise NotImplementedError


def pregate(candidates: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    raise NotImplementedError


def verify_permits() -> ChainReport:
    raise NotImplementedError


def permit(permit_id: int) -> PermitCard:
    raise NotImplementedError


def pack_versions() -> dict[str, str]:
    raise NotImplementedError


def rulebook() -> tuple[RulebookEntry, ...]:
    raise NotImplementedError


def judge_hypothetical(facts: dict[str, Any]) -> Verdict:
    raise NotImplementedError
