"""Staff of every role, and a small book with one case, built straight in the tables."""

from __future__ import annotations

import pytest

from tests.web.desk_world import PASSWORD, make_staff, make_world, move_clock


@pytest.fixture
def world(db):
    """One lender, one debtor with two debts in one open case, one more debtor out of scope, staff of each role."""
    return make_world()


@pytest.fixture
def staff(db):
    """Make a member of staff by role."""
    return make_staff


@pytest.fixture
def signed_in(client, settings):
    """Log a member of staff in through the real page; no second factor is asked for."""
    settings.MFA_REQUIRED_ROLES = frozenset()

    def sign_in(username: str):
        answer = client.post("/accounts/login/", {"login": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        return client

    return sign_in


@pytest.fixture
def at_half_past_ten(monkeypatch):
    """It is 10:30 in the house zone."""
    move_clock(monkeypatch, 10, 30)


@pytest.fixture
def at_three_at_night(monkeypatch):
    """It is 03:00 in the house zone."""
    move_clock(monkeypatch, 3, 0)
