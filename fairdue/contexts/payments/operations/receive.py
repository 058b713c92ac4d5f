"""Receive money: book it to suspense, once."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.payments.contracts import Incoming, Received
from fairdue.kernel.actor import Actor


def receive(*, incoming: Incoming, actor: Actor, now: datetime) -> Received:
    """This function will book money that arrived as cash against suspense and keep who sent it, sealed."""
    raise NotImplementedError
