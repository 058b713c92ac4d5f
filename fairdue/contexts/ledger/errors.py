"""The ledger's refusals that several operations share; each names its rule, and nothing was posted."""

from __future__ import annotations


class LedgerError(ValueError):
    """A refusal of the ledger: nothing was posted."""

    code = "ledger.refused"


class AccountUnknown(LedgerError):  # noqa: N818 - a refusal, not a fault
    """No opened account has this id."""

    code = "ledger.account.unknown"


class CurrencyDiffers(LedgerError):  # noqa: N818 - a refusal, not a fault
    """The amount is in another currency than the account."""

    code = "ledger.currency.differs"


class AmountInvalid(LedgerError):  # noqa: N818 - a refusal, not a fault
    """The amount is not positive or is beyond 2^53 minor units."""

    code = "ledger.amount.invalid"


class FutureDate(LedgerError):  # noqa: N818 - a refusal, not a fault
    """The effective date lies after the business date."""

    code = "ledger.date.future"


class BeforeOpening(LedgerError):  # noqa: N818 - a refusal, not a fault
    """The effective date lies before the day for which the opening balances stand."""

    code = "ledger.date.before_opening"


class ReferenceReused(LedgerError):  # noqa: N818 - a refusal, not a fault
    """The reference was used before for something else."""

    code = "ledger.reference.reused"


class TransactionUnknown(LedgerError):  # noqa: N818 - a refusal, not a fault
    """The transaction does not exist on this account."""

    code = "ledger.transaction.unknown"


class ReversalOfReversal(LedgerError):  # noqa: N818 - a refusal, not a fault
    """A reversal cannot be reversed; record the payment again instead."""

    code = "ledger.reversal.of_reversal"


class AlreadyReversed(LedgerError):  # noqa: N818 - a refusal, not a fault
    """The transaction was reversed before."""

    code = "ledger.transaction.already_reversed"


class LandingRefused(LedgerError):  # noqa: N818 - a refusal, not a fault
    """A frame holds rows that the ledger cannot take; `rows` counts them per reason code."""

    code = "ledger.landing.refused"

    def __init__(self, rows: dict[str, int]) -> None:
        super().__init__(", ".join(f"{code}: {count}" for code, count in sorted(rows.items())))
        self.rows = rows
