"""Codes in words for the pages about money: ledger accounts, events, requests, incoming payments."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.ledger import accounts as codes
from fairdue.engine.ledger.event_kinds import KINDS
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.words import COMPONENTS, TRANSACTION_KINDS, say

STANDINGS = {
    "active": word("Active"), "closed": word("Closed"), "charged_off": word("Charged off"),
    "written_off": word("Written off"), "settled": word("Settled"), "assigned": word("Assigned"),
    "overpaid": word("Overpaid"),
}  # fmt: skip
STANDING_TONES = {
    "active": "",
    "settled": "ok",
    "charged_off": "wait",
    "written_off": "stop",
    "assigned": "info",
}
POSTING_KINDS = {
    "opening": word("Opening balance"), "allocation": word("Allocation"), "correction": word("Re-allocation"),
    "reversal": word("Reversal"), "charge": word("Charge"), "due": word("Due item"),
}  # fmt: skip

SOURCE_KINDS = {"webhook": word("Payment provider"), "bank": word("Bank file"), "hand": word("By hand")}
PAYMENT_STATES = {"suspense": word("Waiting"), "matched": word("Matched"), "returned": word("Sent back")}
PAYMENT_TONES = {"suspense": "wait", "matched": "ok", "returned": "info"}
WAYS = {"automatic": word("Without a person"), "by_hand": word("By hand")}
AGES = {
    "0-1": word("Today and yesterday"), "2-7": word("2 to 7 days"), "8-30": word("8 to 30 days"), "31+": word("More than 30 days"),
}  # fmt: skip

REQUEST_KINDS = {
    "hand_payment": word("Payment by hand"), "refund": word("Refund of a credit balance"),
    "return": word("Return of money to its payer"),
    "waiver": word("Waiver"), "settlement": word("Settlement"), "plan": word("Repayment plan"),
    "charge_off": word("Charge-off"), "write_off": word("Write-off"), "assignment": word("Assignment"), "judgment": word("Judgment"),
}  # fmt: skip
REQUEST_STATES = {
    "open": word("Waiting for a second pair of eyes"), "approved": word("Approved"), "refused": word("Refused"),
    "withdrawn": word("Withdrawn"),
}  # fmt: skip
REQUEST_TONES = {"open": "wait", "approved": "ok", "refused": "stop", "withdrawn": ""}
WHY_NOT = {
    "own_request": word("You asked for this yourself: somebody else decides."),
    "permission": word("Your role does not decide on this kind of request."),
}

ORDER_STATES = {
    "open": word("To be sent"), "sent": word("Handed to the bank"), "confirmed": word("Executed"), "failed": word("Refused by the bank"),
}  # fmt: skip
ORDER_TONES = {"open": "wait", "sent": "info", "confirmed": "ok", "failed": "stop"}
ORDER_KINDS = {"refund": word("Refund"), "return": word("Return")}

VERDICTS = {
    "booked": word("Booked"), "repeated": word("Known already"), "returned": word("Taken back"),
    "set_aside": word("Set aside"), "rejected": word("Rejected"),
}  # fmt: skip
VERDICT_TONES = {"booked": "ok", "repeated": "info", "returned": "wait", "set_aside": "", "rejected": "stop"}

SCHEMES = {
    "cn_five_grades": word("Five-tier class"), "ifrs_stage": word("IFRS 9 stage"), "eu_default": word("Default by EU rules"),
}  # fmt: skip
COUNTERS = {
    "days_past_due": word("Days past due"), "delinquent_days": word("Days past due without pauses"),
    "counted_days": word("Days counted"),
    "material_days": word("Days in a row above both limits"), "clean_days": word("Days in a row without arrears"),
    "probation_days": word("Days on probation"),
}  # fmt: skip
CLASS_VALUES = {
    "normal": word("Normal"), "special_mention": word("Special mention"), "substandard": word("Substandard"),
    "doubtful": word("Doubtful"), "loss": word("Loss"), "1": word("Stage 1"), "2": word("Stage 2"), "3": word("Stage 3"),
    "performing": word("Performing"), "default": word("In default"), "probation": word("On probation"),
    "material": word("Arrears are material"), "not_material": word("Arrears are not material"),
    "no_default": word("No default"), "zero": word("No day counts"),
}  # fmt: skip
LIMIT_STATES = {
    "running": word("Not over yet"), "soon": word("Ends soon"), "expired": word("Expired"), "revived": word("Revived"),
}  # fmt: skip
LIMIT_TONES = {"running": "ok", "soon": "wait", "expired": "stop", "revived": "info"}


KIND_RULES = {
    "waiver": word("Gives up what is unpaid of a component or of one charge, the oldest first."),
    "pause": word("Days after the first and up to the final day do not count as late, within each due item's own time."),
    "resume": word("The running pause ends on this day."),
    "deferral": word("What is unpaid and due on or after a day falls due later; the amount is interest agreed for it."),
    "re_age": word("All unpaid principal is put on new instalments; interest and charges stay."),
    "re_amortise": word("The unpaid principal already due is spread over the instalments still to come."),
    "plan": word("Replaces all that is unpaid by even instalments; taking it back brings the original due items back."),
    "settlement": word("The amount is accepted for all that is owed if it arrives by its day; only then is the rest given up."),
    "dispute": word("The amount is left out of payments and lateness until the dispute is taken back."),
    "chargeback": word("Money returned to the payer is owed again; a credit balance absorbs it first."),
    "charge_off": word("The lender books the loss; the borrower owes as before, and money received is a recovery."),
    "write_off": word("Clears what is owed from the books; money received afterwards is a recovery."),
    "recovery": word("Money received after a write-off."),
    "judgment": word(
        "The amount is what is awarded beside interest. From its day on payments follow the order for judgments; what is owed stays."
    ),
    "assignment": word(
        "What is owed passes to another creditor; money received afterwards is held for whom paid it."
    ),
}  # fmt: skip


def component_word(code: str) -> str:
    """Return a component in words: as the packs name it, else as the desk does."""
    named = ledger.components().get(code)
    return in_language(named) or in_language(named, "name") if named else say(COMPONENTS, code)


def kind_word(code: str) -> str:
    """Return a kind of event or posting in words."""
    kind = KINDS.get(code)
    if kind is not None:
        return in_language(kind, "")
    return say(POSTING_KINDS if code in POSTING_KINDS else TRANSACTION_KINDS, code)


def ledger_account_word(code: str) -> str:
    """Return a ledger account in words: Receivable · Principal."""
    names = codes.NAMES.get(codes.group_of(code))
    if names is None:
        return code
    component = codes.component_of(code)
    return in_language(names, "") + (f" · {component_word(component)}" if component else "")


def problem_word(code: str) -> str:
    """Return what does not agree at the end of a day, in words."""
    name, _colon, key = code.partition(":")
    if name == "suspense.difference":
        return _("%(currency)s: money in suspense differs from what the ledger says.") % {"currency": key}
    if name == "statement.difference":
        return _("Bank file %(number)s: its entries do not lead from its opening to its closing balance.") % {
            "number": key
        }
    return code
