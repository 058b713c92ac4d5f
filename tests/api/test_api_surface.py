"""What the API offers is written down, and nothing more is open."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError, connection

from fairdue.api.v1 import api


def test_the_described_api_is_the_one_agreed_on(snapshot, client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert json.dumps(answer.json(), indent=1, sort_keys=True, ensure_ascii=False) == snapshot


def test_there_is_no_page_that_needs_a_looser_content_policy(client):
    assert api.docs_url is None
    assert client.get("/api/v1/docs").status_code == 404


@pytest.mark.django_db
def test_health_says_that_the_database_answers(client):
    answer = client.get("/api/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "up", "database": True})


@pytest.mark.django_db
def test_health_says_so_when_the_database_does_not_answer(client):
    def broken(execute, sql, params, many, context):
        raise OperationalError("gone")

    with connection.execute_wrapper(broken):
        answer = client.get("/api/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "down", "database": False})
