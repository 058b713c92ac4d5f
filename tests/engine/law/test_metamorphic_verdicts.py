"""Metamorphic properties of the gate, 1 to 6, 11 and 12 of twelve: over any contact, every pack, both judges.

1 monotone in history · 2 consent is narrow · 3 layering never milder · 4 more zones never a wider window ·
5 shifting by 7 days · 6 replay identical · 11 conservation · 12 refusals explain.
The others need what is counted and kept: 7 agencies add up, 9 un-counting and what consents reach stand in
`tests/contexts/law/test_metamorphic_counting.py`; 6, 8 race gives exactly one and 11 on PostgreSQL in
`tests/contexts/law/test_metamorphic_workers.py`; 10 retention in `test_metamorphic_retention.py`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from any_contacts import BOOK, HOURS, PACKS, ZONES, drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENTS, frame_of
from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.one_row import verdict_of
from fairdue.engine.law.packs import load_packs
from fairdue.engine.law.verdict import RANK

MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HISTORIES = sorted(name for name, column in CANDIDATE_SCHEMA.items() if column.dtype == MOMENTS)
STEADY_ZONES = ["Asia/Shanghai", "Asia/Kolkata", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Singapore"]
"""Zones whose clocks do not change."""
WEEK = timedelta(days=7)
HOUSE = next(pack for pack in PACKS if pack.code == "house")

seeds = st.integers(0, 2**48)
books = st.sets(st.sampled_from([pack.code for pack in PACKS]), min_size=1, max_size=4).map(
    lambda codes: book_of(frozenset(codes))
)


@cache
def book_of(codes: frozenset[str]) -> Rulebook:
    """Return some packs in force together."""
    return Rulebook(tuple(pack for pack in PACKS if pack.code in codes))


def verdict(facts, book=BOOK):
    """Return what both judges say of a contact; they must say the same."""
    found = verdict_of(facts, book)[0]
    assert found == explain(judge(frame_of([facts]), book), 0)
    return found


def is_no_milder(stricter, plain):
    """Tell whether a verdict is at least as strict, with every rule that was broken before."""
    return RANK[stricter.outcome] >= RANK[plain.outcome] and set(plain.rule_ids) <= set(stricter.rule_ids)


def broken(facts, book=BOOK):
    """Return the checks that a contact breaks, by place."""
    judgement = judge(frame_of([facts]), book)
    return {place for place, is_broken in enumerate(judgement.broken.row(0)) if is_broken}


@MANY
@given(seeds, books, st.sampled_from(HISTORIES), st.integers(1, 40 * 1440))
def test_1_monotone_in_history_one_more_contact_never_makes_the_answer_milder(seed, book, name, before):
    facts = drawn(seed)
    more = facts | {name: [*facts[name], facts["at"] - timedelta(minutes=before)]}
    plain, stricter = verdict(facts, book), verdict(more, book)
    assert is_no_milder(stricter, plain)
    if plain.retry_after and stricter.retry_after:
        assert stricter.retry_after >= plain.retry_after


CLOCKS, COUNTS = {"hours.closed", "window.closed", "hours.named"}, {"count.reached"}
CONSENTS = {
    "agreed_hours": (CLOCKS, ()), "consented_hours": (CLOCKS, ()), "direct_consent_hours": (CLOCKS, ()),
    "has_frequency_consent": (COUNTS, ()), "has_call_consent": (COUNTS, ("US-FREQ-01", "US-FREQ-02")),
    "is_private_sender_agreed": (set(), ("CN-CHAN-01",)), "is_entry_agreed": (set(), ("CN-VISIT-02",)),
}  # fmt: skip
"""What each consent may lift at most: kinds of checks, rules by id."""


@MANY
@given(seeds, st.sampled_from(sorted(CONSENTS)), st.sampled_from(HOURS[1:]))
def test_2_consent_is_narrow_it_lifts_nothing_but_what_it_is_about(seed, column, hours):
    facts = drawn(seed) | {"channel": random.Random(seed).choice(["call", "sms", "visit"])}
    is_hours = column.endswith("_hours")
    without, given_it = (
        broken(facts | {column: "" if is_hours else False}),
        broken(facts | {column: hours if is_hours else True}),
    )
    kinds, rules = CONSENTS[column]
    lifted = [BOOK.checks[place] for place in without - given_it]
    assert [check.key for check in lifted if check.uses not in kinds and check.id not in rules] == []
    added = [BOOK.checks[place] for place in given_it - without]
    assert [check.key for check in added if check.uses not in kinds and check.yields in RANK] == []


@MANY
@given(seeds, books, books)
def test_3_layering_never_milder_another_pack_only_adds(seed, book, other):
    facts = drawn(seed)
    both = book_of(frozenset(pack.code for pack in (*book.packs, *other.packs)))
    plain, layered = verdict(facts, book), verdict(facts, both)
    assert is_no_milder(layered, plain)
    assert set(layered.rule_ids) == set(plain.rule_ids) | set(verdict(facts, other).rule_ids)
    if plain.retry_after and layered.retry_after:
        assert layered.retry_after >= plain.retry_after


@MANY
@given(seeds, books, st.sampled_from(ZONES))
def test_4_more_zones_never_a_wider_window(seed, book, zone):
    facts = drawn(seed)
    more = facts | {"zones": f"{facts['zones']}|{zone}"}
    plain, stricter = verdict(facts, book), verdict(more, book)
    assert is_no_milder(stricter, plain)
    if plain.retry_after and stricter.retry_after:
        assert stricter.retry_after >= plain.retry_after


@cache
def repeating(book: Rulebook) -> Rulebook:
    """Return a rulebook without the caps of a calendar month, which no week repeats."""
    return Rulebook(
        tuple(
            replace(
                pack,
                checks=tuple(check for check in pack.checks if check.parameters.get("calendar") != "month"),
            )
            for pack in book.packs
        )
    )


@MANY
@given(seeds, books, st.integers(-2, 6), st.lists(st.sampled_from(STEADY_ZONES), min_size=1, max_size=2))
def test_5_shifting_by_7_days_gives_the_same_answer_that_much_later(seed, book, weeks, zones):
    """Claimed where clocks do not change, with holidays shifted along, and not for caps of a calendar month."""
    shift, weekly = WEEK * weeks, repeating(book_of(frozenset(pack.code for pack in (HOUSE, *book.packs))))
    facts = drawn(seed) | {"zones": "|".join(dict.fromkeys(zones)), "home_zone": zones[0]}
    days = [date.fromisoformat(day) + shift for day in facts["public_holidays"].split("|") if day]
    later = facts | {
        "at": facts["at"] + shift,
        "public_holidays": "|".join(day.isoformat() for day in days),
        **{name: [moment + shift for moment in facts[name]] for name in HISTORIES},
    }
    now, then = verdict(facts, weekly), verdict(later, weekly)
    assert (then.outcome, then.rule_ids, then.flags) == (now.outcome, now.rule_ids, now.flags)
    assert then.retry_after == (now.retry_after and now.retry_after + shift)


@cache
def packs_read_again():
    """Return the packs as another process would read them."""
    return load_packs(Path(__file__).parents[3] / "packs" / "rules")


@MANY
@given(st.lists(seeds, min_size=1, max_size=4), books)
def test_6_replay_identical_the_same_facts_get_the_same_bytes(numbers, book):
    codes = {pack.code for pack in book.packs}
    again = Rulebook(tuple(pack for pack in packs_read_again() if pack.code in codes))
    rows = [drawn(number) for number in numbers]
    first = [json.dumps(verdict(facts, book).as_json(), ensure_ascii=False) for facts in rows]
    backwards = judge(frame_of(rows[::-1]), again)
    second = [
        json.dumps(explain(backwards, len(rows) - 1 - place).as_json(), ensure_ascii=False)
        for place in range(len(rows))
    ]
    assert second == first


@MANY
@given(st.lists(seeds, min_size=1, max_size=6), books)
def test_11_conservation_every_contact_asked_for_is_answered_once(numbers, book):
    rows = [drawn(number) for number in numbers]
    answered = judge(frame_of(rows), book).columns()
    assert answered.height == len(rows)
    assert answered["outcome"].null_count() == answered["rule_ids"].null_count() == 0
    counts = Counter(answered["outcome"])
    assert sum(counts[outcome] for outcome in RANK) == len(rows)
    assert Counter(verdict(facts, book).outcome for facts in rows) == counts


@MANY
@given(seeds, books)
def test_12_refusals_explain_themselves_in_both_languages_with_their_source(seed, book):
    facts = drawn(seed)
    found = verdict(facts, book)
    assert bool(found.reasons) == (found.outcome != "allow")
    assert found.outcome == max((r.outcome for r in found.reasons), key=RANK.__getitem__, default="allow")
    for reason in found.reasons:
        assert (
            reason.message_zh and reason.message_en and reason.citation and reason.version and reason.evidence
        )
        assert "{" not in reason.message_zh + reason.message_en
        assert reason.rule_id in found.asked
    if found.outcome != "defer":
        assert found.retry_after is None
    elif found.retry_after is not None:
        assert found.retry_after > facts["at"]
        assert all(r.retry_after is None or r.retry_after <= found.retry_after for r in found.reasons)
