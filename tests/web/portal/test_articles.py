"""What is good to know: in both languages, with sources, found by words, suggested by situation."""

from __future__ import annotations

import itertools
import re

import pytest
from django.test import Client
from django.utils.translation import override

from fairdue.web.portal import articles

CLAIM = re.compile(r"\b(?:TODO|FIXME|lorem)\b", re.IGNORECASE)


def test_every_article_speaks_both_languages_and_names_its_sources() -> None:
    found = articles.articles()
    assert [each.order for each in found] == list(range(1, 10))
    for each in found:
        for texts in (each.title, each.summary, each.body):
            assert re.search(r"[\u4e00-\u9fff]", texts["zh"]), each.slug
            assert not re.search(r"[\u4e00-\u9fff]", texts["en"]), each.slug
            assert not CLAIM.search(texts["zh"] + texts["en"])
        assert each.sources, each.slug
        assert articles.blocks(each.body["zh"])[0].kind in ("paragraph", "heading")
    assert {situation for each in found for situation in each.situations} == set(articles.SITUATIONS)


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("征信", "credit-record"), ("credit record", "credit-record"), ("验证码", "scams"), ("budget", "budgeting"),
        ("罚息怎么算", "how-interest-works"), ("settlement certificate", "after-settling"), ("家人要还吗", "family-and-helpers"),
    ],
)  # fmt: skip
def test_words_find_the_article_that_is_about_them(wanted: str, first: str) -> None:
    assert articles.search(wanted)[0].slug == first


def test_words_that_stand_nowhere_find_nothing_and_no_words_find_all() -> None:
    assert articles.search("xylophone") == ()
    assert articles.search("  ") == articles.articles()


def test_a_situation_is_answered_by_what_fits_it_best() -> None:
    assert articles.suggested(frozenset({"settled"}), limit=1)[0].slug in ("credit-record", "after-settling")
    late = [each.slug for each in articles.suggested(frozenset({"overdue", "late", "card"}))]
    assert late[0] in ("how-interest-works", "credit-record")
    assert len(late) == 4


def test_a_text_is_cut_into_headings_items_and_paragraphs() -> None:
    with override("en"):
        found = articles.blocks("## Head\n\nfirst\nsecond\n\n- a\n- b\n\n## Next\nbelow it\n\n## Last\n- c")
    assert [(each.kind, each.text, each.items) for each in found] == [
        ("heading", "Head", ()), ("paragraph", "first second", ()), ("items", "", ("a", "b")),
        ("heading", "Next", ()), ("paragraph", "below it", ()), ("heading", "Last", ()), ("items", "", ("c",)),
    ]  # fmt: skip
    for each in articles.articles():
        kinds = [block.kind for block in articles.blocks(each.body["zh"])]
        assert not any(pair == ("heading", "heading") for pair in itertools.pairwise(kinds)), each.slug
        assert kinds[-1] != "heading", each.slug


@pytest.mark.django_db
def test_a_budget_in_any_rhythm_is_worked_out_and_kept_nowhere() -> None:
    client = Client(headers={"accept-language": "en"})
    said = {
        "wages": "1500", "wages_every": "week", "housing": "2000", "food": "1200", "other_outgoing": "1200",
        "other_outgoing_every": "year",
    }  # fmt: skip
    page = client.post("/my/learn/budget/", said).content.decode()
    page = page.replace('<span class="money-code">CNY</span>', "")
    for amount in ("6,500.00", "3,300.00", "3,200.00", "1,600.00"):
        assert f">{amount}<" in page, amount
    assert dict(client.session.items()) == {}
    assert client.post("/my/learn/budget/", {"wages": "-1"}).status_code == 422
    assert client.get("/my/learn/nothing-of-this-name/").status_code == 404
