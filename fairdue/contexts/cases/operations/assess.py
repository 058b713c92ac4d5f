"""Judge promises by what really came in: kept, broken, or open again after a reversal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases.contracts import Assessment
from fairdue.contexts.cases.models import Case, PromiseToPay
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.contracts import ReceiptCard
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date
from fairdue.storage.nesting import atomic

JUDGED = ("open", "kept", "broken")
"""A superseded or cancelled promise is not judged again."""
CHUNK = 2000
"""Promises that are judged, and locked, together."""


def counts_for(promise: PromiseToPay, receipt: ReceiptCard) -> bool:
    """Tell whether a receipt counts for a promise.

    1. It is effective from the day of the promise to its deadline (promised date + grace), and was
       recorded after the promise: money that had come before was not what was promised.
    2. It is in the promise's currency and, if the promise names an account, on that account.
    """
    return (
        receipt.recorded_at >= promise.recorded_at
        and business_date(promise.recorded_at) <= receipt.effective_date <= promise.deadline_date
        and receipt.amount.currency == promise.currency
        and promise.account_id in (None, receipt.account_id)
    )


def judged_status(promise: PromiseToPay, received_minor: int, today: date, *, has_newer_open: bool) -> str:
    """Return the status that a promise has, given what came in for it.

    1. `kept` when receipts reach the amount less the tolerance.
    2. Otherwise `broken` once the deadline has passed, and `open` until then.
    3. A promise that would be open again while a newer one is open is `superseded`.
    """
    if received_minor >= promise.amount_minor - promise.tolerance_minor:
        return "kept"
    if today > promise.deadline_date:
        return "broken"
    return "superseded" if has_newer_open else "open"


def assess_promises(*, person_id: int, now: datetime) -> Assessment:
    """Judge the promises of one person again, after a payment or a reversal, and return what changed.

    1. Split payments add up; one yuan does not keep a promise.
    2. A reversed payment no longer counts: what it had kept is open or broken again.
    """
    return assess_promises_of(person_ids=[person_id], now=now)


@atomic
def assess_promises_of(*, person_ids: Iterable[int], now: datetime) -> Assessment:
    """Judge the promises of some persons again, as `assess_promises` does, by few statements for all of them."""
    cases = Case.objects.select_for_update().filter(person_id__in=list(person_ids)).order_by("id")
    promises = PromiseToPay.objects.filter(case__in=list(cases), status__in=JUDGED).order_by("id")
    return _assess(list(promises), now)


def assess_open_promises(*, now: datetime) -> Assessment:
    """Judge every open promise, chunk by chunk, as the night does after it has posted; return the sum.

    Each chunk is one transaction; a kill between two leaves promises that the next run judges.
    """
    total, latest_case = Counter[str](), 0
    while True:
        with transaction.atomic():
            with_promise = PromiseToPay.objects.filter(status="open", case_id__gt=latest_case)
            ids = list(with_promise.order_by("case_id").values_list("case_id", flat=True)[:CHUNK])
            if not ids:
                return Assessment(**total)
            list(Case.objects.select_for_update().filter(pk__in=ids).order_by("id").values_list("id"))
            promises = PromiseToPay.objects.filter(case__in=ids, status="open").order_by("id")
            part = _assess(list(promises), now)
            total.update(kept=part.kept, broken=part.broken, reopened=part.reopened, unchanged=part.unchanged)
            latest_case = ids[-1]


def _assess(promises: Sequence[PromiseToPay], now: datetime) -> Assessment:
    if not promises:
        return Assessment()
    receipts = _receipts_by_person(promises)
    today, changes = business_date(now), Counter[str]()
    cases_with_open: set[int] = set()
    for promise in sorted(promises, key=lambda promise: -promise.pk):
        received = sum(
            receipt.amount.minor for receipt in receipts[promise.person_id] if counts_for(promise, receipt)
        )
        has_newer = promise.case_id in cases_with_open
        status = judged_status(promise, received, today, has_newer_open=has_newer)
        if status == "open":
            cases_with_open.add(promise.case_id)
        changes[_settle(promise, status, received, now)] += 1
    return Assessment(**changes)


def _receipts_by_person(promises: Iterable[PromiseToPay]) -> dict[int, list[ReceiptCard]]:
    persons = {promise.person_id for promise in promises}
    since = min(business_date(promise.recorded_at) for promise in promises)
    found: dict[int, list[ReceiptCard]] = defaultdict(list)
    for receipt in ledger.receipts(person_ids=persons, since=since):
        found[receipt.person_id].append(receipt)
    return found


_CHANGE = {"kept": "kept", "broken": "broken", "open": "reopened", "superseded": "reopened"}


def _settle(promise: PromiseToPay, status: str, received: int, now: datetime) -> str:
    """Write what changed, audit a changed status, and return the name of the change."""
    if (status, received) == (promise.status, promise.received_minor):
        return "unchanged"
    before = promise.status
    settled_at = None if status == "open" else (promise.settled_at if status == before else now)
    PromiseToPay.objects.filter(pk=promise.pk).update(
        status=status, received_minor=received, settled_at=settled_at
    )
    if status == before:
        return "unchanged"
    audit.record(
        code=f"cases.promise.{_CHANGE[status]}",
        actor=system("promises"),
        subject_type="promise",
        subject_id=promise.pk,
        now=now,
        person_id=promise.person_id,
        before={"status": before},
        after={"status": status, "received_minor": received},
    )
    return _CHANGE[status]
