"""Operations within operations: one transaction, and savepoints only where somebody survives a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
T = TypeVar("T")

_fails_whole: ContextVar[bool] = ContextVar("fails_whole", default=False)


def atomic(operation: Callable[P, T]) -> Callable[P, T]:
    """This function will make an operation a transaction of its own, or a savepoint within the caller's.

    Within `failing_whole` it joins the caller's transaction without a savepoint, which would cost two statements.
    """

    @wraps(operation)
    def run(*values: P.args, **named: P.kwargs) -> T:
        with transaction.atomic(savepoint=not _fails_whole.get()):
            return operation(*values, **named)

    return run


@contextmanager
def failing_whole() -> Iterator[None]:
    """Run a block of operations within a transaction that ends with the first of them that fails.

    Whoever catches a failure inside the block puts `transaction.atomic()` around what may fail, as ever: without
    it, the transaction can only be rolled back.
    """
    before = _fails_whole.set(True)
    try:
        yield
    finally:
        _fails_whole.reset(before)
