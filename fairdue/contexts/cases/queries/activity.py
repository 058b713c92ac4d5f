"""When a person was last worked on."""

from __future__ import annotations

LATEST_OUTCOME_SQL = """
SELECT c.person_id, max(o.recorded_at) AS at FROM cases_outcome o JOIN cases_case c ON c.id = o.case_id GROUP BY c.person_id
"""
"""The latest outcome or note of each person."""
