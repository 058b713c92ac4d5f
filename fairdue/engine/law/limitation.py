"""Limitation of claims and of execution in China: last day, interruption, suspension, expiry and revival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal

from fairdue.engine.law.calendars import IsWorkingDay, add_years, next_working
from fairdue.engine.law.numbers import Numbers, Rule
from fairdue.kernel.day_counts import add_months

ClaimKind = Literal["instalment_loan", "simple_money", "judgment"]
ActKind = Literal[
    "demand", "account_deduction", "payment", "plan_agreed", "signed_demand", "assignment_notice"
]
REVIVING: frozenset[ActKind] = frozenset({"payment", "plan_agreed", "signed_demand"})
"""Acts by which a debtor waives a defence that has arisen (CN-LIM-09)."""


class Receipt(Enum):
    """Whether a demand reached the debtor."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim; `start_date` is the due date of the (last) instalment or the end of the performance period."""

    kind: ClaimKind
    start_date: date
    product: str = ""
    amount_minor: int | None = None
    contract_period_years: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that may interrupt a period, on its day in China.

    `is_to_reserved_data`: a demand by text, letter or e-mail to contact data that the debtor left with the lender.
    `amount_minor`: what a demand asked for, if not all.
    """

    kind: ActKind
    on_date: date
    receipt: Receipt = Receipt.PROVEN
    is_to_reserved_data: bool = False
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """An obstacle of 民法典 194, both days included."""

    from_date: date
    to_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act in the course of a period, whether it counted, by which rules, and the last day after it."""

    act: Act
    is_counted: bool
    is_reviving: bool
    rules: tuple[Rule, ...]
    last_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a period has run: its last day, what interrupted it, and the rules applied."""

    last_date: date
    is_interrupted: bool
    is_revived: bool
    rules: tuple[Rule, ...]
    first_date: date | None = None
    """The last day as it was before any act."""
    steps: tuple[Step, ...] = ()
    """Every act that could have mattered, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limitation:
    """The course of a period if unproven demands do not count, and if they do."""

    without_unproven: Course
    with_unproven: Course

    @property
    def is_certain(self) -> bool:
        """Whether both give the same last day, so that nobody has to weigh evidence."""
        return self.without_unproven.last_date == self.with_unproven.last_date

    @property
    def is_interruption_certain(self) -> bool:
        """Whether both agree that the period was, or was not, interrupted."""
        return self.without_unproven.is_interrupted == self.with_unproven.is_interrupted


def limitation(
    claim: Claim,
    acts: Sequence[Act],
    *,
    is_working: IsWorkingDay,
    numbers: Numbers,
    on: date | None = None,
    suspensions: Sequence[Suspension] = (),
) -> Limitation:
    """This function will return how the period of a claim ran, after all acts up to a day.

    1. Three years from the due date of the last instalment (CN-LIM-01, -02); two years from the end of the
       performance period to apply for execution (CN-LIM-11).
    2. The first day is not counted; the period ends on the corresponding day, or on the last of the month;
       from a rest day it moves to the next working day; contracts cannot change it (CN-LIM-10).
    3. An act that interrupts restarts the full period on its day (CN-LIM-03); see `interrupting_rules`.
    4. An obstacle in the last six months moves the end to six months after it is gone (CN-LIM-04).
    5. Without a day the rules are taken as they stand last, whenever the acts were.
    6. After the end only payment, plan or a signed demand have an effect: they revive (CN-LIM-09).
    """
    known = sorted((act for act in acts if on is None or act.on_date <= on), key=lambda act: act.on_date)
    run = _Run(claim, is_working, numbers, on, suspensions)
    return Limitation(
        without_unproven=run.course([act for act in known if run.is_certain(act)]),
        with_unproven=run.course(known),
    )


def interrupting_rules(act: Act, claim: Claim, *, numbers: Numbers, on: date | None) -> tuple[Rule, ...]:
    """This function will return the rules by which an act interrupts a running period; none if it does not.

    1. Bank cards: a deduction as agreed, or a demand to reserved contact data, whether or not its receipt is
       proven (CN-LIM-05).
    2. Otherwise a demand that reached the debtor, a signed one, or a deduction (CN-LIM-06).
    3. Part payment and a plan; a demand for part interrupts for the whole (CN-LIM-07).
    4. A notice of assignment that arrived (CN-LIM-08).
    """
    match act.kind:
        case "payment" | "plan_agreed":
            return (numbers.rule("CN-LIM-07", on),)
        case "assignment_notice":
            return (numbers.rule("CN-LIM-08", on),)
        case "signed_demand":
            return (numbers.rule("CN-LIM-06", on),)
        case "account_deduction":
            return (numbers.rule("CN-LIM-05" if _is_card(claim, numbers, on) else "CN-LIM-06", on),)
    if is_reserved_demand(act, claim, numbers=numbers, on=on):
        found: tuple[Rule, ...] = (numbers.rule("CN-LIM-05", on),)
    elif act.receipt is Receipt.NONE:
        return ()
    else:
        found = (numbers.rule("CN-LIM-06", on),)
    is_part = (
        act.amount_minor is not None
        and claim.amount_minor is not None
        and act.amount_minor < claim.amount_minor
    )
    return (*found, numbers.rule("CN-LIM-07", on)) if is_part else found


def is_reserved_demand(act: Act, claim: Claim, *, numbers: Numbers, on: date | None) -> bool:
    """Tell whether a demand interrupts by having been sent to reserved contact data (CN-LIM-05)."""
    return act.kind == "demand" and act.is_to_reserved_data and _is_card(claim, numbers, on)


def _is_card(claim: Claim, numbers: Numbers, on: date | None) -> bool:
    return claim.product == "credit_card" and numbers.has("CN-LIM-05", on)


@dataclass(frozen=True, slots=True)
class _Run:
    """The facts that stay the same while acts are taken in order."""

    claim: Claim
    is_working: IsWorkingDay
    numbers: Numbers
    on: date | None
    suspensions: Sequence[Suspension]

    def is_certain(self, act: Act) -> bool:
        """Tell whether an act counts without weighing evidence of its receipt."""
        is_reserved = is_reserved_demand(act, self.claim, numbers=self.numbers, on=self.on)
        return act.receipt is not Receipt.UNPROVEN or is_reserved

    def course(self, acts: Sequence[Act]) -> Course:
        end, rules = self.end(self.claim.start_date), list(self.base())
        start, is_interrupted, is_revived = self.claim.start_date, False, False
        first_date, steps = end[0], []
        for act in acts:
            found = interrupting_rules(act, self.claim, numbers=self.numbers, on=self.on)
            if not found or act.on_date <= start:
                continue
            is_late, mine = act.on_date > end[0], [*found]
            if is_late:
                mine = [*mine, self.numbers.rule("CN-LIM-09", self.on)]
                rules.append(mine[-1])
            if is_late and act.kind not in REVIVING:
                steps.append(_step(act, mine, end[0], is_counted=False))
                continue
            is_revived, is_interrupted = is_revived or is_late, is_interrupted or not is_late
            start, end = act.on_date, self.end(act.on_date)
            restart = self.numbers.rule("CN-LIM-03", self.on)
            rules += [*found, restart]
            steps.append(_step(act, [*mine, restart, *end[1]], end[0], is_reviving=is_late))
        return Course(
            first_date=first_date,
            steps=tuple(steps),
            last_date=end[0],
            is_interrupted=is_interrupted,
            is_revived=is_revived,
            rules=tuple(dict.fromkeys([*rules, *end[1]])),
        )

    def base(self) -> list[Rule]:
        """Return the rules on the length and the start of the period, and on a clause that is void."""
        ids = {"judgment": ["CN-LIM-11"], "simple_money": ["CN-LIM-01"]}.get(
            self.claim.kind, ["CN-LIM-01", "CN-LIM-02"]
        )
        if self.claim.contract_period_years is not None:
            ids = [*ids, "CN-LIM-10"]
        return [self.numbers.rule(key, self.on) for key in ids]

    def end(self, start: date) -> tuple[date, list[Rule]]:
        """Return the last day of a period that starts on a day, and the rules that moved it."""
        length = self.numbers.rule("CN-LIM-11" if self.claim.kind == "judgment" else "CN-LIM-01", self.on)
        day, rules = add_years(start, length.integer("years")), []
        suspension = self.numbers.rule("CN-LIM-04", self.on)
        months = suspension.integer("months")
        for item in sorted(self.suspensions, key=lambda item: item.from_date):
            if item.from_date <= day and item.to_date > add_months(day, -months) and item.to_date > start:
                day, rules = add_months(item.to_date, months), [suspension]
        worked = next_working(day, self.is_working)
        if worked != day:
            rules.append(self.numbers.rule("CN-LIM-10", self.on))
        return worked, rules


def _step(
    act: Act, rules: Sequence[Rule], last_date: date, *, is_counted: bool = True, is_reviving: bool = False
) -> Step:
    return Step(
        act=act, is_counted=is_counted, is_reviving=is_reviving, rules=tuple(rules), last_date=last_date
    )


def longest_date(due_date: date, *, numbers: Numbers, on: date | None = None) -> tuple[date, Rule]:
    """This function will return the day from which no court protects a claim any more, and the rule (CN-LIM-12).

    Twenty years from the day on which the right was infringed: the day after the due date; no act moves it,
    only a court can extend it.
    """
    rule = numbers.rule("CN-LIM-12", on)
    return add_years(due_date, rule.integer("years")), rule


Status = Literal["running", "expired", "revived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatus:
    """The state of a claim on a day; suing is possible in every state."""

    status: Status
    has_defence: bool
    may_court_raise: bool
    rules: tuple[Rule, ...]


def claim_status(course: Course, *, on: date, numbers: Numbers) -> ClaimStatus:
    """This function will return the state of a claim: expiry gives a defence, never a bar (CN-LIM-09).

    The court may not raise the limitation by itself (民法典 193).
    """
    is_expired = on > course.last_date
    status: Status = "expired" if is_expired else "revived" if course.is_revived else "running"
    rules = course.rules if status == "running" else (*course.rules, numbers.rule("CN-LIM-09", on))
    return ClaimStatus(
        status=status, has_defence=is_expired, may_court_raise=False, rules=tuple(dict.fromkeys(rules))
    )
