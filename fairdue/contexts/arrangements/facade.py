"""The only module of arrangements that others import."""

from __future__ import annotations

from .contracts import (
    AgreementCard,
    AssessmentCard,
    BreachRow,
    CalendarRow,
    CodeProof,
    InstalmentCard,
    OralProof,
    PlanCard,
    PlanDay,
    PlanPage,
    PlansAssessed,
    ProofRefused,
    ProposalCard,
    ShownOffers,
)
from .drafts import AnswersTooLong, answers_of, clear_answers, save_answers
from .errors import (
    AccountsUnfit,
    AgreementUnknown,
    ArrangementRefused,
    AssessmentUnknown,
    AuthorityTooLow,
    NothingOwed,
    OfferGone,
    OwnProposal,
    PlanClosed,
    PlanCursorInvalid,
    PlanRuns,
    PlanUnknown,
    ProofUnfit,
    ProposalClosed,
    ProposalExpired,
    ProposalUnknown,
    ProposalWaits,
    ReasonMissing,
    ReplansUsed,
    WishRefused,
)
from .operations.accept import AGREEMENT_CODE, accept, code_subject
from .operations.document import agreement_pdf
from .operations.offer import offers_for, record_assessment, situation_of_assessment
from .operations.propose import (
    approve_proposal,
    expire_proposals,
    propose,
    refuse_proposal,
    withdraw_proposal,
)
from .operations.replan import end_plan, replan
from .operations.review import assess_plans, assess_plans_of
from .policies import authority_of, needs_approval, reaches
from .queries.agreements import agreement, agreements_of
from .queries.assessments import latest_assessment, shown_offers
from .queries.facts import plan_facts_sql
from .queries.plans import breaches, plan, plan_calendar, plan_page, plans, plans_of, running_account_ids
from .queries.proposals import open_proposals_of, proposal, waiting_count, waiting_proposals
from .queries.treatment import GrantedCard, granted, shown_sets
from .queries.upkeep import coming_days, mark_checked, plans_to_check
from .reference import kind_words
from .sealing import SEALED_COLUMNS

__all__ = [
    "AGREEMENT_CODE",
    "SEALED_COLUMNS",
    "AccountsUnfit",
    "AgreementCard",
    "AgreementUnknown",
    "AnswersTooLong",
    "ArrangementRefused",
    "AssessmentCard",
    "AssessmentUnknown",
    "AuthorityTooLow",
    "BreachRow",
    "CalendarRow",
    "CodeProof",
    "GrantedCard",
    "InstalmentCard",
    "NothingOwed",
    "OfferGone",
    "OralProof",
    "OwnProposal",
    "PlanCard",
    "PlanClosed",
    "PlanCursorInvalid",
    "PlanDay",
    "PlanPage",
    "PlanRuns",
    "PlanUnknown",
    "PlansAssessed",
    "ProofRefused",
    "ProofUnfit",
    "ProposalCard",
    "ProposalClosed",
    "ProposalExpired",
    "ProposalUnknown",
    "ProposalWaits",
    "ReasonMissing",
    "ReplansUsed",
    "ShownOffers",
    "WishRefused",
    "accept",
    "agreement",
    "agreement_pdf",
    "agreements_of",
    "answers_of",
    "approve_proposal",
    "assess_plans",
    "assess_plans_of",
    "authority_of",
    "breaches",
    "clear_answers",
    "code_subject",
    "coming_days",
    "end_plan",
    "expire_proposals",
    "granted",
    "kind_words",
    "latest_assessment",
    "mark_checked",
    "needs_approval",
    "offers_for",
    "open_proposals_of",
    "plan",
    "plan_calendar",
    "plan_facts_sql",
    "plan_page",
    "plans",
    "plans_of",
    "plans_to_check",
    "proposal",
    "propose",
    "reaches",
    "record_assessment",
    "refuse_proposal",
    "replan",
    "running_account_ids",
    "save_answers",
    "shown_offers",
    "shown_sets",
    "situation_of_assessment",
    "waiting_count",
    "waiting_proposals",
    "withdraw_proposal",
]
