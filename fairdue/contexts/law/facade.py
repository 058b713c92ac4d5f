"""The law: may this contact be made, and the proof that it might. The only module others import."""

from __future__ import annotations

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA, CandidatesInvalid, complete
from fairdue.engine.law.packs import PackInvalid
from fairdue.engine.law.verdict import Reason, Verdict

from .contracts import (
    ChainFault,
    ChainReport,
    ChannelVerdict,
    ContactCard,
    HoldCard,
    PermitCard,
    Reservation,
    RulebookEntry,
)
from .counting import (
    CONTACT_FACTS_SQL,
    HOLD_FACTS_SQL,
    RESULTS,
    UNANSWERED_FACTS_SQL,
    contact_facts_sql,
    unanswered_facts_sql,
)
from .facts import ChannelUnknown, ContactPointUnfit, ContactPointUnknown, Known, agreed_hours
from .operations.contacts import ContactUnknown, ResultUnknown, record_contact, settle_contact
from .operations.holds import HOLD_KINDS, HoldRefused, lift_hold, place_hold
from .operations.packs import PackChanged, load_rule_packs
from .operations.reserve import PERMIT_LIFETIME, NotInTransaction, reserve
from .operations.use import (
    PermitForAnotherChannel,
    PermitForAnotherRecipient,
    PermitForAnotherText,
    PermitNotNow,
    PermitUnusable,
    PermitUsed,
    use_permit,
)
from .queries.cards import PermitUnknown, contacts, holds, open_holds, pack_versions, permit, rulebook
from .queries.preview import judge_hypothetical, pregate, preview, preview_all
from .queries.verification import verify_permits
from .rules import JurisdictionUnknown

__all__ = [
    "CANDIDATE_SCHEMA",
    "CONTACT_FACTS_SQL",
    "HOLD_FACTS_SQL",
    "HOLD_KINDS",
    "PERMIT_LIFETIME",
    "RESULTS",
    "UNANSWERED_FACTS_SQL",
    "CandidatesInvalid",
    "ChainFault",
    "ChainReport",
    "ChannelUnknown",
    "ChannelVerdict",
    "ContactCard",
    "ContactPointUnfit",
    "ContactPointUnknown",
    "ContactUnknown",
    "HoldCard",
    "HoldRefused",
    "JurisdictionUnknown",
    "Known",
    "NotInTransaction",
    "PackChanged",
    "PackInvalid",
    "PermitCard",
    "PermitForAnotherChannel",
    "PermitForAnotherRecipient",
    "PermitForAnotherText",
    "PermitNotNow",
    "PermitUnknown",
    "PermitUnusable",
    "PermitUsed",
    "Reason",
    "Reservation",
    "ResultUnknown",
    "RulebookEntry",
    "Verdict",
    "agreed_hours",
    "complete",
    "contact_facts_sql",
    "contacts",
    "holds",
    "judge_hypothetical",
    "lift_hold",
    "load_rule_packs",
    "open_holds",
    "pack_versions",
    "permit",
    "place_hold",
    "pregate",
    "preview",
    "preview_all",
    "record_contact",
    "reserve",
    "rulebook",
    "settle_contact",
    "unanswered_facts_sql",
    "use_permit",
    "verify_permits",
]
