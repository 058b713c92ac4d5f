"""Reading templates, messages and the inbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairdue.contexts.book import facade as book
from fairdue.contexts.law.contracts import TextReport
from fairdue.contexts.outreach.checking import check_template
from fairdue.contexts.outreach.composing import open_content
from fairdue.contexts.outreach.contracts import MessageCard, TemplateCard
from fairdue.contexts.outreach.models import Dispatch, Message, Template
from fairdue.kernel.actor import Actor

_ENTRY = re.compile(r"(/my/)[A-Za-z0-9_-]{20,200}")
"""A link that lets its recipient in, once: nobody else reads it."""
UNREAD = frozenset({"one_time_code"})
"""Purposes of messages whose text only its recipient reads: whoever knows a code is taken for the person."""


def templates(*, code: str = "", live_only: bool = False) -> tuple[TemplateCard, ...]:
    """Return template versions by code, channel, language and newest version first."""
    found = Template.objects.order_by("code", "channel", "locale", "-id")
    found = found.filter(code=code) if code else found
    if live_only:
        found = found.filter(approved_at__isnull=False, retired_at__isnull=True)
    return tuple(_template_card(each) for each in found)


def template_reports(*, now: datetime) -> dict[int, TextReport]:
    """Return what the law says of every version that waits for approval, by its id."""
    waiting = Template.objects.filter(approved_at__isnull=True, retired_at__isnull=True)
    return {each.pk: check_template(each, now) for each in waiting}


def messages_of(person_id: int, limit: int = 50, *, actor: Actor | None = None) -> tuple[MessageCard, ...]:
    """Return a person's messages, newest first.

    The texts are opened only for an actor whose creditors include one of the person's.
    """
    found = Message.objects.filter(person_id=person_id).select_related("dispatch").order_by("-id")[:limit]
    is_opened = actor is not None and _sees(actor, person_id)
    return tuple(_message_card(each, is_opened=is_opened) for each in found)


def message_of_permit(permit_id: int) -> MessageCard | None:
    """Return the message that a permit sent, without its text, or None if it was for no message."""
    found = Message.objects.filter(dispatch__permit_id=permit_id).select_related("dispatch").first()
    return _message_card(found, is_opened=False) if found else None


def message_sent(message_id: int) -> MessageCard | None:
    """Return a message that left the house, without its text, or None."""
    found = Message.objects.filter(pk=message_id, status__in=("sent", "delivered", "read"))
    message = found.select_related("dispatch").first()
    return _message_card(message, is_opened=False) if message else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageVerdict:
    """What the gate said of a message, sent or not: nothing of its text."""

    message_id: int
    person_id: int
    channel: str
    status: str
    not_before: datetime
    verdict: dict[str, Any] | None
    permit_id: int | None


def message_verdict(message_id: int) -> MessageVerdict | None:
    """Return what the gate said of a message; who asks checks the scope of its person."""
    row = Message.objects.filter(pk=message_id).select_related("dispatch").first()
    if row is None:
        return None
    sent = getattr(row, "dispatch", None)
    return MessageVerdict(
        message_id=row.pk, person_id=row.person_id, channel=row.channel, status=row.status, not_before=row.not_before,
        verdict=row.verdict, permit_id=sent.permit_id if sent else None,
    )  # fmt: skip


def inbox(person_id: int, limit: int = 50) -> tuple[MessageCard, ...]:
    """Return a borrower's own in-app messages with their texts, newest first."""
    found = Message.objects.filter(person_id=person_id, channel="inapp", status__in=("delivered", "read"))
    latest = found.select_related("dispatch").order_by("-id")[:limit]
    return tuple(_message_card(each, is_opened=True) for each in latest)


def unsettled_count() -> int:
    """Return how many dispatches are reserved or unknown: what a supervisor should look at if it stays."""
    return Dispatch.objects.filter(status__in=("reserved", "unknown")).count()


def _sees(actor: Actor, person_id: int) -> bool:
    if actor.creditor_ids is None:
        return True
    return any(card.creditor_id in actor.creditor_ids for card in book.account_cards(person_id))


def _message_card(message: Message, *, is_opened: bool) -> MessageCard:
    dispatch: Dispatch | None = getattr(message, "dispatch", None)
    is_opened = is_opened and message.purpose not in UNREAD
    opened = tuple(
        _ENTRY.sub(r"\1…", text) for text in open_content(message.content_sealed if is_opened else None)
    )
    return MessageCard(
        message_id=message.pk,
        person_id=message.person_id,
        account_id=message.account_id,
        channel=message.channel,
        contact_point_id=message.contact_point_id,
        template_code=message.template_code,
        locale=message.locale,
        purpose=message.purpose,
        round=message.round,
        cycle_date=message.cycle_date,
        status=message.status,
        not_before=message.not_before,
        expires_at=message.expires_at,
        sent_at=dispatch.reserved_at if dispatch else None,
        settled_at=dispatch.settled_at if dispatch else None,
        read_at=message.read_at,
        recorded_at=message.recorded_at,
        verdict=message.verdict,
        permit_id=dispatch.permit_id if dispatch else None,
        contact_id=dispatch.contact_id if dispatch else None,
        dispatch_status=dispatch.status if dispatch else "",
        provider=dispatch.provider if dispatch else "",
        error=dispatch.error if dispatch else "",
        subject=opened[0],
        text=opened[1],
    )


def _template_card(template: Template) -> TemplateCard:
    names = (
        "code", "channel", "locale", "version", "subject", "body", "placeholders", "purpose", "due_condition",
        "sha256", "authored_by", "approved_by", "approved_at", "retired_at",
    )  # fmt: skip
    return TemplateCard(template_id=template.pk, **{name: getattr(template, name) for name in names})
