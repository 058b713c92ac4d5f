"""Codes in words for the office pages: files, nights, recorded events."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

FILE_KINDS = {
    "parties": word("Parties"), "contact_points": word("Contact points"), "accounts": word("Accounts"),
    "dues": word("Dues"), "transactions": word("Transactions"),
}  # fmt: skip
IMPORT_STATES = {"accepted": word("Accepted"), "repeated": word("Nothing new"), "refused": word("Refused")}
IMPORT_TONES = {"accepted": "ok", "repeated": "info", "refused": "stop"}

CYCLE_STATES = {"running": word("Running"), "finished": word("Finished")}
CYCLE_STAGES = {
    "import": word("Import"), "post": word("Posting"), "facts": word("Facts"), "decide": word("Decision"),
    "gate": word("Gate"), "land": word("Landing"), "report": word("Report"),
}  # fmt: skip

EVENTS = {
    "book.file.imported": word("File imported"),
    "cases.case.assigned": word("Case assigned"),
    "cases.note.added": word("Note added"),
    "cases.outcome.recorded": word("Outcome recorded"),
    "cases.promise.recorded": word("Promise recorded"),
    "cases.promise.kept": word("Promise kept"),
    "cases.promise.broken": word("Promise broken"),
    "cases.work.closed": word("Work item closed"),
    "decisions.strategy.published": word("Strategy published"),
    "identity.staff.created": word("Member of staff created"),
    "identity.staff.deactivated": word("Member of staff deactivated"),
    "identity.staff.reactivated": word("Member of staff brought back"),
    "law.contact.recorded": word("Contact recorded"),
    "law.hold.placed": word("Hold placed"),
    "law.hold.lifted": word("Hold lifted"),
    "law.pack.published": word("Rule pack published"),
    "ledger.payment.recorded": word("Payment recorded"),
    "ledger.transaction.reversed": word("Transaction reversed"),
    "outreach.message.reserved": word("Message permitted"),
    "outreach.message.unknown": word("Message's fate unknown"),
    "outreach.template.approved": word("Template approved"),
    "outreach.template.retired": word("Template retired"),
    "outreach.templates.loaded": word("Templates loaded"),
    "parties.consent.recorded": word("Consent recorded"),
    "parties.contact_point.marked": word("Contact point marked"),
    "parties.keys.rotated": word("Keys rotated"),
    "parties.person.revealed": word("Personal data revealed"),
    "parties.portal_link.issued": word("Borrower link issued"),
    "parties.portal_link.redeemed": word("Borrower link used"),
}
