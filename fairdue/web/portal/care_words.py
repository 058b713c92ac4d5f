"""Words of matters that a borrower reads."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from fairdue.contexts.care import facade as care
from fairdue.web.ui.templatetags.ui import day, in_language


def kind_word(kind: str) -> str:
    """Return what the person chose."""
    return in_language(care.terms_of(kind).title, "")


def kind_about(kind: str) -> str:
    """Return the sentence that says what a kind is for."""
    return in_language(care.terms_of(kind).about, "")


def cause_word(card: care.MatterCard) -> str:
    """Return what the person chose as the cause."""
    found = [each for each in care.terms_of(card.kind).causes if each.code == card.cause]
    return in_language(found[0], "") if found else ""


def outcome_word(card: care.MatterCard) -> str:
    """Return what was decided."""
    found = [each for each in care.terms_of(card.kind).outcomes if each.code == card.outcome]
    return in_language(found[0], "") if found else ""


def state_word(card: care.MatterCard) -> str:
    """Return how a matter stands, as the person needs it."""
    words = {
        "open": _("A person looks into it") if card.handler_id else _("We have received it"),
        "waiting_approval": _("The answer is being checked"),
        "answered": _("Answered"),
        "closed": _("Closed"),
        "withdrawn": _("You took it back"),
    }
    return words[card.state]


def entry_word(entry: care.EntryCard) -> str:
    """Return what happened, or nothing for what the person need not read."""
    words = {
        "opened": _("You told us"),
        "words_added": _("You added"),
        "document_added": _("A document was added")
        if entry.facts.get("document_kind") != "letter"
        else _("The letter was written"),
        "answered": _("The answer was given"),
        "reopened": _("Opened again, because you added to it"),
        "extended": _("The answer takes longer: the new last day is %(day)s") % {"day": _day(entry)},
        "withdrawn": _("You took it back"),
        "hold_lifted": _("Contacts are possible again"),
        "done_at_once": _("Done as you asked, at once"),
    }
    return words.get(entry.kind, "")


def _day(entry: care.EntryCard) -> str:
    """Return the last day that an entry names, as the page writes days."""
    said = str(entry.facts.get("due", ""))
    return day(date.fromisoformat(said)) if said else ""


def refusal_word(code: str) -> str:
    """Return what went wrong, that nothing was changed, and what to do next."""
    words = {
        "care.matter.words_missing": _("Nothing was sent: write a sentence, please."),
        "care.matter.words_too_long": _(
            "Nothing was sent: shorten it to 5,000 characters, or add the rest as a document."
        ),
        "care.matter.too_many": _(
            "Nothing was sent: twenty matters of yours are open. Add to one of them, or call us."
        ),
        "care.matter.closed": _(
            "Nothing was changed: this matter is closed. Open a new one and name its number."
        ),
        "care.callback.hour": _("Nothing was sent: this hour is not free any more. Choose another one."),
        "care.upload.empty": _("The file was not kept: it is empty."),
        "care.upload.too_large": _(
            "The file was not kept: it is larger than 12 MB. Send a smaller picture, or several files."
        ),
        "care.upload.kind": _(
            "The file was not kept: please send JPEG, PNG, PDF, Word (docx), Excel (xlsx) or plain text."
        ),
        "care.upload.not_what_it_says": _(
            "The file was not kept: its content is something else than its name says."
        ),
        "care.upload.program": _("The file was not kept: it is a program."),
        "care.upload.old_office": _(
            "The file was not kept: it is locked, or of an old Office version. Save it as PDF, please."
        ),
        "care.upload.locked": _(
            "The file was not kept: it is locked by a password. Save it without one, please."
        ),
        "care.upload.macros": _(
            "The file was not kept: it holds macros or embedded objects. Save it as PDF, please."
        ),
        "care.upload.active": _(
            "The file was not kept: it holds a script or another file. Print it as PDF, please."
        ),
        "care.upload.two_in_one": _(
            "The file was not kept: there is something else hidden in it. Take a picture of it instead."
        ),
        "care.upload.bomb": _("The file was not kept: it unpacks to far more than its size."),
        "care.upload.damaged": _(
            "The file was not kept: it cannot be read to its end. Save or scan it again, please."
        ),
        "care.upload.picture_too_large": _(
            "The file was not kept: the picture has too many pixels. Send a smaller one."
        ),
        "care.document.too_many": _("The file was not kept: twenty documents are with this matter already."),
    }
    return words.get(code, _("Nothing was changed. Try again, or call the number below."))
