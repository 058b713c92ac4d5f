"""The ledger's refusals that several operations share; each names its rule, and nothing was posted."""

from __future__ import annotations


class LedgerError(ValueError):
    """A refusal of the ledger: nothing was posted."""

    code = "ledger.refused"


class AccountUnknown(LedgerError):
    """No opened account has this id."""

    code = "ledger.account.unknown"


class CurrencyDiffers(LedgerError):
    """The amount is in another currency than the account."""

    code = "ledger.currency.differs"


class AmountInvalid(LedgerError):
    """The amount is not positive or is beyond 2^53 minor units."""

    code = "ledger.amount.invalid"


class FutureDate(LedgerError):
    """The effective date lies after the business date."""

    code = "ledger.date.future"


class BeforeOpening(LedgerError):
    """The effective date lies before the day for which the opening balances stand."""

    code = "ledger.date.before_opening"


class ReferenceReused(LedgerError):
    """The reference was used before for something else."""

    code = "ledger.reference.reused"


class TransactionUnknown(LedgerError):
    """The transaction does not exist on this account."""

    code = "ledger.transaction.unknown"


class ReversalOfReversal(LedgerError):
    """A reversal cannot be reversed; record the payment again instead."""

    code = "ledger.reversal.of_reversal"


class AlreadyReversed(LedgerError):
    """The transaction was reversed before."""

    code = "ledger.transaction.already_reversed"


class EventRefused(LedgerError):
    """An event cannot happen to this account as it stands; the subclass and its code name the rule."""

    code = "ledger.event.refused"


class EventKindUnknown(EventRefused):
    """The kind is none of `engine.ledger.event_kinds`."""

    code = "ledger.event.kind_unknown"


class DetailsInvalid(EventRefused):
    """The details of an event lack a field, have one too many, or one cannot be meant; `field` names it."""

    code = "ledger.event.details_invalid"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ComponentUnknown(EventRefused):
    """A component is none of packs/reference/components.yaml."""

    code = "ledger.component.unknown"


class ApprovalMissing(EventRefused):
    """This kind of event needs the reference of an approval."""

    code = "ledger.event.approval_missing"


class AccountNotActive(EventRefused):
    """Nothing is owed on the account any more: closed, settled, written off or assigned."""

    code = "ledger.event.account_not_active"


class AccountAssigned(EventRefused):
    """The debt passed to another creditor: nothing but the return of held money can happen to it."""

    code = "ledger.event.assigned"


class AccountWrittenOff(EventRefused):
    """The debt was written off: record a recovery, or reverse the write-off first."""

    code = "ledger.event.written_off"


class NotWrittenOff(EventRefused):
    """A recovery needs a write-off before it; money on an open debt is a payment."""

    code = "ledger.event.not_written_off"


class AccountChargedOff(EventRefused):
    """A debt that was charged off is charged nothing more."""

    code = "ledger.event.charged_off"


class AlreadyChargedOff(EventRefused):
    """The debt was charged off before."""

    code = "ledger.event.already_charged_off"


class PausesOverlap(EventRefused):
    """The pause shares more than an end with another."""

    code = "ledger.event.pause_overlap"


class NotPaused(EventRefused):
    """No pause runs on that day."""

    code = "ledger.event.not_paused"


class BeyondOverpayment(EventRefused):
    """The refund is more than the overpayment held."""

    code = "ledger.event.exceeds_overpayment"


class ReferenceUnknown(EventRefused):
    """The event names a transaction that is not of this account, was taken back, or is of another kind."""

    code = "ledger.event.unknown_reference"


class BeyondPayment(EventRefused):
    """The chargebacks of a payment would come to more than the payment."""

    code = "ledger.event.exceeds_payment"


class NothingToWaive(EventRefused):
    """Nothing is unpaid of what the waiver names."""

    code = "ledger.event.nothing_to_waive"


class NothingToDispute(EventRefused):
    """Nothing is unpaid and undisputed of what the dispute names."""

    code = "ledger.event.nothing_to_dispute"


class BeyondClaim(EventRefused):
    """The amount is more than what is unpaid of the charge or component that the event names."""

    code = "ledger.event.exceeds_charge"


class NothingToSpreadOver(EventRefused):
    """No later instalment is left that could take what is due."""

    code = "ledger.event.nothing_to_spread_over"


class PlanInThePast(EventRefused):
    """A row of the plan falls due before the plan begins."""

    code = "ledger.event.plan_in_the_past"


class PlanDiffers(EventRefused):
    """Rows and discount of the plan do not come to what is unpaid of the components that it names."""

    code = "ledger.event.plan_differs"


class NothingToDefer(EventRefused):
    """Nothing unpaid falls due on or after the day of the deferral."""

    code = "ledger.event.nothing_to_defer"


class SettlementRunning(EventRefused):
    """Another settlement still waits for its money."""

    code = "ledger.event.settlement_running"


class BeyondDebt(EventRefused):
    """A settlement for more than is owed is none."""

    code = "ledger.event.exceeds_debt"


class AlreadyJudged(EventRefused):
    """A judgment stands already: take it back first, such as after an appeal."""

    code = "ledger.event.already_judged"


REFUSALS: dict[str, type[LedgerError]] = {
    "nothing_to_reverse": TransactionUnknown,
    "future_dated": FutureDate,
    "assigned": AccountAssigned,
    "written_off": AccountWrittenOff,
    "not_written_off": NotWrittenOff,
    "charged_off": AccountChargedOff,
    "already_charged_off": AlreadyChargedOff,
    "not_active": AccountNotActive,
    "pause_overlap": PausesOverlap,
    "not_paused": NotPaused,
    "exceeds_overpayment": BeyondOverpayment,
    "unknown_reference": ReferenceUnknown,
    "exceeds_payment": BeyondPayment,
    "nothing_to_waive": NothingToWaive,
    "nothing_to_dispute": NothingToDispute,
    "exceeds_charge": BeyondClaim,
    "unknown_component": ComponentUnknown,
    "nothing_to_spread_over": NothingToSpreadOver,
    "plan_component_unknown": ComponentUnknown,
    "plan_in_the_past": PlanInThePast,
    "plan_differs": PlanDiffers,
    "nothing_to_defer": NothingToDefer,
    "settlement_running": SettlementRunning,
    "exceeds_debt": BeyondDebt,
    "already_judged": AlreadyJudged,
}
"""The error of each reason for which a debt's life refuses an event (`engine.ledger.life.refusals.REASONS`)."""


class KeptChargeFixed(LedgerError):
    """A charge that follows from the contract is waived, not reversed: keeping would charge it again."""

    code = "ledger.charge.kept"


class LandingRefused(LedgerError):
    """A frame holds rows that the ledger cannot take; `rows` counts them per reason code."""

    code = "ledger.landing.refused"

    def __init__(self, rows: dict[str, int]) -> None:
        super().__init__(", ".join(f"{code}: {count}" for code, count in sorted(rows.items())))
        self.rows = rows
