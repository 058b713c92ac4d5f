"""Why a debt's life refuses an event, as sentences: what stands against it, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

SENTENCES: Mapping[str, str] = {
    "nothing_to_reverse": "what it takes back does not stand on this account: name a transaction that does",
    "future_dated": "its day has not come yet: record it on that day, or give an earlier one",
    "assigned": "the debt passed to another creditor: only held money can still be returned",
    "written_off": "the debt was written off: record a recovery, or reverse the write-off first",
    "not_written_off": "a recovery needs a write-off before it: record money on an open debt as a payment",
    "charged_off": "the debt was charged off, and is charged nothing more: reverse the charge-off first",
    "already_charged_off": "the debt was charged off before: nothing is left to do",
    "not_active": "nothing is owed here any more: look at what closed the account, and reverse that first",
    "pause_overlap": "another pause covers some of these days: choose days that no pause covers",
    "resume_not_today": "a pause ends on the day on which it is told: give that day",
    "not_paused": "no pause runs on that day: choose a day within a pause",
    "exceeds_overpayment": "it is more than the credit balance on that day: give at most that amount",
    "unknown_reference": "what it names is not of this account, was taken back, or is of another kind: name another",
    "exceeds_payment": "together the returns would be more than the payment: give at most what is left of it",
    "nothing_to_waive": "nothing of what it names is unpaid on that day: there is nothing to waive",
    "nothing_to_dispute": "nothing of what it names is unpaid and undisputed: name another part or charge",
    "exceeds_charge": "the amount is more than what is unpaid of what it names: give at most that",
    "unknown_component": "this debt has no such component: name one of its allocation order",
    "nothing_to_spread_over": "no later instalment could take what is due: re-age the debt or agree on a plan",
    "plan_component_unknown": "a row of the plan names a component that this debt does not have: correct the row",
    "plan_in_the_past": "a row of the plan falls due before the plan begins: choose later due dates",
    "plan_differs": "rows and discount do not come to what is unpaid: read what is owed on that day, and plan anew",
    "nothing_to_defer": "nothing unpaid falls due on or after that day: choose an earlier day",
    "settlement_running": "another settlement still waits for its money: wait for its day, or reverse it first",
    "exceeds_debt": "it is more than is owed on that day: a settlement accepts less",
    "already_judged": "a judgment stands already: reverse it first, such as after an appeal",
}
"""By the reason of `engine.ledger.life.refusals`."""


def refusal_sentence(reason: str, kind: str, effective_date: date) -> str:
    """Return the refusal of an event as one sentence: what, of which day, why, and what to do."""
    why = SENTENCES.get(reason, reason.replace("_", " "))
    return f"The {kind.replace('_', '-')} of {effective_date} was refused: {why}. Nothing was recorded."
