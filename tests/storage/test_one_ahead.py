"""Items computed one ahead in a thread: same order, a failure where it belongs, nothing computed for nobody."""

from __future__ import annotations

import threading

import pytest

from fairdue.storage.beside import ahead


def test_items_come_in_their_order_and_are_computed_while_the_latest_is_used():
    second = threading.Event()

    def items():
        yield 1
        second.set()
        yield 2

    found = ahead(items())
    assert next(found) == 1
    assert second.wait(5)
    assert list(found) == [2]


def test_a_failure_reaches_the_caller_at_its_place():
    def items():
        yield 1
        raise ValueError("the second")

    found = ahead(items())
    assert next(found) == 1
    with pytest.raises(ValueError, match="the second"):
        next(found)


def test_no_more_than_one_item_is_computed_for_a_caller_who_stops():
    computed = []
    found = ahead(computed.append(number) or number for number in range(10))
    assert next(found) == 0
    found.close()
    assert computed == [0, 1]
