"""The borrower's own marks on in-app messages."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.law import facade as law
from fairdue.contexts.outreach.models import Message


class MessageNotInInbox(LookupError):
    """There is no such message in this person's inbox."""

    code = "outreach.inbox.unknown"


def mark_read(message_id: int, now: datetime, *, person_id: int | None = None) -> None:
    """This function will mark an in-app message as read; reading it again changes nothing.

    Pass `person_id` whenever a borrower asks: another person's message is then not found.

    :raises MessageNotInInbox: if it is not a delivered in-app message (of that person)
    """
    with transaction.atomic():
        found = Message.objects.select_for_update().filter(
            pk=message_id, channel="inapp", status__in=("delivered", "read")
        )
        message = (found if person_id is None else found.filter(person_id=person_id)).first()
        if message is None:
            raise MessageNotInInbox(f"no message {message_id} in the inbox")
        if message.read_at is None:
            message.status, message.read_at = "read", now
            message.save(update_fields=["status", "read_at"])
            law.settle_contact(contact_id=message.dispatch.contact_id, result="read", now=now)
