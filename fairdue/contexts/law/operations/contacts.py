"""What came of contacts, and contacts that were made without a permit of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.kernel.actor import Actor

from ..counting import RESULTS
from ..models import Contact
from .reserve import lock_budget


class ResultUnknown(ValueError):
    """The result is none of those that a contact can have."""

    code = "law.contact.result_unknown"


class ContactUnknown(ValueError):
    """There is no such contact."""

    code = "law.contact.unknown"


def settle_contact(*, contact_id: int, result: str, now: datetime) -> bool:
    """This function will record what came of a contact and return whether anything changed.

    1. A result gives way only to a more final one, so reports may come twice or in any order.
    2. `failed` means that it never left and un-counts it; once it left, a failure is `undelivered` and counts. It
       gives way to any word that it left after all.
    3. `wrong_number` un-counts also afterwards.

    :raises ResultUnknown: if the result is not known
    :raises ContactUnknown: if there is no such contact
    """
    if result not in RESULTS:
        raise ResultUnknown(f"{result!r} is none of {', '.join(RESULTS)}")
    with transaction.atomic(savepoint=False):
        contact = Contact.objects.select_for_update().filter(id=contact_id).first()
        if contact is None:
            raise ContactUnknown(f"contact {contact_id} is not known")
        if result == "failed" and contact.result != "reserved":
            result = "undelivered"
        if RESULTS[result] <= RESULTS.get(contact.result, 0) and not _left_after_all(contact.result, result):
            return False
        contact.result = result
        contact.save(update_fields=["result"])
    return True


def _left_after_all(before: str, result: str) -> bool:
    return before == "failed" and result in ("sent", "delivered", "bounced")


def record_contact(
    *,
    person_id: int,
    channel: str,
    result: str,
    occurred_at: datetime,
    made_by: str,
    actor: Actor,
    now: datetime,
    contact_point_id: int | None = None,
    mode: str = "",
    direction: str = "outbound",
    purpose: str = "collect",
    account_ids: Sequence[int] = (),
) -> int:
    """This function will count a contact that has no permit of ours, such as an agency's or one by the debtor.

    1. It counts at once for the institution groups of the debts concerned, of all debts if none is named.

    :raises ResultUnknown: if the result is not known
    :raises PermissionRefused: if the actor may not make contacts
    """
    actor.require("contacts.make")
    if result not in RESULTS:
        raise ResultUnknown(f"{result!r} is none of {', '.join(RESULTS)}")
    with transaction.atomic():
        lock_budget(person_id)
        contact = Contact.objects.create(
            person_id=person_id,
            contact_point_id=contact_point_id,
            institution_group=",".join(_groups(person_id, account_ids)),
            made_by=made_by[:60],
            channel=channel,
            mode=mode or ("interactive" if channel == "call" else ""),
            direction=direction,
            purpose=purpose,
            result=result,
            occurred_at=occurred_at,
            account_ids=",".join(map(str, account_ids)),
            recorded_at=now,
        )
        after = {"channel": channel, "direction": direction, "result": result, "made_by": made_by}
        audit.record(
            code="law.contact.recorded", actor=actor, subject_type="contact", subject_id=contact.pk,
            person_id=person_id, now=now, after=after | {"occurred_at": occurred_at.isoformat()},
        )  # fmt: skip
    return contact.pk


def _groups(person_id: int, account_ids: Sequence[int]) -> list[str]:
    cards = book.account_cards(person_id)
    return sorted(
        {card.institution_group for card in cards if not account_ids or card.account_id in account_ids}
    )
