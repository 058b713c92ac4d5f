"""All day long: an answer that is due soon or late reaches who handles it and who answers for it; a later day its person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.html import format_html, format_html_join

from fairdue.contexts.care import facade as care
from fairdue.contexts.identity import facade as identity
from fairdue.journeys.care.telling import kind_word, tell_extended
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.storage.house_mail import HouseLetter, HouseMailFailed, send_house_letter

FIRST_HOUR, END_HOUR = 7, 20
"""Letters to staff leave within these hours of the house; what comes up at night is told in the morning."""
WORDS = {
    "near": ("即将到期", "due soon"), "late": ("已逾期", "late"), "title": ("待答复事项", "Answers that are due"),
    "until": ("最迟", "by"), "nobody": ("无人受理", "nobody has it"), "see": ("查看", "See them"),
}  # fmt: skip
Found = list[tuple[str, care.MatterCard]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CareWatch:
    """What one look did."""

    near_count: int
    late_count: int
    extended_count: int
    mailed_count: int


def watch_matters(now: datetime, *, actor: Actor | None = None) -> CareWatch:
    """This function will tell of ends that are near or past, and persons of a later day; safe at any time and twice at once.

    1. Whoever handles a matter is told, and who approves answers to its kind in the scope of its debts; nobody whom it is
       about. The desk shows it to them in any case (`care.matters_ahead`); a letter goes to those who want it, if there is
       a mail server: numbers, kinds and days, nothing about the person.
    2. Each end is told once as near and once as late; a later last day is told anew.
    3. Killed, it tells the rest at the next look; a letter that was sent twice bears the same id.
    """
    actor = actor or system("care watch")
    extended = [card for card in care.extended_untold(now) if _extended(card, actor, now)]
    if not FIRST_HOUR <= now.astimezone(HOUSE_ZONE).hour < END_HOUR:
        return CareWatch(near_count=0, late_count=0, extended_count=len(extended), mailed_count=0)
    found: Found = [(what, card) for what in ("late", "near") for card in care.untold(now, what)]
    told = _told(found) if found else {}
    mailed = _mail(found, told, now)
    for what, card in found:
        if card.clock.due_date is None:
            continue
        people = sorted(told[card.matter_id])
        care.note_warned(
            matter_id=card.matter_id, what=what, due_date=card.clock.due_date, actor=actor, now=now,
            told={"told": people, "mailed": [each for each in people if each in mailed]},
        )  # fmt: skip
    counts = [what for what, _ in found]
    return CareWatch(
        near_count=counts.count("near"), late_count=counts.count("late"), extended_count=len(extended),
        mailed_count=len(mailed),
    )  # fmt: skip


@transaction.atomic
def _extended(card: care.MatterCard, actor: Actor, now: datetime) -> bool:
    due = card.clock.due_date
    if due is None or not care.note_extended(matter_id=card.matter_id, due_date=due, actor=actor, now=now):
        return False
    tell_extended(card, now=now)
    return True


def _told(found: Found) -> dict[int, frozenset[int]]:
    """Return who is told of each matter: its handler, and those who answer for its kind and may see it."""
    roles = {role for _, card in found for role in care.terms_of(card.kind).approvers}
    staff = [identity.actor_by_id(each.staff_id) for each in identity.staff_of_roles(roles)]
    active = [each for each in staff if each is not None]
    return {card.matter_id: care.overseers(card.matter_id, active) for _, card in found}


def _mail(found: Found, told: dict[int, frozenset[int]], now: datetime) -> frozenset[int]:
    """Send one letter to each of those who are told, and return who got theirs."""
    if not settings.SMTP_URL:
        return frozenset()
    lines: dict[int, Found] = defaultdict(list)
    for what, card in found:
        for staff_id in told[card.matter_id]:
            lines[staff_id].append((what, card))
    got = set()
    for staff_id, mine in lines.items():
        reader = identity.letter_reader(staff_id)
        if reader is None:
            continue
        try:
            send_house_letter(
                _letter(reader, mine, staff_id, now), url=settings.SMTP_URL, sender=settings.MAIL_FROM
            )
        except HouseMailFailed:
            continue
        got.add(staff_id)
    return frozenset(got)


def _letter(reader: identity.LetterReader, mine: Found, staff_id: int, now: datetime) -> HouseLetter:
    at = 0 if reader.locale.startswith("zh") else 1
    title, see = f"{WORDS['title'][at]} · {len(mine)}", WORDS["see"][at]
    rows = [_line(what, card, at) for what, card in mine]
    link = f"{settings.PUBLIC_URL}/desk/matters/"
    items = format_html_join("", "<li>{}</li>", ((row,) for row in rows))
    html = format_html(
        '<html lang="{}"><body><h1>{}</h1><ul>{}</ul><p><a href="{}">{}</a></p></body></html>',
        ("zh-Hans", "en")[at], title, items, link, see,
    )  # fmt: skip
    return HouseLetter(
        recipient=reader.address, subject=title, text="\n".join([title, "", *rows, "", f"{see}: {link}", ""]), html=html,
        language=("zh-Hans", "en")[at],
        message_id=f"care-{staff_id}-{business_date(now):%Y%m%d}-{_key(mine)}",
    )  # fmt: skip


def _key(mine: Found) -> str:
    return "-".join(f"{what[0]}{card.matter_id}" for what, card in mine[:8])


def _line(what: str, card: care.MatterCard, at: int) -> str:
    kind, due = kind_word(card.kind, ("zh", "en")[at]), card.clock.due_date
    handler = card.handler or WORDS["nobody"][at]
    return f"{card.number} · {kind} · {WORDS[what][at]} · {WORDS['until'][at]} {due} · {handler}"
