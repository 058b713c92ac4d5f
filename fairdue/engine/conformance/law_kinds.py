"""The adapters of the law's kinds that compute: clocks, periods, grades, amounts, texts and permissions."""

from __future__ import annotations

from fairdue.engine.conformance.law_allocation import answer_allocation
from fairdue.engine.conformance.law_claims import answer_claim
from fairdue.engine.conformance.law_classification import answer_classification
from fairdue.engine.conformance.law_content import answer_content
from fairdue.engine.conformance.law_deadline import answer_deadline
from fairdue.engine.conformance.law_fee import answer_fee
from fairdue.engine.conformance.law_interest import answer_interest
from fairdue.engine.conformance.law_limitation import answer_limitation
from fairdue.engine.conformance.law_permissions import (
    answer_eligibility,
    answer_furnishing,
    answer_placement,
    answer_plan,
    answer_retention,
)
from fairdue.engine.conformance.running import Adapters

LAW_ADAPTERS: Adapters = {
    ("law", "deadline"): answer_deadline,
    ("law", "limitation"): answer_limitation,
    ("law", "classification"): answer_classification,
    ("law", "fee"): answer_fee,
    ("law", "interest"): answer_interest,
    ("law", "allocation"): answer_allocation,
    ("law", "content"): answer_content,
    ("law", "plan"): answer_plan,
    ("law", "placement"): answer_placement,
    ("law", "eligibility"): answer_eligibility,
    ("law", "furnishing"): answer_furnishing,
    ("law", "retention"): answer_retention,
    ("law", "claim"): answer_claim,
}
