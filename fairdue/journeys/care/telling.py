"""What the person is told of a matter: received, answered, and the letter that goes with the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fairdue.contexts.book import facade as book
from fairdue.contexts.care import facade as care
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.engine.documents.rendering import render_pdf
from fairdue.journeys.send_code import CHANNELS, ways_for_code
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date
from fairdue.storage.pdf_signing import sign_pdf

LIFETIME = timedelta(days=14)
HEADS = {
    "zh": ("我们的理解", "我们的核实", "我们的决定与依据", "接下来与您的权利"),
    "en": (
        "What we understood",
        "What we found",
        "What we decided and why",
        "What happens now, and your rights",
    ),
}


def tell_received(card: care.MatterCard, *, now: datetime) -> None:
    """This function will acknowledge with the number and the last day of the answer: in the inbox, and by text or mail.

    Who wrote it in the portal has just read both there: the inbox is enough.
    """
    due = card.clock.due_date
    if due is None:
        return
    values = {"answer_date": due.isoformat()}
    _plan(card, "notice.matter_received", values, "inapp", None, now)
    if card.channel != "portal":
        _plan_outside(card, "notice.matter_received", values, now)


def tell_extended(card: care.MatterCard, *, now: datetime) -> None:
    """This function will say that the answer takes longer, and by which day it comes now."""
    due = card.clock.due_date
    if due is not None:
        values = {"answer_date": due.isoformat()}
        _plan(card, "notice.matter_extended", values, "inapp", None, now, key=due.isoformat())
        _plan_outside(card, "notice.matter_extended", values, now, key=due.isoformat())


def tell_answered(card: care.MatterCard, answer_id: int, *, now: datetime) -> None:
    """This function will say that the answer is there: in the inbox, and by text or mail."""
    _plan(card, "notice.matter_answered", {}, "inapp", None, now, key=str(answer_id))
    _plan_outside(card, "notice.matter_answered", {}, now, key=str(answer_id))


def _plan_outside(
    card: care.MatterCard, template: str, values: Mapping[str, Any], now: datetime, *, key: str = ""
) -> None:
    """Plan it for the person's own telephone, else mailbox; who has neither reads it in the portal."""
    ways = sorted(ways_for_code(card.person_id), key=lambda way: way.medium != "mobile")
    for way in ways[:1]:
        _plan(card, template, values, CHANNELS[way.medium], way.contact_point_id, now, key=key)


def purpose_of(card: care.MatterCard) -> str:
    """Return the purpose of a reply: it passes the hold that the matter itself has placed, hours and opt-outs bind it."""
    return "dispute_reply" if card.kind == "dispute" else "complaint_reply"


def _plan(
    card: care.MatterCard,
    template: str,
    values: Mapping[str, Any],
    channel: str,
    point_id: int | None,
    now: datetime,
    *,
    key: str = "",
) -> None:
    locale = parties.person_card(card.person_id).locale
    language = "en" if locale.startswith("en") else "zh"
    outreach.plan_message(
        person_id=card.person_id, channel=channel, template_code=template, purpose=purpose_of(card), now=now,
        dedupe_key=f"matter:{card.matter_id}:{template}:{channel}:{key}"[:80], contact_point_id=point_id, locale=locale,
        account_id=card.account_ids[0] if card.account_ids else None, expires_at=now + LIFETIME,
        values={"matter_number": card.number, "matter_kind": kind_word(card.kind, language), **values},
    )  # fmt: skip


def kind_word(kind: str, language: str) -> str:
    """Return what a kind is called in a text of the house."""
    name = care.terms_of(kind).name
    return name.zh if language == "zh" else name.en.lower()


def write_letter(
    detail: care.MatterDetail, answer: care.AnswerCard, *, actor: Actor, now: datetime
) -> care.DocumentCard:
    """This function will write the answer that was given as a signed letter and keep it with its matter."""
    card = detail.card
    language = "en" if parties.person_card(card.person_id).locale.startswith("en") else "zh"
    signed = sign_pdf(
        render_pdf("letter", _letter(card, answer, language, now), language=language),
        reason=f"answer to {card.number}", now=now,
    )  # fmt: skip
    kept = care.keep_letter(
        matter_id=card.matter_id, name=f"{card.number}.pdf", content=signed, actor=actor, now=now
    )
    care.attach_letter(answer_id=answer.answer_id, document_id=kept.document_id)
    return kept


def _letter(card: care.MatterCard, answer: care.AnswerCard, language: str, now: datetime) -> dict[str, Any]:
    lender, phone = _lender(card, language)
    outcome = next(each for each in care.terms_of(card.kind).outcomes if each.code == answer.outcome)
    paragraphs = [
        f"{head}：{part}" if language == "zh" else f"{head}: {part}"
        for head, part in zip(HEADS[language], answer.parts, strict=True)
        if part.strip()
    ]
    words = {
        "zh": ("事项", "收到日期", "结论", "答复"),
        "en": ("Matter", "Received", "Outcome", "Answer to"),
    }[language]
    title = kind_word(card.kind, language).capitalize()
    return {
        "lender": lender, "title": f"{title}{words[3]}" if language == "zh" else f"{words[3]} your {title.lower()}",
        "number": card.number, "date": business_date(now), "issued_at": now,
        "to": parties.name_for_letter(card.person_id), "paragraphs": paragraphs, "contact": phone,
        "facts": [
            [words[0], title], [words[1], business_date(card.opened_at).isoformat()],
            [words[2], outcome.zh if language == "zh" else outcome.en],
        ],
    }  # fmt: skip


def _lender(card: care.MatterCard, language: str) -> tuple[str, str]:
    """Return the name and the telephone of the lender whom the matter is about, or of the first of several."""
    owed = [
        each for each in book.account_cards(card.person_id) if card.account_ids in ((), (each.account_id,))
    ]
    ids = {each.creditor_id for each in owed}
    for creditor in book.creditors(system("care")):
        if creditor.creditor_id in ids:
            return (creditor.name_zh if language == "zh" else creditor.name_en), creditor.contact_phone
    return "", ""
