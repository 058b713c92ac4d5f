"""Answers to fee cases, by `engine.law.money_limits`."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from fairdue.engine.conformance.law_values import (
    Fields,
    day,
    minor,
    money,
    needed,
    numbers_of,
    optional_minor,
    require_currency,
    verdict,
)
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.money_limits import bill_charges, penalty_fees
from fairdue.engine.law.money_limits.penalty_fees import BasisUnknown, CardAccount, Charged, Item, Payment
from fairdue.engine.law.numbers import Numbers, RuleNotInForce

_US_ACTORS = ("creditor", "field_team")
_US_PRODUCTS = ("credit_card", "charge_card")
_US_FEES = ("late", "returned_payment", "over_limit", "declined_check")
_CN_FEES = ("overdue_charge", "over_limit", "liquidated_damages")


def answer_fee(question: Fields) -> Answer:
    """Return whether the fee may be charged, or the highest one that a rule permits."""
    given, when, numbers = question["given"], question["when"], numbers_of(question)
    try:
        if "cn" in question["packs"]:
            return _answer_cn(given, when, numbers)
        if "us" in question["packs"]:
            return _answer_us(given, when, numbers)
    except (RuleNotInForce, BasisUnknown) as error:
        raise Unsupported(str(error)) from error
    return _unbound(when)


def _unbound(when: Fields) -> Answer:
    """Return that a fee which no rule in force is about may be charged.

    :raises Unsupported: if the highest fee under a rule is asked
    """
    if "under" in when:
        raise Unsupported("the highest fee under a rule that does not bind here")
    return verdict(())


def _answer_cn(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    account, kind, on = given["account"], when["fee"], day(when["at"])
    if account["product"] != "credit_card" or kind not in _CN_FEES or "under" in when:
        return _unbound(when)
    is_damages = kind == "liquidated_damages"
    if is_damages:  # the other two are abolished in every currency
        require_currency(given, "CNY")
    bill = _bill(account, when.get("basis")) if is_damages else None
    payments = [
        bill_charges.BillPayment(
            on_date=day(item["at"]),
            amount_minor=minor(item["amount"]),
            returned_date=min((day(text) for text in item.get("returned", [])), default=None),
        )
        for item in account.get("payments", [])
    ]
    broken = bill_charges.charge_faults(kind, on=on, bill=bill, payments=payments, numbers=numbers)
    return verdict(("refuse", rule) for rule in broken)


def _bill(account: Fields, basis: str | None) -> bill_charges.Bill | None:
    statements = account.get("statements", [])
    if basis is None and not statements:
        return None
    found = [item for item in statements if item["at"] == basis and "due" in item]
    if not found:
        raise Unsupported("the bill on which the charge is based")
    return bill_charges.Bill(
        on_date=day(found[0]["at"]), balance_minor=minor(found[0]["balance"]), due_date=day(found[0]["due"])
    )


def _answer_us(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    kind = when["fee"]
    if (
        given["actor"]["kind"] not in _US_ACTORS
        or given["account"]["product"] not in _US_PRODUCTS
        or kind not in _US_FEES
    ):
        return _unbound(when)
    account, on = _account(given["account"]), day(when["at"])
    if "under" in when:
        return _highest(account, given["account"]["product"], when, on, numbers)
    if "method" in when or not ("basis" in when or "permitted" in when):
        raise Unsupported("whether a fee without a basis may be charged")
    broken = penalty_fees.fee_faults(
        account,
        kind=kind,
        basis=when.get("basis"),
        on=on,
        amount_minor=optional_minor(when, "amount"),
        permitted_minor=optional_minor(when, "permitted"),
        is_repeat=when.get("tier") == "repeat",
        numbers=numbers,
    )
    return verdict(("refuse", rule) for rule in broken)


def _highest(account: CardAccount, product: str, when: Fields, on: date, numbers: Numbers) -> Answer:
    if when["under"] == "US-Z-52b2" and "method" not in when:
        amount, rule = penalty_fees.highest_fee(
            account, kind=when["fee"], basis=needed(when, "basis"), on=on, numbers=numbers
        )
    elif when["under"] == "US-Z-52b1" and "permitted" in when:
        rule = numbers.rule("US-Z-52b1", on)
        amount = penalty_fees.highest_rounded(minor(when["permitted"]), rule=rule)
    elif (
        when["under"] == "US-Z-52b1"
        and when.get("method") == "charge_card_share"
        and product == "charge_card"
    ):
        if when["fee"] != "late":
            raise Unsupported("the share is a late fee")
        amount, rule = penalty_fees.charge_card_late_fee(account, on=on, numbers=numbers)
    else:
        raise Unsupported("amounts of that rule are not established")
    return {"max": money(amount), "rules": [rule.id]}


def _account(fields: Fields) -> CardAccount:
    opening = fields.get("opening_balance")
    return CardAccount(
        credit_limit_minor=optional_minor(fields, "credit_limit"),
        opening=_item(opening) if opening else None,
        minimum_payments=tuple(
            penalty_fees.MinimumPayment(
                id=item["id"], due_date=day(item["due"]), amount_minor=minor(item["amount"])
            )
            for item in fields.get("minimum_payments", [])
        ),
        payments=tuple(_payment(item) for item in fields.get("payments", [])),
        transactions=tuple(_item(item) for item in fields.get("transactions", [])),
        cheques=tuple(_item(item) for item in fields.get("cheques", [])),
        statements=tuple(_item(item, "balance") for item in fields.get("statements", [])),
        fees=tuple(
            Charged(kind=_kind(item["fee"]), on_date=day(item["at"]), basis=item["basis"])
            for item in fields.get("fees", [])
        ),
    )


def _kind(word: str) -> penalty_fees.FeeKind:
    if word not in _US_FEES:
        raise Unsupported(f"a fee of the kind {word}")
    return cast(penalty_fees.FeeKind, word)


def _item(fields: dict[str, Any], amount: str = "amount") -> Item:
    return Item(
        id=str(fields.get("id", "")),
        on_date=day(fields["at"]),
        amount_minor=minor(fields[amount]),
        is_declined=fields.get("declined", False),
    )


def _payment(fields: Fields) -> Payment:
    return Payment(
        id=fields["id"],
        on_date=day(fields["at"]),
        amount_minor=minor(fields["amount"]),
        toward=fields.get("toward"),
        returned_dates=tuple(day(text) for text in fields.get("returned", [])),
    )
