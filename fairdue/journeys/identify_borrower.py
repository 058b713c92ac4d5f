"""A borrower without a link says who they are: a telephone or mailbox, four characters, then the code that arrives there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.send_code import NoWayForCode, send_code
from fairdue.kernel.actor import Actor

IDENTIFY, CONFIRM = "identify", "confirm"
ENDING_LENGTH = 4


def borrower_actor(person_id: int) -> Actor:
    """Return the actor that a borrower is: acts on the own data only, holds no permission of staff."""
    return Actor(kind="borrower", label="borrower", id=person_id, role="borrower", creditor_ids=None)


@transaction.atomic
def ask_for_code(*, contact: str, ending: str, now: datetime, locale: str = "") -> int:
    """This function will send a code if exactly one person has this contact and this ending; return a code's number.

    1. The ending is that of the identity document's number or of one debt's number.
    2. Whoever is unknown gets the number of a code that nothing opens: it is tried, counted and refused like any other.
    """
    found = _matching(contact, ending)
    if len(found) == 1:
        try:
            sent = send_code(
                person_id=found[0].person_id, contact_point_id=found[0].contact_point_id, purpose=IDENTIFY,
                actor=borrower_actor(found[0].person_id), now=now, locale=locale,
            )  # fmt: skip
            return sent.code_id
        except NoWayForCode:
            pass
    return parties.issue_code(purpose=IDENTIFY, person_id=None, contact_point_id=None, now=now).code_id


def _matching(contact: str, ending: str) -> list[parties.ContactPointCard]:
    """Return the contact points of the persons who are meant, the first of each person."""
    wanted = ending.strip().upper()
    if len(wanted) != ENDING_LENGTH:
        return []
    points: dict[int, parties.ContactPointCard] = {}
    for point in parties.own_points_by_value(contact):
        points.setdefault(point.person_id, point)
    meant = set(parties.with_id_ending(list(points), wanted))
    for person_id, accounts in book.account_cards_of(points).items():
        if any(card.ref_masked.upper().endswith(wanted) for card in accounts):
            meant.add(person_id)
    return [points[person_id] for person_id in sorted(meant)]


def admit_by_code(*, code_id: int, code: str, now: datetime) -> parties.CodeAnswer:
    """This function will try a code that should say who somebody is; if it is right, the contact point is verified."""
    return _tried(code_id, IDENTIFY, code, now)


def confirm_by_code(*, person_id: int, code_id: int, code: str, now: datetime) -> parties.CodeAnswer:
    """This function will try a code by which a person who is in already says again who they are."""
    answer = _tried(code_id, CONFIRM, code, now)
    return answer if answer.person_id in (None, person_id) else parties.CodeAnswer(refused="expired")


@transaction.atomic
def _tried(code_id: int, purpose: str, code: str, now: datetime) -> parties.CodeAnswer:
    answer = parties.try_code(code_id=code_id, purpose=purpose, code=code, now=now)
    if answer.person_id is None:
        return answer
    actor = borrower_actor(answer.person_id)
    if answer.contact_point_id is not None:
        parties.verify_contact_point(
            contact_point_id=answer.contact_point_id, how=f"code:{purpose}", actor=actor, now=now
        )
    audit.record(
        code="parties.code.used", actor=actor, subject_type="code", subject_id=code_id, person_id=answer.person_id,
        now=now, after={"purpose": purpose},
    )  # fmt: skip
    return answer
