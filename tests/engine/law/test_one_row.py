"""A contact judged at a click, in plain Python, gets the answer that it gets among millions, check by check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from any_contacts import BOOK, PACKS, drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.engine.law import row_kinds
from fairdue.engine.law.candidates import frame_of
from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.one_row import compile_rules, complete_row, judge_row, open_until, verdict_of
from fairdue.engine.law.trying import candidate


def by_check(facts, book=BOOK):
    """Return what single rows and columns say of every check: asked, broken."""
    rules = compile_rules(book)
    row = complete_row(facts, rules.special)
    single, in_force = [], {id(each) for each in rules.in_force(row["at"])}
    for each in rules.checks:
        is_asked = id(each) in in_force and each.covers(row)
        single.append((is_asked, is_asked and each.is_broken(row)))
    judgement = judge(frame_of([facts]), book)
    places = range(len(book.checks))
    return single, [(judgement.asked[0, place], judgement.broken[0, place]) for place in places]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**48))
def test_every_check_is_asked_and_broken_alike(seed):
    single, columns = by_check(drawn(seed))
    differing = [BOOK.checks[place].key for place in range(len(columns)) if single[place] != columns[place]]
    assert differing == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)
def test_every_test_of_a_pack_comes_out_alike(pack):
    book = Rulebook((pack,))
    for test in pack.tests:
        single, columns = by_check(candidate(test["given"]).row(0, named=True), book)
        assert single == columns, test["title"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**48), st.sampled_from([pack.code for pack in PACKS]))
def test_the_verdict_is_the_same_word_for_word(seed, code):
    book = Rulebook(tuple(pack for pack in PACKS if pack.code in (code, "house")))
    facts = drawn(seed)
    assert verdict_of(facts, book)[0] == explain(judge(frame_of([facts]), book), 0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**48), st.integers(1, 400))
def test_a_contact_of_a_known_kind_is_judged_by_its_own_moments(seed, hours):
    first = drawn(seed)
    verdict_of(first, BOOK)
    later = first | {"person_id": 77, "at": first["at"] + timedelta(hours=hours), "messages": []}
    assert verdict_of(later, BOOK)[0] == explain(judge(frame_of([later]), BOOK), 0)


def test_kinds_are_told_apart_by_every_plain_fact_and_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(row_kinds, "MOST_KINDS", 3)
    book = Rulebook(tuple(pack for pack in PACKS if pack.code in ("cn", "house")))
    kinds = compile_rules(replace(book)).at(datetime(2026, 5, 12, tzinfo=UTC))
    at, special, seen = datetime(2026, 5, 12, 2, tzinfo=UTC), book.special, []
    for channel in ("sms", "call", "letter", "visit", "sms"):
        row = complete_row({"person_id": 1, "at": at, "channel": channel}, special)
        seen.append(kinds.of(row).asked_ids)
        assert kinds.of(complete_row({**row, "person_id": 2}, special)) is kinds.of(row)
    assert len(set(seen)) == 4
    assert seen[0] == seen[-1]
    assert len(kinds._known) == 2


def test_a_completed_row_holds_what_a_completed_frame_holds():
    for seed in range(40):
        facts = drawn(seed)
        row = complete_row(facts, compile_rules(BOOK).special)
        frame = judge(frame_of([facts]), BOOK).frame.row(0, named=True)
        assert list(row) == list(frame)
        assert row == frame


def test_a_rule_that_is_only_understood_over_columns_leaves_everything_to_them():
    capped = next(check for check in BOOK.checks if check.uses == "count.reached" and check.pack == "cn")
    stranger = replace(capped, parameters={**capped.parameters, "calendar": "year"})
    pack = next(pack for pack in PACKS if pack.code == "cn")
    assert compile_rules(Rulebook((replace(pack, checks=(stranger,)),))) is None
    known = Rulebook((PACKS[0],))
    assert compile_rules(known) is not None


def test_what_is_allowed_stays_allowed_until_the_moment_given():
    book = Rulebook(tuple(pack for pack in PACKS if pack.code in ("cn", "house")))
    rules, shortened = compile_rules(book), 0
    for minute in range(0, 1440, 7):
        at = datetime(2026, 5, 12, tzinfo=UTC) + timedelta(minutes=minute, seconds=20)
        facts = {"person_id": 1, "at": at, "channel": "sms", "zones": "Asia/Shanghai|Asia/Urumqi"}
        row = complete_row(facts, rules.special)
        found = judge_row(row, rules)
        if found.outcome != "allow":
            continue
        latest = at + timedelta(minutes=15)
        until = open_until(row, found.asked, latest)
        shortened += until < latest
        assert at < until <= latest
        before = complete_row(facts | {"at": until - timedelta(seconds=1)}, rules.special)
        assert judge_row(before, rules).outcome == "allow"
        if until < latest:
            assert judge_row(complete_row(facts | {"at": until}, rules.special), rules).outcome == "defer"
    assert shortened == 2
