"""Refusals of matters and their documents in words, by code."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

REFUSALS = {
    "care.answer.correction": word("The correction is at most what is in dispute."),
    "care.answer.correction_missing": word("Say how much is corrected: it is upheld in part."),
    "care.answer.none_waits": word("No answer waits for approval any more."),
    "care.answer.outcome": word("Choose what is decided."),
    "care.answer.own": word("You wrote this answer: somebody else approves it."),
    "care.answer.part_missing": word(
        "Fill in all four parts: the person must see that it was read, checked and decided."
    ),
    "care.answer.too_long": word("A part has at most 4,000 characters."),
    "care.answer.waits": word("An answer waits for approval already, or was given."),
    "care.callback.hour": word("At this hour nobody may call: choose another one."),
    "care.document.too_many": word("Twenty documents are with this matter already."),
    "care.document.unknown": word("There is no such document, or its content is not as it was kept."),
    "care.matter.account": word("Choose a debt of this person in your data scope."),
    "care.matter.accounts": word("It is about one debt or about all of them: choose one, or none."),
    "care.matter.cause": word("Choose a cause."),
    "care.matter.channel": word("Choose how it came in."),
    "care.matter.closed": word("The matter is closed: what comes now is a new one."),
    "care.matter.contact_point": word("Choose a contact point of this person."),
    "care.matter.cursor": word("This page of the list is not there any more: begin at the first."),
    "care.matter.handler": word(
        "They do not handle such matters, or not these creditors: choose somebody else."
    ),
    "care.matter.in_the_future": word("It was received later than now: correct the time."),
    "care.matter.kind": word("Choose what it is."),
    "care.matter.not_independent": word("It is about them or their case: somebody else does this."),
    "care.matter.person": word("It is about another person."),
    "care.matter.reason_missing": word("Say why, in a sentence."),
    "care.matter.role": word("Another role does this."),
    "care.matter.taken": word("A colleague handles it: ask them to hand it over."),
    "care.matter.too_many": word("Twenty matters of this person are open: add to one of them."),
    "care.matter.unanswered": word("Answer it first: then it can be closed."),
    "care.matter.unknown": word("There is no such matter in your data scope."),
    "care.matter.withdraw": word("Only the person takes a matter back, at the portal."),
    "care.matter.words_missing": word("Say in a sentence what it is about."),
    "care.matter.words_too_long": word("Shorten it to 5,000 characters, or add the rest as a document."),
    "care.upload.active": word("The file holds a script or another file: have it printed as PDF."),
    "care.upload.bomb": word("The file unpacks to far more than its size."),
    "care.upload.damaged": word("The file cannot be read to its end: have it saved again."),
    "care.upload.empty": word("The file is empty."),
    "care.upload.kind": word("Taken are JPEG, PNG, PDF, Word (docx), Excel (xlsx) and plain text."),
    "care.upload.locked": word("The file is locked by a password: have it saved without one."),
    "care.upload.macros": word("The file holds macros or embedded objects: have it saved as PDF."),
    "care.upload.not_what_it_says": word("The content of the file is something else than its name says."),
    "care.upload.old_office": word("The file is locked, or of an old Office version: have it saved as PDF."),
    "care.upload.picture_too_large": word("The picture has too many pixels."),
    "care.upload.program": word("The file is a program."),
    "care.upload.too_large": word("The file is larger than 12 MB."),
    "care.upload.two_in_one": word("There is something else hidden in the file."),
}
"""What was refused and what to do; nothing was changed or kept."""
