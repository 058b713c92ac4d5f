"""The dispatcher: from planned to handed over, at least once in work and exactly once in effect.

1. One transaction decides a handful of messages: still due? rendered, judged by the gate, each reserved with its
   permit and an idempotency key. It commits before anything leaves the house.
2. The hand-over happens outside any transaction.
3. A second transaction records what the provider said.
4. A worker that dies between 2 and 3 leaves a reservation; `reconcile` finds it after its lease.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError

from fairdue.contexts.outreach.attached import Files, no_files
from fairdue.contexts.outreach.channels import open_channel
from fairdue.contexts.outreach.channels.base import Channel
from fairdue.contexts.outreach.composing import FREE_TEXT
from fairdue.contexts.outreach.contracts import DispatchReport, SentMessage
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.outreach.operations.by_hand import write_by_hand
from fairdue.contexts.outreach.operations.hand_over import hand_over
from fairdue.contexts.outreach.operations.plan import plan_message
from fairdue.contexts.outreach.operations.reconcile import LEASE, claim_open, open_dispatch_ids, resolve
from fairdue.contexts.outreach.operations.reserve import Faulty, postpone_faulty, reserve_messages
from fairdue.contexts.outreach.operations.turns import turn
from fairdue.contexts.outreach.ticking import Ticking
from fairdue.kernel.actor import Actor, system

logger = logging.getLogger(__name__)
BATCH = 60
TOGETHER = 20
"""So many messages share a transaction: the gate then costs each of them half. Who dies leaves so many to reconcile."""
ROW_REFUSED = (DataError, IntegrityError)
"""What the database says of one message's values, not of itself."""


class Adapters:
    """The adapters of one pass, opened when first needed and closed together, and where files come from."""

    def __init__(self, files: Files = no_files) -> None:
        self.files = files
        self._stack = ExitStack()
        self._open: dict[str, Channel] = {}

    def __enter__(self) -> Adapters:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def get(self, provider: str) -> Channel:
        """Return the adapter of a provider."""
        if provider not in self._open:
            self._open[provider] = self._stack.enter_context(open_channel(provider))
        return self._open[provider]


@dataclass(slots=True)
class Tally:
    """Counts by outcome while a pass runs."""

    counts: dict[str, int]
    claimed: int = 0
    reconciled: int = 0

    def add(self, outcome: str) -> None:
        """Count one claimed message or dispatch."""
        self.claimed += 1
        self.counts[outcome] = self.counts.get(outcome, 0) + 1

    def report(self) -> DispatchReport:
        """Return the pass's report."""
        return DispatchReport(claimed=self.claimed, reconciled=self.reconciled, **self.counts)


def dispatch_due(
    *,
    now: datetime,
    limit: int = 200,
    worker: str = "worker",
    lease: timedelta = LEASE,
    files: Files = no_files,
) -> DispatchReport:
    """This function will settle what earlier passes left open, then send what is due, at most `limit` in all.

    1. Must be called outside a transaction; any number of workers may call it at once.
    2. Reservations older than `lease` are reconciled first.
    3. A message that cannot be judged because of a fault is put off and does not stop the others.
    4. `files` gives the file that a mail is to carry.
    """
    actor, clock, tally = system(worker), Ticking(now), Tally({})
    with Adapters(files) as adapters:
        _reconcile(tally, clock, actor, adapters, limit, lease)
        while tally.claimed < limit:
            ids = _due_ids(clock.now(), min(BATCH, limit - tally.claimed))
            before = tally.claimed
            for start in range(0, len(ids), TOGETHER):
                for outcome in _send_together(ids[start : start + TOGETHER], clock, actor, adapters, lease):
                    tally.add(outcome)
            if tally.claimed == before:
                break
    return tally.report()


def send_one(
    *,
    person_id: int,
    channel: str,
    actor: Actor,
    now: datetime,
    template_code: str = "",
    text: str = "",
    subject: str = "",
    account_id: int | None = None,
    contact_point_id: int | None = None,
    purpose: str = "collect",
    locale: str = "zh-hans",
    values: Mapping[str, Any] | None = None,
) -> SentMessage:
    """This function will send one message at once if the gate allows, and say what became of it.

    Either a template's text, or a `text` written for this person.

    1. Must be called outside a transaction, because the provider is called.
    2. A deferred message stays planned and goes by itself at the permitted time.
    3. The same gesture sends the same template, or the same words, to the same person once.
    4. A text by hand is read first: one that breaks a rule is refused with every place, and nothing is planned.

    :raises PermissionRefused: without `contacts.make`
    :raises TextRefused: if a text by hand says what no text may say, or lacks what it must say
    :raises TextEmpty: if there is neither template nor text, or a mail has no subject
    """
    actor.require("contacts.make")
    content, said = None, template_code
    if not template_code:
        content, said, account_id = write_by_hand(
            person_id=person_id, channel=channel, text=text, subject=subject, account_id=account_id,
            contact_point_id=contact_point_id, purpose=purpose, locale=locale, actor=actor, now=now,
        )  # fmt: skip
        template_code = FREE_TEXT
    message_id, _ = plan_message(
        person_id=person_id, channel=channel, template_code=template_code, purpose=purpose, now=now,
        dedupe_key=f"one:{actor.gesture}:{person_id}:{channel}:{said}"[:80], account_id=account_id,
        contact_point_id=contact_point_id, locale=locale, values=values, is_woken=False, content_sealed=content,
    )  # fmt: skip
    with Adapters() as adapters:
        list(_send_together([message_id], Ticking(now), actor, adapters, LEASE))
    message = Message.objects.get(pk=message_id)
    return SentMessage(message_id=message_id, status=message.status, verdict=message.verdict)


def _due_ids(now: datetime, limit: int) -> list[int]:
    due = Message.objects.filter(status="planned", not_before__lte=now).order_by("not_before", "id")
    return list(due.values_list("pk", flat=True)[:limit])


def _send_together(
    message_ids: list[int], clock: Ticking, actor: Actor, adapters: Adapters, lease: timedelta
) -> Iterator[str]:
    """Decide messages in one transaction and send them one by one; yield what became of each.

    If the transaction fails as a whole, each message is decided alone: the faulty one is put off, the others leave.
    """
    now = clock.now()
    try:
        found = reserve_messages(message_ids=message_ids, actor=actor, now=now, lease=lease)
    except Exception as error:
        if len(message_ids) > 1:
            logger.warning("%s messages are decided one by one: %s", len(message_ids), type(error).__name__)
            for message_id in message_ids:
                yield from _send_together([message_id], clock, actor, adapters, lease)
            return
        if isinstance(error, DatabaseError) and not isinstance(error, ROW_REFUSED):
            raise
        found = {message_ids[0]: Faulty(error)}
    for message_id, outcome in found.items():
        if isinstance(outcome, Faulty):
            yield _put_off(message_id, outcome.error, actor, clock)
        elif isinstance(outcome, str):
            yield outcome
        elif clock.now() > now + lease / 2:
            yield "retried"  # others took long: the dispatch is left to be reconciled once its lease is over
        else:
            yield hand_over(outcome, adapters.get(outcome.provider), clock, adapters.files)


def _put_off(message_id: int, error: Exception, actor: Actor, clock: Ticking) -> str:
    logger.error("message %s cannot be judged: %s", message_id, type(error).__name__)
    postpone_faulty(message_id=message_id, error=error, actor=actor, now=clock.now())
    return "deferred"


def _reconcile(
    tally: Tally, clock: Ticking, actor: Actor, adapters: Adapters, limit: int, lease: timedelta
) -> None:
    for dispatch_id in open_dispatch_ids(clock.now(), limit):
        with turn(dispatch_id) as is_mine:
            claimed = claim_open(dispatch_id, clock.now(), lease) if is_mine else None
            if claimed is not None:
                dispatch, is_surely_unsent = claimed
                tally.reconciled += 1
                adapter = adapters.get(dispatch.provider)
                tally.add(resolve(dispatch, is_surely_unsent, adapter, actor, clock, adapters.files))
