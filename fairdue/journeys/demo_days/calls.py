"""Collectors of the demonstration at their telephones: each call asks the gate, rings at the exchange, gets its outcome."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.demo_days.files import Paid
from fairdue.journeys.dial import confirm_party, dial_number, finish_call
from fairdue.journeys.record_contact import PromiseDraft, record_contact
from fairdue.journeys.start_call import CallRefused
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.kernel.money import Money

ANSWERED: tuple[tuple[str, int], ...] = (
    ("promise", 30), ("right_party", 8), ("callback", 7), ("says_paid", 4), ("cannot_pay", 6), ("refuses", 5),
    ("hardship", 3), ("disputes", 2), ("complains", 3), ("third_party", 8), ("voicemail", 13), ("dropped", 9),
    ("wrong_number", 2),
)  # fmt: skip
"""How calls that somebody answered end, in hundredths."""
TALKED = frozenset(
    {
        "promise",
        "right_party",
        "callback",
        "says_paid",
        "cannot_pay",
        "refuses",
        "hardship",
        "disputes",
        "complains",
    }
)
NOTES = {
    "promise": "本人确认欠款，承诺按期还款。", "right_party": "本人知悉，称会尽快处理。", "callback": "本人在开会，约下午再联系。",
    "says_paid": "称昨日已还，待核实到账。", "cannot_pay": "暂无收入，已告知可协商还款。", "refuses": "不认可利息，拒绝还款。",
    "hardship": "称近期住院，已登记特殊情形。", "disputes": "对一笔消费有异议，已登记。", "complains": "投诉来电频繁，已登记并停催。",
}  # fmt: skip
KEEPS_PERCENT = 62
"""So many promises in a hundred are kept."""
RINGS, TALKS = timedelta(seconds=24), timedelta(seconds=170)


@dataclass(slots=True)
class Desk:
    """Who calls, how the demonstration's clock is set and read, and what debtors will pay because they promised."""

    collectors: Sequence[Actor]
    at: Callable[[datetime], None]
    now: Callable[[], datetime]
    refs: dict[int, str]
    """Account numbers of the creditor, by account."""
    paid: list[Paid] = field(default_factory=list)
    spoken: list[int] = field(default_factory=list)
    """Calls in which a debtor spoke, by their number."""


def work_a_day(desk: Desk, *, day: date, first: time, end: time, calls_each: int) -> int:
    """This function will let each collector call so many of the own cases within hours of a day; it returns the calls made.

    1. The same day comes out the same: what happens follows from the day and the case.
    2. Whom the gate protects is not called, and nobody else in their place at that moment.
    """
    step = (datetime.combine(day, end) - datetime.combine(day, first)) / max(calls_each, 1)
    lists = {actor.id: _cases(actor, calls_each * 3) for actor in desk.collectors}
    made = 0
    for turn in range(calls_each):
        for place, actor in enumerate(desk.collectors):
            begins = (
                datetime.combine(day, first, HOUSE_ZONE) + turn * step + place * step / len(desk.collectors)
            )
            made += _next(desk, actor, lists[actor.id], begins)
    return made


def _cases(actor: Actor, limit: int) -> Iterator[cases.QueueRow]:
    rows = cases.queue(actor=actor, mine=True, limit=limit).rows
    return iter([row for row in rows if row.kind != "review"])


def _next(desk: Desk, actor: Actor, rows: Iterator[cases.QueueRow], begins: datetime) -> bool:
    row = next(rows, None)
    point = _number(row.person_id) if row else None
    if row is None or point is None:
        return False
    desk.at(begins)
    try:
        dialled = dial_number(case_id=row.case_id, contact_point_id=point, actor=actor, now=desk.now())
    except (CallRefused, cases.Resting):
        return False
    if dialled.call_id is None:
        return False
    desk.at(begins + RINGS)
    _talk(desk, actor, row, dialled.call_id, dialled.reservation.contact_id, begins)
    return True


def _number(person_id: int) -> int | None:
    points = parties.contact_points(person_id)
    own = (
        each
        for each in points
        if each.medium == "mobile" and each.owner == "debtor" and each.status == "valid"
    )
    return next((each.contact_point_id for each in own if not each.is_opted_out), None)


def _talk(
    desk: Desk, actor: Actor, row: cases.QueueRow, call_id: int, contact_id: int | None, begins: datetime
) -> None:
    luck = random.Random(f"{begins.date()}:{row.person_id}")  # noqa: S311 - an invented day, not a secret
    state = outreach.refresh_call(call_id=call_id)
    codes, weights = zip(*ANSWERED, strict=True)
    code = luck.choices(codes, weights)[0] if state == "answered" else state
    promise = _promise(desk, row, luck) if code == "promise" else None
    if code == "promise" and promise is None:
        code = "right_party"
    if code in TALKED:
        confirm_party(
            case_id=row.case_id,
            facts=luck.sample(["full_name", "id_tail", "birth_day"], 2),
            actor=actor,
            now=desk.now(),
        )
        desk.spoken.append(call_id)
        desk.at(begins + RINGS + TALKS * luck.uniform(0.4, 1.8))
    record_contact(
        case_id=row.case_id, code=code, actor=actor, now=desk.now(), contact_id=contact_id, note=NOTES.get(code, ""),
        promise=promise, work_item_id=row.work_item_id,
    )  # fmt: skip
    finish_call(call_id=call_id)


def _promise(desk: Desk, row: cases.QueueRow, luck: random.Random) -> PromiseDraft | None:
    """Name an amount and a day for the account that is most overdue, and decide whether the word will be kept."""
    today = business_date(desk.now())
    owing = [each for each in ledger.person_summary(row.person_id, today).accounts if each.overdue.minor > 0]
    if not owing:
        return None
    worst = max(owing, key=lambda each: each.overdue.minor)
    share = luck.choice((1, 1, 2))
    amount = Money(-(-worst.overdue.minor // share), worst.overdue.currency)
    day = today + timedelta(days=luck.randint(1, 9))
    if luck.randrange(100) < KEEPS_PERCENT and (ref := desk.refs.get(worst.account_id)):
        desk.paid.append(
            Paid(account_ref=ref, amount_minor=amount.minor, currency=amount.currency, effective_date=day)
        )
    return PromiseDraft(amount=amount, promised_date=day, account_id=worst.account_id)
