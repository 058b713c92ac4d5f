"""Whether a promise can be kept: the rules of promises, what is owed, what the household has left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFinding:
    """One thing that stands for (`ok`), beside (`info`) or against (`wait`, `stop`) a promise."""

    code: str
    tone: str
    amount: Money | None = None
    until: date | None = None
    days: int = 0


def check_promise(
    *,
    case_id: int,
    amount: Decimal,
    promised_date: date | None,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
) -> tuple[PromiseFinding, ...]:
    """This function will say what stands for and against a promise; nothing is recorded.

    1. `stop`: recording it would be refused. `wait`: it may be recorded, but is likely to break, or leaves something.
    2. With a promised day the findings say until when it counts and with which tolerance.

    :raises NotInScope: if the case is not in the actor's scope
    """
    case = cases.case_card(case_id=case_id, actor=actor)
    today = business_date(now)
    overdue = _overdue(case.person_id, account_id, actor, today)
    if overdue is None:
        return (PromiseFinding(code="nothing_due", tone="info"),)
    said = Money.of(amount, overdue.currency)
    findings = [*_of_day(promised_date, said, today), _of_amount(said, overdue)]
    findings += _of_means(case.person_id, said)
    standing = cases.open_promise(case_id=case_id)
    if standing is not None:
        findings.append(
            PromiseFinding(code="replaces", tone="info", amount=standing.amount, until=standing.promised_date)
        )
    return tuple(findings)


def _of_means(person_id: int, said: Money) -> list[PromiseFinding]:
    """Compare with what the household has left a month, if somebody has told."""
    told = arrangements.latest_assessment(person_id)
    if told is None or told.surplus is None:
        return [PromiseFinding(code="no_assessment", tone="info")]
    spare = Money(max(told.surplus.affordable_minor, 0), said.currency)
    if said <= spare:
        return [PromiseFinding(code="within_means", tone="ok", amount=spare)]
    return [PromiseFinding(code="beyond_means", tone="wait", amount=spare)]


def _overdue(person_id: int, account_id: int | None, actor: Actor, today: date) -> Money | None:
    """Return what is overdue on the debts in scope, or on one; in the currency of the worst."""
    scope = {card.account_id for card in book.account_cards(person_id, actor=actor)}
    wanted = scope if account_id is None else scope & {account_id}
    found = [each for each in ledger.person_summary(person_id, today).accounts if each.account_id in wanted]
    if not found:
        return None
    worst = max(found, key=lambda each: (each.days_past_due, each.overdue.minor))
    currency = worst.overdue.currency
    return sum((each.overdue for each in found if each.overdue.currency == currency), Money(0, currency))


def _of_day(promised_date: date | None, said: Money, today: date) -> list[PromiseFinding]:
    rules = cases.promise_rules()
    latest = today + timedelta(days=rules.latest_days)
    if promised_date is None:
        return []
    if promised_date < today:
        return [PromiseFinding(code="past", tone="stop")]
    if promised_date > latest:
        return [PromiseFinding(code="too_late", tone="stop", until=latest, days=rules.latest_days)]
    tolerance = min(said.minor * rules.tolerance_percent // 100, rules.tolerance_minor)
    until = promised_date + timedelta(days=rules.grace_days)
    return [
        PromiseFinding(code="counts_until", tone="info", until=until, amount=Money(tolerance, said.currency))
    ]


def _of_amount(said: Money, overdue: Money) -> PromiseFinding:
    if not overdue.minor:
        return PromiseFinding(code="nothing_due", tone="info")
    if said == overdue:
        return PromiseFinding(code="covers", tone="ok", amount=overdue)
    if said > overdue:
        return PromiseFinding(code="more", tone="ok", amount=overdue)
    return PromiseFinding(code="part", tone="wait", amount=overdue - said)
