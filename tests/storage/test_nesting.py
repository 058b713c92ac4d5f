"""Operations within operations share a transaction, with savepoints only where somebody survives a failure."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from fairdue.storage.nesting import atomic, failing_whole

pytestmark = pytest.mark.django_db


@atomic
def answer(value: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / %s", [value])
        return cursor.fetchone()[0]


def savepoints(django_assert_max_num_queries, work) -> int:
    with django_assert_max_num_queries(10) as captured:
        work()
    return sum("SAVEPOINT" in query["sql"] for query in captured)


def test_an_operation_within_another_takes_a_savepoint_unless_all_fails_with_it(
    django_assert_max_num_queries,
):
    assert savepoints(django_assert_max_num_queries, lambda: answer(1)) == 2
    with failing_whole():
        assert savepoints(django_assert_max_num_queries, lambda: answer(1)) == 0
    assert savepoints(django_assert_max_num_queries, lambda: answer(1)) == 2


def test_a_failure_is_survived_where_it_is_caught_around_a_transaction():
    with failing_whole():
        with pytest.raises(Exception, match="division"), transaction.atomic():
            answer(0)
        assert answer(1) == 1
    with pytest.raises(Exception, match="division"):
        answer(0)
    assert answer(1) == 1
