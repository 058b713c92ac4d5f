"""Revolving cards kept by ourselves: from purchases, cash advances, fees and receipts to statements and charges.

A purchase is a charge of the component `principal` without a due date, a cash advance one of `cash_advance`, a fee
one of `fee`; the day for which it counts is the day from which it may bear interest. The contract's principal is the
card's credit limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from fairdue.engine.ledger.keeping.card_walk import CardWalk, Made
from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derived import Derived, KeptCharge, KeptItem, Why
from fairdue.engine.ledger.life.events import Event
from fairdue.engine.ledger.life.terms import INTEREST
from fairdue.engine.ledger.products.card import agreed_details, read_card, read_card_agreement
from fairdue.engine.ledger.products.terms import ProductTerms


def check_card(terms: ProductTerms, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is agreed for a card as it is kept, its caps fixed.

    :raises fairdue.engine.ledger.products.agreement.AgreementInvalid: naming the field
    """
    return agreed_details(terms, details)


def derive_card(contract: Contract, events: Sequence[Event], until: date) -> Derived:
    """This function will return the due items and charges of a card as they come to by `until`.

    1. `events` stand and are sorted by the day they count for, so that one entered late gives the same
       result as one entered in time.
    2. Each statement asks for the part of its minimum payment that no earlier one asked for (ref `s:2026-04-05`, its day);
       the amounts are part of the balance and are not owed a second time.
    3. Interest is charged by each statement (`int:s:…`): on cash advances from their own day, on purchases
       once the statement that billed them was not paid in full by its last day of grace.
    4. A late fee on the unpaid part of a minimum payment is charged on the day after that (`late:s:…`).
    5. Neither fees nor late fees bear interest; interest does only if the card's terms compound.
    """
    walk = CardWalk(
        contract,
        read_card(contract.terms),
        read_card_agreement(contract.terms, contract.details),
        events,
        until,
    )
    walk.go()
    accrued = tuple(_accrued(walk))
    owed = walk.position.outstanding + sum(charge.amount for charge in accrued) - walk.position.held
    return Derived(
        items=tuple(item for made in walk.made.values() for item in _items(made, walk)),
        charges=tuple(walk.charges),
        accrued=accrued,
        cut=tuple(walk.cut),
        payoff=0 if walk.position.is_ended else max(owed, 0),
        facts={
            "statements": [_statement(made) for made in walk.made.values()],
            "cut_by_cap": walk.meter.totals,
        },
    )


def _items(made: Made, walk: CardWalk) -> Iterator[KeptItem]:
    why = Why(rule="minimum_payment", citation=walk.card.minimum.citation, base_minor=made.says.balance)
    for component, amount in made.asked.items():
        if amount:
            yield KeptItem(
                ref=made.cycle.ref,
                due_date=made.cycle.due_date,
                component=component,
                amount=amount,
                why=why,
                asked_date=made.cycle.statement_date,
                is_part_of_balance=True,
            )


def _accrued(walk: CardWalk) -> Iterator[KeptCharge]:
    """Yield the interest earned by `until` and not yet billed."""
    reckoned = walk.reckon_interest(walk.until)
    if reckoned.amount and not walk.is_stopped:
        yield KeptCharge(
            key="a:int",
            component=INTEREST,
            amount=reckoned.amount,
            effective_date=walk.until,
            why=reckoned.why,
            is_due_at_once=False,
        )


def _statement(made: Made) -> Mapping[str, Any]:
    return {
        "ref": made.cycle.ref,
        "statement_date": made.cycle.statement_date,
        "due_date": made.cycle.due_date,
        "final_date": made.cycle.final_date,
        "balance_minor": made.says.balance,
        "minimum_minor": made.says.minimum,
        "past_due_minor": made.says.past_due,
        "interest_minor": made.interest,
        "is_paid_in_full": made.is_paid_in_full,
    }
