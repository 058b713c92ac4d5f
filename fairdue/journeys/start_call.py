"""Before the phone rings: ask the gate, and reserve the attempt if it allows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import Reservation
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor
from fairdue.storage.reads import read_together

CALL_MEDIA = frozenset({"mobile", "landline"})


class CallRefused(cases.CaseRefused):
    """The call cannot even be asked for; `code` says why, nothing was reserved."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@transaction.atomic
def start_call(
    *, case_id: int, contact_point_id: int, actor: Actor, now: datetime, purpose: str = "collect"
) -> Reservation:
    """Reserve a call to one contact point of a case, or say why the gate does not allow it.

    1. Judged and counted in one transaction under the person's budget: of two callers who race for the
       latest permitted call one gets it.
    2. The number is shown to be dialled at once, so the permit is consumed here.
    3. A refusal leaves nothing behind: no permit, no counted contact.

    :raises NotInScope: if the case is not in the actor's scope
    :raises Resting: if the actor rests after an abusive call
    :raises CallRefused: if the case is closed, or the contact point is not a telephone of this person
    """
    actor.require("contacts.make")
    cases.check_rested(actor, now)
    case = cases.case_card(case_id=case_id, actor=actor)
    if case.status != "open":
        raise CallRefused("cases.call.closed", "the case is closed")
    points, debts = read_together(
        parties.contact_points_read(case.person_id), book.account_cards_read(case.person_id, actor=actor)
    )
    point = next((each for each in points if each.contact_point_id == contact_point_id), None)
    if point is None or point.medium not in CALL_MEDIA:
        raise CallRefused("cases.call.contact_point", "this is not a telephone number of the case's person")
    reservation = law.reserve(
        person_id=case.person_id,
        channel="call",
        contact_point_id=contact_point_id,
        purpose=purpose,
        content_sha256="",
        now=now,
        actor=actor,
        account_ids=tuple(debt.account_id for debt in debts),
    )
    if reservation.permit_id is not None:
        law.use_permit(
            permit_id=reservation.permit_id, channel="call", contact_point_id=contact_point_id, content_sha256="",
            now=now,
        )  # fmt: skip
    return reservation


def accounts_in_scope(person_id: int, actor: Actor) -> tuple[int, ...]:
    """Return the ids of a person's debts to creditors that the actor may see."""
    return tuple(card.account_id for card in book.account_cards(person_id, actor=actor))
