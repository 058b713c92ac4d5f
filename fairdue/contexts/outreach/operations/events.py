"""What providers report afterwards: each event once, in any order, known or not."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from fairdue.contexts.outreach.contracts import EventReceipt, ProviderReport
from fairdue.contexts.outreach.models import Dispatch, Message, ProviderEvent
from fairdue.contexts.outreach.operations.hand_over import RANK, conclude
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor, system

REPLY_PURPOSE = "outreach.event.reply"
STATES = {"delivered": "delivered", "failed": "failed", "bounced": "bounced"}
OPT_OUT_WORDS = frozenset({"t", "td", "stop", "unsubscribe", "退订", "退", "停止", "n"})


class EventWrong(ValueError):
    """The event is of no kind that we know."""

    code = "outreach.event.wrong"


def record_provider_event(*, report: ProviderReport, now: datetime) -> EventReceipt:
    """This function will record one event of a provider and let it take effect.

    1. The same `event_ref` of the same provider again has no effect.
    2. An event about nothing that we sent is recorded without a dispatch.
    3. Delivery, failure and bounce only move a dispatch up in rank: `delivered` after `failed` counts,
       `failed` after `delivered` does not.
    4. A permanent bounce makes the contact point invalid.
    5. A complaint, or a reply with an opt-out word, is an opt-out from the channel on that contact point.

    :raises EventWrong: if the kind is unknown
    """
    if report.kind not in (*STATES, "complained", "replied"):
        raise EventWrong(f"unknown kind of event {report.kind!r}")
    with transaction.atomic():
        dispatch, message = _locked_dispatch(report)
        event, is_new = ProviderEvent.objects.get_or_create(
            provider=report.provider,
            event_ref=report.event_ref,
            defaults={
                "dispatch": dispatch,
                "kind": report.kind,
                "detail": _detail(report),
                "occurred_at": report.occurred_at,
                "recorded_at": now,
            },
        )
        has_effect = bool(is_new and dispatch and message and _apply(report, dispatch, message, now))
    return EventReceipt(
        event_id=event.pk,
        is_new=is_new,
        is_known_dispatch=event.dispatch_id is not None,
        has_effect=has_effect,
    )


def is_opt_out(text: str) -> bool:
    """Tell whether a reply asks us to stop, by its only word."""
    return re.sub(r"[\W_]+", "", text).lower() in OPT_OUT_WORDS


def _locked_dispatch(report: ProviderReport) -> tuple[Dispatch | None, Message | None]:
    """Find what the event is about and lock message, then dispatch: the order of every other writer."""
    known = Dispatch.objects.filter(provider=report.provider)
    found = known.filter(idempotency_key=report.idempotency_key) if report.idempotency_key else None
    if found is None and report.provider_ref:
        found = known.filter(provider_ref=report.provider_ref)
    found_id = found.values_list("pk", flat=True).first() if found is not None else None
    if found_id is None:
        return None, None
    message = Message.objects.select_for_update().get(dispatch__pk=found_id)
    return Dispatch.objects.select_for_update().get(pk=found_id), message


def _apply(report: ProviderReport, dispatch: Dispatch, message: Message, now: datetime) -> bool:
    actor = system(f"provider.{report.provider}")
    if report.kind in STATES:
        return _apply_state(report, dispatch, message, actor, now)
    if report.kind == "complained" or is_opt_out(report.text):
        _opt_out(report, message, actor, now)
        return True
    return False


def _apply_state(
    report: ProviderReport, dispatch: Dispatch, message: Message, actor: Actor, now: datetime
) -> bool:
    if report.kind == "bounced" and report.is_permanent and message.contact_point_id:
        parties.mark_contact_point(
            contact_point_id=message.contact_point_id,
            status="invalid",
            reason="outreach.bounced",
            actor=actor,
            now=now,
        )
    state = STATES[report.kind]
    if RANK[state] <= RANK[dispatch.status]:
        return False
    dispatch.provider_ref = dispatch.provider_ref or report.provider_ref
    dispatch.error = report.reason[:200] if state != "delivered" else ""
    conclude(dispatch, message, state, now)
    return True


def _opt_out(report: ProviderReport, message: Message, actor: Actor, now: datetime) -> None:
    parties.record_consent(
        person_id=message.person_id,
        kind="opt_out",
        channel=message.channel,
        contact_point_id=message.contact_point_id,
        source=f"provider.{report.provider}",
        detail={"event": report.event_ref, "kind": report.kind},
        actor=actor,
        occurred_at=min(report.occurred_at, now),
        now=now,
    )


def _detail(report: ProviderReport) -> dict[str, Any]:
    """Keep what a provider said; a person's own words only sealed."""
    detail: dict[str, Any] = {"reason": report.reason[:200], "is_permanent": report.is_permanent}
    if report.provider_ref:
        detail["provider_ref"] = report.provider_ref
    if report.text:
        detail["text_sealed"] = settings.FIELD_KEYS.seal(report.text[:2000], REPLY_PURPOSE).hex()
        detail["is_opt_out"] = is_opt_out(report.text)
    return detail
