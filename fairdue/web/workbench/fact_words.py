"""The facts that rules ask, in words and in groups: for the page that tries a case, and for the proof of a permit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("step", word("The contact"), (
        "channel", "mode", "purpose", "states", "actor_kind", "sender_account", "is_private_sender_agreed",
        "is_agency_announced", "is_reply", "is_reply_at_inconvenience", "grounds", "is_medium_required_by_law",
        "is_identity_verified", "does_name_reveal_collection", "staff_count", "enters_premises", "is_entry_agreed",
        "is_visit_notified",
    )),
    ("time", word("Time and place"), (
        "at", "home_zone", "zones", "do_clocks_differ", "agreed_hours", "consented_hours", "direct_consent_hours",
        "inconvenient_hours", "public_holidays", "is_workplace", "is_at_inconvenient_place", "is_work_closed",
    )),
    ("whom", word("Recipient and contact point"), (
        "owner", "relation", "medium", "point_status", "is_opted_out", "is_medium_closed", "has_objected", "is_deceased",
        "age", "capacity", "has_only_invalid_numbers", "has_third_refused", "has_third_offered", "location_talks",
        "has_asked_for_more", "is_first_confirmation", "opt_out_minutes",
    )),
    ("point", word("How the contact point was obtained"), (
        "obtained_route", "is_obtained_by_actor", "obtained_days", "message_days", "opt_out_days", "is_opt_out_simple",
        "is_opt_out_over", "is_domain_public", "has_prior_collector_used",
    )),
    ("debt", word("Debt and debtor"), (
        "jurisdiction", "product_kinds", "is_online", "debt_state", "holds", "is_assignment_notified",
        "is_transfer_notified", "is_placement_notified", "breathing_space_day", "is_in_crisis_moratorium",
        "plan_preparation_days", "has_plan_progress", "bereavement_days", "has_prior_objection",
    )),
    ("history", word("What happened before"), (
        "conversations", "announcements", "messages", "unanswered", "unanswered_elsewhere", "consecutive_failures",
        "has_frequency_consent", "has_call_consent", "debt_calls", "debt_talks", "debt_talks_inbound", "number_calls",
        "number_attempts", "contacts", "debt_contacts", "debt_contacts_home", "debt_contacts_work", "unsolicited",
        "debt_conversations", "other_debt_conversations", "debt_attempts",
    )),
)  # fmt: skip
"""Every fact that a rule may ask about, in the order in which a person would tell it."""

FACTS = {
    "channel": word("Channel"), "mode": word("Kind of call"), "purpose": word("Purpose"),
    "states": word("What the text says"), "actor_kind": word("Who acts"), "sender_account": word("Sender's account"),
    "is_private_sender_agreed": word("A private account was agreed"),
    "is_agency_announced": word("The debtor was told who the agency is"), "is_reply": word("The one answer to a contact by the recipient"),
    "is_reply_at_inconvenience": word("Answer to a contact from an inconvenient time or place"),
    "grounds": word("Special ground"), "is_medium_required_by_law": word("The law requires this medium"),
    "is_identity_verified": word("The debtor's identity was verified"),
    "does_name_reveal_collection": word("The caller's name tells of collection"), "staff_count": word("Collectors on the visit"),
    "enters_premises": word("Enters the home or office"), "is_entry_agreed": word("Entering was agreed"),
    "is_visit_notified": word("The visit was announced"), "at": word("When"), "home_zone": word("Where the debtor lives"),
    "zones": word("All plausible zones"), "do_clocks_differ": word("The plausible zones show different times"),
    "agreed_hours": word("Hours agreed"), "consented_hours": word("Hours consented to besides"),
    "direct_consent_hours": word("Hours consented to with this collector"), "inconvenient_hours": word("Hours named as inconvenient"),
    "public_holidays": word("Public holidays"), "is_workplace": word("At the debtor's workplace"),
    "is_at_inconvenient_place": word("At a place named as inconvenient"), "is_work_closed": word("No contact at work"),
    "owner": word("Whose contact point"), "relation": word("Relation of the third party"), "medium": word("Medium"),
    "point_status": word("State of the contact point"), "is_opted_out": word("The debtor closed this channel"),
    "is_medium_closed": word("The recipient asked not to use this medium"), "has_objected": word("Objected to all contact"),
    "is_deceased": word("The debtor has died"), "age": word("Age in years"), "capacity": word("Legal capacity"),
    "has_only_invalid_numbers": word("No number of the debtor is valid"), "has_third_refused": word("The third party refused"),
    "has_third_offered": word("The third party offered to pay"), "location_talks": word("Conversations to locate the debtor so far"),
    "has_asked_for_more": word("The third party got in touch afterwards"),
    "is_first_confirmation": word("First confirmation of the opt-out"),
    "opt_out_minutes": word("Minutes since the opt-out"), "obtained_route": word("How it was obtained"),
    "is_obtained_by_actor": word("Obtained by the collector itself"), "obtained_days": word("Days since it was obtained"),
    "message_days": word("Days since the consumer wrote from it"), "opt_out_days": word("Days to opt out in the creditor's notice"),
    "is_opt_out_simple": word("The notice named a simple way to opt out"), "is_opt_out_over": word("The days to opt out have passed"),
    "is_domain_public": word("Public e-mail domain"), "has_prior_collector_used": word("The collector before used it"),
    "jurisdiction": word("Jurisdiction"), "product_kinds": word("Products"), "is_online": word("Granted through the internet"),
    "debt_state": word("State of the debt"), "holds": word("Open holds"), "is_assignment_notified": word("The assignment was notified"),
    "is_transfer_notified": word("The transfer was notified"), "is_placement_notified": word("The agency was announced in advance"),
    "breathing_space_day": word("Day of the breathing space"), "is_in_crisis_moratorium": word("In a crisis moratorium"),
    "plan_preparation_days": word("Days since a plan is prepared"), "has_plan_progress": word("The plan makes progress"),
    "bereavement_days": word("Days since a death in the family"), "has_prior_objection": word("Refused or denied before"),
    "conversations": word("Conversations"), "announcements": word("Announcements"), "messages": word("Messages"),
    "unanswered": word("Unanswered calls to this number"), "unanswered_elsewhere": word("Unanswered calls to another own number"),
    "consecutive_failures": word("Failed calls in a row"), "has_frequency_consent": word("Agreed to more contacts than the cap"),
    "has_call_consent": word("Direct consent to more calls"), "debt_calls": word("Connected calls about this debt"),
    "debt_talks": word("Telephone conversations about this debt"), "debt_talks_inbound": word("Those that the recipient started"),
    "number_calls": word("Connected calls to this number"), "number_attempts": word("Unanswered calls and voicemails to this number"),
    "contacts": word("Outbound contacts by any way"), "debt_contacts": word("Contacts about this debt"),
    "debt_contacts_home": word("Calls and texts to home or mobile"), "debt_contacts_work": word("Calls and texts to the workplace"),
    "unsolicited": word("Unsolicited contacts of the group that got through"),
    "debt_conversations": word("Contacts made about this debt by the group"),
    "other_debt_conversations": word("Contacts made about another debt by the group"),
    "debt_attempts": word("Calls since the latest contact"),
    "person_id": word("Person"), "contact_point_id": word("Contact point"),
}  # fmt: skip


def fact_word(name: str) -> str:
    """Return a fact in words, or its own name if it has none."""
    found = FACTS.get(name)
    return _(found) if found else name


def is_silent(name: str, value: Any) -> bool:
    """Tell whether a fact has the value that stands for silence."""
    column = CANDIDATE_SCHEMA.get(name)
    return column is not None and not column.is_required and value == column.default


def told(facts: Mapping[str, Any]) -> tuple[list[tuple[str, str, Any]], list[tuple[str, str, Any]]]:
    """Return name, word and value of the facts that say something, then of those that are silent, in group order."""
    order = [name for _code, _title, names in GROUPS for name in names]
    names = [*(name for name in order if name in facts), *(name for name in facts if name not in order)]
    lines = [(name, fact_word(name), facts[name]) for name in names]
    return [one for one in lines if not is_silent(one[0], one[2])], [
        one for one in lines if is_silent(one[0], one[2])
    ]
