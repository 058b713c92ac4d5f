"""Keeping and deleting: what must be kept and until when, what must go, and the proof that it went.

Owns nothing: which records there are is data (packs/reference/retention.yaml), the rules are packs, facts come from every
room by its facade, the proof stands in `audit`.
"""

from __future__ import annotations

from fairdue.journeys.retention.plan import ClassPlan, Plan, plan, stored_plan
from fairdue.journeys.retention.rules import ClassRules, class_rules
from fairdue.journeys.retention.run import RetentionUnderWay, RunReport, run
from fairdue.journeys.retention.verify import RetentionProof, verify
from fairdue.journeys.retention.why import KeptRecord, SubjectUnknown, recording_kept, why

__all__ = [
    "ClassPlan",
    "ClassRules",
    "KeptRecord",
    "Plan",
    "RetentionProof",
    "RetentionUnderWay",
    "RunReport",
    "SubjectUnknown",
    "class_rules",
    "plan",
    "recording_kept",
    "run",
    "stored_plan",
    "verify",
    "why",
]
