"""The law: may this contact be made, and the proof that it might. The only module others import."""

from __future__ import annotations

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, CandidatesInvalid, complete
from fairdue.engine.law.jurisdictions import known_jurisdictions
from fairdue.engine.law.packs import PackInvalid
from fairdue.engine.law.timetable import CapLine, Span
from fairdue.engine.law.trying import Answer
from fairdue.engine.law.verdict import Reason, Verdict

from .agency_contracts import Agency, BreachCard, ContactReport, PermitQuestion, UploadCard
from .batch_facts import (
    NOTICE_FACTS_SQL,
    OPEN_HOLD_FACTS_SQL,
    bound_persons,
    holds_by_person,
    holds_on,
    told_facts_sql,
    with_special_facts,
)
from .batch_gate import LawBook
from .calendar_contracts import CalendarWay, ContactCalendar, time_of_day
from .contracts import (
    Asked,
    BundleReport,
    ChainFault,
    ChainReport,
    ChannelVerdict,
    ContactCard,
    HoldCard,
    PermitCard,
    Reservation,
    RulebookEntry,
    TextFinding,
    TextMark,
    TextReport,
    TextRuleCard,
)
from .counting import CONTACT_FACTS_SQL, RESULTS, call_facts_sql, contact_facts_sql, unanswered_facts_sql
from .deadline_contracts import (
    DeadlineCard,
    DeadlineDetail,
    DeadlinePage,
    DeadlineRefused,
    DeadlineUnknown,
    ExtensionCard,
    ExtensionOffer,
    RequestCard,
    RequestKind,
    RequestTaken,
    SweepReport,
    WaitingExtension,
)
from .facts import ChannelUnknown, ContactPointUnfit, ContactPointUnknown, Known
from .gathered import FactNotGathered, FactSource, fact_sources
from .operations.agency import MomentWrong, TextMissing, ask_permit, report_contact
from .operations.agency import ReferenceReused as AgencyReferenceReused
from .operations.agency_door import (
    AgencyRefused,
    AgencyUnknown,
    DebtUnknown,
    PointUnknown,
    RequestReused,
    TooFast,
    agency_access,
    agency_codes,
    agency_of,
    keep_pace,
)
from .operations.agency_upload import FileRefused, upload_contacts
from .operations.confirm import (
    AlreadyDecided,
    ConfirmationRefused,
    NothingToConfirm,
    ReviewerUnfit,
    RuleUnknown,
    SourceMissing,
    confirm_rule,
    withdraw_confirmation,
)
from .operations.contacts import ContactUnknown, ResultUnknown, record_contact, settle_contact
from .operations.content import publish_content
from .operations.deadline_extend import decide_extension, request_extension, withdraw_extension
from .operations.deadline_first import start_first_contacts
from .operations.deadline_meet import cancel_deadline, meet_deadline
from .operations.deadline_revoked import start_revocations
from .operations.deadline_start import start_deadlines
from .operations.deadline_sweep import sweep_deadlines
from .operations.export import PackUnpublished, SpanEmpty, export_permits
from .operations.export_person import person_bundle
from .operations.holds import HOLD_KINDS, HoldRefused, lift_hold, place_hold
from .operations.overtaken import PermitOvertaken, use_unless_overtaken
from .operations.packs import PackChanged, load_rule_packs
from .operations.replay import PeriodWrong, replay
from .operations.requests import record_request, request_channels, request_kinds, request_words
from .operations.reserve import (
    PERMIT_LIFETIME,
    NotInTransaction,
    PersonTwice,
    lock_budget,
    reserve,
    reserve_many,
)
from .operations.standing import (
    NoticeGiven,
    StandingRefused,
    certify_staff,
    delist_agency,
    evaluate_agency,
    list_agency,
    record_notices,
)
from .operations.standing_files import StandingFile, import_standing
from .operations.use import (
    PermitForAnotherChannel,
    PermitForAnotherRecipient,
    PermitForAnotherText,
    PermitNotNow,
    PermitUnusable,
    PermitUsed,
    use_permit,
)
from .pack_contracts import ConfirmationCard, PublishedPack, RuleStanding
from .proof_contracts import AskedRule, NamedPack, PermitLine, PermitProof
from .queries.agencies import agency_breaches, agency_uploads, breach_counts
from .queries.by_number import contact_by_number
from .queries.cards import (
    PermitUnknown,
    contact_of,
    contacts,
    holds,
    open_holds,
    pack_versions,
    permit,
    permit_hashes,
    rulebook,
)
from .queries.confirmations import confirmations, rule_standings
from .queries.contact_calendar import CalendarSpanWrong, contact_calendar
from .queries.content import FACTS as TEXT_FACTS
from .queries.content import check_text, text_rules, voicemail_is_limited
from .queries.deadlines import STATES as DEADLINE_STATES
from .queries.deadlines import (
    deadline,
    deadline_cards,
    deadline_kinds,
    deadlines,
    deadlines_of_person,
    waiting_extensions,
)
from .queries.figure_facts import contact_dates_sql, objection_facts_sql
from .queries.hypothetical import example_packs, facts_asked, judge_alternatives, jurisdictions
from .queries.keeping import LATEST_CONTACT_SQL, RETENTION_STOPS_SQL, keeping_periods
from .queries.made import COMPLAINTS_SQL, MADE_CONTACTS_SQL
from .queries.next_allowed import next_allowed, next_of
from .queries.preview import judge_hypothetical, pregate, preview, preview_all
from .queries.proof import permit_lines, permit_proof
from .queries.published import PackAltered, published_pack, published_packs, published_rulebook
from .queries.standing import (
    AgencyStandingCard,
    CertificateCard,
    NoticeCard,
    agency_register,
    certificates,
    notices,
)
from .queries.verification import verify_permits
from .replay_contracts import NextContact, ReplayedContact, ReplayReport
from .rules import JurisdictionUnknown, PackUnknown, law_book, shipped_pack, shipped_packs
from .standing_models import NOTICE_KINDS
from .statements import weekly_hours as agreed_hours

__all__ = [
    "CANDIDATE_SCHEMA",
    "COMPLAINTS_SQL",
    "CONTACT_FACTS_SQL",
    "DEADLINE_STATES",
    "HOLD_KINDS",
    "LATEST_CONTACT_SQL",
    "MADE_CONTACTS_SQL",
    "NOTICE_FACTS_SQL",
    "NOTICE_KINDS",
    "OPEN_HOLD_FACTS_SQL",
    "PERMIT_LIFETIME",
    "RESULTS",
    "RETENTION_STOPS_SQL",
    "TEXT_FACTS",
    "Agency",
    "AgencyReferenceReused",
    "AgencyRefused",
    "AgencyStandingCard",
    "AgencyUnknown",
    "AlreadyDecided",
    "Answer",
    "Asked",
    "AskedRule",
    "BreachCard",
    "BundleReport",
    "CalendarSpanWrong",
    "CalendarWay",
    "CandidatesInvalid",
    "CapLine",
    "CertificateCard",
    "ChainFault",
    "ChainReport",
    "ChannelUnknown",
    "ChannelVerdict",
    "ConfirmationCard",
    "ConfirmationRefused",
    "ContactCalendar",
    "ContactCard",
    "ContactPointUnfit",
    "ContactPointUnknown",
    "ContactReport",
    "ContactUnknown",
    "DeadlineCard",
    "DeadlineDetail",
    "DeadlinePage",
    "DeadlineRefused",
    "DeadlineUnknown",
    "DebtUnknown",
    "ExtensionCard",
    "ExtensionOffer",
    "FactNotGathered",
    "FactSource",
    "FileRefused",
    "HoldCard",
    "HoldRefused",
    "JurisdictionUnknown",
    "Known",
    "LawBook",
    "MomentWrong",
    "NamedPack",
    "NextContact",
    "NotInTransaction",
    "NothingToConfirm",
    "NoticeCard",
    "NoticeGiven",
    "PackAltered",
    "PackChanged",
    "PackInvalid",
    "PackUnknown",
    "PackUnpublished",
    "PeriodWrong",
    "PermitCard",
    "PermitForAnotherChannel",
    "PermitForAnotherRecipient",
    "PermitForAnotherText",
    "PermitLine",
    "PermitNotNow",
    "PermitOvertaken",
    "PermitProof",
    "PermitQuestion",
    "PermitUnknown",
    "PermitUnusable",
    "PermitUsed",
    "PersonTwice",
    "PointUnknown",
    "PublishedPack",
    "Reason",
    "ReplayReport",
    "ReplayedContact",
    "RequestCard",
    "RequestKind",
    "RequestReused",
    "RequestTaken",
    "Reservation",
    "ResultUnknown",
    "ReviewerUnfit",
    "RuleStanding",
    "RuleUnknown",
    "RulebookEntry",
    "SourceMissing",
    "Span",
    "SpanEmpty",
    "StandingFile",
    "StandingRefused",
    "SweepReport",
    "TextFinding",
    "TextMark",
    "TextMissing",
    "TextReport",
    "TextRuleCard",
    "TooFast",
    "UploadCard",
    "Verdict",
    "WaitingExtension",
    "agency_access",
    "agency_breaches",
    "agency_codes",
    "agency_of",
    "agency_register",
    "agency_uploads",
    "agreed_hours",
    "ask_permit",
    "bound_persons",
    "breach_counts",
    "call_facts_sql",
    "cancel_deadline",
    "certificates",
    "certify_staff",
    "check_text",
    "complete",
    "confirm_rule",
    "confirmations",
    "contact_by_number",
    "contact_calendar",
    "contact_dates_sql",
    "contact_facts_sql",
    "contact_of",
    "contacts",
    "deadline",
    "deadline_cards",
    "deadline_kinds",
    "deadlines",
    "deadlines_of_person",
    "decide_extension",
    "delist_agency",
    "evaluate_agency",
    "example_packs",
    "export_permits",
    "fact_sources",
    "facts_asked",
    "holds",
    "holds_by_person",
    "holds_on",
    "import_standing",
    "judge_alternatives",
    "judge_hypothetical",
    "jurisdictions",
    "keep_pace",
    "keeping_periods",
    "known_jurisdictions",
    "law_book",
    "lift_hold",
    "list_agency",
    "load_rule_packs",
    "lock_budget",
    "meet_deadline",
    "next_allowed",
    "next_of",
    "notices",
    "objection_facts_sql",
    "open_holds",
    "pack_versions",
    "permit",
    "permit_hashes",
    "permit_lines",
    "permit_proof",
    "person_bundle",
    "place_hold",
    "pregate",
    "preview",
    "preview_all",
    "publish_content",
    "published_pack",
    "published_packs",
    "published_rulebook",
    "record_contact",
    "record_notices",
    "record_request",
    "replay",
    "report_contact",
    "request_channels",
    "request_extension",
    "request_kinds",
    "request_words",
    "reserve",
    "reserve_many",
    "rule_standings",
    "rulebook",
    "settle_contact",
    "shipped_pack",
    "shipped_packs",
    "start_deadlines",
    "start_first_contacts",
    "start_revocations",
    "sweep_deadlines",
    "text_rules",
    "time_of_day",
    "told_facts_sql",
    "unanswered_facts_sql",
    "upload_contacts",
    "use_permit",
    "use_unless_overtaken",
    "verify_permits",
    "voicemail_is_limited",
    "waiting_extensions",
    "with_special_facts",
    "withdraw_confirmation",
    "withdraw_extension",
]
