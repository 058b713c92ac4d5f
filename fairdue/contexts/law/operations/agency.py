"""Agencies ask the gate before they contact and report after; their contacts count at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from fairdue.contexts.audit import facade as audit
from fairdue.engine.law.verdict import Verdict
from fairdue.kernel.clock import business_date
from fairdue.storage.reads import Read, as_one, insert_row, read_one, run_together, values_of

from ..agency_contracts import Agency, ContactReport, PermitQuestion
from ..contracts import TextReport
from ..counting import PENDING, RESULTS
from ..locking import LOCK_BUDGET_SQL
from ..made import Made, made_by_id_read, made_read, permitted_read
from ..models import AgencyContact
from ..past import judge_past
from ..queries.content import check_text
from ..rules import shipped_packs
from .agency_door import AgencyRefused, PointUnknown, Target, agency_actor, answer_once, target
from .contacts import ResultUnknown, record_contact, settle_contact
from .reserve import reserve
from .use import PermitUnusable, use_permit

WRITTEN = ("sms", "email", "inapp", "letter")
CLOCK_SKEW = timedelta(minutes=2)
"""So far a report may lie ahead of our clock."""
NUMBER_UNKNOWN: dict[str, Any] = {
    "rule_id": "law.agency.number_unknown", "outcome": "refuse",
    "message_zh": "该号码或地址不在委托方登记的联系方式中，须说明合法来源。",
    "message_en": "The lender does not know this number or address of the person: its lawful source must be shown.",
    "citation": "个人信息保护法 art. 10, 13 (CN-PI-04)", "pack": "", "version": "", "evidence": "primary", "facts": {},
    "retry_after": None,
}  # fmt: skip


class TextMissing(AgencyRefused):
    """A written contact is asked for without its text."""

    code = "law.agency.text_missing"


class MomentWrong(AgencyRefused):
    """A contact that is reported lies in the future."""

    code = "law.agency.in_the_future"


class ReferenceReused(AgencyRefused):
    """The agency's number stands for another contact already."""

    code = "law.agency.reference_reused"


def ask_permit(*, agency: Agency, question: PermitQuestion, now: datetime) -> tuple[dict[str, Any], bool]:
    """This function will answer an agency's question and, if allowed, reserve the contact; (answer, was it repeated).

    1. The lender's own gate with fresh facts: contacts of the lender and of every agency count together.
    2. A written contact is read first; a text that the law refuses gets no permit and its places are named.
    3. The permit is for this text, recipient and channel, expires, and is consumed by the report that names it.

    :raises AgencyRefused: if the debt, the number or the text is missing or unknown, or the id was reused
    :raises ChannelUnknown: if no rule speaks of the channel
    """
    return answer_once(
        agency=agency.code, kind="permit", request_id=question.request_id, question=_as_asked(question), now=now,
        work=lambda: _permit(agency, question, now),
    )  # fmt: skip


def _as_asked(question: PermitQuestion) -> dict[str, Any]:
    """Return the question by field, without what came later and was not said: a repetition stays one."""
    silent = {"staff_ref": "", "staff_count": 1, "sender_account": "institution"}
    return {name: value for name, value in asdict(question).items() if silent.get(name, ...) != value}


def _permit(agency: Agency, question: PermitQuestion, now: datetime) -> dict[str, Any]:
    aim, is_known = target(
        agency=agency, creditor=question.creditor, account_ref=question.account_ref, channel=question.channel,
        contact_value=question.contact_value,
    )  # fmt: skip
    if not is_known:
        raise PointUnknown("the lender does not know this number or address of the person")
    if question.channel in WRITTEN:
        report = _read_text(aim, question, now)
        if report.is_refused:
            rules = tuple(dict.fromkeys(finding.rule_id for finding in report.findings))
            _audit_answer(agency, aim, question, report.outcome, rules, now)
            return _answer(question.request_id, report.as_verdict())
    digest = text_sha256(question.subject, question.text) if question.channel in WRITTEN else ""
    reservation = reserve(
        person_id=aim.person_id, channel=question.channel, contact_point_id=aim.contact_point_id,
        purpose=question.purpose, content_sha256=digest, now=now, actor=agency_actor(agency), mode=question.mode,
        account_ids=(aim.account.account_id,), staff_ref=question.staff_ref, staff_count=question.staff_count,
        sender_account=question.sender_account,
    )  # fmt: skip
    verdict = reservation.verdict
    _audit_answer(agency, aim, question, verdict.outcome, verdict.rule_ids, now)
    answer = _answer(question.request_id, verdict.as_json())
    if reservation.permit_id is not None and reservation.expires_at is not None:
        answer |= {
            "permit_id": reservation.permit_id, "expires_at": reservation.expires_at.isoformat(),
            "content_sha256": digest, "requires": list(verdict.requires),
        }  # fmt: skip
    return answer


def text_sha256(subject: str, text: str) -> str:
    """This function will return the digest by which a permit names a text: of `subject`, a line feed and `text`."""
    return hashlib.sha256(f"{subject}\n{text}".encode()).hexdigest()


def _read_text(aim: Target, question: PermitQuestion, now: datetime) -> TextReport:
    if not question.text.strip():
        raise TextMissing("a written contact is asked for with its very text")
    account = aim.account
    return check_text(
        text=question.text, subject=question.subject, channel=question.channel, purpose=question.purpose,
        on=business_date(now), actor_kind="agency", groups=(account.institution_group,),
        names=(account.creditor_name_zh, account.creditor_name_en), products=(account.product_kind,),
        recipient="third_party" if aim.point and aim.point.owner != "debtor" else "debtor",
    )  # fmt: skip


_PUBLIC = ("rule_id", "outcome", "message_zh", "message_en", "citation", "retry_after")


def _answer(request_id: str, verdict: Mapping[str, Any]) -> dict[str, Any]:
    """Return a verdict as an agency gets it: the reasons with their sources, none of the lender's own facts."""
    return {
        "request_id": request_id,
        "outcome": verdict["outcome"],
        "retry_after": verdict["retry_after"],
        "reasons": [
            {name: reason[name] for name in _PUBLIC} | _places(reason) for reason in verdict["reasons"]
        ],
    }


def _places(reason: Mapping[str, Any]) -> dict[str, str]:
    return {"places": reason["facts"]["places"]} if "places" in (reason.get("facts") or {}) else {}


def _audit_answer(
    agency: Agency, aim: Target, question: PermitQuestion, outcome: str, rules: tuple[str, ...], now: datetime
) -> None:
    audit.record(
        code="law.agency.answered", actor=agency_actor(agency), subject_type="account", subject_id=aim.account.account_id,
        person_id=aim.person_id, now=now, after={"channel": question.channel, "outcome": outcome},
        reason=", ".join(rules),
    )  # fmt: skip


def report_contact(*, agency: Agency, report: ContactReport, now: datetime) -> tuple[dict[str, Any], bool]:
    """This function will count a contact that an agency made, or make its result more final; (answer, was it repeated).

    1. One that names its permit, at its recipient, on its channel and within its time, consumes it; unless the person
       said stop, or a hold began, between permit and contact: then the permit covers nothing any more.
    2. Any other contact counts all the same, at once, is judged with the facts of then, and what it breaks is kept.
    3. A number that the lender does not know counts and is a breach of its own.

    :raises AgencyRefused: if the debt is unknown, it lies in the future, or an id stands for something else
    :raises ResultUnknown: if the result is not known
    :raises ChannelUnknown: if no rule speaks of the channel
    """
    return answer_once(
        agency=agency.code, kind="contact", request_id=report.request_id, question=asdict(report), now=now,
        work=lambda: _report(agency, report, now),
    )  # fmt: skip


def _report(agency: Agency, report: ContactReport, now: datetime) -> dict[str, Any]:
    if report.occurred_at > now + CLOCK_SKEW:
        raise MomentWrong("a contact that is reported cannot lie in the future")
    if report.result not in RESULTS or report.result == PENDING:
        raise ResultUnknown(f"{report.result!r} is none of {', '.join(sorted(RESULTS.keys() - {PENDING}))}")
    aim, is_known = target(
        agency=agency, creditor=report.creditor, account_ref=report.account_ref, channel=report.channel,
        contact_value=report.contact_value,
    )  # fmt: skip
    told = read_one(_told_read(agency, report))
    if told is None:
        _count(agency, report, aim, is_known=is_known, now=now)
    else:
        if (told.person_id, told.channel, told.account_id) != (
            aim.person_id, report.channel, aim.account.account_id,
        ):  # fmt: skip
            raise ReferenceReused(f"{report.contact_ref!r} stands for another contact already")
        settle_contact(contact_id=told.contact_id, result=report.result, now=now)
    stands = read_one(_told_read(agency, report))
    if stands is None:
        raise LookupError("a contact that was just counted is not there")
    answer = _answer(
        report.request_id, stands.verdict or {"outcome": "allow", "retry_after": None, "reasons": []}
    )
    return answer | {
        "contact_ref": report.contact_ref, "contact_id": stands.contact_id, "result": stands.result,
        "was_permitted": stands.is_permitted,
    }  # fmt: skip


class Told(NamedTuple):
    """A contact that an agency told of, as it stands."""

    contact_id: int
    account_id: int
    verdict: dict[str, Any] | None
    person_id: int
    channel: str
    result: str
    is_permitted: bool


_TOLD_SQL = """
SELECT json_build_array(contact.id, told.account_id, told.verdict, contact.person_id, contact.channel, contact.result,
                        contact.permit_id IS NOT NULL)
FROM law_agencycontact told JOIN law_contact contact ON contact.id = told.contact_id
WHERE told.agency = $1 AND told.contact_ref = $2
"""


def _told_read(agency: Agency, report: ContactReport) -> Read[Told | None]:
    parameters = (agency.code, report.contact_ref)
    return Read(_TOLD_SQL, parameters, lambda rows: Told._make(rows[0]) if rows else None)


def _count(agency: Agency, report: ContactReport, aim: Target, *, is_known: bool, now: datetime) -> None:
    actor = agency_actor(agency)
    contact_id = _permitted_contact(agency, report, aim)
    is_covered = contact_id is not None
    if contact_id is not None:
        settle_contact(contact_id=contact_id, result=report.result, now=now)
        run_together((_MADE_AT_SQL, (contact_id, report.occurred_at)))
    else:
        contact_id = record_contact(
            person_id=aim.person_id, channel=report.channel, result=report.result, occurred_at=report.occurred_at,
            made_by=agency.code, actor=actor, now=now, contact_point_id=aim.contact_point_id, mode=report.mode,
            direction=report.direction, purpose=report.purpose, account_ids=(aim.account.account_id,),
        )  # fmt: skip
    document = None if is_covered else _word_of_then(contact_id, aim, is_known=is_known)
    outcome, verdict = ("allow", None) if document is None else _kept(document)
    insert_row(
        "law_agencycontact",
        {
            "agency": agency.code, "contact_ref": report.contact_ref, "contact_id": contact_id,
            "account_id": aim.account.account_id, "is_number_known": is_known, "recorded_at": now, "judged_at": now,
            "outcome": outcome, "verdict": json.dumps(verdict) if verdict else None,
        },
    )  # fmt: skip


_MADE_AT_SQL = "UPDATE law_contact SET occurred_at = $2 WHERE id = $1"


def _word_of_then(contact_id: int, aim: Target, *, is_known: bool) -> dict[str, Any]:
    """Return what the gate says of a contact that no permit covered, with the facts of then."""
    contact = read_one(made_read(contact_id))
    about = {contact_id: (aim.account.account_id,)}
    judged = next(judge_past([contact], account_ids=about), None)
    return _document(judged.verdict if judged else None, is_known=is_known or contact.direction != "outbound")


def _document(verdict: Verdict | None, *, is_known: bool) -> dict[str, Any]:
    """Return a verdict as it is kept of a contact that an agency told of."""
    document = verdict.as_json() if verdict else {"outcome": "allow", "reasons": [], "retry_after": None}
    if not is_known:
        document["reasons"] = [NUMBER_UNKNOWN, *document["reasons"]]
        document["outcome"] = "refuse"
    document.pop("asked", None)
    return document


def _kept(document: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    return str(document["outcome"]), document if document["reasons"] else None


def _permitted_contact(agency: Agency, report: ContactReport, aim: Target) -> int | None:
    """Consume the permit that a report names and return its counted contact; None if it does not cover it."""
    if report.permit_id is None or report.direction != "outbound":
        return None
    lock = (
        LOCK_BUDGET_SQL,
        (aim.person_id,),
    )  # a hold that is being placed comes before or after, never in between
    reads: list[Read[Any]] = [
        _digest_read(report.permit_id, agency.code, aim.person_id),
        permitted_read(report.permit_id),
    ]
    digest, contact = values_of(reads, run_together(lock, as_one(reads))[1])
    if digest is None or contact is None or _is_overtaken(contact, report.occurred_at, aim):
        return None
    try:
        use_permit(
            permit_id=report.permit_id, channel=report.channel, contact_point_id=aim.contact_point_id,
            content_sha256=digest, now=report.occurred_at,
        )  # fmt: skip
    except PermitUnusable:
        return None
    return int(contact.pk)


def _digest_read(permit_id: int, issued_to: str, person_id: int) -> Read[str | None]:
    parameters = (permit_id, issued_to, person_id)
    return Read(_DIGEST_SQL, parameters, lambda rows: rows[0][0] if rows else None)


_DIGEST_SQL = """
SELECT json_build_array(content_sha256) FROM law_permit WHERE id = $1 AND issued_to = $2 AND person_id = $3
"""


def _is_overtaken(contact: Made, occurred_at: datetime, aim: Target) -> bool:
    """Tell whether anything but a cap stood against the contact when it was made; who is told "stop" stops at once.

    A permit that was overtaken gives its room under the caps back: the contact counts by its own report. The caller
    has locked the person's budget: whoever settles a contact otherwise holds it too, or finds it settled.
    """
    if contact.result != PENDING:
        return True  # it was reported before, or overtaken then: there is no room left that a second report could use
    made = contact._replace(occurred_at=occurred_at)
    judged = next(judge_past([made], account_ids={made.pk: (aim.account.account_id,)}), None)
    if judged is None or not set(judged.verdict.rule_ids) - _caps():
        return False
    settle_contact(contact_id=made.pk, result="failed", now=occurred_at)
    return True


@lru_cache(maxsize=1)
def _caps() -> frozenset[str]:
    """Return the ids of the rules that only count: what others did meanwhile does not undo a permit."""
    checks = (check for pack in shipped_packs() for check in pack.checks)
    return frozenset(check.id for check in checks if check.uses == "count.reached")


def judge_told(told: list[AgencyContact], *, now: datetime) -> int:
    """This function will judge contacts that agencies told of with the facts of then; return how many break a rule."""
    contacts = {made.pk: made for made in read_one(made_by_id_read([each.contact_id for each in told]))}
    about = {each.contact_id: (each.account_id,) for each in told}
    verdicts = {each.contact.pk: each.verdict for each in judge_past(contacts.values(), account_ids=about)}
    for each in told:
        is_known = each.is_number_known or contacts[each.contact_id].direction != "outbound"
        document = _document(verdicts.get(each.contact_id), is_known=is_known)
        each.judged_at = now
        each.outcome, each.verdict = _kept(document)
    AgencyContact.objects.bulk_update(told, ["outcome", "judged_at", "verdict"], batch_size=1_000)
    return sum(each.outcome != "allow" for each in told)
