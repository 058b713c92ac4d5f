"""The demonstration's direct debit: one borrower of the queue who gave a mandate."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import MandateCard
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

LOOKED_AT = 50
"""So many of the queue's first are looked through for somebody with a debt that is asked for."""


def give_mandate_in_demo(*, demo_date: date, actor: Actor, now: datetime) -> MandateCard | None:
    """This function will let one borrower of the queue pay by direct debit; a second time it changes nothing.

    The provider is told by the worker's next run; then the next due date is planned and announced.
    """
    for row in cases.queue(actor=actor, limit=LOOKED_AT).rows:
        given = [card for card in payments.mandates_of(person_id=row.person_id) if card.status == "active"]
        if given:
            return given[0]
        for summary in ledger.person_summary(row.person_id, demo_date).accounts:
            due = summary.next_due if summary.next_due.minor else summary.overdue
            if summary.standing == "active" and due.minor:
                return _give(row.person_id, summary.account_id, due, actor, now)
    return None


def _give(person_id: int, account_id: int, due: Money, actor: Actor, now: datetime) -> MandateCard:
    card = payments.offer_mandate(
        person_id=person_id, account_id=account_id, cap=due + due,
        payer_name=parties.person_card(person_id).name_masked, payer_account="6222020200112233445",
        payer_bank="演示银行", actor=actor, now=now,
    )  # fmt: skip
    return payments.accept_mandate(
        mandate_id=card.mandate_id, person_id=person_id, acceptance="demonstration", actor=actor, now=now
    )
