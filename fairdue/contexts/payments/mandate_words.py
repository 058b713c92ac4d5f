"""Terms of direct debits and the words of a mandate, as data of the packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from django.conf import settings

from fairdue.engine.payments.debits import DebitTerms, read_terms

PATH = settings.PACKS_DIR / "reference" / "direct_debit.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateWords:
    """The words of a mandate in one language, filled in; what is agreed to is exactly this."""

    version: str
    text: str


def debit_terms() -> DebitTerms:
    """Return the terms in force, read anew: they may be edited while the house runs."""
    return read_terms(_document())


def mandate_words(
    *, locale: str, creditor: str, product: str, debt: str, account: str, cap: str
) -> MandateWords:
    """Return the words of a mandate with everything filled in, account numbers masked."""
    document, terms = _document(), debit_terms()
    language = "zh" if locale.startswith("zh") else "en"
    text = str(document["words"][language]).format(
        creditor=creditor,
        product=product,
        debt=debt,
        account=account,
        cap=cap,
        notice_days=terms.notice_days,
        retries=len(terms.retry_after_days),
    )
    return MandateWords(version=f"{document['words']['version']}/{terms.version}", text=text.strip())


def _document() -> dict[str, Any]:
    return dict(yaml.safe_load(PATH.read_text(encoding="utf-8")))
