"""What arrangements gives to others: frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from fairdue.engine.negotiation.household import Surplus
from fairdue.engine.negotiation.offers import Offer
from fairdue.kernel.money import Money

ProposalState = Literal["waiting_approval", "ready", "accepted", "refused", "expired", "withdrawn"]
PlanState = Literal["running", "kept", "breached", "replaced", "ended"]
InstalmentState = Literal["due", "paid", "late", "missed", "early"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentCard:
    """What a person said they can pay, and what follows from it; `surplus` is None without a household."""

    assessment_id: int
    person_id: int
    reason: str
    is_vulnerable: bool
    surplus: Surplus | None
    source: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCard:
    """One offer that is on its way to an agreement."""

    proposal_id: int
    person_id: int
    creditor_id: int
    account_ids: tuple[int, ...]
    state: ProposalState
    offer: Offer
    needs_role: str
    """The lowest role that may approve it; empty where nobody needs to."""
    reason: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    agreement_id: int | None = None
    grace_days: int = 0
    missed_in_a_row: int = 0
    is_own: bool = False
    """Whether the actor that asked proposed it, and so cannot approve it."""


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A one-time code that the person typed: `send_code(purpose=AGREEMENT_CODE, subject=code_subject(proposal_id))`."""

    code_id: int
    code: str


@dataclass(frozen=True, slots=True)
class OralProof:
    """A recorded oral agreement by phone: the reference of the recording and the contact in which it was made."""

    recording_ref: str
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProofRefused:
    """The proof did not hold (`wrong`, `spent`, `expired`, `too_soon`); nothing was agreed, the try is counted."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementCard:
    """What was agreed."""

    agreement_id: int
    number: str
    plan_id: int
    person_id: int
    creditor_id: int
    kind: str
    accepted_at: datetime
    accepted_how: str
    """`code` or `oral`."""
    language: str
    is_signed: bool
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    document_sha256: str = ""
    is_repeated: bool = False
    """Whether it had been accepted before: a second click changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentCard:
    """One instalment of one debt."""

    instalment_id: int
    number: int
    account_id: int
    due_date: date
    amount: Money
    paid: Money
    state: InstalmentState
    settled_date: date | None = None
    last_day: date | None = None
    """The due date and its days of grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCard:
    """A plan: what is to be paid when, and whether it is kept."""

    plan_id: int
    agreement_id: int
    number: str
    person_id: int
    creditor_id: int
    account_ids: tuple[int, ...]
    kind: str
    state: PlanState
    currency: str
    total: Money
    paid: Money
    waived: Money
    started_date: date
    ended_date: date | None
    end_reason: str
    grace_days: int
    tolerance: Money
    replans_left: int
    instalments: tuple[InstalmentCard, ...]

    @property
    def next_instalment(self) -> InstalmentCard | None:
        """The first instalment that is not paid."""
        return next((one for one in self.instalments if one.state not in ("paid", "early")), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """One page of plans; `next_cursor` is what to pass as `after`, None on the latest page."""

    rows: tuple[PlanCard, ...]
    next_cursor: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """An instalment that falls due, with the plan it is of."""

    plan_id: int
    person_id: int
    name_masked: str
    number: str
    instalment: InstalmentCard


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachRow:
    """A plan that was broken: when, why, and what it had come to."""

    plan_id: int
    person_id: int
    name_masked: str
    number: str
    kind: str
    ended_date: date
    reason: str
    paid: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDay:
    """What a plan asks for on one day, all its debts together, and what of it has not come."""

    plan_id: int
    person_id: int
    account_id: int
    """The first debt of the plan: which lender's letterhead and which hold the message falls under."""
    number: str
    """Of the agreement."""
    due_date: date
    amount: Money
    """What has not come of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansAssessed:
    """What a review changed."""

    kept: tuple[int, ...] = ()
    breached: tuple[int, ...] = ()
    reopened: tuple[int, ...] = ()
    missed: tuple[PlanDay, ...] = ()
    """The days whose grace ended unpaid on the day of the review."""
    unchanged: int = 0
    person_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffers:
    """A set of offers as it was shown, for the auditor: no name, sex, age or place."""

    offer_set_id: int
    person_id: int
    shown_at: datetime
    terms_code: str
    terms_version: str
    digest: str
    kinds: tuple[str, ...]
    document: Mapping[str, Any]
