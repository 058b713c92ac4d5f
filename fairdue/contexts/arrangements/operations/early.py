"""Whoever pays a plan early does not owe the interest that it adds for months that have not begun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from fairdue.contexts.arrangements.judging import Paid
from fairdue.contexts.arrangements.models import Instalment, Plan, PlanAccount
from fairdue.contexts.arrangements.operations.carry_out import SOURCE, house
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


def give_up_unearned(
    plan: Plan, instalments: Iterable[Instalment], paid: Mapping[int, Paid], as_of: date, now: datetime, actor: Actor
) -> bool:  # fmt: skip
    """This function will credit what is unpaid of a debt if it is no more than interest for months that had not begun
    when the latest money came; tell whether it did on any debt.

    1. The same amount is left out of what settles the debt (`ledger.payoff`), so that who pays that amount is done.
    """
    listed = list(instalments)
    charged = [account for account in plan.accounts.all() if len(account.transaction_ids) > 1]
    if not charged:
        return False
    receipts = ledger.receipts(person_ids=[plan.person_id], since=plan.started_date)
    done = False
    for account in charged:
        mine = [each for each in listed if each.account_id == account.account_id]
        unpaid = sum(each.amount_minor - paid[each.pk].minor for each in mine)
        days = [
            each.effective_date
            for each in receipts
            if each.account_id == account.account_id and each.effective_date <= as_of
        ]
        if days and 0 < unpaid <= ledger.unearned_minor_of(account.account_id, max(days)):
            _credit(plan, account, Money(unpaid, plan.currency), max(days), now, actor)
            done = True
    return done


def _credit(plan: Plan, account: PlanAccount, amount: Money, day: date, now: datetime, actor: Actor) -> None:
    number = plan.agreement.number
    receipt = ledger.record_event(
        account_id=account.account_id, kind="credit", amount=amount, effective_date=day,
        details={"component": "interest", "reason": number}, source=SOURCE, actor=house(actor), now=now,
        external_ref=f"agreement:{number}:{account.account_id}:early:{now:%y%m%d%H%M%S}", approval_ref=f"agreement:{number}",
    )  # fmt: skip
    account.transaction_ids = [receipt.transaction_id, *account.transaction_ids]
    account.save(update_fields=["transaction_ids"])


def take_credits_back(plan: Plan, *, now: datetime, actor: Actor) -> None:
    """This function will charge again what was credited for early payment, because that payment was taken back."""
    for account in plan.accounts.all():
        booked = {
            row.transaction_id
            for row in ledger.account_transactions(account.account_id, 500)
            if row.kind == "credit" and row.reversed_by_id is None
        }
        for transaction_id in booked.intersection(account.transaction_ids):
            ledger.reverse_transaction(
                transaction_id=transaction_id, reason="the early payment was taken back", actor=house(actor), now=now,
                external_ref=f"plan:{plan.pk}:{transaction_id}:back",
            )  # fmt: skip
