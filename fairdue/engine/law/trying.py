"""Cases tried by hand: facts as plain values in, a verdict out; and the tests that packs carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, MOMENT, MOMENTS, CandidatesInvalid, frame_of
from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Judgement, Rulebook, judge
from fairdue.engine.law.packs import Pack
from fairdue.engine.law.verdict import Verdict


def candidate(facts: Mapping[str, Any]) -> pl.DataFrame:
    """This function will return one complete candidate row of plain values; moments may be ISO texts.

    :raises CandidatesInvalid: if a fact is unknown, of a wrong type, or a moment has no offset
    """
    values: dict[str, Any] = {"person_id": 0} | dict(facts)
    types = {name: column.dtype for name, column in CANDIDATE_SCHEMA.items()}
    return frame_of([{name: _value(types.get(name), value) for name, value in values.items()}])


def _value(dtype: Any, value: Any) -> Any:
    if dtype == MOMENT:
        return _moment(value)
    return [_moment(item) for item in value] if dtype == MOMENTS else value


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise CandidatesInvalid(f"{value} has no offset from UTC")
    return moment


def try_case(facts: Mapping[str, Any], rulebook: Rulebook) -> Verdict:
    """This function will judge one hypothetical contact; nothing is read or written.

    :raises CandidatesInvalid: if the facts cannot be read
    """
    return explain(judge(candidate(facts), rulebook), 0)


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """How one test of a pack came out; `fault` is empty if it passed."""

    __test__ = False
    rule: str
    title: str
    fault: str


def run_pack_tests(pack: Pack) -> tuple[TestResult, ...]:
    """This function will try every test of a pack against the rules of that pack alone."""
    rulebook = Rulebook((pack,))
    return tuple(
        TestResult(
            rule=test["rule"],
            title=test["title"],
            fault=_fault(test, judge(candidate(test["given"]), rulebook)),
        )
        for test in pack.tests
    )


def _fault(test: Mapping[str, Any], judgement: Judgement) -> str:
    broken = {check.key for column, check in enumerate(judgement.checks) if judgement.broken[0, column]}
    verdict = explain(judgement, 0)
    if (test["rule"] in broken) is not test["is_broken"]:
        return f"expected is_broken {test['is_broken']}, broken are {sorted(broken)}"
    if test.get("outcome", verdict.outcome) != verdict.outcome:
        return f"expected {test['outcome']}, got {verdict.outcome} by {sorted(broken)}"
    if "retry_after" in test and datetime.fromisoformat(test["retry_after"]) != verdict.retry_after:
        return f"expected {test['retry_after']}, got {verdict.retry_after}"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the rules say of one of several cases, without the words."""

    outcome: str
    rule_ids: tuple[str, ...]
    retry_after: datetime | None


def try_many(cases: Sequence[Mapping[str, Any]], rulebook: Rulebook) -> tuple[Answer, ...]:
    """This function will judge several hypothetical contacts at once, in order; nothing is read or written.

    :raises CandidatesInvalid: if the facts of one cannot be read
    """
    types = {name: column.dtype for name, column in CANDIDATE_SCHEMA.items()}
    rows = [
        {name: _value(types.get(name), value) for name, value in ({"person_id": 0} | dict(facts)).items()}
        for facts in cases
    ]
    answers = judge(frame_of(rows), rulebook).columns()
    return tuple(
        Answer(outcome=row["outcome"], rule_ids=tuple(row["rule_ids"]), retry_after=row["retry_after"])
        for row in answers.iter_rows(named=True)
    )
