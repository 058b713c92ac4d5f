"""Plans of the demonstration: some run, one is kept, one was broken, one waits for a second pair of eyes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.engine.negotiation.offers import Wish
from fairdue.journeys.agree_plan import agree_plan
from fairdue.journeys.receive_payment import follow_money
from fairdue.journeys.review_plans import review_plans
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

RUNNING = (6, 12, 3, 12)
"""Months of the plans that run."""
SOON_DAYS = 3
"""The first of them asks for money so soon: it is reminded of, and its direct debit announced."""
BROKEN_DAYS_AGO = 18
SKIPPED = 60
"""The first debtors of the queue have other stories: payments, complaints, calls."""


def seed_plans(*, actor: Actor, now: datetime) -> int:
    """This function will let some borrowers of the queue agree on plans, and return how many did; once."""
    if arrangements.plans(actor=actor, limit=1):
        return 0
    staff = {card.role: card.staff_id for card in identity.staff_cards(actor=actor)}
    collector = identity.actor_by_id(staff["collector"]) if "collector" in staff else None
    if collector is None:
        return 0
    debts = _debts(actor, now)
    past, soon = now - timedelta(days=BROKEN_DAYS_AGO), business_date(now) + timedelta(days=SOON_DAYS)
    made = [
        *(
            _agree(debts, Wish(months=months, first_date=soon if number == 0 else None), collector, now)
            for number, months in enumerate(RUNNING)
        ),
        kept := _agree(debts, Wish(months=3), collector, now),
        _agree(debts, Wish(months=1, first_date=business_date(past) + timedelta(days=5)), collector, past),
    ]
    if kept is not None:
        _pay_all(kept, actor, now)
    _propose_beyond(debts, collector, now)
    review_plans(as_of=business_date(now), actor=actor, now=now)
    return sum(each is not None for each in made)


def _debts(actor: Actor, now: datetime) -> Iterator[tuple[int, int]]:
    """Yield (person, debt) of the queue who owe something overdue on one account."""
    persons = dict.fromkeys(row.person_id for row in cases.queue(actor=actor, limit=SKIPPED * 3).rows)
    for person_id in [*list(persons)[SKIPPED:], *list(persons)[:SKIPPED]]:
        accounts = ledger.person_summary(person_id, business_date(now)).accounts
        owing = [each for each in accounts if each.overdue.minor > 0]
        if len(owing) == 1:
            yield person_id, owing[0].account_id


def _agree(
    debts: Iterator[tuple[int, int]], wish: Wish, collector: Actor, now: datetime
) -> arrangements.PlanCard | None:
    """Agree with the next debtor with whom it can be agreed at once, in a recorded call."""
    for person_id, account_id in debts:
        try:
            told = _assess(person_id, collector, now)
            made = arrangements.propose(
                person_id=person_id,
                account_ids=[account_id],
                wish=wish,
                assessment_id=told,
                actor=collector,
                now=now,
            )
            if made.state != "ready":
                arrangements.withdraw_proposal(proposal_id=made.proposal_id, actor=collector, now=now)
                continue
            proof = arrangements.OralProof(f"DEMO-{made.proposal_id:06d}")
            agreed = agree_plan(proposal_id=made.proposal_id, proof=proof, actor=collector, now=now).agreement
        except arrangements.ArrangementRefused:
            continue
        return arrangements.plan(agreed.plan_id, actor=collector)
    return None


def _assess(person_id: int, collector: Actor, now: datetime) -> int:
    household = Household(
        currency="CNY", incomes=(MoneyLine("income", 3_000_000),), outgoings=(MoneyLine("living", 400_000),)
    )
    situation = Situation(reason="income_drop", household=household)
    card = arrangements.record_assessment(
        person_id=person_id, situation=situation, source="phone", actor=collector, now=now
    )
    return card.assessment_id


def _pay_all(plan: arrangements.PlanCard, actor: Actor, now: datetime) -> None:
    for account_id in plan.account_ids:
        ledger.record_payment(
            account_id=account_id, amount=plan.total, effective_date=business_date(now),
            external_ref=f"demo-plan-{plan.plan_id}", source="demo", actor=actor, now=now,
        )  # fmt: skip
    follow_money([plan.person_id], actor=actor, now=now)
    arrangements.assess_plans_of(person_ids=[plan.person_id], now=now)


def _propose_beyond(debts: Iterator[tuple[int, int]], collector: Actor, now: datetime) -> None:
    """Propose what needs a second pair of eyes, if an offer of the next debtors does."""
    situation = Situation(reason="illness", is_vulnerable=True)
    for (person_id, account_id), _ in zip(debts, range(10), strict=False):
        told = arrangements.record_assessment(
            person_id=person_id, situation=situation, source="phone", actor=collector, now=now
        ).assessment_id
        found = arrangements.offers_for(
            person_id=person_id, account_ids=[account_id], situation=situation, as_of=business_date(now), now=now,
            assessment_id=told, actor=collector,
        )  # fmt: skip
        beyond = [one for one in found.offers if arrangements.needs_approval(one.authority, collector)]
        if beyond:
            arrangements.propose(
                person_id=person_id, account_ids=[account_id], offer_key=beyond[0].key, assessment_id=told,
                actor=collector, now=now,
            )  # fmt: skip
            return
