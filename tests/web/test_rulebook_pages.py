"""The rulebook an article at a time: what is done, by what it is in force, who confirmed it, what changed."""

from __future__ import annotations

import copy
import re

import pytest

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import RuleConfirmation
from fairdue.contexts.law.operations.packs import publish
from fairdue.engine.law.loading.covering import lay_out
from fairdue.engine.law.packs import pack_of
from fairdue.kernel import clock
from fairdue.kernel.actor import system

PAGE = "/desk/rulebook/cn/CN-G3/"
SEEN = "Full text of the guideline, association's site, edition of 2026-01-30, article 12"


@pytest.fixture
def reader(world, staff, signed_in):
    """Sign in as a role that sees the house."""

    def as_role(role: str, locale: str = "en"):
        identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
        staff(role, username=f"the-{role}", team="head", locale=locale)
        return signed_in(f"the-{role}")

    law.load_rule_packs(actor=system("test"), now=clock.now())
    return as_role


def test_the_rulebook_lists_every_instrument_of_every_pack(reader):
    page = reader("supervisor").get("/desk/rulebook/").content.decode()
    for pack in law.shipped_packs():
        assert pack.identity in page
        for key in pack.sources:
            assert f"/desk/rulebook/{pack.code}/{key}/" in page
    assert page.index('id="pack-cn"') < page.index('id="pack-au"')


def test_an_article_says_what_is_done_since_when_tested_how_and_how_sure(reader):
    page = reader("supervisor").get(PAGE).content.decode()
    article = page[page.index("Article 22") :]
    assert "CN-VISIT-01" in article
    assert "2026-01-30" in article
    assert "House policy until confirmed" in article
    assert "From reports" in article
    assert "CN-VISIT-01#1" in article
    assert "Confirm the source" not in page
    assert "Compliance or legal staff can confirm it" in page


def test_what_is_not_implemented_says_why_in_the_readers_language(reader):
    chinese = reader("supervisor", locale="zh-hans").get("/desk/rulebook/cn/CN-M1/").content.decode()
    assert "佣金模型属于委外管理，尚未建立。" in chinese
    assert "未实现" in chinese


def test_legal_staff_confirm_a_rule_on_the_page_and_take_it_back(reader):
    client = reader("legal")
    answer = client.post(
        f"{PAGE}confirm", {"rule": "CN-VISIT-01", "source_seen": SEEN, "verb": "confirm"}, follow=True
    )
    page = answer.content.decode()
    assert "The rule is confirmed and in force by law." in page
    assert SEEN in page.replace("&#x27;", "'")
    assert law.rule_standings("cn")["cn", "CN-VISIT-01"].basis == "law"

    client.post(
        f"{PAGE}confirm", {"rule": "CN-VISIT-01", "source_seen": "It was a draft.", "verb": "withdraw"}
    )
    assert law.rule_standings("cn")["cn", "CN-VISIT-01"].basis == "house_ahead"
    assert RuleConfirmation.objects.count() == 2


def test_others_cannot_confirm(reader):
    asked = {"rule": "CN-VISIT-01", "source_seen": SEEN}
    assert reader("supervisor").post(f"{PAGE}confirm", asked).status_code == 403
    assert RuleConfirmation.objects.count() == 0


def test_an_empty_source_is_refused_in_words(reader):
    asked = {"rule": "CN-VISIT-01", "source_seen": ""}
    answer = reader("compliance").post(f"{PAGE}confirm", asked, follow=True)
    assert "Say what was read" in answer.content.decode()
    assert RuleConfirmation.objects.count() == 0


def test_two_published_versions_are_compared_in_words(reader):
    content = copy.deepcopy(dict(law.shipped_pack("cn").content))
    content["pack"]["version"] = "2027.1.1"
    parameter = next(item for item in content["parameters"] if item["id"] == "conversation.per_day")
    parameter["values"][0]["value"] = 2
    publish(pack_of(content), clock.now())
    before = law.shipped_pack("cn").version
    page = reader("supervisor").get(f"/desk/rulebook/cn/?before={before}&after=2027.1.1").content.decode()
    assert "conversation.per_day: parameter from 2025-02-28 was 3, is now 2" in page
    assert "1 change" in page


@pytest.mark.parametrize("page", ["xx/", "xx/CN-G3/", "cn/NOPE/"])
def test_a_page_that_is_not_there_is_not_found(reader, page):
    assert reader("supervisor").get(f"/desk/rulebook/{page}").status_code == 404


def test_the_gate_says_by_what_a_rule_binds_before_and_after_its_confirmation(reader):
    night = {"channel": "call", "at": "2026-11-18T23:00", "home_zone": "Asia/Shanghai", "owner": "debtor"}
    asked = night | {"unanswered": 0, "conversations": 0, "texts": 0}
    client = reader("legal")
    assert "From reports · House policy until confirmed" in client.get("/desk/gate/", asked).content.decode()
    for rule in ("CN-TIME-01", "CN-TIME-02"):
        client.post(f"{PAGE}confirm", {"rule": rule, "source_seen": SEEN, "verb": "confirm"})
    page = client.get("/desk/gate/", asked).content.decode()
    assert "From reports · In force by law" in page
    assert "House policy until confirmed" not in page


def test_the_rulebook_is_searched_and_pictures_every_article(reader):
    client = reader("supervisor")
    page = client.get("/desk/rulebook/?q=CN-VISIT-01").content.decode()
    assert "1 rule found" in page and "/desk/rulebook/cn/CN-G3/#article-" in page
    assert "0 rules found" in client.get("/desk/rulebook/?q=nothing-of-the-kind").content.decode()
    boxes = page.count('class="cov-')
    assert boxes == sum(
        len(one.articles) for pack in law.shipped_packs() for one in lay_out(pack.content, pack.coverage)
    )


def test_a_test_of_a_rule_leads_to_the_gate_with_its_facts_filled_in(reader):
    client = reader("compliance")
    text = client.get("/desk/rulebook/cn/CN-G3/").content.decode()
    links = re.findall(r'href="(/desk/gate/\?example=[^"]+)"', text)
    assert len(links) > 10 and "Try this" in text
    led = client.get(links[0].replace("&amp;", "&"), follow=True)
    assert led.status_code == 200 and 'aria-labelledby="answer"' in led.content.decode()
