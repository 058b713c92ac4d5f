"""The questions of each kind of matter, one a page, and what was answered so far: sealed, in the visit only."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from fairdue.contexts.book import facade as book
from fairdue.contexts.care import facade as care
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.care import callback_slots
from fairdue.journeys.stop_contacts import CHANNELS
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.kernel.secrets import CannotOpen
from fairdue.web.portal.words import channel_word, component_word
from fairdue.web.ui.templatetags.ui import in_language

KEY = "care"
PURPOSE = "portal.care.draft"
Way = Literal["one", "many", "words", "amount", "hours"]
STEPS: Mapping[str, tuple[str, ...]] = {
    "dispute": ("debt", "cause", "part", "amount", "words"),
    "complaint": ("debt", "cause", "words"),
    "hardship": ("cause", "words"),
    "vulnerability": ("words",),
    "wrong_person": ("cause", "words"),
    "callback": ("when", "topic"),
    "contact_limits": ("stopped", "hours", "third_parties"),
}
HOURS = tuple(f"{hour:02d}:00" for hour in range(8, 23))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One page: what is asked, how it is answered, what may be chosen."""

    step: str
    title: str
    hint: str = ""
    way: Way = "one"
    options: tuple[tuple[str, str], ...] = ()
    is_optional: bool = False
    currency: str = "CNY"


@dataclass(slots=True, kw_only=True)
class Draft:
    """What was answered so far; `reference` makes the submission one, however often it is sent."""

    kind: str
    person_id: int
    reference: str
    said: dict[str, Any] = field(default_factory=dict)


def read_draft(request: HttpRequest, kind: str, person_id: int) -> Draft:
    """Return what this person has answered of a kind in this browser, or a fresh draft; never somebody else's."""
    kept = request.session.get(KEY, {}).get(kind)
    if kept:
        try:
            opened = json.loads(settings.FIELD_KEYS.open(base64.b64decode(kept), PURPOSE))
            if opened["person_id"] == person_id:
                return Draft(
                    kind=kind, person_id=person_id, reference=opened["reference"], said=opened["said"]
                )
        except (CannotOpen, ValueError, KeyError):
            pass
    return Draft(kind=kind, person_id=person_id, reference=secrets.token_urlsafe(24))


def keep_draft(request: HttpRequest, draft: Draft) -> None:
    """Keep a draft in the visit, sealed: words of a person never lie open in a table of sessions."""
    kept = {"person_id": draft.person_id, "reference": draft.reference, "said": draft.said}
    text = json.dumps(kept, ensure_ascii=False)
    sealed = base64.b64encode(settings.FIELD_KEYS.seal(text, PURPOSE)).decode()
    request.session[KEY] = {**request.session.get(KEY, {}), draft.kind: sealed}


def drop_draft(request: HttpRequest, kind: str) -> None:
    """Forget what was answered."""
    request.session[KEY] = {code: kept for code, kept in request.session.get(KEY, {}).items() if code != kind}


def questions(draft: Draft, person_id: int, now: datetime) -> tuple[Question, ...]:
    """Return the questions of a kind as they follow from the answers so far: what is clear is not asked."""
    made = (_MAKERS[step](draft, person_id, now) for step in STEPS[draft.kind])
    return tuple(question for question in made if question is not None)


def _debt(draft: Draft, person_id: int, now: datetime) -> Question | None:
    debts = book.account_cards(person_id)
    if len(debts) < 2:
        return None
    options = [
        (str(card.account_id), f"{in_language(card, 'product_name')} · {card.ref_masked}") for card in debts
    ]
    return Question(
        step="debt", title=_("Which debt is it about?"), options=(*options, ("all", _("All of them")))
    )


def _cause(draft: Draft, person_id: int, now: datetime) -> Question:
    titles = {
        "dispute": _("What is wrong?"),
        "complaint": _("What happened?"),
        "hardship": _("What makes it hard to pay?"),
        "wrong_person": _("What is it that does not fit?"),
    }
    terms = care.terms_of(draft.kind)
    return Question(
        step="cause", title=titles[draft.kind], hint=_("Choose what comes closest. You can say more on the next page."),
        options=tuple((each.code, in_language(each, "")) for each in terms.causes),
    )  # fmt: skip


def _account(draft: Draft, person_id: int) -> int | None:
    debts = book.account_cards(person_id)
    if len(debts) == 1:
        return debts[0].account_id
    chosen = draft.said.get("debt", "all")
    return int(chosen) if chosen != "all" else None


def _part(draft: Draft, person_id: int, now: datetime) -> Question | None:
    account_id = _account(draft, person_id)
    if account_id is None or draft.said.get("cause") in ("not_mine", "fraud", "credit_record"):
        return None
    owed = ledger.account_summary(account_id, business_date(now)).by_component
    parts = [
        (f"part:{code}", f"{component_word(code)}: {plain(amount)}")
        for code, amount in owed.items()
        if amount.minor > 0 and code != "credit_balance"
    ]
    if not parts:
        return None
    return Question(
        step="part", title=_("Which part of the debt?"),
        hint=_("While we check, nobody asks you for this part, and it does not count as late."),
        options=(*parts, ("amount", _("Another amount")), ("all", _("The whole debt"))),
    )  # fmt: skip


def _amount(draft: Draft, person_id: int, now: datetime) -> Question | None:
    account_id = _account(draft, person_id)
    if draft.said.get("part") != "amount" or account_id is None:
        return None
    currency = next(card.currency for card in book.account_cards(person_id) if card.account_id == account_id)
    hint = _("Such as 128.50 (%(currency)s).") % {"currency": currency}
    return Question(step="amount", title=_("How much of it?"), hint=hint, way="amount", currency=currency)


def _words(draft: Draft, person_id: int, now: datetime) -> Question:
    titles = {
        "dispute": _("Say in your own words what is wrong"),
        "complaint": _("Say in your own words what happened"),
        "hardship": _("Say in your own words how things stand"),
        "vulnerability": _("What should we know about you?"),
        "wrong_person": _("Say in your own words what does not fit"),
    }
    hints = {
        "dispute": _(
            "If you can: when and how you paid, or which figure should stand there. You can add documents afterwards."
        ),
        "complaint": _(
            "If you can: when, by which number, and what was said. You can add documents afterwards."
        ),
        "hardship": _("As much as you want. You can add documents afterwards."),
        "vulnerability": _(
            "As much or as little as you want. A person reads it first, and contacts stop until then."
        ),
        "wrong_person": _("A sentence is enough. Contacts stop while we check."),
    }
    return Question(step="words", title=titles[draft.kind], hint=hints[draft.kind], way="words")


def _when(draft: Draft, person_id: int, now: datetime) -> Question:
    slots = callback_slots(person_id=person_id, now=now)
    options = tuple((slot.starts_at.isoformat(), f"{slot.starts_at:%Y-%m-%d %H:%M}") for slot in slots)
    hint = _("Hours in your own time zone at which a call is allowed. Nobody is called earlier or later.")
    if not options:
        hint = _(
            "No hour is open: calls to you are stopped, or we have no telephone of yours. Call us, or allow calls first."
        )
    return Question(step="when", title=_("When should we call?"), options=options, hint=hint)


def _topic(draft: Draft, person_id: int, now: datetime) -> Question:
    return Question(
        step="topic", title=_("What would you like to talk about?"), way="words", is_optional=True,
        hint=_("You can leave this empty."),
    )  # fmt: skip


def _stopped(draft: Draft, person_id: int, now: datetime) -> Question:
    return Question(
        step="stopped", title=_("Which contacts should stop?"), way="many", is_optional=True,
        options=tuple((code, channel_word(code)) for code in CHANNELS), hint=_("Tick none to leave all as they are."),
    )  # fmt: skip


def _hours(draft: Draft, person_id: int, now: datetime) -> Question:
    return Question(
        step="hours", title=_("At which hours may we contact you?"), way="hours", is_optional=True,
        options=tuple((hour, hour) for hour in HOURS), hint=_("Leave both empty if any lawful hour will do."),
    )  # fmt: skip


def _third(draft: Draft, person_id: int, now: datetime) -> Question:
    return Question(
        step="third_parties", title=_("Should we leave other people out of it?"),
        hint=_("Family, friends or colleagues whose numbers we were given."),
        options=(("yes", _("Yes, contact nobody else")), ("no", _("Leave it as it is"))),
    )  # fmt: skip


_MAKERS = {
    "debt": _debt, "cause": _cause, "part": _part, "amount": _amount, "words": _words, "when": _when, "topic": _topic,
    "stopped": _stopped, "hours": _hours, "third_parties": _third,
}  # fmt: skip


def plain(amount: Money) -> str:
    """Write an amount as text: CNY 8,200.00."""
    return f"{amount.currency} {amount.amount:,}"


class AnswerMissing(ValueError):
    """The page was not answered; the message says what is wanted."""


def answer_of(question: Question, data: Any) -> Any:
    """Read the answer to a question.

    :raises AnswerMissing: if there is none that fits
    """
    known = {code for code, _word in question.options}
    if question.way == "many":
        return [code for code in data.getlist("answer") if code in known]
    if question.way == "hours":
        return _span(data.get("from", ""), data.get("to", ""), known)
    text = data.get("answer", "").strip()
    if not text and question.is_optional:
        return ""
    if question.way == "words":
        if not text:
            raise AnswerMissing(_("Write a sentence, please: an empty page tells us nothing."))
        if len(text) > 5_000:
            raise AnswerMissing(
                _("This is longer than 5,000 characters. Shorten it, or add the rest as a document.")
            )
        return text
    if question.way == "amount":
        return _minor(text, question.currency)
    if text not in known:
        raise AnswerMissing(_("Choose one of the answers."))
    return text


def _span(first: str, last: str, known: set[str]) -> list[str]:
    if not first and not last:
        return []
    if first not in known or last not in known or first >= last:
        raise AnswerMissing(_("Choose an hour to begin and a later one to end."))
    return [first, last]


def _minor(text: str, currency: str) -> int:
    try:
        amount = Money.of(text.replace(",", "").replace("，", "")[:20], currency)
    except (ValueError, ArithmeticError):
        amount = Money(0, currency)
    if not 0 < amount.minor < 10**13:
        raise AnswerMissing(_("Write an amount, such as 128.50."))
    return amount.minor


def word_of(question: Question, answer: Any) -> str:
    """Return an answer as the person reads it before it is sent."""
    words = dict(question.options)
    if question.way == "amount":
        return plain(Money(answer, question.currency))
    if question.way == "many":
        return "、".join(words[code] for code in answer if code in words) or _("None")
    if question.way == "hours":
        return f"{answer[0]} – {answer[1]}" if answer else _("Any lawful hour")
    return words.get(answer, str(answer)) or _("Nothing")


def submission(draft: Draft, person_id: int) -> dict[str, Any]:
    """Return the answers as the journey takes them."""
    said, details = draft.said, {}
    part = said.get("part", "")
    account_id = _account(draft, person_id)
    if draft.kind == "dispute" and account_id is not None and part.startswith("part:"):
        details["component"] = part.removeprefix("part:")
    elif draft.kind == "dispute" and account_id is not None and part == "amount" and "amount" in said:
        details["amount_minor"] = said["amount"]
    elif draft.kind == "callback":
        details["wanted_at"] = said.get("when")
    elif draft.kind == "contact_limits":
        hours = said.get("hours") or ["", ""]
        details = {
            "stopped": said.get("stopped", []), "hours_from": hours[0], "hours_to": hours[1],
            "third_parties": said.get("third_parties") == "yes",
        }  # fmt: skip
    has_debt = draft.kind in ("dispute", "complaint") and account_id is not None
    return {
        "kind": draft.kind, "account_ids": [account_id] if has_debt else [], "cause": said.get("cause", ""),
        "words": said.get("words") or said.get("topic") or "", "details": details, "reference": draft.reference,
    }  # fmt: skip
