"""Clocks of the European prudential rules: default by days past due, its end, forbearance."""

from __future__ import annotations

from datetime import date, timedelta

from fairdue.engine.law.calendars import add_years
from fairdue.engine.law.classification import Forbearance
from fairdue.engine.law.deadlines.answer import Deadline
from fairdue.engine.law.numbers import Numbers
from fairdue.kernel.day_counts import add_months


class CureUnknown(ValueError):
    """The probation was interrupted; how long the exposure must then be cured is not in the rules."""


class StateUnfit(ValueError):
    """The clock does not exist for the state in which forbearance was granted."""


def default_by_days(due_date: date, *, numbers: Numbers) -> Deadline:
    """This function will return the first day on which a material amount is more than 90 days past due.

    Day 1 is the day after the due date (EU-DOD-01). Whether the amount is material is asked apart
    (`classification.is_material`).
    """
    rule = numbers.rule("EU-DOD-01", due_date)
    return Deadline(first_date=due_date + timedelta(days=rule.integer("days_more_than") + 1), rules=(rule,))


def return_to_non_default(
    cleared_date: date, *, is_distressed_restructuring: bool, numbers: Numbers
) -> Deadline:
    """This function will return the earliest day out of default: three months, or twelve (EU-DOD-04)."""
    rule = numbers.rule("EU-DOD-04", cleared_date)
    months = rule.integer("months_distressed" if is_distressed_restructuring else "months")
    return Deadline(first_date=add_months(cleared_date, months), rules=(rule,))


def exit_from_non_performing(forbearance: Forbearance, *, numbers: Numbers) -> Deadline:
    """This function will return the earliest day on which a forborne exposure stops being non-performing.

    One year from the grant, and no sign of default left; signs that end later in that year do not restart
    it (EU-FORB-01). A second measure before that exit is a grant as well, with a year of its own.

    :raises CureUnknown: if the second measure came in the probation
    :raises StateUnfit: if the exposure was performing when the measure was granted
    """
    if forbearance.state_at_grant != "non_performing":
        raise StateUnfit("the exposure was performing")
    rule = numbers.rule("EU-FORB-01", forbearance.granted_date)
    years = rule.integer("cure_years")
    day = _without_signs(add_years(forbearance.granted_date, years), forbearance)
    if (second := forbearance.second_measure_date) is not None:
        if second >= (forbearance.cured_date or day):
            raise CureUnknown("a second measure in the probation")
        day = _without_signs(add_years(max(forbearance.grants()), years), forbearance)
    return Deadline(first_date=day, rules=(rule,))


def _without_signs(day: date, forbearance: Forbearance) -> date:
    """Return the day, or the one after the last sign of default if that is later."""
    signs = forbearance.signs_ended_date
    return day if signs is None else max(day, signs + timedelta(days=1))


def forbearance_end(forbearance: Forbearance, *, numbers: Numbers) -> Deadline:
    """This function will return the earliest day on which an exposure is no longer forborne.

    1. Always performing: two years from the grant, of the later of two measures (EU-FORB-02).
    2. Non-performing at the grant: two years from the exit, so at least three in all (EU-FORB-01).
    """
    if forbearance.state_at_grant == "performing":
        rule = numbers.rule("EU-FORB-02", forbearance.granted_date)
        return Deadline(first_date=add_years(max(forbearance.grants()), rule.integer("years")), rules=(rule,))
    earliest = exit_from_non_performing(forbearance, numbers=numbers)
    assert earliest.first_date is not None  # noqa: S101 - exit_from_non_performing always sets it
    left = max(earliest.first_date, forbearance.cured_date or earliest.first_date)
    rule = earliest.rules[0]
    return Deadline(first_date=add_years(left, rule.integer("probation_years")), rules=(rule,))
