"""Two versions compared in words, articles laid out, citations and conditions read."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.conditions import compile_condition
from fairdue.engine.law.loading.citing import articles_of, cited
from fairdue.engine.law.loading.covering import lay_out
from fairdue.engine.law.loading.differing import differences
from fairdue.engine.law.loading.overlapping import can_hold_together
from fairdue.engine.law.loading.standing import rule_digest
from fairdue.engine.law.packs import load_packs, pack_of
from fairdue.engine.law.trying import candidate

PACKS = {pack.code: pack for pack in load_packs(Path(__file__).parents[3] / "packs" / "rules")}
CN = PACKS["cn"].content


def changed(change) -> dict:
    content = copy.deepcopy(dict(CN))
    change(content)
    return content


def rule(content, key):
    return next(item for kind in ("checks", "numbers") for item in content[kind] if item["id"] == key)


def clock(content, kind):
    return next(item for item in content["deadlines"] if item["kind"] == kind)


def parameter(content, key):
    return next(item for item in content["parameters"] if item["id"] == key)


def add_value(content):
    values = parameter(content, "conversation.per_day")["values"]
    values[0]["to"] = "2026-12-31"
    values.append({"from": "2027-01-01", "value": 2, "citation": "x"})


CHANGES = [
    (add_value, ["conversation.per_day: parameter from 2025-02-28 last day added: 2026-12-31", "conversation.per_day: parameter from 2027-01-01 added: 2"]),
    (lambda c: rule(c, "CN-TIME-01").update(effective_to="2027-01-01"), ["CN-TIME-01: validity effective_to added: 2027-01-01"]),
    (lambda c: rule(c, "CN-FREQ-01")["applies_to"].pop("is_online"), ["CN-FREQ-01: scope applies_to.is_online removed: true"]),
    (lambda c: rule(c, "CN-TIME-01").pop("unless"), ["CN-TIME-01: exception “a code that the person asks for", "CN-TIME-01: exception “hours were agreed with the debtor (CN-TIME-02)” removed"]),
    (lambda c: rule(c, "CN-TIME-01")["message"].update(zh="夜间{open_to}"), ["CN-TIME-01: text message.zh was"]),
    (lambda c: rule(c, "CN-TIME-01").update(yields="refuse"), ["CN-TIME-01: outcome yields was defer, is now refuse"]),
    (lambda c: rule(c, "CN-TIME-01").update(evidence="primary"), ["CN-TIME-01: evidence evidence was secondary, is now primary"]),
    (lambda c: c["checks"].remove(rule(c, "CN-TIME-02")), ["CN-TIME-02: rule removed"]),
    (lambda c: rule(c, "CN-CMP-01")["parameters"]["days"]["values"][0].update(value=10), ["CN-CMP-01: parameter days was 15, is now 10"]),
    (lambda c: clock(c, "complaint").update(calendar="us"), ["CN-CMP-01: clock complaint calendar was cn, is now us"]),
    (lambda c: clock(c, "complaint")["occasions"].remove("hold.dispute"), ["CN-CMP-01: clock complaint occasions was"]),
    (lambda c: clock(c, "complaint")["steps"].pop(), ["CN-CMP-01: clock complaint step special removed"]),
    (lambda c: clock(c, "complaint")["examples"].pop(), []),
    (lambda c: c["deadlines"].remove(clock(c, "complaint")), ["CN-CMP-01: clock complaint removed"]),
    (lambda c: c["tests"].pop(), []),
    (lambda c: c["pack"].update(version="2099.1.1"), []),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=range(len(CHANGES)))
def test_each_change_is_one_sentence(change, words):
    found = differences(CN, changed(change))
    assert len(found) == len(words)
    for one, said in zip(found, words, strict=True):
        assert one.words_en.startswith(said)
        assert "：" in one.words_zh
        assert one.as_json()["words"] == {"zh": one.words_zh, "en": one.words_en}


@pytest.mark.parametrize("code", sorted(PACKS))
def test_a_version_does_not_differ_from_itself_and_is_built_again_from_its_content(code):
    pack = PACKS[code]
    again = pack_of(pack.content)
    assert differences(pack.content, again.content) == ()
    assert (again.sha256, [check.key for check in again.checks]) == (
        pack.sha256,
        [check.key for check in pack.checks],
    )


def test_turning_a_comparison_round_turns_every_change_round():
    other = changed(lambda content: [change(content) for change, _ in CHANGES[:6]])
    there, back = differences(CN, other), differences(other, CN)
    assert {(c.rule, c.field, str(c.before), str(c.after)) for c in there} == {
        (c.rule, c.field, str(c.after), str(c.before)) for c in back
    }


@pytest.mark.parametrize("code", sorted(PACKS))
def test_every_rule_stands_under_an_article_and_what_is_not_done_says_why(code):
    pack = PACKS[code]
    laid = lay_out(pack.content, pack.coverage)
    placed = {line.key for one in laid for article in one.articles for line in article.rules}
    numbers, checks = set(pack.numbers.documents), {check.key for check in pack.checks}
    assert placed == checks | {f"{name}/computes" if name in checks else name for name in numbers}
    for one in laid:
        for article in one.articles:
            assert article.state == "implemented" or (article.reason_zh and article.reason_en)
            assert article.state != "not" or not article.rules
            assert all(line.tests for line in article.rules if line.kind == "check")


SOURCES = [
    {"key": "CN-L1", "cited_as": ["民法典"]}, {"key": "CN-M1"}, {"key": "US-REGF", "cited_as": ["12 CFR 1006"]},
]  # fmt: skip
CITATIONS = [
    ("民法典 560", (("CN-L1", "560"),)),
    ("某办法 (CN-M1) art. 70", (("CN-M1", "art. 70"),)),
    ("12 CFR 1006.34(b)(5)", (("US-REGF", "1006.34(b)(5)"),)),
    ("民法典 188; 189", (("CN-L1", "188"), ("CN-L1", "189"))),
    ("card contracts; CN-M1", (("CN-M1", ""),)),
    ("CN-M12", ()),
    ("somebody said so", ()),
]


@pytest.mark.parametrize(("text", "found"), CITATIONS)
def test_citations_in_words_name_listed_sources(text, found):
    assert cited(text, SOURCES) == found


def test_lists_of_articles_are_taken_apart():
    assert articles_of("arts. 1159, 1161") == ("1159", "1161")
    assert articles_of("art. 22") == ("22",)
    assert articles_of("arts 48-50") == ("48-50",)
    assert articles_of("sections 1, 7") == ("sections 1, 7",)


def test_a_confirmed_rule_is_the_same_while_only_our_words_for_it_change():
    said = rule_digest(CN, rule(CN, "CN-FREQ-02"))
    worded = changed(
        lambda c: rule(c, "CN-FREQ-02").update(title={"zh": "另一标题", "en": "Other"}, note="x")
    )
    assert rule_digest(worded, rule(worded, "CN-FREQ-02")) == said
    valued = changed(add_value)
    assert rule_digest(valued, rule(valued, "CN-FREQ-02")) != said


TESTS = st.one_of(
    st.sampled_from(["call", "sms"]),
    st.lists(st.sampled_from(["call", "sms", "visit"]), min_size=1, max_size=2),
    st.sampled_from(["call", "visit"]).map(lambda value: {"not": value}),
)
AGES = st.one_of(
    *(st.integers(17, 19).map(lambda n, k=kind: {k: n}) for kind in ("at_least", "at_most", "below"))
)
CONDITIONS = st.fixed_dictionaries({}, optional={"channel": TESTS, "age": AGES, "is_deceased": st.booleans()})


@given(
    CONDITIONS,
    CONDITIONS,
    st.sampled_from(["call", "sms", "visit", "letter"]),
    st.integers(15, 21),
    st.booleans(),
)
def test_conditions_that_hold_for_one_contact_can_hold_together(first, second, channel, age, is_deceased):
    facts = {"at": "2026-05-12T10:00:00+08:00", "channel": channel, "age": age, "is_deceased": is_deceased}
    frame = candidate(facts)
    both = [frame.select(compile_condition(one).alias("x"))["x"][0] for one in (first, second)]
    if all(both):
        assert can_hold_together(first, second)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ({"channel": "call"}, {"channel": "sms"}, False),
        ({"channel": "call"}, {"channel": {"not": "call"}}, False),
        ({"age": {"below": 18}}, {"age": {"at_least": 18}}, False),
        ({"age": {"at_most": 18}}, {"age": {"at_least": 18}}, True),
        ({"states": {"includes": ["a"]}}, {"states": {"excludes": ["a"]}}, False),
        ({"states": {"includes": ["a"]}}, {"states": {"within": ["b"]}}, False),
        ({"states": {"includes": ["a", "b"]}}, {"states": {"within": ["b"]}}, True),
        ({"channel": "call"}, {"is_deceased": True}, True),
        ([{"channel": "sms"}, {"channel": "call"}], {"channel": "call"}, True),
        ({"is_deceased": {"not": True}}, {"is_deceased": {"not": False}}, False),
    ],
)
def test_conditions_exclude_each_other_only_where_they_speak_of_one_column(first, second, together):
    assert can_hold_together(first, second) is together
    assert can_hold_together(second, first) is together
