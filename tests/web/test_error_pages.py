"""Every refusal and fault has a page in the house style: what happened, what was not done, the next step."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.test import Client

from fairdue.contexts.audit.models import Event
from fairdue.contexts.parties.models import Consent
from fairdue.web.portal import entrance

pytestmark = pytest.mark.django_db
SAYINGS = {
    ("en", "/desk/no-such-page/"): ("There is nothing at this address", 'href="/desk/"'),
    ("zh-hans", "/desk/no-such-page/"): ("此地址没有内容", 'href="/desk/"'),
    ("en", "/my/no.such.page"): ("Nothing has changed in your account", 'href="/my/"'),
    ("zh-hans", "/my/no.such.page"): ("您的账户没有任何变化", 'href="/my/"'),
}


def in_language(language: str, **options) -> Client:
    client = Client(**options)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


@pytest.mark.parametrize(("language", "path"), SAYINGS)
def test_an_unknown_address_is_answered_by_its_own_surface_in_the_readers_language(language, path):
    answer = in_language(language).get(path)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert all(words in page for words in SAYINGS[language, path])
    assert ('data-surface="portal"' in page) == path.startswith("/my/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_missing_permission_is_named(client, world, staff, signed_in, language):
    staff("collector", locale=language)
    answer = signed_in("collector").get("/desk/staff/")
    assert answer.status_code == 403
    assert {"en": "does not include managing staff", "zh-hans": "管理员工"}[
        language
    ] in answer.content.decode()


@pytest.mark.parametrize(("path", "words"), [("/accounts/login/", "The form was too old"), ("/my/contact/", "The page was open for too long")])  # fmt: skip
def test_a_form_without_its_token_saves_nothing_and_says_so(path, words):
    before = Event.objects.count(), Consent.objects.count()
    answer = in_language("en", enforce_csrf_checks=True).post(path, {"all": "1"})
    assert answer.status_code == 403
    assert words in answer.content.decode()
    assert "Nothing was saved" in answer.content.decode()
    assert (Event.objects.count(), Consent.objects.count()) == before


def test_a_refused_link_leaves_no_token_in_the_log(caplog):
    token = "T0ken" * 8
    with caplog.at_level(logging.DEBUG):
        refused = in_language("en", enforce_csrf_checks=True).post(f"/my/{token}")
        missing = in_language("en").get(f"/my/{token}.")
    assert (refused.status_code, missing.status_code) == (403, 404)
    assert token not in caplog.text


@pytest.mark.parametrize("path", ["/my/help/", "/desk/"])
def test_a_fault_is_answered_in_both_languages_without_a_word_about_its_cause(monkeypatch, path):
    def fail(*_args, **_options):
        raise RuntimeError("the cause")

    monkeypatch.setattr(entrance.reading, "lenders", fail)
    monkeypatch.setattr("fairdue.web.workbench.access.redirect_to_login", fail)
    answer = Client(raise_request_exception=False).get(path)
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "出错了" in page
    assert "This step was not saved" in page
    assert "the cause" not in page
    assert ("/my/help/" in page) == path.startswith("/my/")


@pytest.mark.parametrize(("locale", "said"), [("en", "is no page to open"), ("zh-hans", "不能作为页面打开")])
def test_an_action_opened_as_a_page_says_so_and_names_what_it_allows(world, staff, signed_in, locale, said):
    staff("collector", locale=locale)
    answer = signed_in("collector").get(f"/desk/case/{world.case.pk}/payment")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert said in answer.content.decode()


def test_a_request_that_cannot_be_read_has_a_page_of_the_house(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    answer = in_language("en").post("/accounts/login/", {f"f{number}": "x" for number in range(9)})
    assert answer.status_code == 400
    assert "This request could not be read" in answer.content.decode()
