"""The case that the solver is told, built from what the ledger, the law and earlier plans know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fairdue.contexts.arrangements.errors import AccountsUnfit, NothingOwed
from fairdue.contexts.arrangements.models import Plan
from fairdue.contexts.book import facade as book
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.law.jurisdictions import in_force
from fairdue.engine.negotiation.case import Debt, NegotiationCase, Situation
from fairdue.engine.negotiation.reading import shipped_terms
from fairdue.engine.negotiation.terms import OfferTerms
from fairdue.kernel.actor import Actor

BROKEN = ("breached", "replaced")
"""Plans that count as made before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltCase:
    """A case with the terms that it is solved under, and whose debts it is about."""

    case: NegotiationCase
    terms: OfferTerms
    creditor_id: int
    accounts: tuple[book.AccountCard, ...]

    @property
    def account_ids(self) -> list[int]:
        """The debts, in order."""
        return [debt.account_id for debt in self.case.debts]

    @property
    def basis(self) -> dict[str, dict[str, int]]:
        """What is owed, by account and component."""
        return {str(debt.account_id): dict(sorted(debt.components.items())) for debt in self.case.debts}


def build_case(
    *,
    person_id: int,
    account_ids: Sequence[int],
    situation: Situation,
    as_of: date,
    actor: Actor | None = None,
) -> BuiltCase:
    """This function will return the case of some debts of one person with one lender, on a day.

    :raises AccountsUnfit: if they are not the person's, not in scope, or of several lenders or currencies
    :raises NothingOwed: if nothing is owed on them
    """
    accounts = _accounts(person_id, account_ids, actor)
    summaries = ledger.account_summaries([card.account_id for card in accounts], as_of)
    disputed, before = _disputed(person_id), _plans_before(person_id)
    debts = tuple(
        _debt(card, summaries[card.account_id], as_of, disputed, before)
        for card in accounts
        if card.account_id in summaries and summaries[card.account_id].balance.minor > 0
    )
    if not debts:
        raise NothingOwed
    jurisdiction = accounts[0].jurisdiction or str(in_force()["default"])
    case = NegotiationCase(debts=debts, situation=situation, as_of=as_of, jurisdiction=jurisdiction)
    kept = {debt.account_id for debt in debts}
    return BuiltCase(
        case=case,
        terms=shipped_terms(jurisdiction, as_of),
        creditor_id=accounts[0].creditor_id,
        accounts=tuple(card for card in accounts if card.account_id in kept),
    )


def _accounts(person_id: int, account_ids: Sequence[int], actor: Actor | None) -> list[book.AccountCard]:
    scope = None if actor is None or actor.kind == "borrower" else actor
    cards = {card.account_id: card for card in book.account_cards(person_id, actor=scope)}
    if not account_ids or not set(account_ids) <= set(cards):
        raise AccountsUnfit
    chosen = [cards[account_id] for account_id in sorted(set(account_ids))]
    if len({(card.creditor_id, card.currency) for card in chosen}) > 1:
        raise AccountsUnfit
    return chosen


def _disputed(person_id: int) -> frozenset[int | None]:
    kinds = ("dispute", "written_dispute")
    return frozenset(hold.account_id for hold in law.open_holds(person_id) if hold.kind in kinds)


def _plans_before(person_id: int) -> Counter[int]:
    lists = Plan.objects.filter(person_id=person_id, state__in=BROKEN).values_list("account_ids", flat=True)
    return Counter(account_id for ids in lists for account_id in ids)


def _debt(
    card: book.AccountCard,
    summary: ledger.AccountSummary,
    as_of: date,
    disputed: frozenset[int | None],
    before: Counter[int],
) -> Debt:
    dues = ledger.account_dues(card.account_id, as_of)
    overdue = _summed((due.component, due.unpaid.minor) for due in dues if due.is_overdue)
    coming = _summed((str(due.due_date), due.unpaid.minor) for due in dues if not due.is_overdue)
    components = {name: money.minor for name, money in summary.by_component.items() if money.minor > 0}
    return Debt(
        account_id=card.account_id,
        product=card.product_kind,
        currency=card.currency,
        components=components,
        overdue_minor=sum(overdue.values()),
        overdue=overdue,
        monthly_minor=max(coming.values(), default=0),
        annual_rate=_rate(card.account_id),
        days_past_due=summary.days_past_due,
        is_disputed=bool({None, card.account_id} & disputed),
        plans_before=before[card.account_id],
    )


def _summed(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, minor in parts:
        found[name] += minor
    return {name: minor for name, minor in sorted(found.items()) if minor > 0}


def _rate(account_id: int) -> Fraction:
    """Return the contract's yearly rate where this installation keeps it; unknown counts as none."""
    if not ledger.is_kept(account_id):
        return Fraction(0)
    return Fraction(str(ledger.contract_card(account_id).details.get("rate", 0)))
