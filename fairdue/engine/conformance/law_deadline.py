"""Answers to deadline cases, by the clocks of `engine.law.deadlines`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from fairdue.engine.conformance.law_values import (
    Fields,
    day,
    minor,
    needed,
    numbers_of,
    optional_day,
    require_currency,
)
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.bureau import Entry, repair_hidden_by
from fairdue.engine.law.calendars import IsWorkingDay, weekdays_without
from fairdue.engine.law.classification import Forbearance, is_material
from fairdue.engine.law.deadlines import china, europe, united_kingdom, united_states
from fairdue.engine.law.deadlines.answer import Deadline
from fairdue.engine.law.numbers import Numbers, RuleNotInForce, rule_ids

Clock = Callable[[Fields, Numbers], Deadline]


def answer_deadline(question: Fields) -> Answer:
    """Return the days of the clock asked for, and whether `when.date` is in time."""
    given, when, numbers = question["given"], question["when"], numbers_of(question)
    try:
        if when["clock"] == "persistent_debt":
            return _persistent_debt(given, numbers)
        if when["clock"] == "repair_hidden_by" and "date" in when and not _is_repaired(given, numbers):
            return {"met": False, "rules": ["CN-CR-05"]}
        if when["clock"] == "default_by_days" and not _is_material(given, numbers):
            return _never(numbers)
        found = _CLOCKS[when["clock"]](given, numbers)
    except (
        RuleNotInForce,
        united_states.NoNoticeArrived,
        united_states.WindowImpossible,
        united_kingdom.TreatmentNotEnded,
        europe.StateUnfit,
        europe.CureUnknown,
    ) as error:
        raise Unsupported(str(error)) from error
    return _answer(found, when["clock"], optional_day(when, "date"))


def _answer(found: Deadline, clock: str, tested: date | None) -> Answer:
    answer: Answer = {"rules": rule_ids(found.rules)}
    if clock == "deposit_notice_window":
        answer |= {"from": found.first_date, "to": found.last_date}
    elif found.last_date or found.first_date:
        answer["date"] = found.last_date or found.first_date
    if tested is not None:
        answer["met"] = found.is_met(tested)
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in answer.items()}


def _calendar(given: Fields) -> IsWorkingDay:
    return weekdays_without([day(text) for text in given.get("holidays", [])])


def _validation_due(given: Fields, numbers: Numbers) -> Deadline:
    return united_states.validation_notice_deadline(
        day(needed(given, "initial_communication")),
        is_given_in_communication=given.get("validation_given_orally", False),
        numbers=numbers,
    )


def _notices(given: Fields) -> list[united_states.ValidationNotice]:
    return [
        united_states.ValidationNotice(sent_date=day(item["sent"]), is_undeliverable="undeliverable" in item)
        for item in needed(given, "validation_notices")
    ]


def _validation_receipt(given: Fields, numbers: Numbers) -> Deadline:
    return united_states.validation_receipt(_notices(given), is_working=_calendar(given), numbers=numbers)


def _validation_ends(given: Fields, numbers: Numbers) -> Deadline:
    return united_states.validation_period(_notices(given), is_working=_calendar(given), numbers=numbers)


def _deposit_window(given: Fields, numbers: Numbers) -> Deadline:
    return united_states.deposit_notice_window(
        day(needed(given, "instrument_date")),
        accepted_date=optional_day(given, "accepted"),
        is_working=_calendar(given),
        numbers=numbers,
    )


def _revocation(given: Fields, numbers: Numbers) -> Deadline:
    return united_states.revocation_deadline(
        day(needed(given, "revoked")), is_working=_calendar(given), numbers=numbers
    )


def _complaint(given: Fields, numbers: Numbers) -> Deadline:
    return china.complaint_deadline(
        day(needed(given, "received")),
        complexity=needed(given, "complexity"),
        is_extension_approved=given.get("extension_approved", False),
        numbers=numbers,
    )


def _annotation(given: Fields, numbers: Numbers) -> Deadline:
    return china.objection_annotation_deadline(day(needed(given, "received")), numbers=numbers)


def _objection(given: Fields, numbers: Numbers) -> Deadline:
    return china.objection_answer_deadline(day(needed(given, "received")), numbers=numbers)


def entry_of(given: Fields) -> Entry:
    """Return the entry of a credit report; one that is repaid ended on that day unless another is given."""
    fields = needed(given, "entry")
    repaid = optional_day(fields, "repaid")
    return Entry(
        overdue_from=day(fields["overdue_from"]),
        amount_minor=minor(fields["amount"]) if "amount" in fields else None,
        repaid_date=repaid,
        ended_date=optional_day(fields, "ended") if "ended" in fields else repaid,
    )


def _is_repaired(given: Fields, numbers: Numbers) -> bool:
    return repair_hidden_by(entry_of(given), numbers=numbers) is not None


def _repair(given: Fields, numbers: Numbers) -> Deadline:
    found = repair_hidden_by(entry_of(given), numbers=numbers)
    if found is None:
        raise Unsupported("an entry that the repair does not hide")
    return found


def _second_demand(given: Fields, numbers: Numbers) -> Deadline:
    return china.second_effective_demand(day(needed(given, "first_demand")), numbers=numbers)


def _three_months(given: Fields, numbers: Numbers) -> Deadline:
    return china.unpaid_beyond_three_months(day(needed(given, "second_demand")), numbers=numbers)


def _breathing_space(given: Fields, numbers: Numbers) -> Deadline:
    fields = needed(given, "breathing_space")
    space = united_kingdom.BreathingSpace(
        variant=fields["variant"],
        started_date=day(fields["started"]),
        treatment_ended_date=optional_day(fields, "treatment_ended"),
    )
    found = united_kingdom.breathing_space_end(space, numbers=numbers)
    return Deadline(last_date=found.last_date, rules=found.rules)


def _review(given: Fields, numbers: Numbers) -> Deadline:
    return united_kingdom.breathing_space_review_deadline(day(needed(given, "notified")), numbers=numbers)


def _persistent_debt(given: Fields, numbers: Numbers) -> Answer:
    require_currency(given, "GBP")
    fields = needed(given, "persistent_debt")
    found = united_kingdom.persistent_debt_step(
        united_kingdom.CardRepayment(
            months=fields["months"],
            interest_and_fees_minor=minor(fields["interest_and_fees"]),
            principal_paid_minor=minor(fields["principal_paid"]),
            balance_minor=minor(fields["balance"]),
        ),
        numbers=numbers,
    )
    return {"step": found.step, "rules": rule_ids(found.rules)}


def _is_material(given: Fields, numbers: Numbers) -> bool:
    """Tell whether the arrears of the card, a retail exposure, are material; amounts left out are."""
    if "arrears_amount" not in given:
        return True
    require_currency(given, "EUR")
    return is_material(
        arrears_minor=minor(given["arrears_amount"]),
        exposure_minor=minor(given.get("exposure", "0")),
        is_retail=True,
        rule=numbers.rule("EU-DOD-02"),
    )


def _never(numbers: Numbers) -> Answer:
    return {"met": False, "rules": rule_ids([numbers.rule("EU-DOD-01"), numbers.rule("EU-DOD-02")])}


def _default(given: Fields, numbers: Numbers) -> Deadline:
    found = europe.default_by_days(day(needed(given, "minimum_due")), numbers=numbers)
    return Deadline(first_date=found.first_date, rules=(*found.rules, numbers.rule("EU-DOD-02")))


def _non_default(given: Fields, numbers: Numbers) -> Deadline:
    return europe.return_to_non_default(
        day(needed(given, "arrears_cleared")),
        is_distressed_restructuring=given.get("distressed_restructuring", False),
        numbers=numbers,
    )


def forbearance_of(given: Fields) -> Forbearance:
    """Return the forbearance measure of a case."""
    fields = needed(given, "forbearance")
    return Forbearance(
        granted_date=day(fields["granted"]),
        state_at_grant=fields["state_at_grant"],
        cured_date=optional_day(fields, "cured"),
        signs_ended_date=optional_day(fields, "default_signs_ended"),
        second_measure_date=optional_day(fields, "second_measure"),
    )


def _exit(given: Fields, numbers: Numbers) -> Deadline:
    return europe.exit_from_non_performing(forbearance_of(given), numbers=numbers)


def _forbearance_ends(given: Fields, numbers: Numbers) -> Deadline:
    return europe.forbearance_end(forbearance_of(given), numbers=numbers)


_CLOCKS: Mapping[str, Clock] = {
    "validation_notice_due": _validation_due,
    "validation_receipt_assumed": _validation_receipt,
    "validation_period_ends": _validation_ends,
    "deposit_notice_window": _deposit_window,
    "revocation_honoured_by": _revocation,
    "complaint_decision": _complaint,
    "objection_annotation": _annotation,
    "objection_answer": _objection,
    "repair_hidden_by": _repair,
    "second_effective_demand": _second_demand,
    "unpaid_more_than_three_months": _three_months,
    "breathing_space_ends": _breathing_space,
    "breathing_space_review": _review,
    "default_by_days": _default,
    "return_to_non_default": _non_default,
    "exit_non_performing": _exit,
    "forbearance_ends": _forbearance_ends,
}
