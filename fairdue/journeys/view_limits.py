"""Until when a debt can be sued for and enforced, gathered from ledger, cases and law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import DueCard, TransactionCard
from fairdue.engine.law.limitation import (
    Act,
    ActKind,
    Claim,
    Limitation,
    Receipt,
    Step,
    Suspension,
    claim_status,
    limitation,
    longest_date,
)
from fairdue.engine.law.money_limits.interest import Paid, late_performance_interest
from fairdue.engine.law.numbers import Numbers, Rule, shipped_numbers
from fairdue.journeys.limit_cards import Judgment, JudgmentInvalid, LateInterest, LimitCard, LimitStep
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.kernel.working_days import is_working_day, look_up

CHINA = "cn"
CARD = "credit_card"
TRANSACTIONS_READ = 100_000


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the limits of one debt rest on."""

    account: AccountCard
    as_of: date
    dues: tuple[DueCard, ...]
    acts: tuple[tuple[Act, str], ...]
    """Acts in order, each with the code of its sentence."""
    suspensions: tuple[Suspension, ...] = ()
    numbers: Numbers = field(default_factory=lambda: shipped_numbers().of([CHINA]))


def limits(
    *, account_id: int, as_of: date, actor: Actor, now: datetime, judgment: Judgment | None = None
) -> tuple[LimitCard, ...]:
    """Return the limits of a debt on a day, the nearest first; none while nothing is unpaid or due.

    1. Last day to sue: three years from the due date of the last instalment (CN-LIM-01, -02); of a card from the
       oldest unpaid statement. Payments, plans and demands that arrived restart it, `engine.law.limitation`.
    2. Twenty years from the oldest unpaid due date (CN-LIM-12).
    3. With a judgment, the one recorded on the account or one given here: two years from the end of its
       performance period to apply for enforcement (CN-LIM-11).
    4. A promise by word of mouth and a demand without proof of receipt count only for `end_date_if_proven`.
    5. What a lawyer must look at is marked; nothing here stops anybody from doing anything.

    :raises PermissionRefused: without `ledger.view`
    :raises fairdue.contexts.book.facade.AccountUnknown: outside the actor's scope
    :raises JudgmentInvalid: if the judgment cannot be meant
    """
    actor.require("ledger.view")
    account = book.account_card(account_id, actor=actor)
    known = _known(account, as_of, actor)
    judgment = judgment or recorded_judgment(account_id, as_of)
    found = [_enforce(known, judgment)] if judgment else []
    unpaid = [due for due in known.dues if due.unpaid.minor > 0]
    if unpaid:
        found += [_beside(judgment, card) for card in (_sue(known, unpaid), _longest(known, unpaid))]
    return tuple(sorted(found, key=lambda card: card.end_date))


def late_interest(
    *, account_id: int, judgment: Judgment | None = None, until: date, actor: Actor, now: datetime
) -> LateInterest | None:
    """Return the doubled part of the interest for late performance of a judgment; None without a judgment.

    1. The judgment is the one given, or else the one recorded on the account by the day.
    2. It runs on what is unpaid of the money awarded beside interest; payments count as far as they did not settle
       interest (CN-LATE-01, -02).

    :raises PermissionRefused: without `ledger.view`
    :raises fairdue.contexts.book.facade.AccountUnknown: outside the actor's scope
    :raises JudgmentInvalid: if the judgment cannot be meant
    """
    actor.require("ledger.view")
    account = book.account_card(account_id, actor=actor)
    judgment = judgment or recorded_judgment(account_id, until)
    if judgment is None:
        return None
    _require_meant(judgment, account)
    first = judgment.effective_date or judgment.performance_ends + timedelta(days=1)
    payments = [
        Paid(on_date=card.effective_date, amount_minor=_performed(card))
        for card in _standing(account_id)
        if card.kind == "payment" and card.effective_date >= first
    ]
    found = late_performance_interest(
        judgment.debt.minor,
        performance_ends=judgment.performance_ends,
        until=until,
        payments=payments,
        numbers=shipped_numbers().of([CHINA]),
    )
    amount = Money(found.amount_minor, account.currency)
    words = {"debt": judgment.debt, "days": found.days, "amount": amount}
    return LateInterest(
        amount=amount,
        days=found.days,
        sentence_zh=_words()["late_interest"]["zh"].format_map(words),
        sentence_en=_words()["late_interest"]["en"].format_map(words),
        citations=tuple(dict.fromkeys(rule.citation for rule in found.rules)),
    )


def recorded_judgment(account_id: int, as_of: date) -> Judgment | None:
    """Return the judgment recorded on an account by a day, or nothing."""
    card = ledger.judgment(account_id, as_of)
    if card is None:
        return None
    return Judgment(
        debt=card.awarded,
        performance_ends=card.perform_by,
        effective_date=card.effective_date,
        reference=card.reference,
    )


def _performed(card: TransactionCard) -> int:
    """Return what a payment performed of the money awarded beside interest."""
    general = sum(part.amount.minor for part in card.parts if part.component in _words()["general_interest"])
    return card.amount.minor - general


@cache
def _words() -> dict[str, Any]:
    path = settings.PACKS_DIR / "reference" / "limits.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def _require_meant(judgment: Judgment, account: AccountCard) -> None:
    first = date(2014, 8, 1)
    if judgment.debt.minor <= 0 or judgment.debt.currency != account.currency:
        raise JudgmentInvalid("the debt of a judgment is an amount above zero in the account's currency")
    if judgment.performance_ends < first:
        raise JudgmentInvalid(f"the rules on late performance begin on {first}")


# What is known


def _known(account: AccountCard, as_of: date, actor: Actor) -> _Known:
    acts = [*_of_ledger(account.account_id), *_of_cases(account, actor), *_of_law(account)]
    known = sorted((act for act in acts if act[0].on_date <= as_of), key=lambda act: act[0].on_date)
    return _Known(
        account=account,
        as_of=as_of,
        dues=ledger.account_dues(account.account_id, as_of),
        acts=tuple(known),
        suspensions=tuple(_suspensions(account, as_of)),
    )


def _standing(account_id: int) -> Iterable[TransactionCard]:
    found = ledger.account_transactions(account_id, TRANSACTIONS_READ)
    return (card for card in found if card.reversed_by_id is None)


def _of_ledger(account_id: int) -> Iterator[tuple[Act, str]]:
    for card in _standing(account_id):
        if card.kind == "payment":
            yield Act(kind="payment", on_date=card.effective_date), "payment"
        elif card.kind in _words()["agreements"]:
            yield Act(kind="plan_agreed", on_date=card.effective_date), "plan_agreed"


def _of_cases(account: AccountCard, actor: Actor) -> Iterator[tuple[Act, str]]:
    """Yield the promises about the debt, or about all debts; nobody wrote them down but the collector."""
    case_ids = cases.scoped_case_ids(person_ids=[account.person_id], actor=actor)
    for case_id in case_ids.values():
        for promise in cases.promises_of(case_id=case_id, limit=_words()["contacts_read"], with_names=False):
            if promise.account_id in (None, account.account_id):
                day = business_date(promise.recorded_at)
                yield Act(kind="plan_agreed", on_date=day, receipt=Receipt.UNPROVEN), "promise"


def _of_law(account: AccountCard) -> Iterator[tuple[Act, str]]:
    """Yield the demands of the creditor's group to the debtor, whether or not they are known to have arrived."""
    words = _words()
    for contact in law.contacts(account.person_id, words["contacts_read"]):
        is_ours = account.institution_group in contact.institution_group.split(",")
        if contact.direction != "outbound" or contact.purpose != "collect" or not is_ours:
            continue
        day = business_date(contact.occurred_at)
        if contact.result in words["reached"]:
            yield Act(kind="demand", on_date=day), "demand"
        elif contact.result in words["left_open"]:
            yield Act(kind="demand", on_date=day, receipt=Receipt.UNPROVEN), "demand.open"


def _suspensions(account: AccountCard, as_of: date) -> Iterator[Suspension]:
    """Yield the obstacles of 民法典 194 that the house knows of: the debtor's death until the heirs are known."""
    for hold in law.holds(account.person_id):
        if hold.kind == "deceased" and hold.account_id in (None, account.account_id):
            ended = business_date(hold.ended_at) if hold.ended_at else as_of
            yield Suspension(from_date=business_date(hold.started_at), to_date=ended)


# The limits


def _sue(known: _Known, unpaid: Sequence[DueCard]) -> LimitCard:
    is_card = known.account.product_kind == CARD
    start = min(due.due_date for due in unpaid) if is_card else max(due.due_date for due in known.dues)
    claim = Claim(
        kind="simple_money" if is_card else "instalment_loan",
        start_date=start,
        product=known.account.product_kind,
    )
    begins = ("start.card", "CN-LIM-01") if is_card else ("start.loan", "CN-LIM-02")
    return _running(known, "sue", claim, begins, notes=["card"] if is_card else [])


def _enforce(known: _Known, judgment: Judgment) -> LimitCard:
    _require_meant(judgment, known.account)
    claim = Claim(kind="judgment", start_date=judgment.performance_ends)
    return _running(known, "enforce", claim, ("start.judgment", "CN-LIM-11"))


def _beside(judgment: Judgment | None, card: LimitCard) -> LimitCard:
    """Return a limit to sue; where a judgment stands it says that only what this leaves open can still be sued for."""
    if judgment is None:
        return card
    note = _words()["judged"]
    return replace(card, note_zh=note["zh"] + card.note_zh, note_en=f"{note['en']} {card.note_en}")


def _longest(known: _Known, unpaid: Sequence[DueCard]) -> LimitCard:
    start = min(due.due_date for due in unpaid)
    end_date, rule = longest_date(start, numbers=known.numbers)
    step = _step_card("start.longest", start, rule, end_date)
    return _card(known, "longest", end_date, "expired" if known.as_of > end_date else "running", [step])


def _running(
    known: _Known, code: str, claim: Claim, begins: tuple[str, str], notes: Sequence[str] = ()
) -> LimitCard:
    found = limitation(
        claim,
        [act for act, _ in known.acts],
        is_working=is_working_day,
        numbers=known.numbers,
        suspensions=known.suspensions,
    )
    course = found.without_unproven
    status = claim_status(course, on=known.as_of, numbers=known.numbers).status
    reasons = [
        *notes,
        *(["evidence"] if not found.is_certain else []),
        *(["suspension"] if known.suspensions else []),
        *(["expired"] if status == "expired" else []),
    ]
    steps = [
        _step_card(begins[0], claim.start_date, known.numbers.rule(begins[1]), course.first_date),
        *_steps(known, found),
    ]
    later = None if found.is_certain else found.with_unproven.last_date
    return _card(known, code, course.last_date, status, steps, reasons=reasons, later=later)


def _steps(known: _Known, found: Limitation) -> Iterator[LimitStep]:
    """Yield the acts that restarted the period: of several in a row of one kind the last one is enough."""
    phrases = {(act.on_date, act.kind, act.receipt): phrase for act, phrase in known.acts}
    certain = {id(step.act) for step in found.without_unproven.steps}
    by_act = {id(step.act): step for step in found.without_unproven.steps}
    merged = [by_act.get(id(step.act), step) for step in found.with_unproven.steps]
    for position, step in enumerate(merged):
        phrase = phrases[step.act.on_date, step.act.kind, step.act.receipt]
        following = merged[position + 1] if position + 1 < len(merged) else None
        if following is not None and _is_same(step, following, phrases):
            continue
        yield _act_card(step, phrase, is_certain=id(step.act) in certain)
    for suspension in known.suspensions:
        yield _step_card(
            "suspension", suspension.from_date, known.numbers.rule("CN-LIM-04"), None, is_certain=False
        )


def _is_same(step: Step, following: Step, phrases: dict[tuple[date, ActKind, Receipt], str]) -> bool:
    names = [phrases[one.act.on_date, one.act.kind, one.act.receipt] for one in (step, following)]
    return names[0] == names[1] and step.is_counted == following.is_counted and not following.is_reviving


def _act_card(step: Step, phrase: str, *, is_certain: bool) -> LimitStep:
    if not step.is_counted:
        phrase = "late"
    elif step.is_reviving and is_certain:
        phrase = "revived"
    end_date = step.last_date if step.is_counted and is_certain else None
    return _step_card(phrase, step.act.on_date, step.rules[0], end_date, is_certain=is_certain)


def _step_card(
    phrase: str, day: date, rule: Rule, end_date: date | None, *, is_certain: bool = True
) -> LimitStep:
    spoken = _words()["phrases"][phrase]
    return LimitStep(
        on_date=day,
        code=phrase,
        sentence_zh=spoken["zh"].format(day=day),
        sentence_en=spoken["en"].format(day=day),
        rule_id=rule.id,
        citation=rule.citation,
        end_date=end_date,
        is_certain=is_certain,
    )


def _card(
    known: _Known,
    code: str,
    end_date: date,
    status: str,
    steps: Sequence[LimitStep],
    *,
    reasons: Sequence[str] = (),
    later: date | None = None,
) -> LimitCard:
    words, days_left = _words(), (end_date - known.as_of).days
    notes = [words["limits"][code]["note"], *(words["lawyer"][reason] for reason in reasons)]
    if code != "longest" and not look_up(end_date).is_certain:
        notes.append({name: text.format(year=end_date.year) for name, text in words["calendar"].items()})
    return LimitCard(
        code=code,
        title_zh=words["limits"][code]["title"]["zh"],
        title_en=words["limits"][code]["title"]["en"],
        end_date=end_date,
        days_left=days_left,
        status="soon" if status != "expired" and days_left <= words["soon_days"] else status,
        end_date_if_proven=later,
        steps=tuple(steps),
        needs_lawyer=bool(reasons),
        note_zh="".join(note["zh"] for note in notes),
        note_en=" ".join(note["en"] for note in notes),
    )
