"""How personal values of payments are sealed, masked and hashed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping

from django.conf import settings

from fairdue.engine.matching.texts import normal_account
from fairdue.kernel.masking import mask_name
from fairdue.storage.resealing import SealedColumn

NAME_PURPOSE = "payments.payer.name"
ACCOUNT_PURPOSE = "payments.payer.account"
REMITTANCE_PURPOSE = "payments.remittance"
STATEMENT_ACCOUNT_PURPOSE = "payments.statement.account"
PAYEE_PURPOSE = "payments.payee"
MANDATE_PURPOSE = "payments.mandate.payer"
KEY_PURPOSE = "payments.key"

SEALED_COLUMNS = (
    SealedColumn("payments_bankstatement", "account_sealed", STATEMENT_ACCOUNT_PURPOSE),
    SealedColumn("payments_incomingpayment", "payer_name_sealed", NAME_PURPOSE),
    SealedColumn("payments_incomingpayment", "payer_account_sealed", ACCOUNT_PURPOSE),
    SealedColumn("payments_incomingpayment", "remittance_sealed", REMITTANCE_PURPOSE),
    SealedColumn("payments_request", "payee_sealed", PAYEE_PURPOSE),
    SealedColumn("payments_paymentorder", "payee_sealed", PAYEE_PURPOSE),
    SealedColumn("payments_mandate", "payer_sealed", MANDATE_PURPOSE),
)
"""Every sealed column of this context with its purpose; key rotation walks through them."""

HARMLESS = (
    *(
        "还款",
        "分期",
        "贷款",
        "信用卡",
        "转账",
        "汇款",
        "往来款",
        "逾期",
        "本金",
        "利息",
        "结清",
        "代还",
        "部分",
    ),
    *("repayment", "payment", "loan", "credit card", "instalment", "installment", "account", "reference"),
)
COMMON = re.compile("(" + "|".join(sorted(HARMLESS, key=len, reverse=True)) + ")", re.IGNORECASE)
WORD = re.compile(r"(\d+)|([^\W\d_]+)")


def seal(value: str, purpose: str) -> bytes | None:
    """Seal a value; an empty one is not kept."""
    return settings.FIELD_KEYS.seal(value, purpose) if value else None


def unseal(value: bytes | memoryview | None, purpose: str) -> str:
    """Open a sealed value; what was never given is empty."""
    return settings.FIELD_KEYS.open(bytes(value), purpose) if value else ""


def seal_fields(fields: Mapping[str, str], purpose: str) -> bytes:
    """Seal several texts together."""
    return settings.FIELD_KEYS.seal(json.dumps(dict(fields), ensure_ascii=False, sort_keys=True), purpose)


def unseal_fields(value: bytes | memoryview | None, purpose: str) -> dict[str, str]:
    """Open texts that were sealed together."""
    return dict(json.loads(unseal(value, purpose))) if value else {}


def hashed(value: str, purpose: str) -> bytes | None:
    """Return the keyed hash of a normalised value; none of an empty one."""
    return settings.FIELD_KEYS.search_hash(value, purpose) if value else None


def key_of(*parts: object) -> bytes:
    """Return the keyed hash under which the same payment is recognised."""
    return settings.FIELD_KEYS.search_hash("\0".join(map(str, parts)), KEY_PURPOSE)


def normal_name(name: str) -> str:
    """Write a name as it is compared: NFKC, without spaces, lower case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def account_hash(account: str) -> bytes | None:
    """Return the keyed hash of a bank account number."""
    return hashed(normal_account(account), ACCOUNT_PURPOSE)


def mask_account(account: str) -> str:
    """Keep the last four characters of a bank account number."""
    bare = normal_account(account)
    return f"****{bare[-4:]}" if len(bare) > 6 else "****" if bare else ""


def mask_payer(name: str) -> str:
    """Mask the name of a payer, person or firm."""
    return mask_name(name)[:80] if name.strip() else ""


def mask_text(text: str) -> str:
    """Mask a remittance text: common words stay, names keep their first sign, long numbers the last four."""

    def masked(match: re.Match[str]) -> str:
        digits, word = match.groups()
        if digits:
            return (
                f"****{digits[-4:]}" if len(digits) >= 7 else "*" * len(digits) if len(digits) > 3 else digits
            )
        return f"{word[0]}{'*' * min(len(word) - 1, 3)}" if len(word) > 1 else str(word)

    pieces = COMMON.split(text)
    return "".join(piece if at % 2 else WORD.sub(masked, piece) for at, piece in enumerate(pieces))[:160]
