"""What came in for the instalments of a plan, as the ledger knows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fairdue.contexts.arrangements.judging import Paid, is_settled
from fairdue.contexts.arrangements.models import Instalment, Plan, PlanAccount
from fairdue.contexts.ledger import facade as ledger


def received_for(
    plan: Plan, accounts: Iterable[PlanAccount], instalments: Iterable[Instalment], as_of: date
) -> dict[int, Paid]:
    """Return what came in by a day for each instalment, by its id.

    1. Where a plan replaced due items, the ledger's own rows of the plan say it: it has allocated the money.
    2. For a settlement it is what came in on the account since the agreement, the earliest instalment first.
    3. A payment that was reversed never came.
    """
    listed = list(instalments)
    found: dict[int, Paid] = {}
    receipts = ledger.receipts(person_ids=[plan.person_id], since=plan.started_date)
    for account in accounts:
        mine = [each for each in listed if each.account_id == account.account_id]
        days = [
            (each.effective_date, each.amount.minor)
            for each in receipts
            if each.account_id == account.account_id and each.effective_date <= as_of
        ]
        if plan.kind == "settlement":
            came = [
                (each.effective_date, each.amount.minor)
                for each in receipts
                if each.account_id == account.account_id
                and each.effective_date <= as_of
                and each.recorded_at >= plan.started_at
            ]
            found |= _in_order(mine, came, plan.tolerance_minor)
        else:
            found |= _by_rows(
                account, mine, as_of, max((day for day, _ in days), default=None), plan.tolerance_minor
            )
    return found


def _by_rows(
    account: PlanAccount, instalments: list[Instalment], as_of: date, latest: date | None, tolerance: int
) -> dict[int, Paid]:
    prefix = f"{account.transaction_ids[-1]}:"
    dues = [due for due in ledger.account_dues(account.account_id, as_of) if due.due_ref.startswith(prefix)]
    found = {}
    for each in instalments:
        mine = [due for due in dues if due.due_date == each.due_date]
        unpaid = sum(due.unpaid.minor for due in mine)
        paid = min(sum(due.paid.minor for due in mine), each.amount_minor)
        settled = max((due.settled_date for due in mine if due.settled_date), default=None)
        is_done = bool(mine) and is_settled(each.amount_minor, each.amount_minor - unpaid, tolerance)
        if unpaid and is_done:
            settled = each.settled_date or latest
        found[each.pk] = Paid(minor=paid, settled_date=(settled or latest or as_of) if is_done else None)
    return found


def _in_order(instalments: list[Instalment], came: list[tuple[date, int]], tolerance: int) -> dict[int, Paid]:
    found, left = {}, [list(each) for each in sorted(came)]
    for each in sorted(instalments, key=lambda one: one.due_date):
        paid, settled = 0, None
        for receipt in left:
            part = min(receipt[1], each.amount_minor - paid)  # type: ignore[call-overload]
            receipt[1] -= part
            paid += part
            if part and is_settled(each.amount_minor, paid, tolerance) and settled is None:
                settled = receipt[0]
        found[each.pk] = Paid(minor=paid, settled_date=settled)  # type: ignore[arg-type]
    return found
