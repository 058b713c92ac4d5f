"""Requests for approval."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments.contracts import RequestCard
from fairdue.contexts.payments.errors import RequestUnknown
from fairdue.contexts.payments.models import PaymentOrder, Request
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

LEDGER_KINDS = ("waiver", "settlement", "plan", "judgment", "charge_off", "write_off", "assignment")
"""Requests that are events of an account's life as they stand; a plan only where it gives something up."""


def asking(kind: str) -> str:
    """Return the permission that asking for a kind needs."""
    if kind in LEDGER_KINDS:
        return "ledger.adjust"
    return "payments.match" if kind == "return" else "payments.record"


def deciding(kind: str) -> str:
    """Return the permission that deciding on a kind needs."""
    return "ledger.approve" if kind in LEDGER_KINDS else "payments.approve"


def open_requests(*, actor: Actor, creditor_id: int | None = None) -> tuple[RequestCard, ...]:
    """Return requests that wait for a second pair of eyes, oldest first."""
    rows = _in_scope(actor).filter(status="open")
    if creditor_id is not None:
        rows = rows.filter(creditor_id=creditor_id)
    return cards_of(rows.order_by("requested_at", "id"), actor)


def request_card(*, request_id: int, actor: Actor) -> RequestCard:
    """Return one request.

    :raises RequestUnknown: if there is none in the actor's scope
    """
    row = _in_scope(actor).filter(pk=request_id).first()
    if row is None:
        raise RequestUnknown(f"request {request_id} does not exist or is not in your scope")
    return card_of(row, actor)


def requests_of_account(*, account_id: int, actor: Actor) -> tuple[RequestCard, ...]:
    """Return all requests on an account, newest first."""
    return cards_of(_in_scope(actor).filter(account_id=account_id).order_by("-id"), actor)


def card_of(row: Request, actor: Actor) -> RequestCard:
    """Return a request as an actor sees it."""
    return cards_of([row], actor)[0]


def cards_of(rows: Iterable[Request], actor: Actor) -> tuple[RequestCard, ...]:
    """Return requests as an actor sees them, with accounts and persons masked."""
    found = list(rows)
    accounts = book.account_cards_by_id({row.account_id for row in found if row.account_id})
    persons = {row.person_id for row in found if row.person_id}
    names = {card.person_id: card.name_masked for card in parties.person_cards(persons).values()}
    orders = dict(PaymentOrder.objects.filter(request__in=found).values_list("request_id", "id"))
    return tuple(
        _card(
            row,
            actor,
            accounts.get(row.account_id or 0),
            names.get(row.person_id or 0, ""),
            orders.get(row.pk),
        )
        for row in found
    )


def _card(
    row: Request, actor: Actor, account: book.AccountCard | None, name: str, order_id: int | None
) -> RequestCard:
    is_own = actor.id is None or row.requested_by_id == actor.id
    why_not = "own_request" if is_own else "" if actor.may(deciding(row.kind)) else "permission"
    return RequestCard(
        request_id=row.pk,
        kind=row.kind,  # type: ignore[arg-type]
        status=row.status,  # type: ignore[arg-type]
        creditor_id=row.creditor_id,
        account_id=row.account_id,
        person_id=row.person_id,
        account_ref_masked=account.ref_masked if account else "",
        name_masked=name,
        amount=None if row.amount_minor is None else Money(row.amount_minor, row.currency),
        effective_date=row.effective_date,
        details={**row.details, **({"payee": row.payee_masked} if row.payee_masked else {})}
        | ({"payment_id": row.payment_id} if row.payment_id else {}),
        reason=row.reason,
        requested_by_id=row.requested_by_id,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        transaction_id=row.transaction_id,
        order_id=order_id,
        may_approve=row.status == "open" and not why_not,
        why_not=why_not if row.status == "open" else "",
    )


def _in_scope(actor: Actor) -> QuerySet[Request]:
    if not actor.may("payments.view"):
        actor.require("ledger.view")
    rows = Request.objects.all()
    return rows if actor.creditor_ids is None else rows.filter(creditor_id__in=actor.creditor_ids)
