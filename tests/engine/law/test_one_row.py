"""A contact judged at a click, in plain Python, gets the answer that it gets among millions, check by check."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENTS, TEXTS, frame_of
from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.one_row import compile_rules, complete_row, judge_row, open_until, verdict_of
from fairdue.engine.law.packs import load_packs
from fairdue.engine.law.trying import candidate

PACKS = load_packs(Path(__file__).parents[3] / "packs" / "rules")
BOOK = Rulebook(PACKS)
BASE = datetime(2026, 3, 20, tzinfo=UTC)
"""A span of days in which the clocks of several zones change."""
ZONES = [
    "Asia/Shanghai",
    "Europe/Dublin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
]
HOURS = ["", "mon,tue,wed 22:30-24:00", "sat 00:00-24:00", "mon,tue,wed,thu,fri,sat,sun 20:00-06:00"]
HOUR_COLUMNS = {"agreed_hours", "consented_hours", "direct_consent_hours", "inconvenient_hours"}


def operands(tree, column=None):
    """Yield (column, value) for everything that a condition compares a column with."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from operands(value, key if key in CANDIDATE_SCHEMA else column)
    elif isinstance(tree, list):
        for value in tree:
            yield from operands(value, column)
    elif column:
        yield column, tree


@cache
def pools():
    """Return for each column the values that any rule asks about, so that scopes and exceptions are met often."""
    found = {name: {None} for name in CANDIDATE_SCHEMA}
    for check in BOOK.checks:
        conditions = [
            check.applies_to,
            *(item["when"] for item in check.unless),
            check.parameters.get("when", {}),
        ]
        for column, value in operands(conditions):
            found[column].add(value)
    return {name: sorted(values, key=repr) for name, values in found.items()}


def number(chance, pool):
    known = [value for value in pool if value is not None]
    return chance.choice([None, 0, *(value + step for value in known for step in (-1, 0, 1))])


def fact(chance, name, column, at):
    """Draw one value of a column, often one that a rule asks about."""
    pool = pools()[name]
    if column.dtype == MOMENTS:
        count, days = chance.choice([0, 0, 1, 3, 8, 16]), chance.choice([1 / 24, 1, 9, 40])
        return [at - timedelta(seconds=chance.randrange(1, int(days * 86400))) for _ in range(count)]
    if name == "holds":
        kinds = ["plan:plan_reminder", "dispute:", "cease", "complaint:complaint_reply,collect", "attorney:"]
        return chance.sample(kinds, chance.choice([0, 0, 1, 2]))
    if column.dtype == TEXTS:
        known = [value for value in pool if value is not None]
        return chance.sample(known, min(len(known), chance.choice([0, 1, 2])))
    if column.dtype == pl.Boolean:
        return chance.choice([None, True, False])
    if column.dtype == pl.Int64:
        return number(chance, pool)
    return chance.choice([*pool, "something else"])


def drawn(seed: int) -> dict:
    """Draw the facts of a contact: every second time many unusual ones, else few beside a full history."""
    chance = random.Random(seed)
    share = chance.choice([0.4, 0.05])
    at = BASE + timedelta(seconds=chance.randrange(40 * 86400))
    if chance.random() < 0.3:
        at = at.replace(second=0, minute=chance.choice([0, 30]))
    facts = {
        name: fact(chance, name, column, at)
        for name, column in CANDIDATE_SCHEMA.items()
        if chance.random() < share or column.dtype == MOMENTS
    }
    facts |= {name: chance.choice(HOURS) if chance.random() < 2 * share else "" for name in HOUR_COLUMNS}
    return facts | {
        "person_id": 1, "at": at, "channel": chance.choice([*filter(None, pools()["channel"]), "call", "sms"]),
        "home_zone": chance.choice(ZONES), "zones": "|".join(chance.sample(ZONES, chance.choice([1, 1, 2]))),
        "public_holidays": chance.choice(["", "2026-04-03|2026-04-06"]), "jurisdiction": "",
    }  # fmt: skip


def by_check(facts, book=BOOK):
    """Return what single rows and columns say of every check: asked, broken."""
    rules = compile_rules(book)
    row = complete_row(facts, rules.special)
    single = []
    for each in rules.checks:
        is_asked = (
            row["at"] >= each.starts_at
            and (each.ends_at is None or row["at"] < each.ends_at)
            and each.covers(row)
        )
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
