"""Record how agencies and collectors stand: on the list or off it, evaluated, trained; and what borrowers were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date

from ..models import AgencyEvaluation, AgencyListing, Notice, StaffCertificate
from ..standing_models import NOTICE_KINDS

PERMISSION = "agencies.manage"
NOTICE_CHANNELS = ("letter", "email", "sms", "inapp", "call", "visit")


class StandingRefused(ValueError):
    """It cannot be recorded so; `code` says why, nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven:
    """A notice that a borrower was given."""

    person_id: int
    kind: str
    sent_date: date
    account_id: int | None = None
    issuer: str = ""
    channel: str = ""
    reference: str = ""


def _past(day: date, now: datetime) -> None:
    if day > business_date(now):
        raise StandingRefused(
            "law.standing.in_the_future", "what is recorded has happened: the day lies ahead"
        )


def _named(text: str, code: str, what: str) -> str:
    if not text.strip():
        raise StandingRefused(code, f"{what} is missing")
    return text.strip()


@transaction.atomic
def list_agency(
    *,
    agency: str,
    listed_from: date,
    list_reference: str,
    actor: Actor,
    now: datetime,
    reveals_collection: bool = False,
) -> int:
    """This function will put an agency on the list from a day and return the entry's id; repeating changes nothing.

    1. The reference says where the list was published (CN-OUT-03). 2. An agency stands on it once at a time.

    :raises StandingRefused: if code or reference is missing, or it is listed already
    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require(PERMISSION)
    code = _named(agency, "law.standing.agency_missing", "the agency's code")
    reference = _named(list_reference, "law.standing.reference_missing", "where the list was published")
    open_entry = AgencyListing.objects.select_for_update().filter(agency=code, listed_until=None).first()
    if open_entry is not None:
        if open_entry.listed_from == listed_from:
            return open_entry.pk
        raise StandingRefused(
            "law.standing.listed_already", f"{code} is listed since {open_entry.listed_from}"
        )
    entry, is_new = AgencyListing.objects.get_or_create(
        agency=code, listed_from=listed_from,
        defaults={"list_reference": reference, "reveals_collection": reveals_collection,
                  "recorded_by": actor.label[:120], "recorded_at": now},
    )  # fmt: skip
    if not is_new:
        raise StandingRefused("law.standing.listed_already", f"{code} was listed from that day before")
    _record(
        "law.agency.listed",
        "agency_listing",
        entry.pk,
        actor,
        now,
        agency=code,
        from_=listed_from,
        reference=reference,
    )
    return entry.pk


@transaction.atomic
def delist_agency(*, agency: str, listed_until: date, reason: str, actor: Actor, now: datetime) -> None:
    """This function will take an agency off the list after a day, its last one.

    :raises StandingRefused: if it is not listed, the day lies before it was, or no reason is given
    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require(PERMISSION)
    why = _named(reason, "law.standing.reason_missing", "the reason")
    entry = AgencyListing.objects.select_for_update().filter(agency=agency, listed_until=None).first()
    if entry is None:
        raise StandingRefused("law.standing.not_listed", f"{agency!r} is not on the list")
    if listed_until < entry.listed_from:
        raise StandingRefused("law.standing.ends_before_start", "the last day lies before the first")
    entry.listed_until = listed_until
    entry.save(update_fields=["listed_until"])
    _record(
        "law.agency.delisted",
        "agency_listing",
        entry.pk,
        actor,
        now,
        reason=why,
        agency=agency,
        until=listed_until,
    )


@transaction.atomic
def evaluate_agency(
    *, agency: str, evaluated_date: date, is_passed: bool, findings: str, actor: Actor, now: datetime
) -> int:
    """This function will record an evaluation of an agency and return its id; the same one twice is one.

    :raises StandingRefused: if the day lies ahead or the day's evaluation said something else
    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require(PERMISSION)
    code = _named(agency, "law.standing.agency_missing", "the agency's code")
    _past(evaluated_date, now)
    entry, is_new = AgencyEvaluation.objects.get_or_create(
        agency=code, evaluated_date=evaluated_date,
        defaults={"is_passed": is_passed, "findings": findings.strip(), "recorded_by": actor.label[:120], "recorded_at": now},
    )  # fmt: skip
    if not is_new and entry.is_passed != is_passed:
        raise StandingRefused(
            "law.standing.evaluated_already", "the evaluation of that day has another result"
        )
    if is_new:
        _record(
            "law.agency.evaluated",
            "agency_evaluation",
            entry.pk,
            actor,
            now,
            agency=code,
            on=evaluated_date,
            is_passed=is_passed,
        )
    return entry.pk


@transaction.atomic
def certify_staff(
    *,
    staff_ref: str,
    trained_date: date,
    certificate_ref: str,
    actor: Actor,
    now: datetime,
    agency: str = "",
    expires_date: date | None = None,
) -> int:
    """This function will record that a collector passed training and exam and return the entry's id; once a day.

    1. `staff_ref` is the agency's own number of the collector; without an agency the id of one of our own staff.

    :raises StandingRefused: if the collector or the certificate is not named, or the days cannot be
    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require(PERMISSION)
    who = _named(staff_ref, "law.standing.staff_missing", "the collector")
    _named(certificate_ref, "law.standing.certificate_missing", "the certificate's number")
    _past(trained_date, now)
    if expires_date is not None and expires_date < trained_date:
        raise StandingRefused("law.standing.ends_before_start", "the certificate ends before it begins")
    entry, is_new = StaffCertificate.objects.get_or_create(
        agency=agency, staff_ref=who, trained_date=trained_date,
        defaults={"expires_date": expires_date, "certificate_ref": certificate_ref.strip(),
                  "recorded_by": actor.label[:120], "recorded_at": now},
    )  # fmt: skip
    if is_new:
        _record(
            "law.staff.certified",
            "staff_certificate",
            entry.pk,
            actor,
            now,
            agency=agency,
            staff=who,
            on=trained_date,
            until=expires_date,
        )
    return entry.pk


@transaction.atomic
def record_notices(*, notices: Sequence[NoticeGiven], actor: Actor, now: datetime) -> int:
    """This function will record notices that borrowers were given and return how many are new.

    1. An agency's announcement names it (`issuer`); the gate asks it for every debt concerned (CN-ID-02).

    :raises StandingRefused: if a kind or channel is unknown, a day lies ahead, or an announcement names no agency
    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require(PERMISSION)
    for notice in notices:
        _check_notice(notice, now)
    before = Notice.objects.count() if notices else 0
    rows = [
        Notice(
            person_id=notice.person_id, account_id=notice.account_id, kind=notice.kind, issuer=notice.issuer,
            channel=notice.channel, sent_date=notice.sent_date, reference=notice.reference[:120],
            recorded_by=actor.label[:120], recorded_at=now,
        )
        for notice in notices
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5_000)
    new = Notice.objects.count() - before if notices else 0
    if new:
        kinds = sorted({notice.kind for notice in notices})
        _record("law.notice.recorded", "notice", 0, actor, now, kinds=kinds, new=new, of=len(notices))
    return new


def _check_notice(notice: NoticeGiven, now: datetime) -> None:
    if notice.kind not in NOTICE_KINDS:
        raise StandingRefused(
            "law.notice.kind_unknown", f"{notice.kind!r} is none of {', '.join(NOTICE_KINDS)}"
        )
    if notice.channel and notice.channel not in NOTICE_CHANNELS:
        raise StandingRefused(
            "law.notice.channel_unknown", f"{notice.channel!r} is none of {', '.join(NOTICE_CHANNELS)}"
        )
    if notice.kind == "agency" and not notice.issuer:
        raise StandingRefused("law.standing.agency_missing", "an announcement names the agency")
    _past(notice.sent_date, now)


def _record(
    code: str, subject: str, subject_id: int, actor: Actor, now: datetime, reason: str = "", **after: Any
) -> None:
    told = {
        name.rstrip("_"): value.isoformat() if isinstance(value, date) else value
        for name, value in after.items()
    }
    audit.record(
        code=code,
        actor=actor,
        subject_type=subject,
        subject_id=subject_id,
        now=now,
        reason=reason,
        after=told,
    )


__all__ = [
    "NoticeGiven", "StandingRefused", "certify_staff", "delist_agency", "evaluate_agency", "list_agency",
    "record_notices",
]  # fmt: skip
