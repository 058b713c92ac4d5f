"""From a planned message to the very text and address: template, figures, contact point."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import PersonSummary
from fairdue.contexts.outreach.models import Message, Template
from fairdue.contexts.outreach.rendering import (
    TemplateNotApproved,
    TemplateRefused,
    TemplateRetired,
    TemplateUnknown,
    render,
)
from fairdue.contexts.outreach.values import Figures, figures_of, own_values, values_for
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.clock import business_date
from fairdue.storage.reads import read_together

CONTENT_PURPOSE = "outreach.message.content"
FREE_TEXT = "free.text"
"""Stands for the template of a message that somebody wrote for it alone."""
MEDIA = {"sms": ("mobile",), "email": ("email",)}


class ContactPointMissing(TemplateRefused):
    """The person has no contact point that the channel can use."""

    code = "outreach.contact_point.missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A text ready to be judged: nothing is sent but these very words."""

    contact_point_id: int | None
    template_version: str
    locale: str
    subject: str
    text: str
    account: AccountCard
    """The (worst) debt that it speaks of."""

    @property
    def account_id(self) -> int:
        """The id of that debt."""
        return self.account.account_id

    @property
    def sha256(self) -> str:
        """The digest that the permit names."""
        return text_digest(self.subject, self.text)


def text_digest(subject: str, text: str) -> str:
    """Return the digest of a text under which it is permitted."""
    return hashlib.sha256(f"{subject}\n{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the texts of some messages are made of, read for all of them together."""

    templates: Mapping[str, tuple[Template, ...]]
    """Every version by code."""
    summaries: Mapping[int, PersonSummary]
    accounts: Mapping[int, tuple[AccountCard, ...]]
    points: Mapping[int, tuple[parties.ContactPointCard, ...]]

    def owed(self, message: Message, condition: str) -> Figures:
        """Return the money facts that a message speaks of.

        :raises NothingDue: if nothing is owed that the template's condition names
        """
        person_id = message.person_id
        return figures_of(
            self.summaries[person_id].accounts,
            self.accounts.get(person_id, ()),
            message.account_id,
            condition,
        )


def sources_of(messages: Sequence[Message], now: datetime) -> Sources:
    """This function will read what some messages are made of, by a few statements for all of them."""
    persons = sorted({message.person_id for message in messages})
    codes = {message.template_code for message in messages} - {FREE_TEXT}
    templates: dict[str, list[Template]] = {}
    for template in Template.objects.filter(code__in=codes) if codes else ():
        templates.setdefault(template.code, []).append(template)
    accounts, points = read_together(
        book.account_cards_of_read(persons), parties.contact_points_of_read(persons)
    )
    return Sources(
        templates={code: tuple(versions) for code, versions in templates.items()},
        summaries=ledger.person_summaries(persons, business_date(now)), accounts=accounts, points=points,
    )  # fmt: skip


def compose(message: Message, now: datetime, sources: Sources | None = None) -> Composed:
    """Return the message's text as it is true now, from sources that were just read or from its own.

    :raises NothingDue: if what it would ask for is no longer owed
    :raises TemplateRefused: if the template, a value or the contact point does not allow it
    """
    sources = sources or sources_of([message], now)
    if message.template_code == FREE_TEXT:
        return _compose_free(message, sources)
    versions = sources.templates.get(message.template_code, ())
    template = _in_use(versions, message.template_code, message.channel, message.locale)
    found = sources.owed(message, template.due_condition)
    made = own_values(message.pk, message.person_id, now)
    values = values_for(template.placeholders, message.values, found, template.locale, made)
    text = render(
        text=f"{template.subject}\0{template.body}",
        placeholders=template.placeholders,
        values=values,
        locale=template.locale,
    )
    subject, _, body = text.partition("\0")
    return Composed(
        contact_point_id=choose_contact_point(message, sources.points.get(message.person_id, ())),
        template_version=template.version,
        locale=template.locale,
        subject=subject,
        text=body,
        account=found.account,
    )


def _compose_free(message: Message, sources: Sources) -> Composed:
    """Return a text that was written for this one message, word for word."""
    found = sources.owed(message, "none")
    subject, text = open_content(message.content_sealed)
    return Composed(
        contact_point_id=choose_contact_point(message, sources.points.get(message.person_id, ())),
        template_version="",
        locale=message.locale,
        subject=subject,
        text=text,
        account=found.account,
    )


def framed(text: str, *, channel: str, locale: str, account: AccountCard) -> str:
    """Return a text written by hand with what every message of its channel says, where it does not say it.

    1. A text message begins with the institution and says how to verify it and how to opt out.
    2. A mail or in-app message is signed by the institution.
    """
    is_chinese = locale.lower().startswith("zh")
    creditor = account.creditor_name_zh if is_chinese else account.creditor_name_en
    text = text.strip()
    if channel != "sms":
        return text if creditor in text else f"{text}\n\n{creditor}"
    head = (
        ""
        if text.lstrip("【[").startswith(creditor)
        else f"【{creditor}】"
        if is_chinese
        else f"[{creditor}] "
    )
    ends = _SMS_ENDS["zh" if is_chinese else "en"]
    return head + text + "".join(end for word, end in ends if word not in text.lower())


_SMS_ENDS = {
    "zh": (("核实", "核实请拨打您卡片背面或合同所载的客服电话。"), ("退订", "回复T退订。")),
    "en": (
        ("to verify", " To verify, call the number on your card or contract."),
        ("opt out", " Reply T to opt out."),
    ),
}


def live_template(code: str, channel: str, locale: str) -> Template:
    """Return the one version in use.

    :raises TemplateUnknown: if there is no such text in this language or channel
    :raises TemplateNotApproved: if no version was approved yet
    :raises TemplateRetired: if every approved version was retired
    """
    return _in_use(Template.objects.filter(code=code), code, channel, locale)


def _in_use(every: Iterable[Template], code: str, channel: str, locale: str) -> Template:
    spoken = "zh-hans" if locale.lower().startswith("zh") else "en"
    versions = [each for each in every if (each.channel, each.locale) == (channel, spoken)]
    label = f"{code} ({channel}, {spoken})"
    if not versions:
        raise TemplateUnknown(f"no template {label}")
    live = [each for each in versions if each.approved_at and not each.retired_at]
    if live:
        return live[0]
    if any(each.approved_at for each in versions):
        raise TemplateRetired(f"every version of {label} is retired")
    raise TemplateNotApproved(f"no version of {label} is approved")


TO_ITS_POINT_ONLY = frozenset({"one_time_code", "confirm_change"})
"""Purposes of messages that show or tell something by the very contact point that they go to."""


def choose_contact_point(message: Message, points: Iterable[parties.ContactPointCard]) -> int | None:
    """Return the planned contact point if it is still valid, else the person's first own one.

    1. An opted-out point is kept: the gate refuses it; another number would go around the person's will.
    2. In-app messages need none.
    3. A code, and the word that contact points were changed, go to the point that they name or nowhere: one that waits for
       its code is theirs, and the gate lets nothing else through to it.

    :raises ContactPointMissing: if there is none
    """
    if message.channel == "inapp":
        return None
    in_use = ("valid", "pending") if message.purpose in TO_ITS_POINT_ONLY else ("valid",)
    usable = [
        point
        for point in points
        if point.medium in MEDIA[message.channel] and point.status in in_use and point.owner == "debtor"
    ]
    chosen = [point for point in usable if point.contact_point_id == message.contact_point_id]
    if message.purpose in TO_ITS_POINT_ONLY:
        usable = []
    for point in chosen or sorted(usable, key=lambda each: (each.rank, each.contact_point_id)):
        return point.contact_point_id
    raise ContactPointMissing(f"no valid contact point for {message.channel}")


def seal_content(subject: str, text: str) -> bytes:
    """Return the text as it is kept."""
    document = json.dumps({"subject": subject, "text": text}, ensure_ascii=False)
    return settings.FIELD_KEYS.seal(document, CONTENT_PURPOSE)


def open_content(sealed: bytes | memoryview | None) -> tuple[str, str]:
    """Return subject and text of a sealed content; both empty if there is none."""
    if sealed is None:
        return "", ""
    document = json.loads(settings.FIELD_KEYS.open(bytes(sealed), CONTENT_PURPOSE))
    return document["subject"], document["text"]
