"""Codes in words: what the desk says for roles, permissions, channels, outcomes and events."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.identity.facade import Role

PERMISSION_WORDS = {
    "plans.view": word("seeing plans"),
    "plans.work": word("proposing plans"),
    "plans.approve": word("approving plans"),
    "cases.work": word("working on cases"),
    "cases.assign": word("assigning cases"),
    "cases.view": word("seeing cases"),
    "capacity.view": word("seeing capacity"),
    "capacity.set": word("setting capacity"),
    "promises.record": word("recording promises"),
    "contacts.make": word("making contacts"),
    "holds.place": word("placing holds"),
    "holds.lift": word("lifting holds"),
    "parties.reveal": word("revealing personal data"),
    "parties.reveal_id_number": word("revealing ID numbers"),
    "parties.search": word("searching for persons"),
    "payments.record": word("recording payments"),
    "payments.reverse": word("reversing payments"),
    "book.import": word("importing files"),
    "book.view": word("seeing the book"),
    "cycle.run": word("running the nightly cycle"),
    "cycle.view": word("seeing cycles"),
    "templates.approve": word("approving templates"),
    "templates.view": word("seeing templates"),
    "strategy.view": word("seeing strategies"),
    "strategy.edit": word("writing strategies"),
    "strategy.approve": word("approving strategies of others"),
    "strategy.publish": word("publishing strategies"),
    "gate.try": word("trying the gate"),
    "rules.confirm": word("confirming the sources of rules"),
    "permits.view": word("seeing permits"),
    "deadlines.view": word("seeing deadlines"),
    "deadlines.record": word("recording requests and complaints"),
    "deadlines.meet": word("recording that deadlines were met"),
    "deadlines.approve": word("deciding extensions of deadlines"),
    "audit.view": word("seeing the audit log"),
    "retention.view": word("seeing what is kept and until when"),
    "retention.run": word("counting and erasing what is due"),
    "staff.manage": word("managing staff"),
    "system.view": word("seeing jobs, keys and health"),
    "system.manage": word("queueing jobs again and sealing anew"),
    "reporting.view": word("seeing reports"),
    "products.view": word("seeing products"),
    "outbox.view": word("seeing the outbox"),
    "ledger.view": word("seeing accounts in depth"),
    "ledger.adjust": word("recording events on debts"),
    "ledger.approve": word("approving events on debts"),
    "payments.view": word("seeing incoming payments"),
    "payments.match": word("matching payments"),
    "payments.approve": word("approving payments"),
}

CHANNELS = {
    "call": word("Call"), "sms": word("SMS"), "email": word("E-mail"), "inapp": word("In-app message"),
    "letter": word("Letter"), "visit": word("Visit"), "note": word("Note"), "none": word("No contact"),
}  # fmt: skip
CHANNEL_ICONS = {
    "call": "phone",
    "sms": "sms",
    "email": "email",
    "inapp": "inapp",
    "letter": "letter",
    "visit": "visit",
}

GATE_WORDS = {
    "allow": word("Allowed"), "review": word("Needs review"), "defer": word("Later"),
    "hold": word("On hold"), "refuse": word("Not allowed"),
}  # fmt: skip
GATE_TONES = {"allow": "ok", "review": "wait", "defer": "wait", "hold": "stop", "refuse": "stop"}
GATE_ICONS = {"allow": "check", "review": "eye", "defer": "clock", "hold": "hold", "refuse": "stop"}

STATEMENT_WORDS = {
    "opt_out": word("Does not want to be contacted"), "opt_in": word("May be contacted again"),
    "inconvenient_hours": word("Not between these hours"), "agreed_hours": word("Only between these hours"),
    "consented_hours": word("Also between these hours"), "direct_hours": word("Also between these hours, but only by us"),
    "inconvenient_place": word("Not at this number or address"),
    "no_work": word("Not at work"), "more_contacts": word("More calls are welcome"),
    "objection": word("Refuses to pay or denies the debt"), "entry_agreed": word("May be visited inside the home"),
}  # fmt: skip
ORIGIN_WORDS = {
    "consumer_consent": word("The debtor agreed to its use"), "consumer_called": word("The debtor called from it"),
    "creditor_notice": word("The creditor announced its use, with time to opt out"),
}  # fmt: skip
SOURCE_WORDS = {
    "conversation": word("a conversation"), "letter": word("a letter"), "email": word("an e-mail"),
    "complaint": word("a complaint"),
}  # fmt: skip

COMPONENTS = {
    "principal": word("Principal"), "interest": word("Interest"), "fee": word("Fees"), "fees": word("Fees"),
    "penalty": word("Penalty"), "penalty_interest": word("Penalty interest"), "late_fee": word("Late fee"),
    "compound_interest": word("Compound interest"), "cost": word("Costs"), "costs": word("Costs"),
    "installment_fee": word("Instalment fee"), "liquidated_damages": word("Liquidated damages"),
    "default_interest": word("Default interest"), "annual_fee": word("Annual fee"), "cash_fee": word("Cash advance fee"),
    "credit_balance": word("Credit balance"),
}  # fmt: skip

WORK_KINDS = {
    "call": word("Call"), "review": word("Review"), "promise_due": word("Promise due"), "callback": word("Call back"),
    "letter": word("Letter"), "visit": word("Visit"), "place": word("Placement with an agency"),
}  # fmt: skip

PROMISE_STATES = {
    "open": word("Open"), "kept": word("Kept"), "broken": word("Broken"), "superseded": word("Replaced"),
    "cancelled": word("Cancelled"),
}  # fmt: skip
PROMISE_TONES = {"open": "info", "kept": "ok", "broken": "stop"}

CONTACT_RESULTS = {
    "reserved": word("Being made"), "sent": word("Sent"), "delivered": word("Delivered"), "failed": word("Failed"),
    "no_answer": word("No answer"), "busy": word("Busy"), "conversation": word("Conversation"),
    "third_party": word("Third party answered"), "wrong_number": word("Wrong number"), "bounced": word("Bounced"),
    "refused": word("Refused by the gate"), "planned": word("Planned"), "sending": word("Being sent"),
    "expired": word("Expired unsent"), "read": word("Read"), "unknown": word("Unknown"), "voicemail": word("Voicemail"),
    "announcement": word("Announcement played"), "visited": word("Visited"), "not_met": word("Nobody met"),
    "switched_off": word("Switched off"), "hung_up": word("Hung up"), "cancelled": word("Cancelled"),
}  # fmt: skip
RESULT_TONES = {
    "delivered": "ok", "conversation": "ok", "read": "ok", "failed": "stop", "bounced": "stop", "refused": "stop",
    "third_party": "wait", "wrong_number": "stop", "sent": "info", "planned": "", "reserved": "info",
}  # fmt: skip

HOLD_KINDS = {
    "dispute": word("Dispute"), "complaint": word("Complaint"), "plan": word("Arrangement"), "hardship": word("Hardship"),
    "deceased": word("Deceased"), "attorney": word("Attorney"), "bankruptcy": word("Bankruptcy"),
    "cease": word("Cease contact"), "internal": word("Internal hold"), "vulnerability": word("Vulnerability"),
    "written_dispute": word("Written dispute"), "breathing_space": word("Breathing space"),
    "crisis_moratorium": word("Mental-health crisis breathing space"),
    "plan_preparation": word("A plan is being prepared"), "bereavement": word("Bereavement"),
    "capacity": word("Limited mental capacity"),
}  # fmt: skip

TRANSACTION_KINDS = {
    "payment": word("Payment"), "charge": word("Charge"), "credit": word("Credit"), "reversal": word("Reversal"),
}  # fmt: skip

MEDIUM_WORDS = {
    "mobile": word("Mobile"), "landline": word("Landline"), "email": word("E-mail"), "address": word("Address"),
    "app": word("App"),
}  # fmt: skip
OWNER_WORDS = {"debtor": word("Debtor"), "third_party": word("Third party"), "employer": word("Employer")}

QUEUE_WORDS = {
    "call": word("Calls"), "calls": word("Calls"), "early": word("Early stage"), "late": word("Late stage"), "mid": word("Middle stage"),
    "promises": word("Promises due"), "escalated": word("Escalated"), "review": word("Reviews"),
    "callback": word("Call backs"), "field": word("Field visits"), "plans": word("Plans to look at"),
    "pre_due": word("Before due"), "m1": word("M1: 1 to 30 days past due"), "m2": word("M2: 31 to 60 days past due"),
    "m3": word("M3: 61 to 90 days past due"), "m4-m6": word("M4 to M6: 91 to 180 days past due"),
}  # fmt: skip


def role_word(role: str) -> str:
    """Return a role in words."""
    return str(Role(role).label) if role in Role.values else role


def say(words: dict[str, str], code: str) -> str:
    """Return a code in words, or the code itself made readable if it has none yet."""
    found = words.get(code)
    return _(found) if found else code.replace("_", " ").replace(".", " · ").capitalize()
