"""Planning: what is to be said later, by COPY for a night and one by one for a day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection, transaction

from fairdue.contexts.outreach.models import Message
from fairdue.contexts.outreach.operations.wake import wake_dispatcher
from fairdue.storage.bulk import copy_in
from fairdue.storage.reads import insert_unless

COLUMNS = (
    "person_id", "account_id", "channel", "contact_point_id", "template_code", "locale", "purpose", "round",
    "dedupe_key", "not_before", "expires_at", "values",
)  # fmt: skip
LIFETIME = timedelta(days=2)


def land_messages(frame: pl.DataFrame, *, cycle_date: date, now: datetime) -> int:
    """This function will plan the messages of a night and return how many of them are new.

    1. Columns are `COLUMNS`; `values` is JSON text, null or empty for none; times are aware UTC.
    2. A message whose `dedupe_key` exists is left as it is: landing a night twice plans nothing twice.
    3. Once the transaction commits, the dispatcher wakes up.
    """
    if frame.is_empty():
        return 0
    rows = frame.select(
        *(pl.col(name) for name in COLUMNS if name != "values"),
        values=pl.col("values").cast(pl.String).replace("", None).fill_null("{}"),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "create temporary table landing_message (like outreach_message including defaults) on commit drop"
        )
        cursor.execute("alter table landing_message alter id drop identity if exists")
        for name in ("id", "cycle_date", "recorded_at", "status", "attempts"):
            cursor.execute(f"alter table landing_message drop column {name}")
        copy_in(rows, "landing_message", COLUMNS)
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        cursor.execute(
            f"insert into outreach_message ({names}, status, attempts, cycle_date, recorded_at)"
            f" select {names}, 'planned', 0, %s, %s from landing_message"
            " on conflict (dedupe_key) do nothing",
            [cycle_date, now],
        )
        created = cursor.rowcount
        cursor.execute("drop table landing_message")
        wake_dispatcher()
    return created


def plan_message(
    *,
    person_id: int,
    channel: str,
    template_code: str,
    purpose: str,
    dedupe_key: str,
    now: datetime,
    account_id: int | None = None,
    contact_point_id: int | None = None,
    locale: str = "zh-hans",
    values: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    is_woken: bool = True,
    content_sealed: bytes | None = None,
    attachment: str = "",
) -> tuple[int, bool]:
    """This function will plan one message in the caller's transaction; return its id and whether it is new.

    `values` are JSON values; money is `{"minor": 123, "currency": "CNY"}`, a date its ISO form.
    `content_sealed` is the text of a message that was written by hand; `attachment` names the file that a mail
    carries, the database refuses it on any other channel.
    """
    row = {
        "dedupe_key": dedupe_key, "person_id": person_id, "account_id": account_id, "channel": channel,
        "contact_point_id": contact_point_id, "template_code": template_code, "locale": locale, "purpose": purpose,
        "values": json.dumps(dict(values or {})), "not_before": not_before or now,
        "expires_at": expires_at or (not_before or now) + LIFETIME, "recorded_at": now, "content_sealed": content_sealed,
        "attachment": attachment,
    }  # fmt: skip
    message_id = insert_unless("(dedupe_key)", "outreach_message", row)
    if message_id is None:
        return Message.objects.values_list("pk", flat=True).get(dedupe_key=dedupe_key), False
    if is_woken:
        wake_dispatcher()
    return message_id, True
