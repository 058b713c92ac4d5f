"""Recordings whose time is over: erased here by a batch, deleted at the exchange afterwards, until the exchange says so."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.outreach.channels.base import Unknown
from fairdue.contexts.outreach.channels.dialling import exchange
from fairdue.contexts.outreach.models import PhoneCall
from fairdue.kernel.actor import Actor

logger = logging.getLogger(__name__)
CLASS = "call_recording"
"""The class of record (packs/reference/retention.yaml) whose batches name the calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingsDeleted:
    """How many recordings the exchange deleted, and how many still wait for its word."""

    deleted: int
    waiting: int


def recordings_to_delete() -> QuerySet[PhoneCall]:
    """Return the calls whose recording a batch of retention named and whose exchange has not said that it is gone."""
    named = RawSQL(f"SELECT id::bigint FROM ({audit.erased_ids_sql(CLASS)}) named(id)", ())  # noqa: S611 - a constant
    return PhoneCall.objects.filter(pk__in=named, recording_deleted_at=None).exclude(provider="")


def delete_recordings(*, actor: Actor, now: datetime) -> RecordingsDeleted:
    """This function will ask the exchange to delete every recording whose time is over, and count what it said.

    1. Must be called outside a transaction. A recording that no batch names is never asked for.
    2. Each deletion is in the audit record once the exchange has confirmed it; killed in between, or without an answer,
       the next run asks again, and asking twice deletes once.
    3. An exchange that does not answer ends the pass; what is left waits.
    """
    actor.require("retention.run")
    line, deleted = exchange(), 0
    for call in recordings_to_delete().order_by("id") if line else ():
        try:
            line.delete_recording(call.key)  # type: ignore[union-attr]
        except Unknown as lost:
            logger.warning("the exchange does not delete the recording of call %s: %s", call.pk, lost)
            break
        deleted += _note(call, actor, now)
    return RecordingsDeleted(deleted=deleted, waiting=recordings_to_delete().count())


@transaction.atomic
def _note(call: PhoneCall, actor: Actor, now: datetime) -> int:
    changed = PhoneCall.objects.filter(pk=call.pk, recording_deleted_at=None).update(recording_deleted_at=now)
    if changed:
        audit.record(
            code="outreach.recording.deleted", actor=actor, subject_type="phone_call", subject_id=call.pk, now=now,
            person_id=call.person_id, after={"provider": call.provider},
        )  # fmt: skip
    return changed
