"""Record what a borrower asks for or complains of; the clocks of the law run from the moment it came in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.kernel.actor import Actor

from ..clock_rules import occasions_of
from ..deadline_contracts import Choice, DeadlineRefused, RequestKind, RequestTaken
from ..models import Deadline, ReceivedRequest
from .deadline_start import Start, concerned, start_rows
from .holds import hold_within


@lru_cache(maxsize=1)
def _reference() -> Mapping[str, Any]:
    path = settings.PACKS_DIR / "reference" / "requests.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def request_channels() -> tuple[Choice, ...]:
    """Return the ways by which a request comes in."""
    return tuple(Choice(code=item["code"], zh=item["zh"], en=item["en"]) for item in _reference()["channels"])


def request_words() -> dict[str, tuple[str, str]]:
    """Return the title of every kind of request, in zh and en."""
    return {item["code"]: (item["title"]["zh"], item["title"]["en"]) for item in _reference()["requests"]}


def request_kinds(accounts: tuple[book.AccountCard, ...] = ()) -> tuple[RequestKind, ...]:
    """Return the kinds of request that start a clock for some debts, those of the default packs without any."""
    started = occasions_of(accounts)
    return tuple(_kind(item) for item in _reference()["requests"] if f"request.{item['code']}" in started)


def _kind(item: Mapping[str, Any]) -> RequestKind:
    facts = tuple(
        (name, fact["title"]["zh"], fact["title"]["en"], tuple(Choice(**value) for value in fact["values"]))
        for name, fact in item.get("facts", {}).items()
    )
    return RequestKind(
        code=item["code"], title_zh=item["title"]["zh"], title_en=item["title"]["en"], hold=item["hold"], facts=facts
    )  # fmt: skip


def record_request(
    *,
    person_id: int,
    kind: str,
    channel: str,
    summary: str,
    received_at: datetime,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    facts: Mapping[str, str] | None = None,
    is_held: bool = False,
) -> RequestTaken:
    """This function will record a request and start its clocks from the moment it was received.

    1. The same kind about the same debt at the same minute is the same request: a repetition changes nothing.
    2. `is_held` also stops contacts by the hold that fits the kind; lifting that hold answers the request.

    :raises PermissionRefused: without `deadlines.record`, or without `holds.place` for a hold
    :raises DeadlineRefused: if kind, channel or a fact is unknown, the summary is missing, or it lies in the future
    """
    actor.require("deadlines.record")
    start = Start(
        subject_type="request", subject_id=0, person_id=person_id, account_id=account_id,
        started_at=received_at.replace(second=0, microsecond=0), facts=dict(facts or {}),
    )  # fmt: skip
    described = _checked(kind, channel, summary, start, now)
    with transaction.atomic():
        row, is_new = ReceivedRequest.objects.get_or_create(
            person_id=person_id, kind=kind, account_id=account_id, received_at=start.started_at,
            defaults={
                "channel": channel, "summary": summary.strip(), "facts": dict(start.facts), "recorded_by_id": actor.id,
                "recorded_by": actor.label, "recorded_at": now,
            },
        )  # fmt: skip
        if not is_new:
            rows = tuple(
                Deadline.objects.filter(subject_type="request", subject_id=row.pk).order_by("due_at")
            )
            return _taken(row, rows, now, is_repeated=True)
        if is_held:
            row.hold_id = hold_within(
                person_id=person_id, kind=described.hold, reason=summary, account_id=account_id, actor=actor, now=now,
                is_timed=False,
            )  # fmt: skip
            row.save(update_fields=["hold_id"])
        audit.record(
            code="law.request.recorded", actor=actor, subject_type="request", subject_id=row.pk, person_id=person_id,
            now=now, after={"kind": kind, "channel": channel, "received_at": row.received_at.isoformat()},
        )  # fmt: skip
        rows = start_rows(f"request.{kind}", _for(row, start), actor=actor, now=now)
    return _taken(row, rows, now, is_repeated=False)


def _for(row: ReceivedRequest, start: Start) -> Start:
    return Start(
        subject_type="request", subject_id=row.pk, person_id=start.person_id, account_id=start.account_id,
        started_at=start.started_at, facts=start.facts,
    )  # fmt: skip


def _checked(kind: str, channel: str, summary: str, start: Start, now: datetime) -> RequestKind:
    described = next((each for each in request_kinds(concerned(start)) if each.code == kind), None)
    if described is None:
        raise DeadlineRefused("law.request.kind", f"{kind!r} starts no clock for these debts")
    if channel not in {each.code for each in request_channels()}:
        raise DeadlineRefused("law.request.channel", f"{channel!r} is no channel of a request")
    known = {name: {value.code for value in values} for name, _zh, _en, values in described.facts}
    if any(value not in known.get(name, ()) for name, value in start.facts.items()):
        raise DeadlineRefused("law.request.facts", f"{dict(start.facts)} is not known of a {kind}")
    if not summary.strip():
        raise DeadlineRefused("law.request.summary_missing", "say in a sentence what is asked for")
    if start.started_at > now:
        raise DeadlineRefused("law.deadline.in_the_future", f"{start.started_at} lies after {now}")
    return described


def _taken(
    row: ReceivedRequest, rows: tuple[Deadline, ...], now: datetime, *, is_repeated: bool
) -> RequestTaken:
    from ..queries.deadlines import card_of, request_card

    return RequestTaken(
        request=request_card(row), deadlines=tuple(card_of(each, now) for each in rows), is_repeated=is_repeated
    )  # fmt: skip
