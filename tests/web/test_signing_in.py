"""Signing in: lockout, second factor, sessions that end, nothing else of allauth."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt

from tests.web.desk_world import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def production(settings):
    """The second factor is forced, as outside a demonstration."""
    settings.MFA_REQUIRED_ROLES, settings.MODE = settings.PRIVILEGED_ROLES, "production"


def totp_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_collector_signs_in_and_sees_the_day(client, staff):
    staff("collector", team=None)
    answer = client.post(LOGIN, {"login": "collector", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/desk/", 302)]
    assert "My day" in answer.content.decode()


def test_without_signing_in_every_page_leads_to_the_login(client):
    answer = client.get("/desk/queue/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/desk/queue/")


def test_forty_wrong_passwords_lock_the_name_and_say_until_when(client, staff):
    staff("collector", team=None)
    names = ("collector", "Collector", "COLLECTOR ", "cOLLECTOR")
    statuses = [
        client.post(LOGIN, {"login": names[n % 4], "password": f"wrong-{n}"}).status_code for n in range(40)
    ]
    assert statuses == [200] * 4 + [429] * 36
    answer = client.post(LOGIN, {"login": "collector", "password": PASSWORD})
    assert answer.status_code == 429
    assert "It opens again at" in answer.content.decode() or "重新开放" in answer.content.decode()
    assert AccessAttempt.objects.get().failures_since_start == 5
    assert "_auth_user_id" not in client.session


def test_another_name_is_not_locked_by_it(client, staff):
    staff("collector", team=None)
    staff("risk", team=None)
    for _ in range(6):
        client.post(LOGIN, {"login": "collector", "password": "wrong"})
    assert client.post(LOGIN, {"login": "risk", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("role", ["supervisor", "compliance", "strategist", "administrator"])
def test_a_privileged_role_must_set_up_a_second_factor_first(client, staff, production, role):
    staff(role, team=None)
    client.post(LOGIN, {"login": role, "password": PASSWORD})
    for page in ("/desk/", "/desk/queue/", "/desk/gallery"):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/totp/activate/")


def test_setting_up_the_second_factor_opens_the_desk_and_is_asked_for_next_time(client, staff, production):
    staff("supervisor", team=None)
    client.post(LOGIN, {"login": "supervisor", "password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert (wrong.status_code, Authenticator.objects.count()) == (200, 0)
    assert client.post("/accounts/2fa/totp/activate/", {"code": totp_now(secret)}).status_code == 302
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/desk/").status_code == 200
    client.post("/accounts/logout/")
    answer = client.post(LOGIN, {"login": "supervisor", "password": PASSWORD})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/desk/").status_code == 302


def test_in_the_demonstration_the_second_factor_is_offered_not_forced(client, staff, settings):
    settings.MFA_REQUIRED_ROLES, settings.MODE = frozenset(), "demo"
    staff("supervisor", team=None)
    client.post(LOGIN, {"login": "supervisor", "password": PASSWORD})
    assert "outside it, your role must log in with a second factor" in client.get("/desk/").content.decode()


def test_a_session_ends_after_idle_time(client, staff, settings):
    staff("collector", team=None)
    client.post(LOGIN, {"login": "collector", "password": PASSWORD})
    client.get("/desk/")
    session = client.session
    session["seen"] = time.time() - settings.SESSION_IDLE_SECONDS - 1
    session.save()
    answer = client.get("/desk/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?ended=1")
    assert "_auth_user_id" not in client.session


def test_a_session_ends_after_eight_hours_however_busy(client, staff, settings):
    staff("collector", team=None)
    client.post(LOGIN, {"login": "collector", "password": PASSWORD})
    session = client.session
    session["began"], session["seen"] = time.time() - settings.SESSION_COOKIE_AGE - 1, time.time()
    session.save()
    assert client.get("/desk/")["Location"] == "/accounts/login/?ended=1"


def test_a_part_of_a_page_of_an_ended_session_sends_the_browser_to_the_login(client):
    answer = client.post("/desk/case/1/reveal", {}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/?ended=1")


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "password/change/", "confirm-email/", "3rdparty/"]
)
def test_nothing_else_of_allauth_exists(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_the_policy_allows_no_inline_code_and_no_eval(client):
    policy = client.get(LOGIN)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy and "style-src 'self'" in policy


def test_choices_are_kept_with_the_person_and_unknown_ones_are_refused(client, staff):
    staff("collector", team=None)
    client.post(LOGIN, {"login": "collector", "password": PASSWORD})
    assert (
        client.post("/desk/preferences", {"theme": "dark", "next": "//evil.example/"})["Location"] == "/desk/"
    )
    assert 'data-theme="dark"' in client.get("/desk/").content.decode()
    assert client.post("/desk/preferences", {"theme": "purple"}).status_code == 400
    assert 'data-theme="dark"' in client.get("/desk/").content.decode()
    client.post("/desk/preferences", {"locale": "zh-hans"})
    assert 'lang="zh-Hans"' in client.get("/desk/").content.decode()
