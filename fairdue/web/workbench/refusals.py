"""Refusals in words: what was not done and what to do, by the refusal's code."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

REFUSALS = {
    "cases.case.not_found": word("This case does not exist or lies outside your data scope."),
    "cases.outcome.channel": word("This outcome does not fit the kind of contact: choose another one."),
    "cases.outcome.no_contact": word(
        "This outcome belongs to a contact: start the call first, or choose that the debtor called."
    ),
    "cases.outcome.contact_has_one": word("This contact has an outcome already: add a note instead."),
    "cases.outcome.note_too_long": word("The note is too long: shorten it."),
    "cases.note.empty": word("The note is empty."),
    "cases.promise.date_past": word("The promised date lies in the past: choose today or later."),
    "cases.promise.date_too_far": word("The promised date is too far away: choose an earlier one."),
    "cases.promise.amount_not_positive": word("The promised amount must be more than nothing."),
    "cases.promise.above_owed": word("The promised amount is more than what is owed."),
    "parties.reveal.reason_missing": word("Say why you need to see it."),
    "parties.reason.missing": word("Say why you need to see it."),
    "parties.reveal.nothing_there": word("There is no such value for this person."),
    "parties.reveal.field_unknown": word("There is no such value for this person."),
    "cases.call.closed": word("The case is closed: no call was started."),
    "cases.call.contact_point": word("This is not a telephone number of the debtor: no call was started."),
    "cases.contact.not_found": word("This contact does not belong to the case."),
    "cases.contact.settled": word("This contact has an outcome already: add a note instead."),
    "cases.contact.promise_missing": word("A promise names an amount and a date."),
    "cases.contact.promise_by_whom": word("Only the debtor can promise."),
    "cases.contact.point_missing": word("Say which number is not to be used any more."),
    "cases.promise.account": word("This debt does not belong to the case."),
    "cases.promise.reason_missing": word("Say why the promise is cancelled."),
    "cases.promise.not_open": word("This promise is not open any more."),
    "cases.assignee.not_active": word("Nothing was assigned: this member of staff is not active."),
    "cases.assignee.role": word("Nothing was assigned: this role does not work cases."),
    "cases.assignee.team": word("Nothing was assigned: an agency assigns within its own team."),
    "cases.assignee.scope": word("Nothing was assigned: a case lies outside the collector's data scope."),
    "cases.assign.too_many": word("Nothing was assigned: choose fewer cases at once."),
    "identity.permission.refused": word("Your role does not include this."),
}


def refusal_text(refusal: Exception) -> str:
    """Return what a person should read for a refusal; without words of its own the refusal's message stands."""
    found = REFUSALS.get(getattr(refusal, "code", ""))
    return _(found) if found else str(refusal)
