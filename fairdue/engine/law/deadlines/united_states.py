"""Clocks of the United States: validation notices, post-dated cheques, revoked consent.

Business days are Monday to Friday without public holidays; the calendar is an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.engine.law.calendars import IsWorkingDay, add_working_days
from fairdue.engine.law.deadlines.answer import Deadline
from fairdue.engine.law.numbers import Numbers, Rule


class NoNoticeArrived(ValueError):
    """Every validation notice came back, so no period runs."""


class WindowImpossible(ValueError):
    """The cheque was accepted when its notice could no longer be given in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationNotice:
    """A validation notice and whether it came back."""

    sent_date: date
    is_undeliverable: bool = False


def validation_notice_deadline(
    communication_date: date, *, is_given_in_communication: bool, numbers: Numbers
) -> Deadline:
    """This function will return the last day for the validation notice (US-VAL-01).

    Five days after the initial communication; no notice is due if the communication gave the information.
    """
    rule = numbers.rule("US-VAL-01", communication_date)
    if is_given_in_communication:
        return Deadline(rules=(rule,))
    return Deadline(last_date=communication_date + timedelta(days=rule.integer("days")), rules=(rule,))


def validation_receipt(
    notices: Sequence[ValidationNotice], *, is_working: IsWorkingDay, numbers: Numbers
) -> Deadline:
    """This function will return the day from which receipt of the validation notice is assumed.

    1. The fifth business day after sending (US-VAL-02).
    2. A notice that came back does not count; the one sent after it does (US-VAL-04).

    :raises NoNoticeArrived: if every notice came back
    """
    ordered = sorted(notices, key=lambda notice: notice.sent_date)
    position = next((i for i, notice in enumerate(ordered) if not notice.is_undeliverable), None)
    if position is None:
        raise NoNoticeArrived("no validation notice that did not come back")
    sent = ordered[position].sent_date
    rule = numbers.rule("US-VAL-02", sent)
    later: tuple[Rule, ...] = (numbers.rule("US-VAL-04", sent),) if position else ()
    return Deadline(
        first_date=add_working_days(sent, rule.integer("business_days"), is_working), rules=(rule, *later)
    )


def validation_period(
    notices: Sequence[ValidationNotice], *, is_working: IsWorkingDay, numbers: Numbers
) -> Deadline:
    """This function will return the last day of the validation period: 30 days after assumed receipt.

    :raises NoNoticeArrived: if every notice came back
    """
    receipt = validation_receipt(notices, is_working=is_working, numbers=numbers)
    assert receipt.first_date is not None  # noqa: S101 - validation_receipt always sets it
    days = receipt.rules[0].integer("days")
    return Deadline(last_date=receipt.first_date + timedelta(days=days), rules=receipt.rules)


def deposit_notice_window(
    cheque_date: date, *, accepted_date: date | None, is_working: IsWorkingDay, numbers: Numbers
) -> Deadline:
    """This function will return the days on which the notice of deposit is sent (US-PAY-03).

    1. From ten to three business days before the date of the cheque.
    2. Not before the cheque was accepted.

    :raises WindowImpossible: if the cheque was accepted after the last of these days
    """
    rule = numbers.rule("US-PAY-03", cheque_date)
    first = add_working_days(cheque_date, -rule.integer("business_days_max"), is_working)
    last = add_working_days(cheque_date, -rule.integer("business_days_min"), is_working)
    if accepted_date is not None:
        first = max(first, accepted_date)
    if first > last:
        raise WindowImpossible(f"accepted on {accepted_date}, the notice was due by {last}")
    return Deadline(first_date=first, last_date=last, rules=(rule,))


def revocation_deadline(received_date: date, *, is_working: IsWorkingDay, numbers: Numbers) -> Deadline:
    """This function will return the last day to honour a revocation of consent (US-TCPA-01)."""
    rule = numbers.rule("US-TCPA-01", received_date)
    return Deadline(
        last_date=add_working_days(received_date, rule.integer("business_days"), is_working), rules=(rule,)
    )
