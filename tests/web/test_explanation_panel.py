"""Why an amount is what it is, on the desk: a button at every amount, one level at a time, in both languages."""

from __future__ import annotations

import re

import pytest

from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true"}


@pytest.fixture
def card(world):
    return Account.objects.get(external_ref="6222000011112222")


@pytest.fixture
def desk(world, staff, signed_in):
    staff("collector")
    return signed_in("collector")


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_every_amount_of_a_debt_on_the_case_page_is_a_button_that_says_why(desk, world, card):
    page = desk.get(f"/desk/case/{world.case.pk}/").content.decode()
    subjects = re.findall(rf'accounts/{card.pk}/explanation".*?name="subject" value="([^"]+)"', page)
    assert {"overdue", "balance", "component:principal", "dpd"} <= set(subjects)
    assert f'<div id="explanation-{card.pk}" aria-live="polite">' in page
    assert "Overdue: Why this amount?" in page


def test_a_panel_shows_one_level_and_the_way_back(desk, card):
    url = f"/desk/accounts/{card.pk}/explanation"
    first = desk.get(url, {"subject": "balance", "into": f"explanation-{card.pk}"}, headers=PANEL)
    assert first.status_code == 200
    assert "<html" not in first.content.decode()
    assert "The balance is the sum of its components" in words(first)
    assert f'hx-target="#explanation-{card.pk}"' in first.content.decode()
    second = desk.get(url, {"subject": "balance", "path": "1.1"}, headers=PANEL)
    assert "Opening balance of" in words(second)
    assert "receivable:principal opening 8,200.00" in words(second)
    assert second.content.decode().count('name="path" value="1"') == 1


def test_without_scripts_the_explanation_is_a_page_of_its_own(desk, card):
    answer = desk.get(f"/desk/accounts/{card.pk}/explanation", {"subject": "dpd"})
    assert "<html" in answer.content.decode()
    assert "47 days" in words(answer)
    assert "Calendar days from the day after" in words(answer)


def test_the_explanation_speaks_chinese(world, staff, signed_in, card):
    staff("collector", locale="zh-hans")
    client = signed_in("collector")
    answer = client.get(f"/desk/accounts/{card.pk}/explanation", {"subject": "overdue"}, headers=PANEL)
    assert "已过到期日仍未还清的各期" in words(answer)


def test_a_debt_out_of_scope_or_an_unknown_subject_is_not_found(desk, card):
    foreign = Account.objects.get(external_ref="9999")
    assert desk.get(f"/desk/accounts/{foreign.pk}/explanation").status_code == 404
    assert desk.get(f"/desk/accounts/{card.pk}/explanation", {"subject": "gold"}).status_code == 404
    assert desk.get(f"/desk/accounts/{card.pk}/explanation", {"as_of": "1999-01-01"}).status_code == 404


def test_a_hostile_target_or_path_changes_nothing(desk, card):
    answer = desk.get(
        f"/desk/accounts/{card.pk}/explanation", {"into": '"><script>', "path": "9.9.9"}, headers=PANEL
    )
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()
    assert 'id="explanation-title"' in answer.content.decode()


def test_the_limits_of_a_debt_come_as_small_cards(desk, card):
    answer = desk.get(f"/desk/accounts/{card.pk}/limits", headers=PANEL)
    assert "Last day to sue" in words(answer)
    assert "CN-LIM-01 · 民法典 188" in words(answer)
    assert "A lawyer must look at this" in words(answer)
    foreign = Account.objects.get(external_ref="9999")
    assert desk.get(f"/desk/accounts/{foreign.pk}/limits").status_code == 404


def test_an_explanation_takes_the_same_queries_for_many_parts_as_for_few(
    desk, card, django_assert_max_num_queries
):
    assert ledger.explain(card.pk, ledger.account_dues(card.pk, card.balance_date)[0].due_date, "balance")
    with django_assert_max_num_queries(16):
        desk.get(f"/desk/accounts/{card.pk}/explanation", {"subject": "balance"}, headers=PANEL)
