"""Fixtures of the law."""

from __future__ import annotations

import pytest
from law_people import make_person


@pytest.fixture
def person(db):
    """A person with a card debt, two mobiles, an e-mail address and a friend's number."""
    return make_person()
