"""A permit is for what was judged: what was said, placed or learned since takes it away before anything leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from fairdue.kernel.actor import Actor
from fairdue.storage.reads import Read, as_one, read_one, run_together, values_of

from ..facts import Proposal, facts_of, reads_of
from ..locking import LOCK_BUDGET_SQL
from ..rows import candidate_row
from ..rules import rulebook_of
from .use import PermitUnusable, use_permit

STANDING = (
    "holds", "is_opted_out", "has_objected", "agreed_hours", "consented_hours", "point_status", "is_deceased", "zones",
    "capacity", "inconvenient_hours", "is_medium_closed", "is_work_closed", "is_at_inconvenient_place", "debt_state",
)  # fmt: skip
"""Facts that stand until somebody changes them; what counts contacts or days is for the moment of judging alone."""


class PermitOvertaken(PermitUnusable):
    """What was judged is so no longer: a hold began, the person said something, or a number proved wrong."""

    code = "law.permit.overtaken"


@transaction.atomic
def use_unless_overtaken(
    *,
    permit_id: int,
    channel: str,
    contact_point_id: int | None,
    content_sha256: str,
    actor: Actor,
    now: datetime,
) -> None:
    """This function will consume a permit as `use_permit` does, unless what it was judged upon has changed since.

    1. For whoever judged in one transaction and sends after it: a hold that was placed in between binds, by the order in
       which both took the person's lock, whatever their clocks say. 2. What it refuses is to be judged anew.

    :raises PermitUnusable: the subclass says why; nothing was changed
    """
    permit = read_one(_permit_read(permit_id))
    if permit is not None and _changed(permit, actor, now):
        raise PermitOvertaken(f"what permit {permit_id} was judged upon has changed since")
    use_permit(
        permit_id=permit_id,
        channel=channel,
        contact_point_id=contact_point_id,
        content_sha256=content_sha256,
        now=now,
    )


class Judged(NamedTuple):
    """A permit with its counted contact, as far as it says what was judged."""

    person_id: int
    channel: str
    contact_point_id: int | None
    purpose: str
    facts: dict[str, Any]
    account_ids: str
    mode: str


_PERMIT_SQL = """
SELECT json_build_array(permit.person_id, permit.channel, permit.contact_point_id, permit.purpose,
                        permit.verdict -> 'facts', coalesce(contact.account_ids, ''), coalesce(contact.mode, ''))
FROM law_permit permit LEFT JOIN law_contact contact ON contact.permit_id = permit.id WHERE permit.id = $1
"""


def _permit_read(permit_id: int) -> Read[Judged | None]:
    return Read(_PERMIT_SQL, (permit_id,), lambda rows: Judged._make(rows[0]) if rows else None)


def _changed(permit: Judged, actor: Actor, now: datetime) -> list[str]:
    """Lock the person's budget and return the standing facts that are no longer as they were judged."""
    account_ids = [int(each) for each in permit.account_ids.split(",") if each]
    reads = reads_of(permit.person_id, now, None, actor)
    _, rows = run_together((LOCK_BUDGET_SQL, (permit.person_id,)), as_one(reads))
    consents, contacts, standing, every, person, points, open_holds = values_of(reads, rows)
    facts = facts_of(consents, contacts, standing, every, person, points, open_holds, account_ids, now, actor)
    proposal = Proposal(
        channel=permit.channel, contact_point_id=permit.contact_point_id, purpose=permit.purpose,
        mode=permit.mode or "interactive",
    )  # fmt: skip
    row = candidate_row(facts, proposal, rulebook_of(facts.jurisdictions).special)
    judged = permit.facts
    return [name for name in STANDING if name in judged and name in row and judged[name] != row[name]]
