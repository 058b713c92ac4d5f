"""The terms of a product, frozen and typed. Rates and shares are exact fractions, amounts minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from fairdue.kernel.day_counts import DayCount, RoundingMode

Kind = Literal["equal_instalment", "equal_principal", "interest_only", "flat", "fixed_amount", "card"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Convention = Literal["none", "following", "modified_following", "preceding"]
Text = Mapping[str, str]
"""The same text in zh and en."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestTerms:
    """How scheduled interest is counted. `base` names a rate table; without one the rate is agreed."""

    day_count: DayCount = "30/360"
    compounding: Literal["simple", "daily"] = "simple"
    base: str = ""
    repricing: Literal["none", "yearly", "each_period"] = "none"
    highest_rate: Fraction | None = None
    """Above it a contract is refused: the product's own limit, beside the law's."""
    citation: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyTerms:
    """Penalty interest 罚息 on overdue principal: the contract's rate times `factor`, or an own `rate`."""

    factor: Fraction | None = None
    rate: Fraction | None = None
    on: Literal["principal", "principal_and_interest"] = "principal"
    is_compound: bool = False
    """Whether penalty interest that is posted and unpaid bears penalty interest itself (复利)."""
    stops_in_pause: bool = True
    day_count: DayCount = "act/360"
    falls_due: Literal["with_instalment", "own_day"] = "with_instalment"
    """With its instalment, so that the order of payment takes it before the instalment's principal, and the
    instalment stays late until it is paid; or on the day of its charge, as an item of its own."""
    from_due_date: bool = True
    """After the grace days, whether it is counted from the due date on or only from the end of the grace."""
    component: str = "penalty_interest"
    citation: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFeeTerms:
    """Late fee 违约金: a share of what is unpaid of an instalment, between floor and cap, in minor units."""

    share: Fraction
    of: Literal["unpaid_instalment", "unpaid_principal"] = "unpaid_instalment"
    floor: int = 0
    cap: int | None = None
    every: Literal["once", "monthly"] = "once"
    component: str = "penalty"
    citation: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CapTerms:
    """A cap on all interest, penalty interest, late fees and fees together, as a rate a year on what is owed.

    Either a `rate` is given, or a `multiple` of a table's figure at the formation of the contract, or a `rule`
    of the law's numbers.
    """

    code: str
    rate: Fraction | None = None
    table: str = ""
    multiple: int = 0
    rule: str = ""
    name: Text
    citation: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayTerms:
    """Whether a due date that is no working day moves."""

    convention: Convention = "none"
    calendar: Literal["cn", "weekends"] = "cn"
    citation: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundingTerms:
    """How amounts are rounded. The last instalment always takes the remainder."""

    mode: RoundingMode = "half_up"
    multiple: int = 1
    """Instalments are rounded to a multiple of so many minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownPaymentTerms:
    """The part of the price that is due on the day of the contract."""

    least_share: Fraction
    citation: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DelinquencyTerms:
    """Days past due, their buckets, and days of grace before anything is charged."""

    dpd_origin: Literal["due_plus_1", "due_date"] = "due_plus_1"
    bucket_edges: tuple[int, ...] = ()
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaymentTerms:
    """What an early settlement in full costs, and what money beyond the next instalment does.

    `partial`: it pays later instalments in advance as they stand; or it repays principal, and interest is counted
    on what is left: the instalments stay and become fewer, or their number stays and they become lower.
    """

    unearned_interest: Literal["waived", "due"] = "waived"
    partial: Literal["in_advance", "shorten_term", "lower_instalment"] = "in_advance"
    least: int = 0
    """Less than this beyond the next instalment pays the one after it in advance, and changes no schedule."""
    citation: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTerms:
    """All rules of one product. `card` is the card's own section as it was read; empty for instalments."""

    code: str
    version: str
    kind: Kind
    name: Text
    summary: Text
    jurisdiction: str
    currency: str
    book_kind: str
    allocation_policy: str
    interest: InterestTerms
    delinquency: DelinquencyTerms
    rounding: RoundingTerms = field(default_factory=RoundingTerms)
    holidays: HolidayTerms = field(default_factory=HolidayTerms)
    penalty: PenaltyTerms | None = None
    late_fee: LateFeeTerms | None = None
    down_payment: DownPaymentTerms | None = None
    prepayment: PrepaymentTerms | None = None
    caps: tuple[CapTerms, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    """Figures with which the calculator opens."""
    card: Mapping[str, Any] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """The pack as it was read; a contract keeps a copy."""

    @property
    def label(self) -> str:
        """The code with its version."""
        return f"{self.code}@{self.version}"
