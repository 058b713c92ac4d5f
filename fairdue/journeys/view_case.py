"""Everything that the case page shows, gathered from all contexts in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.contracts import CaseCard, CaseFile, OutcomeCode, PromiseCard, WorkItemCard
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.contracts import DecisionCard
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import ChannelVerdict, ContactCard, HoldCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import AccountSummary
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.parties.contracts import ContactPointCard, PersonCard
from fairdue.engine.ledger.ageing import bucket
from fairdue.journeys.timeline import History, Keep, Timeline, TimelineEntry, page
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

__all__ = [
    "CaseAccount",
    "CaseBasics",
    "CaseView",
    "Timeline",
    "TimelineEntry",
    "case_basics",
    "case_timeline",
    "case_view",
]

OUTCOME_WITHIN = {"call": outreach.STAYS_OPEN, "visit": timedelta(hours=24)}
"""A contact that was begun without an outcome is offered for its outcome so long."""
DEEP = 1000
"""Entries read of each kind when older pages of the timeline are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccount:
    """One debt in the actor's scope with what it comes to today."""

    account: AccountCard
    summary: AccountSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBasics:
    """What a single action on a case is chosen from: whom it concerns, which debts, what holds contacts now."""

    case: CaseCard
    person: PersonCard
    contact_points: tuple[ContactPointCard, ...]
    accounts: tuple[CaseAccount, ...]
    """Debts to creditors in the actor's scope, worst first."""
    holds: tuple[HoldCard, ...]
    """Open holds."""
    colleagues: tuple[tuple[int, str], ...]
    """Who else of the actor's team works cases, by id and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What the case page shows; money only of debts in the actor's scope."""

    case: CaseCard
    person: PersonCard
    contact_points: tuple[ContactPointCard, ...]
    accounts: tuple[CaseAccount, ...]
    """Debts to creditors in the actor's scope, worst first."""
    out_of_scope_account_count: int
    overdue: tuple[Money, ...]
    """One per currency, over `accounts`."""
    balance: tuple[Money, ...]
    """One per currency, over `accounts`."""
    days_past_due: int
    bucket: str
    holds: tuple[HoldCard, ...]
    """Open holds."""
    deadlines: tuple[law.DeadlineCard, ...]
    """What runs or was missed, nearest first; empty for those who may not see deadlines."""
    gate: tuple[ChannelVerdict, ...]
    """The gate's answer for each way of reaching the person, now; nothing is reserved."""
    decision: DecisionCard | None
    open_promise: PromiseCard | None
    work_item: WorkItemCard | None
    """The first of the open ones."""
    outcome_codes: tuple[OutcomeCode, ...]
    timeline: Timeline
    call: outreach.PhoneCallCard | None
    """The call that was dialled here and whose outcome is still to be recorded."""
    open_contact: ContactCard | None
    """The call or visit that was begun and has no outcome yet."""
    colleagues: tuple[tuple[int, str], ...]
    """Who else of the actor's team works cases, by id and name."""
    matters: tuple[care.MatterCard, ...]
    """What the person told or asked for, newest first; empty for those who may not see it."""
    plans: tuple[arrangements.PlanCard, ...]
    """Agreed plans, newest first; empty for those who may not see them."""


def case_view(
    *,
    case_id: int,
    actor: Actor,
    now: datetime,
    before: str | None = None,
    limit: int = 30,
    keep: Keep | None = None,
) -> CaseView:
    """Return everything that the case page shows.

    The number of queries does not depend on how many debts, contacts or messages there are.

    :raises NotInScope: if the case is not in the actor's scope
    :raises TimelineCursorInvalid: if `before` is not a marker of an earlier page
    """
    file, history, accounts, every_account = _read(
        case_id, actor, now, before, limit, is_kept=keep is not None
    )
    person = parties.person_card(file.case.person_id)
    points = parties.contact_points(person.person_id)
    known = law.Known(person=person, points=points, accounts=every_account, holds=history.holds)
    days = max((entry.summary.days_past_due for entry in accounts), default=0)
    return CaseView(
        case=file.case,
        person=person,
        contact_points=points,
        accounts=accounts,
        out_of_scope_account_count=len(every_account) - len(accounts),
        overdue=_sums(entry.summary.overdue for entry in accounts),
        balance=_sums(entry.summary.balance for entry in accounts),
        days_past_due=days,
        bucket=accounts[0].summary.bucket if accounts else bucket(days),
        holds=tuple(hold for hold in history.holds if hold.ended_at is None),
        deadlines=law.deadlines_of_person(person.person_id, actor=actor, now=now),
        gate=law.preview_all(person_id=person.person_id, now=now, actor=actor, known=known),
        decision=history.decision,
        open_promise=next((promise for promise in file.promises if promise.status == "open"), None),
        work_item=file.work_items[0] if file.work_items else None,
        outcome_codes=cases.outcome_codes(),
        timeline=page(history, before=before, limit=limit, keep=keep),
        call=_open_call(history.calls, now),
        open_contact=_open_contact(history.contacts, now),
        colleagues=identity.colleagues(actor),
        matters=history.matters,
        plans=history.plans,
    )


def case_basics(*, case_id: int, actor: Actor, now: datetime) -> CaseBasics:
    """Return what the form of one action needs, without history and gate.

    :raises NotInScope: if the case is not in the actor's scope
    """
    case = cases.case_card(case_id=case_id, actor=actor)
    return CaseBasics(
        case=case,
        person=parties.person_card(case.person_id),
        contact_points=parties.contact_points(case.person_id),
        accounts=_case_accounts(case.person_id, book.account_cards(case.person_id), actor, now),
        holds=law.open_holds(case.person_id),
        colleagues=identity.colleagues(actor),
    )


def case_timeline(
    *,
    case_id: int,
    actor: Actor,
    now: datetime,
    before: str | None = None,
    limit: int = 30,
    keep: Keep | None = None,
) -> Timeline:
    """Return one page of a case's timeline alone, for "older" below it.

    :raises NotInScope: if the case is not in the actor's scope
    :raises TimelineCursorInvalid: if `before` is not a marker of an earlier page
    """
    _, history, _, _ = _read(case_id, actor, now, before, limit, is_kept=keep is not None)
    return page(history, before=before, limit=limit, keep=keep)


def _open_contact(contacts: Iterable[ContactCard], now: datetime) -> ContactCard | None:
    begun = (
        card
        for card in contacts
        if card.result == "reserved"
        and now - card.occurred_at < OUTCOME_WITHIN.get(card.channel, timedelta(0))
    )
    return next(begun, None)


def _open_call(calls: Iterable[outreach.PhoneCallCard], now: datetime) -> outreach.PhoneCallCard | None:
    open_calls = (call for call in calls if call.is_open and now - call.started_at < outreach.STAYS_OPEN)
    return next(open_calls, None)


def _case_accounts(
    person_id: int, cards: Iterable[AccountCard], actor: Actor, now: datetime
) -> tuple[CaseAccount, ...]:
    scope = actor.creditor_ids
    seen = {card.account_id: card for card in cards if scope is None or card.creditor_id in scope}
    summaries = ledger.person_summary(person_id, business_date(now)).accounts
    found = [
        CaseAccount(account=seen[summary.account_id], summary=summary)
        for summary in summaries
        if summary.account_id in seen
    ]
    return tuple(sorted(found, key=_worst_first))


def _worst_first(entry: CaseAccount) -> tuple[int, int, int]:
    return -entry.summary.days_past_due, -entry.summary.overdue.minor, entry.account.account_id


def _sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    totals: dict[str, Money] = {}
    for amount in amounts:
        totals[amount.currency] = totals.get(amount.currency, Money(0, amount.currency)) + amount
    return tuple(totals[currency] for currency in sorted(totals))


def _read(
    case_id: int, actor: Actor, now: datetime, before: str | None, limit: int, *, is_kept: bool = False
) -> tuple[CaseFile, History, tuple[CaseAccount, ...], tuple[AccountCard, ...]]:
    """Read the case, its history and its debts; of contacts and messages only those about debts in scope."""
    depth = limit + 1 if before is None and not is_kept else DEEP
    file = cases.case_file(case_id=case_id, actor=actor, outcome_limit=depth)
    person_id = file.case.person_id
    every_account = book.account_cards(person_id)
    accounts = _case_accounts(person_id, every_account, actor, now)
    account_ids = {entry.account.account_id for entry in accounts}
    groups = {entry.account.institution_group for entry in accounts}
    sees_all = actor.creditor_ids is None
    history = History(
        contacts=tuple(
            card
            for card in law.contacts(person_id, depth)
            if sees_all or groups & set(card.institution_group.split(","))
        ),
        messages=tuple(
            card
            for card in outreach.messages_of(person_id, depth, actor=system("case page"))
            if card.account_id is None or card.account_id in account_ids
        ),
        outcomes=file.outcomes,
        promises=file.promises,
        transactions=ledger.transactions_of(sorted(account_ids), depth),
        holds=law.holds(person_id),
        decision=decisions.latest_decision(person_id),
        changes=file.changes,
        calls=outreach.calls_of(case_id=case_id, limit=depth),
        errands=outreach.errands_of(case_id=case_id, is_opened=True, limit=depth),
        matters=care.matters_of(person_id, now, actor=actor) if actor.may("care.view") else (),
        plans=arrangements.plans_of(person_id, actor=actor) if actor.may("plans.view") else (),
    )
    return file, history, accounts, every_account
