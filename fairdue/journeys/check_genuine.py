"""Is this really from you? What a code on a message, a contact or a document stands for, told to whoever holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from fairdue.contexts.book import facade as book
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.kernel.actor import system
from fairdue.kernel.check_codes import check_code, read_check_code
from fairdue.kernel.clock import business_date

MESSAGE, CONTACT, STATEMENT, SETTLEMENT, RECORD = "M", "C", "T", "S", "R"


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """What is genuine, as much of it as whoever holds the code knows already: no name, no number, no amount."""

    kind: str
    """`message`, `contact`, `statement`, `settlement` or `record`."""
    channel: str = ""
    on_date: date
    lender_zh: str = ""
    lender_en: str = ""
    account_ref_masked: str = ""
    is_still_so: bool | None = None
    """Of a settlement certificate: whether the books still say so."""


def code_of(kind: str, *numbers: int) -> str:
    """Return the code under which something can be checked."""
    return check_code(kind, *numbers, key=settings.CHAIN_KEY)


def code_of_document(kind: str, subject_id: int, on_date: date) -> str:
    """Return the code that a document bears: of what kind, about which account (or person), as of which day."""
    return code_of(kind, subject_id, int(on_date.strftime("%Y%m%d")))


def check_genuine(*, written: str, now: datetime) -> Genuine | None:
    """This function will say what a code stands for, or None: a wrong one and one of nothing are answered alike."""
    found = read_check_code(written, key=settings.CHAIN_KEY)
    if found is None:
        return None
    if found.kind == MESSAGE:
        return _message(found.numbers[0])
    if found.kind == CONTACT:
        return _contact(found.numbers[0])
    return _document(found.kind, found.numbers, now)


def _message(message_id: int) -> Genuine | None:
    card = outreach.message_sent(message_id)
    if card is None:
        return None
    accounts = book.account_cards(card.person_id)
    home = next((each for each in accounts if card.account_id in (None, each.account_id)), None)
    return Genuine(
        kind="message", channel=card.channel, on_date=business_date(card.sent_at or card.recorded_at),
        lender_zh=home.creditor_name_zh if home else "", lender_en=home.creditor_name_en if home else "",
    )  # fmt: skip


def _contact(contact_id: int) -> Genuine | None:
    card = law.contact_by_number(contact_id)
    if card is None:
        return None
    return Genuine(kind="contact", channel=card.channel, on_date=business_date(card.occurred_at))


def _document(kind: str, numbers: tuple[int, ...], now: datetime) -> Genuine | None:
    words = {STATEMENT: "statement", SETTLEMENT: "settlement", RECORD: "record"}
    if kind not in words or len(numbers) != 2:
        return None
    on_date = datetime.strptime(str(numbers[1]), "%Y%m%d").date()  # noqa: DTZ007 - a day, no instant
    if kind == RECORD:
        return Genuine(kind="record", on_date=on_date)
    try:
        card = book.account_card(numbers[0], actor=system("portal"))
    except book.AccountUnknown:
        return None
    is_settled = ledger.account_summary(card.account_id, business_date(now)).balance.minor == 0
    return Genuine(
        kind=words[kind], on_date=on_date, lender_zh=card.creditor_name_zh, lender_en=card.creditor_name_en,
        account_ref_masked=card.ref_masked, is_still_so=is_settled if kind == SETTLEMENT else None,
    )  # fmt: skip
