"""“I cannot pay now”: the questions in their order, the answers so far, and the situation that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.negotiation.case import Situation
from fairdue.engine.negotiation.household import Household, MoneyLine
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

STEPS = ("lender", "reason", "care", "budget", "people", "income", "outgoings", "now", "wish")
"""One question a page, in this order; which of them are asked depends on the answers."""
OF_BUDGET = ("people", "income", "outgoings")
ASSESSMENT = "assessment"
PLAN = "plan"
"""The running plan that is to be made anew, where the answers are about one."""


@dataclass(frozen=True, slots=True)
class DebtGroup:
    """The debts of one person with one lender in one currency: what one plan can be about."""

    key: str
    creditor: book.CreditorCard | None
    currency: str
    accounts: tuple[AccountCard, ...]
    owed: Money

    @property
    def account_ids(self) -> tuple[int, ...]:
        """The debts."""
        return tuple(card.account_id for card in self.accounts)


def debt_groups(person_id: int, as_of: date, plan_id: int | None = None) -> tuple[DebtGroup, ...]:
    """Return what a person owes, lender by lender, without debts on which a plan runs; or the debts of one plan."""
    running = set(arrangements.running_account_ids(person_id))
    if plan_id is not None:
        own = next((one for one in arrangements.plans_of(person_id) if one.plan_id == plan_id), None)
        running = {card.account_id for card in book.account_cards(person_id)} - set(
            own.account_ids if own else ()
        )
    owed = {one.account_id: one.balance for one in ledger.person_summary(person_id, as_of).accounts}
    found: dict[tuple[int, str], list[AccountCard]] = {}
    for card in book.account_cards(person_id):
        if card.account_id not in running and card.account_id in owed and owed[card.account_id].minor > 0:
            found.setdefault((card.creditor_id, card.currency), []).append(card)
    names = {card.creditor_id: card for card in book.creditors(system("portal"))}
    return tuple(
        DebtGroup(
            key=f"{creditor_id}-{currency}",
            creditor=names.get(creditor_id),
            currency=currency,
            accounts=tuple(cards),
            owed=Money(sum(owed[card.account_id].minor for card in cards), currency),
        )
        for (creditor_id, currency), cards in sorted(found.items())
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person has said so far, and the debts that it is about."""

    said: Mapping[str, Any]
    groups: tuple[DebtGroup, ...]

    @property
    def group(self) -> DebtGroup | None:
        """The lender that was chosen, or the only one there is."""
        if len(self.groups) == 1:
            return self.groups[0]
        return next((one for one in self.groups if one.key == self.said.get("lender")), None)

    @property
    def steps(self) -> tuple[str, ...]:
        """The questions that are asked, in their order."""
        left_out = {"lender"} if len(self.groups) == 1 else set()
        if self.said.get("budget") == "no":
            left_out |= set(OF_BUDGET)
        return tuple(step for step in STEPS if step not in left_out)

    @property
    def missing(self) -> str | None:
        """The first question without an answer."""
        return next((step for step in self.steps if step not in self.said), None)

    def before(self, step: str) -> str | None:
        """Return the question before one."""
        place = self.steps.index(step)
        return self.steps[place - 1] if place else None

    @property
    def plan_id(self) -> int | None:
        """The running plan that is to be made anew."""
        return self.said.get(PLAN)

    @property
    def assessment_id(self) -> int | None:
        """What these answers were written down as, if they were."""
        return self.said.get(ASSESSMENT)


def read_answers(person_id: int, as_of: date, now: datetime) -> Answers:
    """Return what a person has answered so far."""
    said = arrangements.answers_of(person_id=person_id, now=now)
    return Answers(said, debt_groups(person_id, as_of, said.get(PLAN)))


def keep_answer(person_id: int, answers: Answers, step: str, value: Any, now: datetime) -> Answers:
    """Keep one answer; what was written down of earlier answers no longer counts."""
    said = {name: kept for name, kept in answers.said.items() if name != ASSESSMENT} | {step: value}
    arrangements.save_answers(person_id=person_id, answers=said, now=now)
    return Answers(said, answers.groups)


def keep_assessment(person_id: int, answers: Answers, assessment_id: int, now: datetime) -> None:
    """Note what the answers were written down as."""
    said = {**answers.said, ASSESSMENT: assessment_id}
    arrangements.save_answers(person_id=person_id, answers=said, now=now)


def situation_of(answers: Answers) -> Situation:
    """Return the situation that complete answers come to."""
    said = answers.said
    wish = said.get("wish") or {}
    household = None
    if said.get("budget") == "yes" and answers.group:
        household = Household(
            currency=answers.group.currency,
            incomes=_lines(said["income"]),
            outgoings=_lines(said["outgoings"]),
            adults=said["people"]["adults"],
            children=said["people"]["children"],
        )
    return Situation(
        reason=said["reason"],
        household=household,
        is_vulnerable=said.get("care") == "yes",
        can_pay_now_minor=said["now"],
        wished_monthly_minor=wish.get("monthly"),
        wished_first_date=date.fromisoformat(wish["first_date"]) if wish.get("first_date") else None,
    )


def _lines(said: Mapping[str, Any]) -> tuple[MoneyLine, ...]:
    return tuple(MoneyLine(kind, amount, every) for kind, (amount, every) in said.items())
