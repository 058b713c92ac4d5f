"""The accounts that postings move amounts between, as codes; `<account>:<component>` where kept by component.

1. `receivable:<component>` is what the borrower owes; it stays through a charge-off, and is cleared by a write-off
   or an assignment.
2. A charge-off books the lender's loss `charge_off` against the contra account `allowance`. Whatever lowers the
   receivable afterwards releases as much of the allowance: money against `recovery`, everything else against
   `charge_off`, so that `allowance:<component>` always equals what is still receivable.
"""

from __future__ import annotations

CASH = "cash"
SUSPENSE = "suspense"
OPENING = "opening"
CREDIT_BALANCE = "credit_balance"
ADJUSTMENT = "adjustment"
RECOVERY = "recovery"

RECEIVABLE = "receivable:"
INCOME = "income:"
WAIVER = "waiver:"
CHARGE_OFF = "charge_off:"
ALLOWANCE = "allowance:"
WRITE_OFF = "write_off:"
ASSIGNED = "assigned:"

PLAIN_ACCOUNTS = (CASH, SUSPENSE, OPENING, CREDIT_BALANCE, ADJUSTMENT, RECOVERY)
BY_COMPONENT = (RECEIVABLE, INCOME, WAIVER, CHARGE_OFF, ALLOWANCE, WRITE_OFF, ASSIGNED)

FUNDS = (CASH, SUSPENSE)
"""Where a payment's money stands before it settles anything."""

NAMES: dict[str, dict[str, str]] = {
    CASH: {"zh": "现金", "en": "Cash"},
    SUSPENSE: {"zh": "待认领款", "en": "Suspense"},
    OPENING: {"zh": "期初余额", "en": "Opening balance"},
    CREDIT_BALANCE: {"zh": "溢缴款", "en": "Credit balance"},
    ADJUSTMENT: {"zh": "债权人调减", "en": "Creditor's adjustment"},
    RECOVERY: {"zh": "核销后收回", "en": "Recovery"},
    RECEIVABLE: {"zh": "应收", "en": "Receivable"},
    INCOME: {"zh": "计收", "en": "Income"},
    WAIVER: {"zh": "减免", "en": "Waiver"},
    CHARGE_OFF: {"zh": "核销损失", "en": "Charge-off loss"},
    ALLOWANCE: {"zh": "核销准备（账销案存）", "en": "Allowance"},
    WRITE_OFF: {"zh": "终止确认损失", "en": "Write-off loss"},
    ASSIGNED: {"zh": "债权转出", "en": "Assigned"},
}
"""Words for each account, the component's own name aside."""


def receivable(component: str) -> str:
    """Return the code of the account that holds a component, or of the credit balance."""
    return component if component == CREDIT_BALANCE else RECEIVABLE + component


def component_of(code: str) -> str:
    """Return the component of an account kept by component, or nothing."""
    return code.partition(":")[2]


def group_of(code: str) -> str:
    """Return the account without its component, as `NAMES` knows it."""
    head, colon, _ = code.partition(":")
    return head + colon
