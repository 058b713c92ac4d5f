"""The door of outreach: what other rooms may call."""

from __future__ import annotations

from fairdue.contexts.outreach.attached import Attachment, FileGone, Files
from fairdue.contexts.outreach.call_contracts import ErrandCard, PhoneCallCard
from fairdue.contexts.outreach.call_queries import calls_of, errands_of, waiting_errands
from fairdue.contexts.outreach.checking import TextRefused
from fairdue.contexts.outreach.composing import FREE_TEXT
from fairdue.contexts.outreach.contracts import LocalMessage, TemplateCard
from fairdue.contexts.outreach.facts import reminder_facts_sql, unsaid_facts_sql
from fairdue.contexts.outreach.local.behaviour import local_behaviour, set_local_behaviour
from fairdue.contexts.outreach.local.exchange import (
    accept_local_call,
    delete_local_recording,
    hang_up_local_call,
    local_call_state,
    local_recording,
)
from fairdue.contexts.outreach.local.provider import (
    RequestRefused,
    accept_local_message,
    deliver_local_reports,
    find_local_message,
    local_outbox,
    local_outbox_count,
)
from fairdue.contexts.outreach.operations.bounces import read_bounces, record_bounces
from fairdue.contexts.outreach.operations.by_hand import MAX_LENGTH, TextEmpty, TextTooLong, check_by_hand
from fairdue.contexts.outreach.operations.calls import (
    STAYS_OPEN,
    CallRefused,
    call_in_progress,
    conclude_call,
    confirm_party,
    dial,
    hang_up,
    open_call,
    recording,
    refresh_call,
)
from fairdue.contexts.outreach.operations.dispatch import dispatch_due, send_one
from fairdue.contexts.outreach.operations.errands import (
    ErrandForbidden,
    ErrandMade,
    ErrandRefused,
    ask_errand,
    errand,
    make_errand,
    withdraw_errand,
)
from fairdue.contexts.outreach.operations.events import record_provider_event
from fairdue.contexts.outreach.operations.inbox import MessageNotInInbox, mark_read
from fairdue.contexts.outreach.operations.plan import land_messages, plan_message
from fairdue.contexts.outreach.operations.recordings import (
    RecordingsDeleted,
    delete_recordings,
    recordings_to_delete,
)
from fairdue.contexts.outreach.operations.templates import (
    ApprovalRefused,
    TemplateChanged,
    approve_template,
    load_templates,
    retire_template,
)
from fairdue.contexts.outreach.phrases import Phrase, phrases
from fairdue.contexts.outreach.queries import (
    MessageVerdict,
    inbox,
    message_of_permit,
    message_sent,
    message_verdict,
    messages_of,
    template_reports,
    templates,
    unsettled_count,
)
from fairdue.contexts.outreach.rendering import (
    TemplateNotApproved,
    TemplateRetired,
    TemplateUnknown,
    UnknownPlaceholder,
    ValueExtra,
    ValueMissing,
    ValueWrong,
    format_value,
    sealed_value,
)
from fairdue.contexts.outreach.scripts import Matter, Opening, ScriptLine, SpokenDebt, matter, opening
from fairdue.contexts.outreach.sealing import SEALED_COLUMNS
from fairdue.contexts.outreach.signing import SignatureRefused, sign, verify

__all__ = [
    "FREE_TEXT",
    "MAX_LENGTH",
    "SEALED_COLUMNS",
    "STAYS_OPEN",
    "ApprovalRefused",
    "Attachment",
    "CallRefused",
    "ErrandCard",
    "ErrandForbidden",
    "ErrandMade",
    "ErrandRefused",
    "FileGone",
    "Files",
    "LocalMessage",
    "Matter",
    "MessageNotInInbox",
    "MessageVerdict",
    "Opening",
    "PhoneCallCard",
    "Phrase",
    "RecordingsDeleted",
    "RequestRefused",
    "ScriptLine",
    "SignatureRefused",
    "SpokenDebt",
    "TemplateCard",
    "TemplateChanged",
    "TemplateNotApproved",
    "TemplateRetired",
    "TemplateUnknown",
    "TextEmpty",
    "TextRefused",
    "TextTooLong",
    "UnknownPlaceholder",
    "ValueExtra",
    "ValueMissing",
    "ValueWrong",
    "accept_local_call",
    "accept_local_message",
    "approve_template",
    "ask_errand",
    "call_in_progress",
    "calls_of",
    "check_by_hand",
    "conclude_call",
    "confirm_party",
    "delete_local_recording",
    "delete_recordings",
    "deliver_local_reports",
    "dial",
    "dispatch_due",
    "errand",
    "errands_of",
    "find_local_message",
    "format_value",
    "hang_up",
    "hang_up_local_call",
    "inbox",
    "land_messages",
    "load_templates",
    "local_behaviour",
    "local_call_state",
    "local_outbox",
    "local_outbox_count",
    "local_recording",
    "make_errand",
    "mark_read",
    "matter",
    "message_of_permit",
    "message_sent",
    "message_verdict",
    "messages_of",
    "open_call",
    "opening",
    "phrases",
    "plan_message",
    "read_bounces",
    "record_bounces",
    "record_provider_event",
    "recording",
    "recordings_to_delete",
    "refresh_call",
    "reminder_facts_sql",
    "retire_template",
    "sealed_value",
    "send_one",
    "set_local_behaviour",
    "sign",
    "template_reports",
    "templates",
    "unsaid_facts_sql",
    "unsettled_count",
    "verify",
    "waiting_errands",
    "withdraw_errand",
]
