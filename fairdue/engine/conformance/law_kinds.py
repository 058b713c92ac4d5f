"""The adapters of the law's kinds that compute: clocks, periods, grades, amounts, texts and permissions."""

from __future__ import annotations

from fairdue.engine.conformance.law_classification import answer_classification
from fairdue.engine.conformance.law_deadline import answer_deadline
from fairdue.engine.conformance.law_limitation import answer_limitation
from fairdue.engine.conformance.running import Adapters

LAW_ADAPTERS: Adapters = {
    ("law", "deadline"): answer_deadline,
    ("law", "limitation"): answer_limitation,
    ("law", "classification"): answer_classification,
}
