"""Equal treatment: like people with unlike offers, and waivers by who gave them, to whom, and after how many complaints.

Pure. What is compared is what the solver was told, coarsened: two sets of offers are alike if product, currency, band
of what is owed, bucket of days past due, earlier plans, reason, vulnerability and bands of what is affordable and at
hand are. Offers are unlike if one of them has a kind that the other has not, or another authority, rate or share waived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

SHARE_STEP = Fraction(1, 20)
"""Shares waived that differ by less than this are alike: debts of one band have their own mix of fees."""
FEW = 5
"""Groups of fewer agreements are shown without a judgement."""
MUCH = Fraction(5, 4)
"""A group that was given a quarter more, or a fifth less, than its segments as a whole stands out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A set of offers as it was shown."""

    set_id: int
    person_id: int
    shown_date: date
    terms: str
    features: Mapping[str, Any]
    offers: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlikePair:
    """Two like sets with unlike offers: in what they differ, and which finer facts differ beside it."""

    first: Shown
    second: Shown
    differences: tuple[str, ...]
    finer: tuple[str, ...]
    """Features that are alike in their band and not the same; where none is left, nothing explains the difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One agreement as the auditor weighs it."""

    agreement_id: int
    agreed_date: date
    proposed_by: str
    segment: str
    currency: str
    arranged_minor: int
    waived_minor: int
    complaints: int
    """How often the person complained in the time before."""
    is_own_wish: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverLine:
    """One group: what it was given, and what it would have been given had each segment had its own mean share."""

    group: str
    currency: str
    count: int
    arranged_minor: int
    waived_minor: int
    expected_minor: int
    is_few: bool
    stands_out: bool = field(default=False)

    @property
    def share(self) -> Fraction:
        """What of it was given up."""
        return Fraction(self.waived_minor, self.arranged_minor) if self.arranged_minor else Fraction(0)

    @property
    def ratio(self) -> Fraction | None:
        """Given ÷ expected; nothing where nothing was to be expected."""
        return Fraction(self.waived_minor, self.expected_minor) if self.expected_minor else None


def likeness(shown: Shown) -> Hashable:
    """Return what like sets have in common, the terms included: other terms may offer something else."""
    features = shown.features
    debts = sorted(
        (
            debt["product"], debt["currency"], debt["band"], _bucket(debt["days_past_due"]), debt["plans_before"],
            debt["is_disputed"],
        )
        for debt in features["debts"]
    )  # fmt: skip
    return (
        shown.terms, features["reason"], features["is_vulnerable"], features["has_household"],
        features.get("affordable_band"), features.get("at_hand_band"), tuple(debts),
    )  # fmt: skip


def _bucket(days_past_due: int) -> int:
    """Return the bucket M0, M1 … of days past due."""
    return -(-days_past_due // 30)


def unlike_pairs(sets: Iterable[Shown], *, limit: int = 200) -> tuple[UnlikePair, ...]:
    """This function will return pairs of like sets with unlike offers, the least explained first.

    1. A set is compared with the one before it in its group, so that a group of n gives n − 1 pairs at most.
    2. Two sets of one person are not compared: what a person says may change.
    """
    groups: dict[Hashable, list[Shown]] = defaultdict(list)
    for one in sets:
        groups[likeness(one)].append(one)
    found = []
    for group in groups.values():
        group.sort(key=lambda one: (_outcome(one), one.set_id))
        for first, second in pairwise(group):
            differences = _differences(first, second)
            if differences and first.person_id != second.person_id:
                found.append(
                    UnlikePair(
                        first=first, second=second, differences=differences, finer=_finer(first, second)
                    )
                )
    found.sort(key=lambda pair: (len(pair.finer), pair.first.set_id, pair.second.set_id))
    return tuple(found[:limit])


def _outcome(shown: Shown) -> tuple[tuple[str, str, str, int], ...]:
    """Return what was offered, without what the amounts themselves bring about."""
    return tuple(
        sorted(
            {
                (offer["kind"], offer["authority"], offer["annual_rate"], int(_share(offer) / SHARE_STEP))
                for offer in shown.offers
            }
        )
    )


def _share(offer: Mapping[str, Any]) -> Fraction:
    whole = offer["total_minor"] + offer["waived_minor"]
    return Fraction(offer["waived_minor"], whole) if whole else Fraction(0)


def _differences(first: Shown, second: Shown) -> tuple[str, ...]:
    ours, theirs = _by_kind(first), _by_kind(second)
    found = [f"kind:{kind}" for kind in sorted(set(ours) ^ set(theirs))]
    for kind in sorted(set(ours) & set(theirs)):
        for name in ("authority", "annual_rate"):
            if ours[kind][name] != theirs[kind][name]:
                found.append(f"{name}:{kind}")
        if abs(_share(ours[kind]) - _share(theirs[kind])) >= SHARE_STEP:
            found.append(f"waived:{kind}")
    return tuple(found)


def _by_kind(shown: Shown) -> dict[str, Mapping[str, Any]]:
    """Return the first offer of each kind: the quickest, which every set of its kind has."""
    found: dict[str, Mapping[str, Any]] = {}
    for offer in shown.offers:
        found.setdefault(offer["kind"], offer)
    return found


def _finer(first: Shown, second: Shown) -> tuple[str, ...]:
    """Return which facts behind the bands are not the same."""
    pairs = zip(_sorted_debts(first), _sorted_debts(second), strict=False)
    names = {name for one, other in pairs for name in one if name in other and one[name] != other[name]}
    return tuple(sorted(names))


def _sorted_debts(shown: Shown) -> list[Mapping[str, Any]]:
    return sorted(
        shown.features["debts"], key=lambda debt: (debt["product"], debt["band"], debt["days_past_due"])
    )


def waivers_by(granted: Iterable[Granted], group_of: Callable[[Granted], str]) -> tuple[WaiverLine, ...]:
    """This function will return what each group was given, beside what its segments would have been given.

    1. Expected = Σ arranged × the mean share waived in the agreement's segment and currency: a collector with harder
       debts is not measured by others' easy ones.
    2. A group stands out if it has enough agreements and was given a quarter more, or a fifth less, than expected.
    """
    found = list(granted)
    means = _means(found)
    groups: dict[tuple[str, str], list[Granted]] = defaultdict(list)
    for one in found:
        groups[group_of(one), one.currency].append(one)
    return tuple(_line(*key, ones, means) for key, ones in sorted(groups.items()))


def _means(granted: Sequence[Granted]) -> dict[tuple[str, str], Fraction]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in granted:
        place = sums[one.segment, one.currency]
        place[0] += one.waived_minor
        place[1] += one.arranged_minor
    return {key: Fraction(waived, whole) if whole else Fraction(0) for key, (waived, whole) in sums.items()}


def _line(
    group: str, currency: str, ones: Sequence[Granted], means: Mapping[tuple[str, str], Fraction]
) -> WaiverLine:
    waived = sum(one.waived_minor for one in ones)
    expected = int(sum((one.arranged_minor * means[one.segment, currency] for one in ones), Fraction(0)))
    is_few = len(ones) < FEW
    is_more = waived * MUCH.denominator > expected * MUCH.numerator
    is_less = waived * MUCH.numerator < expected * MUCH.denominator
    return WaiverLine(
        group=group,
        currency=currency,
        count=len(ones),
        arranged_minor=sum(one.arranged_minor for one in ones),
        waived_minor=waived,
        expected_minor=expected,
        is_few=is_few,
        stands_out=not is_few and expected > 0 and (is_more or is_less),
    )


def loudness(granted: Granted) -> str:
    """Return how often the person had complained: `0`, `1`, `2+`."""
    return "2+" if granted.complaints > 1 else str(granted.complaints)
