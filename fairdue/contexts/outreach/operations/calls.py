"""Telephone calls: one at a time with a person, from the permit to the recording."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.outreach.call_contracts import PhoneCallCard
from fairdue.contexts.outreach.call_queries import call_card
from fairdue.contexts.outreach.channels.base import Rejected, Unknown
from fairdue.contexts.outreach.channels.dialling import CallNews, exchange
from fairdue.contexts.outreach.channels.dialling.base import OVER
from fairdue.contexts.outreach.models import PhoneCall
from fairdue.contexts.outreach.scripts import asked_at_least, identity_facts, script_version
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor

logger = logging.getLogger(__name__)
STAYS_OPEN = timedelta(hours=2)
"""A call whose outcome nobody recorded no longer keeps others away after so long."""


class CallRefused(Exception):
    """The call cannot be treated so; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def call_in_progress(*, person_id: int, now: datetime) -> PhoneCallCard | None:
    """Return the call whose outcome is still to be recorded, or None."""
    found = PhoneCall.objects.filter(person_id=person_id, is_open=True, started_at__gt=now - STAYS_OPEN)
    row = found.select_related("staff").first()
    return call_card(row) if row else None


def open_call(
    *, permit_id: int, contact_id: int, case_id: int, person_id: int, actor: Actor, now: datetime
) -> int:
    """This function will note a call that its permit allows, in the caller's transaction, and return its id.

    1. While a call is open nobody else opens one with the same person: the database refuses it too.
    2. A call that was left open for `STAYS_OPEN` is given up first.

    :raises CallRefused: if somebody talks with the person, or is about to
    """
    stale = PhoneCall.objects.filter(person_id=person_id, is_open=True, started_at__lte=now - STAYS_OPEN)
    stale.update(is_open=False)
    try:
        with transaction.atomic():
            row = PhoneCall.objects.create(
                permit_id=permit_id, contact_id=contact_id, case_id=case_id, person_id=person_id,
                staff_id=actor.id if actor.kind in ("staff", "agency") else None, key=uuid.uuid4().hex,
                state="by_hand", started_at=now, script_version=script_version(),
            )  # fmt: skip
    except IntegrityError as error:
        raise CallRefused("outreach.call.in_progress", "somebody is in a call with this person") from error
    return row.pk


def dial(*, call_id: int, contact_point_id: int, actor: Actor) -> str:
    """This function will let the exchange dial the number of an open call and return the call's state.

    1. Must be called outside a transaction, after the permit was committed. Without an exchange it stays `by_hand`.
    2. A lost answer is `unknown`: it may ring, so nobody dials it a second time.
    """
    line = exchange()
    row = PhoneCall.objects.get(pk=call_id)
    if line is None or row.state != "by_hand":
        return row.state
    number = parties.open_contact_point(contact_point_id)
    try:
        answer = line.dial(key=row.key, number=number, extension=str(actor.id or ""))
    except Unknown as lost:
        return _note(row, state="unknown", provider=line.code, error=str(lost))
    if isinstance(answer, Rejected):
        return _note(row, state="failed", provider=line.code, error=answer.reason)
    return _note(row, state="dialling", provider=line.code, provider_ref=answer.provider_ref)


def _note(row: PhoneCall, **changes: str) -> str:
    PhoneCall.objects.filter(pk=row.pk).update(**changes)
    return changes["state"]


def refresh_call(*, call_id: int) -> str:
    """This function will ask the exchange what became of a call and return its state; nobody to ask, no change."""
    row = PhoneCall.objects.get(pk=call_id)
    line = exchange()
    if line is None or not row.provider or (row.state in OVER and row.recording_ref):
        return row.state
    try:
        news = line.ask(row.key)
    except Unknown as lost:
        logger.warning("the exchange does not say what became of call %s: %s", call_id, lost)
        return row.state
    return _learn(row, news) if news else row.state


def _learn(row: PhoneCall, news: CallNews) -> str:
    PhoneCall.objects.filter(pk=row.pk).update(
        state=news.state,
        provider_ref=news.provider_ref or row.provider_ref,
        answered_at=news.answered_at or row.answered_at,
        ended_at=news.ended_at or row.ended_at,
        recording_ref=news.recording_ref or row.recording_ref,
    )
    return news.state


def hang_up(*, call_id: int) -> str:
    """This function will end a call at the exchange and return its state; one that does not answer changes nothing."""
    row = PhoneCall.objects.get(pk=call_id)
    line = exchange()
    if line is None or not row.provider or row.state in OVER:
        return row.state
    try:
        line.hang_up(row.key)
    except Unknown as lost:
        logger.warning("the exchange does not end call %s: %s", call_id, lost)
    return refresh_call(call_id=call_id)


@transaction.atomic
def confirm_party(*, contact_id: int, facts: Sequence[str], actor: Actor, now: datetime) -> None:
    """This function will note that the debtor was made sure of, by what they were asked for; never the answers.

    1. A repeated confirmation changes nothing.

    :raises CallRefused: if there is no open call of the actor's, or too few facts were asked for
    """
    actor.require("contacts.make")
    asked = sorted(set(facts) & identity_facts())
    row = PhoneCall.objects.select_for_update().filter(contact_id=contact_id, is_open=True).first()
    if row is None or row.staff_id != actor.id:
        raise CallRefused("outreach.call.not_open", "there is no open call of yours")
    if row.confirmed_at is not None:
        return
    if len(asked) < asked_at_least():
        raise CallRefused("outreach.call.facts_missing", "say by what the debtor was made sure of")
    row.confirmed_at, row.confirmed_by_facts = now, asked
    row.save(update_fields=["confirmed_at", "confirmed_by_facts"])
    audit.record(
        code="outreach.call.confirmed", actor=actor, subject_type="phone_call", subject_id=row.pk, now=now,
        person_id=row.person_id, after={"contact_id": contact_id, "facts": asked},
    )  # fmt: skip


def conclude_call(*, contact_id: int, is_right_party: bool, now: datetime) -> int | None:
    """This function will close a call because its outcome is recorded, and return its id; None if there is none.

    Called inside the transaction that records the outcome.

    :raises CallRefused: if the outcome speaks of the debtor, whom nobody has confirmed
    """
    row = PhoneCall.objects.select_for_update().filter(contact_id=contact_id).first()
    if row is None:
        return None
    if is_right_party and row.confirmed_at is None:
        raise CallRefused("outreach.call.unconfirmed", "confirm first that it was the debtor")
    PhoneCall.objects.filter(pk=row.pk).update(is_open=False, ended_at=row.ended_at or now)
    return row.pk


@contextmanager
def recording(*, call_id: int, actor: Actor, now: datetime) -> Iterator[Iterator[bytes]]:
    """This function will give the recording of a call that the caller has found in scope; who listened is recorded.

    :raises CallRefused: if there is none, or the exchange does not answer
    """
    row = PhoneCall.objects.filter(pk=call_id).exclude(recording_ref="").first()
    line = exchange()
    if row is None or line is None:
        raise CallRefused("outreach.call.no_recording", "there is no recording")
    audit.record(
        code="outreach.call.listened", actor=actor, subject_type="phone_call", subject_id=row.pk, now=now,
        person_id=row.person_id,
    )  # fmt: skip
    try:
        with line.recording(row.key) as pieces:
            yield pieces
    except Unknown as lost:
        raise CallRefused("outreach.call.no_recording", "the exchange does not give it") from lost
