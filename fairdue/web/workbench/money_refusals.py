"""Refusals around money, plans and the desk's own memory in words: ledger, arrangements, paying, views, undo."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

MONEY_REFUSALS = {
    "arrangements.refused": word("Nothing was agreed."),
    "arrangements.accounts.unfit": word(
        "These debts cannot be arranged together: choose debts of one lender in one currency."
    ),
    "arrangements.nothing_owed": word("Nothing is owed on these debts."),
    "arrangements.plan.runs": word("A plan runs on one of these debts: make that one anew instead."),
    "arrangements.offer.gone": word(
        "This offer does not stand any more: debts or terms changed. Look at the offers again."
    ),
    "arrangements.wish.refused": word("This proposal cannot be taken as it is."),
    "arrangements.assessment.unknown": word(
        "Ask about the situation again: there is no such record of this person."
    ),
    "arrangements.proposal.unknown": word("There is no such proposal in your data scope."),
    "arrangements.proposal.closed": word("This proposal was decided on already, or its time is over."),
    "arrangements.proposal.waits": word("This proposal waits for approval: nothing was agreed."),
    "arrangements.proposal.expired": word(
        "Nothing was agreed: the offer's last day has passed, or what is owed changed since. Look at the offers again."
    ),
    "arrangements.proposal.own": word("Whoever proposed does not decide: ask somebody else."),
    "arrangements.proposal.authority": word(
        "Your authority does not reach this offer: nothing was approved."
    ),
    "arrangements.reason_missing": word("Say why; nothing was changed."),
    "arrangements.proof.unfit": word("Name the recording in which the borrower agreed; nothing was agreed."),
    "arrangements.plan.unknown": word("There is no such plan in your data scope."),
    "arrangements.plan.closed": word("This plan does not run any more."),
    "arrangements.plan.replans_used": word("This plan was made anew as often as its agreement allows."),
    "arrangements.agreement.unknown": word("There is no such agreement in your data scope."),
    "arrangements.code.refused": word("The code does not hold; nothing was agreed."),
    "undo.unknown": word("This offer to undo is not yours, or is gone."),
    "undo.taken": word("It was taken back already."),
    "undo.expired": word("The time to undo is over: change it by hand."),
    "view.name": word("Give the view a name."),
    "view.long": word("These filters are too many for one view."),
    "view.many": word("You keep thirty views of this list: remove one first."),
    "view.unknown": word("This view is not yours, or is gone."),
    "ledger.cursor": word("This page of the list is gone: start from the first page."),
    "ledger.refused": word("The ledger refused this."),
    "ledger.account.unknown": word("This debt is not open in the ledger, or lies outside your data scope."),
    "ledger.currency.differs": word(
        "The debt is kept in another currency: enter the amount in that currency."
    ),
    "ledger.amount.invalid": word("The amount must be more than nothing and within the ledger's limits."),
    "ledger.date.future": word("The day lies in the future: enter the day on which the money arrived."),
    "ledger.date.before_opening": word(
        "The day lies before the opening balance of this debt, which holds the payment already: check the day."
    ),
    "ledger.reference.reused": word(
        "This reference stands for another payment with another amount or day: check the receipt."
    ),
    "ledger.transaction.unknown": word("There is no such transaction in your data scope."),
    "ledger.reversal.of_reversal": word("A reversal cannot be reversed: record the payment again."),
    "ledger.transaction.already_reversed": word("This payment was reversed before."),
    "ledger.landing.refused": word("The rows cannot be posted."),
    "ledger.component.unknown": word("This component is unknown: choose another one."),
    "ledger.subject.unknown": word("There is nothing of this name to explain on this day."),
    "ledger.event.refused": word("This cannot happen to the debt as it stands."),
    "ledger.event.kind_unknown": word("There is no such kind of event."),
    "ledger.event.approval_missing": word("This needs a second pair of eyes: ask for approval."),
    "ledger.event.account_not_active": word(
        "Nothing is owed on this debt any more: there is nothing this could change."
    ),
    "ledger.event.assigned": word(
        "The debt passed to another creditor: nothing but the return of held money can happen to it."
    ),
    "ledger.event.written_off": word(
        "The debt was written off: record a recovery, or take the write-off back first."
    ),
    "ledger.event.not_written_off": word(
        "A recovery needs a write-off before it; money on an open debt is a payment."
    ),
    "ledger.event.charged_off": word("The debt was charged off: nothing more is charged to it."),
    "ledger.event.already_charged_off": word("The debt was charged off before."),
    "ledger.event.pause_overlap": word(
        "Another pause covers some of these days: choose days that no pause covers."
    ),
    "ledger.event.not_paused": word("No pause runs on that day."),
    "ledger.event.exceeds_overpayment": word("This is more than the credit balance of the debt."),
    "ledger.event.unknown_reference": word(
        "What it names is not of this debt, was taken back, or is of another kind."
    ),
    "ledger.event.exceeds_payment": word("Together the returns would be more than the payment."),
    "ledger.event.nothing_to_waive": word("Nothing of this is unpaid: there is nothing to waive."),
    "ledger.event.nothing_to_dispute": word("Nothing of this is unpaid and undisputed."),
    "ledger.event.exceeds_charge": word("The amount is more than what is unpaid of it."),
    "ledger.event.nothing_to_spread_over": word("No later instalment is left that could take what is due."),
    "ledger.event.plan_in_the_past": word(
        "A row of the plan falls due before the plan begins: choose a later first due date."
    ),
    "ledger.event.plan_differs": word(
        "Rows and discount do not come to what is unpaid: look again at what is owed on that day."
    ),
    "ledger.event.nothing_to_defer": word("Nothing unpaid falls due on or after that day."),
    "ledger.event.settlement_running": word(
        "Another settlement still waits for its money: wait for its day, or take it back."
    ),
    "ledger.event.exceeds_debt": word("This is more than is owed: a settlement accepts less."),
    "ledger.event.already_judged": word(
        "A judgment stands already: take it back first, such as after an appeal."
    ),
    "ledger.event.details_invalid": word("The details do not fit this kind of event: check each of them."),
    "ledger.charge.kept": word("This charge follows from the contract: waive it instead of taking it back."),
    "ledger.contract.above_cap": word("The contract costs more a year than the cap allows."),
    "ledger.contract.exists": word("The debt has a contract already, and not the same."),
    "ledger.contract.invalid": word("What was agreed does not fit the product."),
    "ledger.contract.not_amortising": word(
        "The instalments never repay the amount: choose a larger instalment."
    ),
    "ledger.contract.opened_otherwise": word("The debt was opened on another day or with another balance."),
    "ledger.contract.unknown": word("The debt has no contract that is kept here."),
    "ledger.product.unknown": word("There is no such product."),
    "ledger.export.format_unknown": word("There is no such form of file."),
    "ledger.export.too_large": word("A worksheet cannot hold so many rows: choose CSV or Parquet."),
    "ledger.reversal.reason_missing": word("Say why it is taken back: the reason is kept in the log."),
    "pay.debts": word("Choose debts of one lender, please. Others are paid one after the other."),
    "pay.nothing": word("Nothing is open for this choice any more. Please choose another one."),
    "pay.amount": word("Write the amount in figures, above zero, such as 250 or 250.00."),
    "pay.too_much": word("This is more than you owe. Please write a smaller amount."),
}
