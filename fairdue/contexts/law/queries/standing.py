"""The register of agencies and collectors: who is listed, evaluated, announced and trained, as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q

from fairdue.kernel.actor import Actor

from ..models import AgencyEvaluation, AgencyListing, Notice, StaffCertificate
from ..operations.agency_door import agency_codes
from ..rules import rulebook_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyStandingCard:
    """How one agency stands on a day, and whether the gate lets it through for that."""

    agency: str
    is_listed: bool
    listed_from: date | None
    listed_until: date | None
    list_reference: str
    evaluated_date: date | None
    """Of the latest evaluation that it passed."""
    latest_is_passed: bool | None
    """Of the latest evaluation at all; None: there was none."""
    evaluation_due_date: date | None
    is_evaluated: bool
    certified: int
    """Collectors whose certificate holds."""
    lapsed: int
    announced_accounts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCard:
    """One collector's latest certificate."""

    agency: str
    staff_ref: str
    trained_date: date
    expires_date: date | None
    certificate_ref: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCard:
    """A notice that a borrower was given."""

    notice_id: int
    account_id: int | None
    kind: str
    issuer: str
    channel: str
    sent_date: date
    reference: str
    recorded_by: str
    recorded_at: datetime


def limit_days(rule_id: str, default: int) -> int:
    """This function will return after how many days a rule in force asks for a new evaluation or exam."""
    for check in rulebook_of(frozenset()).checks:
        if check.id == rule_id and check.parameters.get("days"):
            return int(check.parameters["days"])
    return default


def agency_register(*, actor: Actor, on: date) -> tuple[AgencyStandingCard, ...]:
    """This function will return how every agency stands on a day: those with a team, and those on record.

    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require("agencies.manage")
    listings = _latest_listings(on)
    evaluations: dict[str, list[AgencyEvaluation]] = {}
    for row in AgencyEvaluation.objects.filter(evaluated_date__lte=on).order_by("-evaluated_date"):
        evaluations.setdefault(row.agency, []).append(row)
    staff = _staff_counts(on)
    announced = dict(
        Notice.objects.filter(kind="agency", sent_date__lte=on)
        .values_list("issuer")
        .annotate(
            accounts=Count("account_id", distinct=True)
            + Count("person_id", filter=Q(account_id=None), distinct=True)
        )
    )
    codes = sorted({*agency_codes(), *listings, *evaluations, *(code for code in staff if code)})
    return tuple(
        _card(
            code,
            listings.get(code),
            evaluations.get(code, []),
            staff.get(code, (0, 0)),
            announced.get(code, 0),
            on,
        )
        for code in codes
    )


def _latest_listings(on: date) -> dict[str, AgencyListing]:
    found: dict[str, AgencyListing] = {}
    for row in AgencyListing.objects.filter(listed_from__lte=on).order_by("listed_from"):
        found[row.agency] = row
    return found


def _staff_counts(on: date) -> dict[str, tuple[int, int]]:
    """Count by agency the collectors whose certificate holds, and those whose latest one is over."""
    oldest = on - timedelta(days=limit_days("CN-OUT-04", 365))
    latest = (
        StaffCertificate.objects.filter(trained_date__lte=on)
        .values_list("agency", "staff_ref")
        .annotate(trained=Max("trained_date", filter=Q(expires_date=None) | Q(expires_date__gte=on)))
    )
    counts: dict[str, tuple[int, int]] = {}
    for agency, _who, trained in latest:
        holds, lapsed = counts.get(agency, (0, 0))
        is_held = trained is not None and trained >= oldest
        counts[agency] = (holds + is_held, lapsed + (not is_held))
    return counts


def _card(
    code: str,
    listing: AgencyListing | None,
    evaluations: list[AgencyEvaluation],
    staff: tuple[int, int],
    announced: int,
    on: date,
) -> AgencyStandingCard:
    passed = next((row.evaluated_date for row in evaluations if row.is_passed), None)
    due = passed + timedelta(days=limit_days("CN-OUT-02", 365)) if passed else None
    is_listed = listing is not None and (listing.listed_until is None or listing.listed_until >= on)
    return AgencyStandingCard(
        agency=code, is_listed=is_listed,
        listed_from=listing.listed_from if listing else None, listed_until=listing.listed_until if listing else None,
        list_reference=listing.list_reference if listing else "", evaluated_date=passed,
        latest_is_passed=evaluations[0].is_passed if evaluations else None, evaluation_due_date=due,
        is_evaluated=due is not None and due >= on, certified=staff[0], lapsed=staff[1],
         announced_accounts=announced,
    )  # fmt: skip


def certificates(*, actor: Actor, on: date, agency: str | None = None) -> tuple[CertificateCard, ...]:
    """This function will return the latest certificate of every collector, of one agency or of all; "" is our own staff.

    :raises PermissionRefused: without `agencies.manage`
    """
    actor.require("agencies.manage")
    rows = StaffCertificate.objects.order_by("agency", "staff_ref", "-trained_date").distinct(
        "agency", "staff_ref"
    )
    rows = rows if agency is None else rows.filter(agency=agency)
    return tuple(
        CertificateCard(
            agency=row.agency, staff_ref=row.staff_ref, trained_date=row.trained_date, expires_date=row.expires_date,
            certificate_ref=row.certificate_ref,
            holds=(row.expires_date is None or row.expires_date >= on)
            and (on - row.trained_date).days <= limit_days("CN-OUT-04", 365),
        )
        for row in rows
    )  # fmt: skip


def notices(person_id: int) -> tuple[NoticeCard, ...]:
    """This function will return the notices that a person was given, the newest first."""
    rows = Notice.objects.filter(person_id=person_id).order_by("-sent_date", "-id")
    return tuple(
        NoticeCard(
            notice_id=row.pk, account_id=row.account_id, kind=row.kind, issuer=row.issuer, channel=row.channel,
            sent_date=row.sent_date, reference=row.reference, recorded_by=row.recorded_by, recorded_at=row.recorded_at,
        )
        for row in rows
    )  # fmt: skip
