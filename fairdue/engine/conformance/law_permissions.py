"""Answers to plan, placement, eligibility, furnishing and retention cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from fairdue.engine.conformance.law_deadline import entry_of
from fairdue.engine.conformance.law_values import (
    Fields,
    day,
    minor,
    money,
    needed,
    numbers_of,
    optional_day,
    optional_minor,
    require_currency,
    verdict,
)
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law import bureau, eligibility, handing_over, plans, retention
from fairdue.engine.law.calendars import CHINA
from fairdue.engine.law.deadlines.united_kingdom import next_breathing_space
from fairdue.engine.law.numbers import Numbers, Rule, RuleNotInForce, rule_ids

_COLLECTORS = ("agency", "assignee")
Part = Callable[[Fields, Fields, Numbers], Answer]


def _answer(part: Part, question: Fields) -> Answer:
    try:
        return part(question["given"], question["when"], numbers_of(question))
    except (RuleNotInForce, retention.PeriodUnknown, plans.AmountIncomparable) as error:
        raise Unsupported(str(error)) from error


def answer_plan(question: Fields) -> Answer:
    """Return whether an arrangement may be agreed, and what its agreement lacks."""
    return _answer(_plan, question)


def _plan(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    try:
        found = _PLANS[when["type"]](given, when, numbers)
    except RuleNotInForce:  # what no rule in force is about breaks none
        found = plans.PlanFaults(rules=())
    answer = verdict(("refuse", rule) for rule in found.rules)
    return answer | ({"missing": list(found.missing)} if found.missing else {})


def _is_about(given: Fields, product: str) -> bool:
    """Tell whether a debt of the case is of a product; of what is only applied for there is none yet."""
    return not given["debts"] or any(debt["product"] == product for debt in given["debts"])


def _personalised(given: Fields, when: Fields, numbers: Numbers) -> plans.PlanFaults:
    if not _is_about(given, "credit_card"):
        return plans.PlanFaults(rules=())
    fields = given.get("hardship")
    hardship = fields and plans.Hardship(
        is_beyond_ability=fields["ability"] == "insufficient", is_willing=fields["willing"]
    )
    return plans.personalised_plan_faults(
        term_months=when.get("term_months"),
        elements=when.get("elements"),
        hardship=hardship,
        on=day(when["at"]),
        numbers=numbers,
    )


def _card_instalment(given: Fields, when: Fields, numbers: Numbers) -> plans.PlanFaults:
    if not _is_about(given, "credit_card"):
        return plans.PlanFaults(rules=())
    is_cash_advance = when["type"] == "cash_advance_instalment"
    return plans.card_instalment_faults(
        is_cash_advance=is_cash_advance,
        amount_minor=optional_minor(when, "amount") if is_cash_advance else None,
        is_other_currency=given["currency"] != "CNY",
        term_months=when.get("term_months"),
        is_of_instalment=when.get("of_instalment", False),
        on=day(when["at"]),
        numbers=numbers,
    )


def _loan_term(given: Fields, when: Fields, numbers: Numbers) -> plans.PlanFaults:
    if not _is_about(given, "consumer_loan"):
        return plans.PlanFaults(rules=())
    return plans.loan_term_faults(
        term_months=needed(when, "term_months"),
        is_bank=given["actor"].get("institution_kind") == "bank",
        is_long_term_need=when.get("long_term_need", False),
        on=day(when["at"]),
        numbers=numbers,
    )


def _loan_amount(given: Fields, when: Fields, numbers: Numbers) -> plans.PlanFaults:
    if given["actor"].get("institution_kind") != "micro_lender" or not _is_about(given, "consumer_loan"):
        return plans.PlanFaults(rules=())
    require_currency(given, "CNY")
    return plans.household_balance_faults(minor(needed(when, "amount")), on=day(when["at"]), numbers=numbers)


_PLANS: Mapping[str, Callable[[Fields, Fields, Numbers], plans.PlanFaults]] = {
    "personalised_instalment": _personalised,
    "cash_advance_instalment": _card_instalment,
    "instalment": _card_instalment,
    "loan_term": _loan_term,
    "loan_amount": _loan_amount,
}


def answer_placement(question: Fields) -> Answer:
    """Return whether a debt, a collector or data may be handed over."""
    return _answer(_placement, question)


def _placement(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    on = day(when["at"])
    match when["action"]:
        case "resell" if not numbers.has("CN-OUT-07", on):
            return verdict(())
        case "export_data" if not numbers.has("CN-PI-03", on):
            return verdict(())
        case "resell":
            is_assignee = given["actor"]["kind"] == "assignee"
            return verdict(handing_over.resale_faults(is_assignee=is_assignee, on=on, numbers=numbers))
        case "export_data":
            has_consent = "consents" not in given or any(
                item["to_institution"] == needed(when, "to_institution") and day(item["at"]) <= on
                for item in given["consents"]
            )
            return verdict(handing_over.export_faults(has_consent=has_consent, on=on, numbers=numbers))
    if not any(numbers.has(key) for key in ("CN-OUT-02", "SG-01", "HK-02")):
        return verdict(())
    agency = named(given.get("agencies", []), needed(when, "agency"))
    broken = handing_over.placement_faults(
        handing_over.Agency(
            is_listed=agency.get("listed", True),
            is_licensed=agency.get("licensed", True),
            evaluated_date=optional_day(agency, "evaluated"),
        ),
        notice_dates=_placement_notices(given),
        on=on,
        numbers=numbers,
    )
    if when["action"] == "assign_staff":
        staff = named(given.get("staff", []), needed(when, "staff"))
        collector = handing_over.Collector(
            is_approved=staff.get("approved", True), exam_date=optional_day(staff, "exam")
        )
        broken += handing_over.collector_faults(collector, on=on, numbers=numbers)
    return verdict(broken)


def named(items: list[Fields], name: str) -> Fields:
    """Return the item of an id.

    :raises Unsupported: if it is not described
    """
    for item in items:
        if item["id"] == name:
            return item
    raise Unsupported(f"{name} is not described")


def _placement_notices(given: Fields) -> list[date] | None:
    """Return the days of the written notices of a placement; None stands for one in time."""
    if "notices" not in given:
        return None
    return [
        day(item["sent"])
        for item in given["notices"]
        if item["type"] == "placement" and item.get("form", "written") == "written"
    ]


def answer_eligibility(question: Fields) -> Answer:
    """Return whether a procedure or scheme applies."""
    return _answer(_eligibility, question)


def _eligibility(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    on = day(when["at"])
    match when["scheme"]:
        case "small_claims":
            return _eligible(_small_claims(given, on, numbers))
        case "payment_order_enforcement":
            return _eligible(
                eligibility.payment_order_enforcement(
                    day(needed(given, "served")),
                    objection_date=optional_day(given, "objection"),
                    on=on,
                    numbers=numbers,
                )
            )
        case "card_fraud_report":
            return _eligible(_card_fraud(given, on, numbers))
        case "credit_repair":
            rule, entry = numbers.rule("CN-CR-05", on), entry_of(given)
            if entry.amount_minor is None:
                raise Unsupported("the amount of the entry is not given")
            is_eligible = bureau.is_repairable(entry, rule=rule)
            return {"eligibility": "eligible" if is_eligible else "not_eligible", "rules": [rule.id]}
    found = next_breathing_space(optional_day(given, "last_breathing_space"), on=on, numbers=numbers)
    return {
        "eligibility": "eligible" if found.is_met(on) else "not_eligible",
        "rules": rule_ids(found.rules),
    }


def _eligible(found: eligibility.Eligibility) -> Answer:
    answer: Answer = {"eligibility": found.answer, "rules": rule_ids(found.rules)}
    principal = found.principal_minor
    return answer | ({"principal": money(principal)} if principal is not None else {})


def _small_claims(given: Fields, on: date, numbers: Numbers) -> eligibility.Eligibility:
    claim = needed(given, "claim")
    if claim["type"] != "simple_money":
        return eligibility.Eligibility(answer="not_eligible", rules=(numbers.rule("CN-LIT-02", on),))
    return eligibility.small_claims(
        minor(needed(claim, "amount")),
        average_wage_minor=minor(needed(given, "average_wage")),
        is_whereabouts_unknown=given.get("whereabouts_unknown", False),
        on=on,
        numbers=numbers,
    )


def _card_fraud(given: Fields, on: date, numbers: Numbers) -> eligibility.Eligibility:
    """Only the amount is asked; it is necessary and not sufficient, whatever the demands were."""
    require_currency(given, "CNY")
    principal = sum(
        minor(item["amount"]) for item in needed(given, "balances") if item["component"] == "principal"
    )
    booked = sum(
        minor(item["amount"]) for item in given.get("payments", []) if item["booked_as"] == "interest"
    )
    return eligibility.card_fraud_threshold(
        principal, booked_as_interest_minor=booked, on=on, numbers=numbers
    )


def answer_furnishing(question: Fields) -> Answer:
    """Return whether information may be sent to a bureau, or an entry may still be shown."""
    return _answer(_furnishing, question)


def _furnishing(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    if when["action"] == "display":
        if not numbers.has("CN-CR-02", _china_day(when["at"])):
            return verdict(())
        found = bureau.display_faults(
            entry_of(given), on=_china_day(when["at"]), numbers=numbers
        )  # neither ended nor repaid: the event lasts
        return verdict(("refuse", rule) for rule in found)
    broken: tuple[Rule, ...] = ()
    if numbers.has("CN-CR-01", _china_day(when["at"])):
        broken += bureau.furnishing_faults_cn(
            notices=_bureau_notices(given), at=_start_of(when["at"]), numbers=numbers
        )
    if numbers.has("US-FURN-01", day(when["at"])) and given["actor"]["kind"] in _COLLECTORS:
        broken += _furnish_us(given, when["at"], numbers)
    return verdict(("refuse", rule) for rule in broken)


def _china_day(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(CHINA).date() if "T" in text else date.fromisoformat(text)


def _start_of(text: str) -> datetime:
    """Return a moment; a date stands for its first moment in China."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _bureau_notices(given: Fields) -> list[datetime] | None:
    if "notices" not in given:
        return None
    return [_start_of(item["sent"]) for item in given["notices"] if item["type"] == "bureau"]


_MESSAGES = ("letter", "email", "sms", "im", "push", "social_message")


def _furnish_us(given: Fields, at: str, numbers: Numbers) -> tuple[Rule, ...]:
    """A date stands for the day as a whole; of a moment only what was before it is known."""
    on = day(at)
    events = [
        event
        for event in given.get("events", [])
        if (
            datetime.fromisoformat(event["at"]) <= datetime.fromisoformat(at)
            if "T" in at
            else day(event["at"]) <= on
        )
    ]
    returned = {event.get("of"): day(event["at"]) for event in events if event["type"] == "undeliverable"}
    mine = [
        event
        for event in events
        if event["type"] == "contact" and event.get("by", given["actor"]["id"]) == given["actor"]["id"]
    ]
    return bureau.furnishing_faults_us(
        spoken_dates=[
            day(event["at"])
            for event in [*mine, *(event for event in events if event["type"] == "inbound")]
            if event.get("result") == "conversation"
        ],
        messages=[
            bureau.Message(sent_date=day(event["at"]), returned_date=returned.get(event.get("id", "")))
            for event in mine
            if event.get("channel") in _MESSAGES and event.get("result") in ("sent", "delivered")
        ],
        on=on,
        numbers=numbers,
    )


def answer_retention(question: Fields) -> Answer:
    """Return whether a record may be deleted."""
    return _answer(_retention, question)


def _retention(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    fields, actor = given["record"], given["actor"]
    record = retention.Record(
        kind=fields["type"],
        created_date=day(fields["created"]),
        product=fields.get("product", ""),
        settled_date=optional_day(fields, "settled"),
        latest_activity_date=optional_day(fields, "last_collection_activity") or day(fields["created"]),
    )
    keeper = retention.Keeper(
        institution_kind=actor.get("institution_kind", "other"),
        is_third_party_collector=actor["kind"] in _COLLECTORS,
    )
    try:
        found = retention.deletion_faults(record, keeper, on=day(when["at"]), numbers=numbers)
    except retention.NoPeriod:  # no rule asks for keeping it
        found = ()
    return verdict(("refuse", rule) for rule in found)
