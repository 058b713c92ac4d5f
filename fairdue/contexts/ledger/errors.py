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


class LandingRefused(LedgerError):
    """A frame holds rows that the ledger cannot take; `rows` counts them per reason code."""

    code = "ledger.landing.refused"

    def __init__(self, rows: dict[str, int]) -> None:
        super().__init__(", ".join(f"{code}: {count}" for code, count in sorted(rows.items())))
        self.rows = rows
