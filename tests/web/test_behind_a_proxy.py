"""Behind a TLS proxy the browser's origin is the public address: its forms are taken, a stranger's are not."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("origin", "status"), [("https://desk.lender.example", 200), ("https://stranger.example", 403)]
)
def test_only_the_public_address_may_post_a_form(monkeypatch, origin, status):
    monkeypatch.setattr(settings, "CSRF_TRUSTED_ORIGINS", ["https://desk.lender.example"])
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    form = {"login": "nobody", "password": "wrong", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    answer = client.post("/accounts/login/", form, headers={"origin": origin})
    assert answer.status_code == status


def test_the_trusted_origin_is_that_of_the_public_address():
    assert [settings.PUBLIC_URL] == settings.CSRF_TRUSTED_ORIGINS
