"""Matters of the demonstration: a few of each kind, fresh and old, taken, waiting for approval, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.care import answer_matter, approve_answer, callback_slots, open_matter
from fairdue.journeys.seed_demo import staff_by_role
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date

RECEIVED = time(9, 40)
SKIPPED, FAR = 6, 60
"""Persons at the top of the queue are left to the deadlines; among so many the last ones tell us something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What one borrower of the demonstration told us, so many days ago, and what became of it."""

    kind: str
    words: str
    cause: str = ""
    days_ago: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)
    handler: str = ""
    outcome: str = ""
    is_approved: bool = False
    parts: tuple[str, str, str, str] = ("", "", "", "")
    document: str = ""


TOLD = (
    _Told(kind="complaint", cause="calls", days_ago=9, words="上周每天打来三四个电话，已影响工作，请停止。"),
    _Told(kind="complaint", cause="conduct", days_ago=13, handler="compliance", words="对方称要上门找我父母，语气带有威胁。"),
    _Told(
        kind="complaint", cause="third_party", days_ago=6, handler="compliance", outcome="partly_upheld",
        words="联系了我的同事，同事知道了我欠款。",
        parts=("您反映我们联系了您的同事并透露欠款。", "核对了通话记录与录音：确有一次拨打单位电话，未说明欠款金额，但提及了机构名称。",
               "部分成立：不应以单位电话联系。依据互联网金融贷后催收业务指引与个人信息保护法。",
               "已删除该号码并对人员培训。您可拨打12378反映。"),
    ),
    _Told(kind="dispute", cause="fee_or_interest", days_ago=1, words="违约金收了两次，账单上有两笔同样金额。",
          details={"amount_minor": 5_000}),
    _Told(
        kind="dispute", cause="paid_already", days_ago=5, handler="collector", outcome="rejected", is_approved=True,
        words="十月已经转账还清。",
        parts=("您认为十月的款项已经还清。", "核对了对公账户流水，十月没有收到您的转账；九月的一笔已入账。",
               "异议不成立：该期仍未还。依据借款合同第四条。", "如有转账凭证请在此补充，我们会重新核实。"),
    ),
    _Told(kind="hardship", cause="illness", days_ago=3, words="住院手术，两个月没有收入，希望降低每期还款。",
          document="出院小结：2026年11月，建议休养三个月。"),
    _Told(
        kind="hardship", cause="income", days_ago=4, handler="collector", outcome="other_terms", words="公司停业，正在找工作。",
        parts=("您失业，暂时无法按期还款。", "核对了您的还款记录：此前二十四期均按时。",
               "可改为三个月只还利息，其后恢复原计划。", "请在“协商还款”页面选择；有疑问可预约回电。"),
    ),
    _Told(kind="vulnerability", days_ago=0, words="我母亲上个月去世，我听力也不好，电话听不清，请发文字。"),
    _Told(kind="wrong_person", cause="number", days_ago=1, words="我不认识这个人，这个号码我用了三年。"),
    _Told(kind="callback", words="想问分期的利息怎么算。"),
    _Told(kind="contact_limits", words="",
          details={"stopped": ["visit"], "hours_from": "18:00", "hours_to": "20:00", "third_parties": True}),
)  # fmt: skip


@transaction.atomic
def seed_matters(*, actor: Actor, now: datetime) -> int:
    """This function will let some borrowers with open work tell us something, and return how many did; once."""
    if care.matter_queue(actor=actor, now=now, state="all", limit=1).rows:
        return 0
    staff = {role: card.staff_id for role, card in staff_by_role(actor).items()}
    by_role = {role: found for role in staff if (found := identity.actor_by_id(staff[role])) is not None}
    rows = cases.queue(actor=actor, limit=FAR).rows
    persons = list(dict.fromkeys(row.person_id for row in rows))[SKIPPED:][-len(TOLD) :]
    if len(persons) < len(TOLD) or not {"collector", "supervisor", "compliance"} <= by_role.keys():
        return 0
    for told, person_id in zip(TOLD, persons, strict=True):
        _tell(told, person_id, by_role, now)
    law.sweep_deadlines(now, actor=actor)
    return len(TOLD)


def _tell(told: _Told, person_id: int, by_role: Mapping[str, Actor], now: datetime) -> None:
    borrower = Actor(kind="borrower", label="borrower", id=person_id, role="borrower", creditor_ids=None)
    details = dict(told.details)
    if told.kind == "callback":
        slots = callback_slots(person_id=person_id, now=now)
        if not slots:
            return
        details["wanted_at"] = slots[0].starts_at.isoformat()
    if told.kind == "wrong_person":
        details["contact_point_id"] = parties.contact_points(person_id)[0].contact_point_id
    received = datetime.combine(business_date(now) - timedelta(days=told.days_ago), RECEIVED, HOUSE_ZONE)
    card = open_matter(
        person_id=person_id, kind=told.kind, account_ids=(), words=told.words, channel="portal", details=details,
        cause=told.cause, received_at=min(received, now), actor=borrower, now=now, reference="demo",
    )  # fmt: skip
    if told.document:
        care.add_document(
            matter_id=card.matter_id, name="出院小结.txt", claimed_type="text/plain", chunks=[told.document.encode()],
            actor=borrower, now=now,
        )  # fmt: skip
    _handle(told, card, by_role, now)


def _handle(told: _Told, card: care.MatterCard, by_role: Mapping[str, Actor], now: datetime) -> None:
    if not told.handler:
        return
    handler = by_role[told.handler]
    care.take(matter_id=card.matter_id, actor=handler, now=now)
    if told.outcome:
        answer_matter(
            matter_id=card.matter_id, outcome=told.outcome, parts=_parts(told), actor=handler, now=now
        )
    if told.is_approved:
        approve_answer(matter_id=card.matter_id, actor=by_role["supervisor"], now=now)


def _parts(told: _Told) -> care.AnswerParts:
    understood, found, decided, next_steps = told.parts
    return care.AnswerParts(understood=understood, found=found, decided=decided, next_steps=next_steps)
