"""The only module of arrangements that others import."""

from __future__ import annotations

from .contracts import (
    AgreementCard,
    AssessmentCard,
    BreachRow,
    CalendarRow,
    CodeProof,
    InstalmentCard,
    MissedInstalment,
    OralProof,
    PlanCard,
    PlansAssessed,
    ProofRefused,
    ProposalCard,
    ShownOffers,
)

__all__ = [
    "AgreementCard",
    "AssessmentCard",
    "BreachRow",
    "CalendarRow",
    "CodeProof",
    "InstalmentCard",
    "MissedInstalment",
    "OralProof",
    "PlanCard",
    "PlansAssessed",
    "ProofRefused",
    "ProposalCard",
    "ShownOffers",
]
