"""A case laid on the table: which debts are arranged, in which order, by what is affordable and how long at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from fairdue.engine.negotiation.case import Debt, NegotiationCase
from fairdue.engine.negotiation.household import Surplus, surplus
from fairdue.engine.negotiation.laying import Claim, Pace, parts_of
from fairdue.engine.negotiation.offers import Offer, OfferKind, Said, Scope
from fairdue.engine.negotiation.pricing import Priced, Stake, price
from fairdue.engine.negotiation.terms import OfferTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What every kind of offer starts from."""

    case: NegotiationCase
    terms: OfferTerms
    debts: tuple[Debt, ...]
    """What is arranged: undisputed, of the one currency, the longest due first (Civil Code of the PRC art. 560)."""
    left_out: tuple[tuple[int, str], ...]
    surplus: Surplus | None
    cap: int
    """The longest term of all debts, months."""
    first_date: date
    has_own_scope: bool
    """Whether some of it is not past due, so that what is past due can be arranged alone."""
    currency: str
    total: int
    """All that is owed on the debts arranged."""
    overdue: int
    """What of it is past due."""
    monthly: int
    """What falls due each month as agreed."""
    days_past_due: int
    """Of the debt longest due."""
    plans_before: int
    """The most plans that one of the debts has had."""


def arranged(debt: Debt, scope: Scope) -> Mapping[str, int]:
    """Return what of a debt is arranged, by component: all of it, or what is past due."""
    return debt.components if scope == "whole" or debt.overdue is None else debt.overdue


def lay_table(case: NegotiationCase, terms: OfferTerms) -> Table | None:
    """This function will lay a case on the table; nothing if no debt can be arranged.

    1. Disputed debts are left out, likewise debts of another currency than the household's and debts without balance.
    2. The longest due comes first; between equals the lower account number.
    3. The longest term is the shortest of the debts' own caps.
    """
    household = case.situation.household
    kept, left_out = _chosen(case, terms, household.currency if household else "")
    if not kept:
        return None
    kept.sort(key=lambda debt: (-debt.days_past_due, debt.account_id))
    caps = []
    for debt in kept:
        cap = terms.cap(debt.product)
        caps.append(cap.months_long_term_need if debt.is_long_term_need else cap.months)
    return Table(
        case=case,
        terms=terms,
        debts=tuple(kept),
        left_out=tuple(left_out),
        surplus=surplus(household, terms, is_vulnerable=case.situation.is_vulnerable) if household else None,
        cap=min(caps),
        first_date=first_date(case.situation.wished_first_date, case.as_of, terms),
        has_own_scope=any(
            debt.overdue is not None and 0 < sum(debt.overdue.values()) < debt.total_minor for debt in kept
        ),
        currency=kept[0].currency,
        total=sum(debt.total_minor for debt in kept),
        overdue=sum(sum(arranged(debt, "overdue").values()) for debt in kept),
        monthly=sum(debt.monthly_minor for debt in kept),
        days_past_due=kept[0].days_past_due,
        plans_before=max(debt.plans_before for debt in kept),
    )


def _chosen(
    case: NegotiationCase, terms: OfferTerms, currency: str
) -> tuple[list[Debt], list[tuple[int, str]]]:
    kept: list[Debt] = []
    left_out = []
    for debt in case.debts:
        wanted = currency or (kept[0].currency if kept else debt.currency)
        if debt.is_disputed:
            left_out.append((debt.account_id, "disputed"))
        elif debt.currency != wanted or debt.currency not in terms.currencies:
            left_out.append((debt.account_id, "currency"))
        elif debt.total_minor <= 0:
            left_out.append((debt.account_id, "nothing_owed"))
        else:
            kept.append(debt)
    return kept, left_out


def why_left_out(debt: Debt, terms: OfferTerms) -> str:
    """Return why a debt is not arranged where none is."""
    if debt.is_disputed:
        return "disputed"
    return "currency" if debt.currency not in terms.currencies else "nothing_owed"


def why_nothing(case: NegotiationCase, terms: OfferTerms) -> str:
    """Return why none of the debts of a case is arranged: a dispute first, then a currency."""
    reasons = {why_left_out(debt, terms) for debt in case.debts}
    return next((one for one in ("disputed", "currency") if one in reasons), "nothing_owed")


def first_date(wished: date | None, as_of: date, terms: OfferTerms) -> date:
    """Return the first due date: the wished one if it lies ahead and not too far, else the usual one."""
    if wished is not None and first_date_fault(wished, as_of, terms) is None:
        return wished
    return as_of + timedelta(days=terms.instalments.first_after_days)


def first_date_fault(wished: date, as_of: date, terms: OfferTerms) -> str | None:
    """Return why a first date can't be agreed: it is past, or further off than the terms allow."""
    if wished <= as_of:
        return "first_date_past"
    if wished > as_of + timedelta(days=terms.instalments.latest_first_days):
        return "first_date_late"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """An offer before it is priced."""

    kind: OfferKind
    scope: Scope
    pace: Pace
    longest: int
    waived: tuple[Mapping[str, int], ...] = ()
    months_deferred: int = 0
    by_monthly: bool = False
    """Whether the debts share by what each asks a month, rather than by what is owed."""
    if_missed: str = "plan"
    why: tuple[Said, ...] = ()


def claims_of(table: Table, sketch: Sketch) -> tuple[list[Claim], list[Mapping[str, int]]]:
    """Return the claims of a sketch and what is waived of each, for debts of which something is arranged."""
    claims, waived = [], []
    for index, debt in enumerate(table.debts):
        components = arranged(debt, sketch.scope)
        given_up = sketch.waived[index] if sketch.waived else {}
        order = table.terms.order(debt.product, debt.days_past_due)
        names = [*[name for name in order if name in components], *[n for n in components if n not in order]]
        asked = tuple(
            (name, amount) for name in names if (amount := components[name] - given_up.get(name, 0)) > 0
        )
        owed = sum(amount for _, amount in asked)
        if owed or given_up:
            weight = debt.monthly_minor if sketch.by_monthly and table.monthly else owed
            claims.append(Claim(debt.account_id, asked, debt.annual_rate, weight))
            waived.append(given_up)
    return claims, waived


def make_offer(table: Table, sketch: Sketch) -> Offer | None:
    """This function will price a sketch and write it out, or return nothing if no role may agree to it."""
    claims, waived = claims_of(table, sketch)
    if not any(claim.total for claim in claims):
        return None
    given_up = sum(sum(part.values()) for part in waived)
    stake = Stake(
        as_of=table.case.as_of,
        arranged_minor=sum(claim.total for claim in claims) + given_up,
        waived_minor=given_up,
        days_past_due=table.days_past_due,
        plans_before=table.plans_before,
        months_deferred=sketch.months_deferred,
    )
    priced = price(claims, sketch.pace, stake, table.terms, sketch.longest)
    return None if priced is None else _written(table, sketch, claims, waived, given_up, priced)


def _written(
    table: Table,
    sketch: Sketch,
    claims: list[Claim],
    waived: list[Mapping[str, int]],
    given_up: int,
    priced: Priced,
) -> Offer:
    totals = priced.laid.totals
    parts = parts_of(claims, priced.laid, sketch.pace.first_date, waived)
    days = [part.instalments[-1].due_date for part in parts if part.instalments]
    scope = "" if sketch.scope == "whole" else "-overdue"
    return Offer(
        key=f"{sketch.kind}{scope}-{len(totals)}-{totals[0]}",
        kind=sketch.kind,
        scope=sketch.scope,
        parts=parts,
        currency=table.currency,
        total_minor=sum(totals),
        waived_minor=given_up,
        level_minor=totals[0],
        count=len(totals),
        first_date=sketch.pace.first_date,
        last_date=max(days),
        interest_in_period=any(part.added for part in parts),
        annual_rate=priced.rate if priced.laid.interest else Fraction(0),
        authority=priced.authority,
        present_value_minor=priced.present_value_minor,
        if_missed=sketch.if_missed,
        why=sketch.why,
    )
