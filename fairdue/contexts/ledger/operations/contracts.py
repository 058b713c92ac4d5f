"""Open a contract that this installation keeps itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger.errors import AccountUnknown, CurrencyDiffers, FutureDate, LedgerError
from fairdue.contexts.ledger.models import AccountState, LoanContract
from fairdue.contexts.ledger.operations.keep import keep_one
from fairdue.contexts.ledger.operations.opening import open_accounts
from fairdue.contexts.ledger.queries.contracts import product_terms, quote_contract
from fairdue.engine.ledger.products.agreement import AgreementInvalid
from fairdue.engine.ledger.products.card import agreed_details
from fairdue.engine.ledger.products.cost import AboveCap
from fairdue.engine.ledger.products.scheduling import NotAmortising
from fairdue.engine.ledger.products.terms import ProductTerms
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money


class ContractExists(LedgerError):
    """The account has a contract already, and not the same."""

    code = "ledger.contract.exists"


class ContractInvalid(LedgerError):
    """What was agreed contradicts the product; the message names the field."""

    code = "ledger.contract.invalid"


class ScheduleNeverRepaid(LedgerError):
    """The agreed instalments never repay the principal."""

    code = "ledger.contract.not_amortising"


class ContractAboveCap(LedgerError):
    """The contract costs more a year than a cap allows; the message names the cap."""

    code = "ledger.contract.above_cap"


class OpenedOtherwise(LedgerError):
    """The account was opened in the ledger on another day or with another balance."""

    code = "ledger.contract.opened_otherwise"


@transaction.atomic
def open_contract(
    *,
    account_id: int,
    product_code: str,
    principal: Money,
    disbursed_date: date,
    details: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    account: Mapping[str, Any] | None = None,
    kept_until: date | None = None,
) -> int:
    """This function will open a kept contract, land its due items, and return the account's id.

    1. `account` (person_id, creditor_id) opens the account in the ledger with the principal on the day of
       the disbursement; without it the account must be open with exactly that.
    2. The product's terms are kept with the contract, so that a later version of the product changes nothing.
    3. The caps are fixed at formation, and the contract costs no more a year than each allows.
    4. The same contract again changes nothing.
    5. It is kept until today; until `kept_until` if what happened since is landed next, so that nothing is charged in between.

    :raises PermissionRefused: without `ledger.adjust`
    :raises ProductUnknown, ContractInvalid, ScheduleNeverRepaid, ContractAboveCap: as they say
    :raises AccountUnknown, OpenedOtherwise, ContractExists, CurrencyDiffers, FutureDate: as they say
    """
    actor.require("ledger.adjust")
    terms = _product(product_code, principal, disbursed_date, now)
    agreed = _agreed(terms, principal, disbursed_date, details)
    if account is not None:
        _open_account(account_id, _owed_at_first(terms, principal), disbursed_date, account, now)
    state = AccountState.objects.select_for_update().filter(account_id=account_id).first()
    if state is None:
        raise AccountUnknown(f"account {account_id} is not open")
    known = LoanContract.objects.filter(account_id=account_id).first()
    if known is not None:
        return _same(known, terms, principal, disbursed_date, agreed)
    _require_opening(state, terms, principal, disbursed_date)
    LoanContract.objects.create(
        account_id=account_id,
        product_terms=terms.label,
        terms=dict(terms.document),
        principal_minor=principal.minor,
        currency=principal.currency,
        disbursed_date=disbursed_date,
        details=agreed,
        recorded_at=now,
    )
    keep_one(account_id=account_id, until=kept_until or business_date(now), now=now)
    audit.record(
        code="ledger.contract.opened",
        actor=actor,
        subject_type="book.account",
        subject_id=account_id,
        person_id=state.person_id,
        now=now,
        after={"product": terms.label, "principal_minor": principal.minor, "disbursed": str(disbursed_date)},
    )
    return account_id


def _product(code: str, principal: Money, disbursed_date: date, now: datetime) -> ProductTerms:
    terms = product_terms(code)
    if principal.currency != terms.currency:
        raise CurrencyDiffers(f"{code} is lent in {terms.currency}, not in {principal.currency}")
    if disbursed_date > business_date(now):
        raise FutureDate(f"a disbursement on {disbursed_date} lies in the future")
    return terms


def _agreed(
    terms: ProductTerms, principal: Money, disbursed_date: date, details: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the details as they are kept, with the caps fixed at formation."""
    try:
        if terms.kind == "card":
            return agreed_details(terms, details)
        quoted = quote_contract(
            terms=terms, principal=principal, disbursed_date=disbursed_date, details=details
        )
    except AgreementInvalid as error:
        raise ContractInvalid(str(error)) from error
    except NotAmortising as error:
        raise ScheduleNeverRepaid(str(error)) from error
    except AboveCap as error:
        raise ContractAboveCap(str(error)) from error
    return dict(quoted.contract.details)


def _owed_at_first(terms: ProductTerms, principal: Money) -> Money:
    """Return what is owed on the day of the contract: of a card, whose principal is its limit, nothing."""
    return Money(0, principal.currency) if terms.kind == "card" else principal


def _open_account(
    account_id: int, owed: Money, disbursed_date: date, account: Mapping[str, Any], now: datetime
) -> None:
    row = {
        "account_id": account_id,
        "person_id": account["person_id"],
        "creditor_id": account["creditor_id"],
        "currency": owed.currency,
        "component": "principal",
        "amount_minor": owed.minor,
        "balance_date": disbursed_date,
    }
    open_accounts(pl.DataFrame([row]), now=now)


def _require_opening(
    state: AccountState, terms: ProductTerms, principal: Money, disbursed_date: date
) -> None:
    owed = _owed_at_first(terms, principal).minor
    if state.currency != principal.currency:
        raise CurrencyDiffers(f"the account is kept in {state.currency}, not in {principal.currency}")
    if state.balance_date != disbursed_date or (state.balance_minor, state.credit_balance_minor) != (owed, 0):
        raise OpenedOtherwise("the account is not open with the principal on the day of the disbursement")


def _same(
    known: LoanContract, terms: ProductTerms, principal: Money, disbursed_date: date, agreed: dict[str, Any]
) -> int:
    told = (known.product_terms, known.principal_minor, known.currency, known.disbursed_date, known.details)
    if told != (terms.label, principal.minor, principal.currency, disbursed_date, agreed):
        raise ContractExists(f"account {known.account_id} has another contract")
    return known.account_id
