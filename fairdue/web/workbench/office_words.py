"""Codes in words for the office pages: files, nights, strategies, rules, texts, recorded events."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

from fairdue.web.workbench.event_words import MORE_EVENTS, MORE_SUBJECTS

FILE_KINDS = {
    "parties": word("Parties"), "contact_points": word("Contact points"), "accounts": word("Accounts"),
    "dues": word("Dues"), "transactions": word("Transactions"),
}  # fmt: skip
IMPORT_STATES = {"accepted": word("Accepted"), "repeated": word("Nothing new"), "refused": word("Refused")}
IMPORT_TONES = {"accepted": "ok", "repeated": "info", "refused": "stop"}

CYCLE_STATES = {"running": word("Running"), "finished": word("Finished")}
CYCLE_STAGES = {
    "import": word("Import"), "promises": word("Promises"), "facts": word("Facts"), "decide": word("Decision"),
    "gate": word("Gate"), "capacity": word("Capacity"), "land": word("Landing"), "report": word("Report"),
}  # fmt: skip

CYCLE_NOTES = {
    "cycle.book.left_out": word("A creditor's file of tonight is partial: its debtors are not contacted until the whole file has come."),
    "cycle.book.not_current": word("An expected file has not come tonight: its accounts were decided by the book of the day before."),
    "cycle.calendar.uncertain": word("The working calendar of this year is not published yet; weekends were taken as free."),
    "cycle.capacity.none": word("no capacity left"),
    "cycle.decide.conflict": word("Rows of the strategy contradict each other for these facts: no step"),
    "cycle.decide.no_row": word("No row of the strategy fits: no step"),
    "cycle.facts.all_accounts_closed": word("all accounts are closed"),
    "cycle.facts.not_in_ledger": word("not in the ledger yet"),
    "cycle.import.refused": word("file refused"),
    "cycle.land.message_said": word("the same was said before"),
    "cycle.land.work_item_exists": word("a work item is open already"),
    "cycle.steps.moved": word("The share of a step moved more than usual against the nights before: look at the comparison below."),
    "cycle.way.none": word("no way to reach the debtor"),
}  # fmt: skip

STEPS = {
    "review": word("Review by a person"), "call": word("Call"), "visit": word("Visit"), "message": word("Message"),
    "sms": word("SMS"), "email": word("E-mail"), "inapp": word("In-app message"), "letter": word("Letter"),
    "place": word("Placement with an agency"), "none": word("No step"),
}  # fmt: skip
GATE_ANSWERS = {
    "allow": word("Allowed"), "defer": word("Later"), "review": word("Needs review"), "hold": word("On hold"),
    "refuse": word("Not allowed"), "none": word("Not asked: no contact planned"),
}  # fmt: skip

STRATEGY_OUTPUTS = {
    "step": word("Step"), "template": word("Text"), "purpose": word("Purpose"), "channels": word("Channels"),
    "hour": word("Hour"), "queue": word("Queue"), "rank": word("Rank"), "round": word("Round"), "kind": word("Kind of work"),
    "agency": word("Agency"),
}  # fmt: skip
PURPOSES = {"collect": word("Collection"), "service": word("Service"), "statutory": word("Prescribed by law")}
EVERY_PURPOSE = PURPOSES | {
    "reply": word("Reply"), "dispute_reply": word("Reply to a dispute"), "complaint_reply": word("Reply to a complaint"),
    "plan_reminder": word("Reminder of a plan"), "pass_message": word("Pass on a message"),
    "locate": word("Find the debtor"), "inform_payer": word("Tell somebody who offered to pay"),
    "one_time_code": word("One-time code"), "confirm_change": word("Confirm a change"),
    "confirm_opt_out": word("Confirm an opt-out"), "legally_required": word("Notice required by law"),
    "transfer_notice": word("Notice of a transfer of the debt"), "collection_letter": word("Collection letter"),
    "remedy_notice": word("Notice before a remedy"), "end_of_efforts": word("Notice that collection ends"),
}  # fmt: skip

CONTACT_COUNTS = {
    "conversations": word("Conversations"), "announcements": word("Announcements"), "messages": word("Messages"),
}  # fmt: skip

PACKS = {
    "cn": word("Mainland China"), "house": word("House rules"), "us": word("United States"),
    "us-ny-nyc": word("New York City"), "us-ma": word("Massachusetts"), "uk": word("United Kingdom"),
    "eu": word("European Union"), "ie": word("Ireland"), "in": word("India"), "au": word("Australia"),
    "hk": word("Hong Kong"), "sg": word("Singapore"),
}  # fmt: skip
RULE_ANSWERS = {
    "refuse": word("Not allowed"), "hold": word("On hold"), "defer": word("Later"), "review": word("Needs review"),
    "flag": word("Remark only"), "require": word("Condition only"),
}  # fmt: skip
EVIDENCE = {
    "primary": word("Text read"), "secondary": word("From reports"), "memory": word("To be confirmed"), "house": word("Our own"),
}  # fmt: skip
EVIDENCE_TONES = {"primary": "ok", "secondary": "info", "memory": "wait", "house": ""}
BASES = {
    "law": word("In force by law"), "house": word("House policy"), "house_ahead": word("House policy until confirmed"),
    "unconfirmed": word("Not enforced: not confirmed"),
}  # fmt: skip
BASIS_TONES = {"law": "ok", "house": "", "house_ahead": "wait", "unconfirmed": "stop"}
ARTICLE_STATES = {
    "implemented": word("Implemented"), "partly": word("Implemented in part"), "not": word("Not implemented"),
}  # fmt: skip
ARTICLE_TONES = {"implemented": "ok", "partly": "wait", "not": "info"}
RANKS = {
    "statute": word("Statute"), "judicial_interpretation": word("Judicial interpretation"),
    "administrative_regulation": word("Administrative regulation"), "ministerial_rule": word("Ministerial rule"),
    "normative": word("Normative document"), "national_standard": word("National standard"),
    "self_regulation": word("Self-regulation"), "official_interpretation": word("Official interpretation"),
    "interpretation": word("Our own reading"), "house_policy": word("House policy"),
}  # fmt: skip

TEXT_FACTS = {
    "listed_by_court": word("A court listed the debtor as dishonest"),
    "demanded_twice": word("Two effective demands were made"),
    "has_judgment": word("There is a judgment or another title"),
}
TEXT_ACTORS = {"creditor": word("The lender"), "agency": word("An agency")}

TEXTS = {
    "notice.payment_received": word("Payment received"), "notice.promise_due": word("Promise falls due"),
    "code.one_time": word("One-time code"), "notice.contact_changed": word("Contact details changed"),
    "notice.debit_due": word("Direct debit announced"), "notice.matter_answered": word("Matter answered"),
    "notice.matter_extended": word("More time for an answer"), "notice.matter_received": word("Matter received"),
    "notice.plan_agreed": word("Plan agreed"), "notice.plan_due": word("Instalment of a plan falls due"),
    "notice.plan_missed": word("Instalment of a plan missed"), "reminder.pay_link": word("Link to pay"),
    "reminder.first_overdue": word("First reminder"), "reminder.pre_due": word("Before the due date"),
    "reminder.second_round": word("Second reminder"), "reminder.third_round": word("Third reminder"),
}  # fmt: skip

SUBJECTS = {
    "audit.block": word("Block"), "case": word("Case"), "consent": word("Consent"), "contact": word("Contact"),
    "contact_point": word("Contact point"), "list": word("List"),
    "cycle": word("Cycle"), "hold": word("Hold"), "identity.staff": word("Staff"),
    "import_batch": word("File"), "key": word("Key"), "ledger.transaction": word("Transaction"), "message": word("Message"),
    "person": word("Person"), "promise": word("Promise"), "rule_pack": word("Rule pack"), "strategy": word("Strategy"),
    "rule": word("Rule"), "template": word("Template"), "creditor": word("Creditor"), "product": word("Product"),
    "deletion_batch": word("Batch"), "deletion_run": word("Run"), "staff": word("Staff"), "team": word("Team"),
    "subscription": word("Subscription"), "job": word("Job"),
} | MORE_SUBJECTS  # fmt: skip

EVENTS_OF_THE_OFFICE = {
    "identity.staff.changed": word("Role, team or address changed"),
    "identity.staff.change_asked": word("Change of staff asked for"),
    "identity.staff.change_refused": word("Change of staff refused"),
    "identity.staff.invited": word("Member of staff invited"),
    "identity.staff.unlocked": word("Failed attempts forgotten"),
    "identity.invitation.used": word("First password chosen"),
    "identity.team.set": word("Team set"),
    "reporting.subscription.started": word("Figures by e-mail subscribed"),
    "reporting.subscription.stopped": word("Figures by e-mail stopped"),
    "reporting.targets.set": word("Targets set"),
    "cases.cool_down.started": word("Rest after a hard call"),
    "cases.cool_down.ended": word("Rest ended early"),
    "system.job.retried": word("Failed job queued again"),
    "keys.reseal.asked": word("Sealing anew asked for"),
}
EVENTS = (
    EVENTS_OF_THE_OFFICE
    | MORE_EVENTS
    | {
        "audit.block.sealed": word("Audit block sealed"),
        "book.creditor.changed": word("Creditor changed"),
        "book.creditor.created": word("Creditor created"),
        "book.file.accepted": word("File imported"),
        "book.file.refused": word("File refused"),
        "book.file.repeated": word("File repeated, nothing new"),
        "book.product.changed": word("Product changed"),
        "book.product.created": word("Product created"),
        "cases.case.assigned": word("Case assigned"),
        "cases.case.closed": word("Case closed"),
        "cases.promise.cancelled": word("Promise cancelled"),
        "cases.note.added": word("Note added"),
        "cases.outcome.recorded": word("Outcome recorded"),
        "cases.promise.recorded": word("Promise recorded"),
        "cases.promise.kept": word("Promise kept"),
        "cases.promise.broken": word("Promise broken"),
        "cases.promise.reopened": word("Promise open again"),
        "cases.work.closed": word("Work item closed"),
        "decisions.cycle.finished": word("Nightly cycle finished"),
        "decisions.cycle.started": word("Nightly cycle started"),
        "decisions.experiment.started": word("Experiment started"),
        "decisions.experiment.stopped": word("Experiment stopped"),
        "decisions.strategy.approved": word("Strategy approved"),
        "decisions.strategy.checked": word("Strategy checked"),
        "decisions.strategy.draft_deleted": word("Draft of a strategy deleted"),
        "decisions.strategy.draft_saved": word("Draft of a strategy saved"),
        "decisions.strategy.retired": word("Strategy retired"),
        "decisions.strategy.shadowed": word("Strategy put into the shadow"),
        "decisions.strategy.published": word("Strategy published"),
        "desk.list.exported": word("List exported"),
        "identity.password.changed": word("Password changed"),
        "identity.staff.created": word("Member of staff created"),
        "identity.staff.deactivated": word("Member of staff deactivated"),
        "identity.staff.reactivated": word("Member of staff brought back"),
        "law.contact.recorded": word("Contact recorded"),
        "law.hold.placed": word("Hold placed"),
        "retention.batch.erased": word("Records erased"),
        "retention.run.finished": word("Retention run finished"),
        "law.hold.lifted": word("Hold lifted"),
        "law.request.recorded": word("A request was recorded"),
        "law.deadline.started": word("A deadline was started"),
        "law.deadline.met": word("A deadline was met in time"),
        "law.deadline.met_late": word("A deadline was met too late"),
        "law.deadline.missed": word("A deadline was missed"),
        "law.deadline.passed": word("A period has passed"),
        "law.deadline.cancelled": word("A deadline was cancelled"),
        "law.extension.asked": word("An extension was asked for"),
        "law.extension.approved": word("An extension was approved"),
        "law.extension.refused": word("An extension was refused"),
        "law.extension.withdrawn": word("An extension was withdrawn"),
        "law.pack.published": word("Rule pack published"),
        "law.rule.confirmed": word("Rule's source confirmed"),
        "law.rule.withdrawn": word("Confirmation of a rule withdrawn"),
        "ledger.payment.recorded": word("Payment recorded"),
        "ledger.transaction.reversed": word("Transaction reversed"),
        "ledger.account.resettled": word("Debt settled afresh"),
        "ledger.event.recorded": word("Event recorded"),
        "payments.code.issued": word("Repayment code issued"),
        "payments.code.retired": word("Repayment code retired"),
        "payments.match.undone": word("Match undone"),
        "payments.order.confirmed": word("Payment order executed"),
        "payments.order.failed": word("Payment order refused by the bank"),
        "payments.orders.exported": word("Payment orders handed to the bank"),
        "payments.payment.matched": word("Incoming payment matched"),
        "payments.payment.received": word("Incoming payment received"),
        "payments.payment.revealed": word("Payer's data revealed"),
        "payments.payment.taken_back": word("Incoming payment taken back by the bank"),
        "payments.request.approved": word("Request approved"),
        "payments.request.made": word("Approval asked for"),
        "payments.request.refused": word("Request refused"),
        "payments.request.withdrawn": word("Request withdrawn"),
        "payments.statement.taken": word("Bank file taken"),
        "outreach.message.bounced": word("Message bounced"),
        "outreach.message.cancelled": word("Message cancelled"),
        "outreach.message.delivered": word("Message delivered"),
        "outreach.message.expired": word("Message expired unsent"),
        "outreach.message.failed": word("Message failed"),
        "outreach.message.refused": word("Message refused by the gate"),
        "outreach.message.sent": word("Message sent"),
        "outreach.message.reserved": word("Message permitted"),
        "outreach.message.unknown": word("Message's fate unknown"),
        "outreach.template.approved": word("Template approved"),
        "law.agency.answered": word("Agency's question answered"),
        "law.agency.uploaded": word("Agency's file of contacts taken"),
        "outreach.text.refused": word("Text refused: it may not be said"),
        "outreach.template.retired": word("Template retired"),
        "outreach.templates.loaded": word("Templates loaded"),
        "parties.consent.recorded": word("Consent recorded"),
        "parties.contact_point.marked": word("Contact point marked"),
        "parties.contact_point.verified": word("Contact point verified"),
        "portal.document.issued": word("Document given to the borrower"),
        "law.permits.given_to_person": word("Permits given to the borrower"),
        "parties.code.issued": word("One-time code sent"),
        "parties.code.used": word("One-time code used"),
        "keys.rotated": word("Keys rotated"),
        "parties.person.revealed": word("Personal data revealed"),
        "parties.portal_link.issued": word("Borrower link issued"),
        "parties.portal_link.redeemed": word("Borrower link used"),
    }
)
