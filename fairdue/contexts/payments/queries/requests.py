"""Requests for approval."""

from __future__ import annotations

from fairdue.contexts.payments.contracts import RequestCard
from fairdue.kernel.actor import Actor


def open_requests(*, actor: Actor, creditor_id: int | None = None) -> tuple[RequestCard, ...]:
    """Return requests that wait for a second pair of eyes, oldest first."""
    raise NotImplementedError


def request_card(*, request_id: int, actor: Actor) -> RequestCard:
    """Return one request."""
    raise NotImplementedError


def requests_of_account(*, account_id: int, actor: Actor) -> tuple[RequestCard, ...]:
    """Return all requests on an account, newest first."""
    raise NotImplementedError
