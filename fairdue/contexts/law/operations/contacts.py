"""What came of contacts, and contacts that were made without a permit of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import as_one, insert_row, run_together, values_of

from ..counting import RESULTS
from ..locking import LOCK_BUDGET_SQL


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
        (found,) = run_together((_LOCK_RESULT_SQL, (contact_id,)))
        if not found:
            raise ContactUnknown(f"contact {contact_id} is not known")
        before = (found[0][0] or b"").decode()
        if result == "failed" and before != "reserved":
            result = "undelivered"
        if RESULTS[result] <= RESULTS.get(before, 0) and not _left_after_all(before, result):
            return False
        run_together((_SET_RESULT_SQL, (contact_id, result)))
    return True


_LOCK_RESULT_SQL = "SELECT result FROM law_contact WHERE id = $1 FOR UPDATE"
_SET_RESULT_SQL = "UPDATE law_contact SET result = $2 WHERE id = $1"


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
    debts = book.debt_facts_read(person_id)
    with transaction.atomic(savepoint=False):
        _, rows = run_together((LOCK_BUDGET_SQL, (person_id,)), as_one([debts]))
        (known,) = values_of([debts], rows)
        contact_id = insert_row(
            "law_contact",
            {
                "person_id": person_id, "contact_point_id": contact_point_id,
                "institution_group": ",".join(_groups(known, account_ids)), "made_by": made_by[:60],
                "channel": channel, "mode": mode or ("interactive" if channel == "call" else ""),
                "direction": direction, "purpose": purpose, "result": result, "occurred_at": occurred_at,
                "account_ids": ",".join(map(str, account_ids)), "recorded_at": now,
            },
        )  # fmt: skip
        after = {"channel": channel, "direction": direction, "result": result, "made_by": made_by}
        audit.record(
            code="law.contact.recorded", actor=actor, subject_type="contact", subject_id=contact_id,
            person_id=person_id, now=now, after=after | {"occurred_at": occurred_at.isoformat()},
        )  # fmt: skip
    return contact_id


def _groups(debts: Sequence[book.DebtFacts], account_ids: Sequence[int]) -> list[str]:
    return sorted(
        {debt.institution_group for debt in debts if not account_ids or debt.account_id in account_ids}
    )
