"""Payment orders: export for the bank, confirm, fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fairdue.contexts.payments.contracts import OrderCard, OrderExport
from fairdue.kernel.actor import Actor


def export_orders(
    *, creditor_id: int, format: str = "pain.001", order_ids: Sequence[int] = (), actor: Actor, now: datetime
) -> OrderExport:
    """This function will mark open orders as sent and return the file for the bank (`csv` or `pain.001`)."""
    raise NotImplementedError


def confirm_order(*, order_id: int, actor: Actor, now: datetime) -> OrderCard:
    """This function will note that the bank has executed an order."""
    raise NotImplementedError


def fail_order(*, order_id: int, reason: str, actor: Actor, now: datetime) -> OrderCard:
    """This function will note that the bank refused an order and put the money back where it was."""
    raise NotImplementedError
