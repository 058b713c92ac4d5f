"""Refusals around a case in words: changes, calls, letters and visits, the record."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

CASE_REFUSALS = {
    "cases.change.reason_missing": word("Say why: the reason stands in the timeline."),
    "cases.change.not_yours": word("This is not yours: who has the case, or a supervisor, can do it."),
    "cases.change.same": word("The case is there already."),
    "cases.change.moved_on": word("Somebody has gone on with the case since: change it by hand."),
    "cases.change.undone": word("It was taken back already."),
    "cases.change.closed": word("The case is closed."),
    "cases.change.callback_when": word("Name a moment within the next thirty days."),
    "cases.record.reason": word("Say what the record is for, in a few words."),
    "cases.hold.not_yours": word(
        "Only who placed the hold a moment ago can take it back; a supervisor can lift it."
    ),
    "outreach.call.in_progress": word(
        "Somebody is in a call with this person: nobody else contacts them meanwhile."
    ),
    "outreach.call.yours_is_open": word("Your call is still open: record its outcome first."),
    "outreach.call.not_open": word("There is no open call of yours."),
    "outreach.call.facts_missing": word("Say by what you made sure that it is the debtor."),
    "outreach.call.unconfirmed": word(
        "This outcome speaks of the debtor: confirm first that it was the debtor."
    ),
    "outreach.call.no_recording": word("There is no recording, or the exchange does not give it."),
    "outreach.errand.grounds": word("Say why nothing gentler will do."),
    "outreach.errand.waits": word(
        "One about this debt still waits under Letters and visits. Nothing more was asked for: make that one or take it back."
    ),
    "outreach.errand.gate": word("The gate does not allow it. Nothing was asked for."),
    "outreach.errand.settled": word("It was made or withdrawn already."),
}
