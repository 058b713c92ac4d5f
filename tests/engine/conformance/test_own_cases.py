"""Our own cases in the shared format: rules of the format that no shared case exercises."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairdue.engine.conformance.adapters import ADAPTERS
from fairdue.engine.conformance.cases import Case, find_files, read
from fairdue.engine.conformance.running import run_case

CASES = [case for path in find_files([Path(__file__).parent / "cases"]) for case in read(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_of_our_own_is_answered_as_computed_by_hand(case: Case):
    result = run_case(case, ADAPTERS)
    assert (result.status, result.reason, result.differences) == ("pass", "", ())
