"""The demonstration's direct debit: one borrower whose next due date is near gave a mandate."""

from __future__ import annotations

from datetime import date, datetime

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import AccountSummary
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import MandateCard
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

LOOKED_AT = 50
"""So many of the queue's first are looked through, after whoever keeps a plan."""


def give_mandate_in_demo(*, demo_date: date, actor: Actor, now: datetime) -> MandateCard | None:
    """This function will let one borrower pay by direct debit; a second time it changes nothing.

    1. It is the debt that falls due next: the provider is told by the worker's next run, then its debit is planned
       and announced. Only where nothing falls due is it a debt that is overdue, of which no debit is planned.
    """
    persons = _persons(actor)
    for person_id in persons:
        given = [card for card in payments.mandates_of(person_id=person_id) if card.status == "active"]
        if given:
            return given[0]
    found = [
        (person_id, summary)
        for person_id, owed in ledger.person_summaries(persons, demo_date).items()
        for summary in owed.accounts
        if summary.standing == "active" and (summary.next_due.minor or summary.overdue.minor)
    ]
    if not found:
        return None
    person_id, soonest = min(found, key=lambda each: _order(each[1]))
    due = soonest.next_due if soonest.next_due.minor else soonest.overdue
    return _give(person_id, soonest.account_id, due, actor, now)


def _persons(actor: Actor) -> list[int]:
    keeping = [plan.person_id for plan in arrangements.plans(actor=actor, state="running", limit=LOOKED_AT)]
    queue = [row.person_id for row in cases.queue(actor=actor, limit=LOOKED_AT).rows]
    return list(dict.fromkeys([*keeping, *queue]))


def _order(summary: AccountSummary) -> tuple[bool, date, int]:
    is_due = bool(summary.next_due.minor and summary.next_due_date)
    return not is_due, summary.next_due_date or date.max, summary.account_id


def _give(person_id: int, account_id: int, due: Money, actor: Actor, now: datetime) -> MandateCard:
    card = payments.offer_mandate(
        person_id=person_id, account_id=account_id, cap=due + due,
        payer_name=parties.person_card(person_id).name_masked, payer_account="6222020200112233445",
        payer_bank="演示银行", actor=actor, now=now,
    )  # fmt: skip
    return payments.accept_mandate(
        mandate_id=card.mandate_id, person_id=person_id, acceptance="demonstration", actor=actor, now=now
    )
