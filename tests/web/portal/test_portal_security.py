"""What the list of security items of the portal names, and that each test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from case_world import World
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from test_portal_pages import inside

from fairdue.web.portal import urls
from fairdue.web.portal.sessions import borrower

ROOT = Path(__file__).resolve().parents[3]
OPEN_TO_ALL = {
    "home", "help", "leave", "type_size", "genuine", "identify", "code", "learn", "budget", "article", "link",
}  # fmt: skip
QUERIES = {"": 4, "debts/": 21, "messages/": 3, "contacts/": 2, "documents/": 6, "help/": 2, "learn/": 5}
"""Statements by Django's cursors that each reading page takes for a person with one debt; a change shows here first."""


def test_every_test_that_the_list_names_exists() -> None:
    text = (ROOT / "docs" / "security" / "portal-asvs.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
    assert len(named) >= 50
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []
    items = re.findall(r"^\| ([\d., ]+) \|.*?\| ([^|]*)\|$", text, re.MULTILINE)
    assert [item for item, shown in items if "::" not in shown and not item.startswith("2.1,")] == []


@pytest.mark.django_db
def test_every_address_is_open_to_all_or_asks_for_a_visit() -> None:
    World.build()
    client = Client()
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in OPEN_TO_ALL:
            continue
        path = re.sub(r"<int:\w+>", "1", str(pattern.pattern))
        path = re.sub(r"<slug:\w+>", "some-thing", path)
        for answer in (client.get(f"/my/{path}"), client.post(f"/my/{path}", {"x": "1"})):
            assert answer.status_code in (403, 405), (path, answer.status_code)
    assert client.get("/my/static/").status_code == 404


@pytest.mark.django_db
def test_no_page_may_run_a_script_and_the_headers_are_closed() -> None:
    person = World.build().person()
    client = inside(person.pk)
    for path in ("", "debts/", "help/", "learn/", "genuine/", "identify/", "nowhere"):
        answer = client.get(f"/my/{path}")
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'none'" in policy, path
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert b"<script" not in answer.content
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"]
    production = (ROOT / "fairdue" / "settings.py").read_text(encoding="utf-8")
    assert 'SECURE_HSTS_SECONDS = 31_536_000 if MODE == "production" else 0' in production


@pytest.mark.django_db
def test_the_cookie_is_closed_to_scripts_and_other_sites_and_long_enough() -> None:
    client = inside(World.build().person().pk)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")
    assert len(cookie.value) == 32
    production = (ROOT / "fairdue" / "settings.py").read_text(encoding="utf-8")
    assert 'SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MODE == "production"' in production
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def test_a_borrower_holds_no_permission_of_staff() -> None:
    assert borrower(1).permissions == frozenset()
    assert (borrower(1).kind, borrower(1).id) == ("borrower", 1)


@pytest.mark.django_db
def test_reading_a_page_takes_no_more_statements_than_are_written_down() -> None:
    world = World.build()
    person = world.person()
    world.account(person)
    client = inside(person.pk)
    taken = {}
    for path in QUERIES:
        client.get(f"/my/{path}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/my/{path}").status_code == 200
        taken[path] = len(captured)
    assert taken == QUERIES
