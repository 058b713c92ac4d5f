"""Direct debit 代扣: how much is asked for on a due date, when a refused debit is tried again, and when no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


class DebitTermsInvalid(ValueError):
    """A document is not a set of terms for direct debits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitTerms:
    """How direct debits are tried: read from `packs/reference/direct_debit.yaml`."""

    code: str
    version: str
    retry_after_days: tuple[int, ...]
    """Days after a refused try on which it is tried again; as many tries again as there are numbers."""
    notice_days: int
    """Days before a debit on which the person is told of it."""
    longest_days: int
    """A debit is not tried later than so many days after its due date."""
    failures_to_stop: int
    """So many due dates in a row that could not be collected end the mandate."""
    failure_fee_minor: int
    """What a refused debit costs the borrower: nothing."""

    @property
    def most_tries(self) -> int:
        """How often one due date is tried at most."""
        return 1 + len(self.retry_after_days)


def read_terms(document: Mapping[str, Any], code: str = "house") -> DebitTerms:
    """Return the terms of a document.

    :raises DebitTermsInvalid: if a number is missing, negative, or a refused debit is to cost something
    """
    try:
        values = document["terms"][code]
        terms = DebitTerms(
            code=code,
            version=str(document["version"]),
            retry_after_days=tuple(int(days) for days in values["retry_after_days"]),
            notice_days=int(values["notice_days"]),
            longest_days=int(values["longest_days"]),
            failures_to_stop=int(values["failures_to_stop"]),
            failure_fee_minor=int(values["failure_fee_minor"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DebitTermsInvalid(f"terms {code!r} cannot be read: {error}") from error
    if min(terms.retry_after_days, default=1) < 1 or terms.notice_days < 0 or terms.failures_to_stop < 1:
        raise DebitTermsInvalid(f"terms {code!r}: days and counts are 1 or more")
    if terms.failure_fee_minor:
        raise DebitTermsInvalid(f"terms {code!r}: a refused debit costs the borrower nothing")
    return terms


def next_try(terms: DebitTerms, *, due_date: date, tries: int, tried_date: date) -> date | None:
    """Return the day of the next try after a refused one, or None when it is given up.

    1. The first try is on the due date; after the n-th refused one the n-th waiting time passes.
    2. A try that would come later than `longest_days` after the due date is not made.
    """
    if not 1 <= tries <= len(terms.retry_after_days):
        return None
    day = tried_date + timedelta(days=terms.retry_after_days[tries - 1])
    return day if day <= due_date + timedelta(days=terms.longest_days) else None


def debit_amount(*, unpaid_minor: int, cap_minor: int) -> int:
    """Return what is asked for: what of the due date is unpaid, and never more than the mandate allows."""
    return max(0, min(unpaid_minor, cap_minor))
