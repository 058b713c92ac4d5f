"""Contacts of any kind, drawn so that scopes, exceptions and caps of every pack are met often."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENTS, TEXTS
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import load_packs

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
