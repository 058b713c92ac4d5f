"""What the solver answers: offers whose parts sum to the cent, and what is not offered with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from fairdue.engine.negotiation.household import Surplus

OfferKind = Literal[
    "instalments", "deferral", "reduced_minimum", "fee_waiver", "interest_waiver", "settlement"
]
KINDS: tuple[OfferKind, ...] = (
    "instalments", "deferral", "reduced_minimum", "fee_waiver", "interest_waiver", "settlement",
)  # fmt: skip
Authority = Literal["self_service", "collector", "supervisor", "committee"]
AUTHORITIES: tuple[Authority, ...] = ("self_service", "collector", "supervisor", "committee")
Scope = Literal["whole", "overdue"]
"""Whether an offer arranges all that is owed or only what is past due; what is not, stays due as agreed."""


class PlannedInstalment(NamedTuple):
    """What is asked of one debt on one day, by component, in minor units; a tuple, as batches make millions."""

    due_date: date
    amounts: Mapping[str, int]
    added: int = 0
    """What of it is interest that the plan itself adds for the month that ends on this day."""

    @property
    def total_minor(self) -> int:
        """What is asked on the day."""
        return sum(self.amounts.values())


@dataclass(frozen=True, slots=True)
class OfferPart:
    """The share of one debt: instalments = what is arranged − waived + added, to the cent and by component."""

    account_id: int
    instalments: tuple[PlannedInstalment, ...]
    waived: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    """Interest that the plan itself adds; nothing where `interest_in_period` is false."""


@dataclass(frozen=True, slots=True)
class Said:
    """A coded sentence with its facts; words in packs/reference/offer_words.yaml."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way to pay. `key` names it within its set; `waived_minor` is given up only once the offer is kept."""

    key: str
    kind: OfferKind
    scope: Scope
    parts: tuple[OfferPart, ...]
    currency: str
    total_minor: int
    waived_minor: int
    level_minor: int
    """What the first instalment of all debts together asks."""
    count: int
    first_date: date
    last_date: date
    interest_in_period: bool
    annual_rate: Fraction
    authority: Authority
    present_value_minor: int
    if_missed: str
    """The code of what happens when an instalment is missed."""
    why: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A kind that is not offered, and why."""

    kind: OfferKind
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSet:
    """All offers of a case under dated terms; the same case under the same terms has the same digest and offers."""

    offers: tuple[Offer, ...]
    not_offered: tuple[NotOffered, ...]
    digest: str
    terms_code: str
    terms_version: str
    expires_date: date
    """The last day on which an offer of this set may be agreed."""
    left_out: tuple[tuple[int, str], ...] = ()
    """(account, why) of debts that no offer arranges: `disputed`, `currency`, `nothing_owed`."""
    surplus: Surplus | None = None
    """What the household can pay, where it was assessed."""

    def offer(self, key: str) -> Offer | None:
        """Return the offer of a key, or nothing."""
        return next((one for one in self.offers if one.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A borrower's own proposal: an amount a month, or a number of months, or one sum; and when to begin."""

    monthly_minor: int | None = None
    months: int | None = None
    lump_sum_minor: int | None = None
    first_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterRefused:
    """Why a proposal can't be taken as it is, and the offer that comes nearest, if any."""

    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    nearest: Offer | None = None
