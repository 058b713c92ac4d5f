"""The cases of the shared collection, where it lies beside the clone: none may fail, no kind may be lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fairdue.engine.conformance.adapters import ADAPTERS
from fairdue.engine.conformance.cases import find_files, read
from fairdue.engine.conformance.running import run

SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance"
AT_LEAST = {
    ("law", "deadline"): 25,
    ("law", "fee"): 21,
    ("law", "content"): 21,
    ("law", "allocation"): 18,
    ("law", "classification"): 14,
    ("law", "interest"): 12,
    ("law", "limitation"): 10,
    ("law", "plan"): 7,
    ("law", "placement"): 7,
    ("law", "eligibility"): 7,
    ("law", "furnishing"): 5,
    ("law", "retention"): 4,
    ("law", "claim"): 2,
    ("law", "gate"): 99,
    ("law", "count"): 9,
    ("money", "reminder_ladder"): 9,
    ("money", "apr"): 26,
    ("money", "schedule"): 17,
    ("money", "emi"): 27,
    ("money", "minimum_payment"): 15,
    ("money", "portfolio_ratio"): 8,
    ("money", "affordability"): 7,
    ("money", "allocation"): 45,
    ("money", "charge"): 20,
    ("money", "charge_off"): 17,
    ("money", "chargeback"): 21,
    ("money", "delinquency"): 16,
    ("money", "interest_accrual"): 15,
    ("money", "pause"): 12,
    ("money", "promise"): 10,
    ("money", "reage"): 5,
    ("money", "reamortise"): 6,
    ("money", "write_off"): 5,
}
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared cases do not lie beside this clone")


def test_no_shared_case_fails_and_what_once_passed_still_does():
    cases = [case for path in find_files([SHARED / "law", SHARED / "money"]) for case in read(path)]
    results = list(run(cases, ADAPTERS))
    assert [result.case.id for result in results if result.status == "fail"] == []
    passed = Counter((result.case.format, result.case.kind) for result in results if result.status == "pass")
    assert {kind: passed[kind] for kind, least in AT_LEAST.items() if passed[kind] < least} == {}
