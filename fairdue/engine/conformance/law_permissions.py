"""Answers to plan, placement, eligibility, furnishing, retention and claim cases."""

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
from fairdue.engine.law.money_limits import claims
from fairdue.engine.law.numbers import Numbers, Rule, RuleNotInForce, rule_ids

_COLLECTORS = ("agency", "assignee")
Part = Callable[[Fields, Fields, Numbers], Answer]


def _answer(part: Part, question: Fields) -> Answer:
    try:
        return part(question["given"], question["when"], numbers_of(question))
    except (RuleNotInForce, retention.PeriodUnknown) as error:
        raise Unsupported(str(error)) from error


def answer_plan(question: Fields) -> Answer:
    """Return whether an arrangement may be agreed, and what its agreement lacks."""
    return _answer(_plan, question)


def _plan(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    require_currency(given, "CNY")
    found = _PLANS[when["type"]](given, when, numbers)
    answer = verdict(("refuse", rule) for rule in found.rules)
    return answer | ({"missing": list(found.missing)} if found.missing else {})


def _require_product(given: Fields, product: str) -> None:
    if any(debt["product"] != product for debt in given["debts"]):
        raise Unsupported(f"a plan that is not on a {product}")


def _personalised(given: Fields, when: Fields, numbers: Numbers) -> plans.PlanFaults:
    _require_product(given, "credit_card")
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
    _require_product(given, "credit_card")
    return plans.card_instalment_faults(
        is_cash_advance=when["type"] == "cash_advance_instalment",
        amount_minor=optional_minor(when, "amount"),
        term_months=when.get("term_months"),
        is_of_instalment=when.get("of_instalment", False),
        on=day(when["at"]),
        numbers=numbers,
    )


def _loan_term(given: Fields, when: Fields, numbers: Numbers) -> plans.PlanFaults:
    _require_product(given, "consumer_loan")
    return plans.loan_term_faults(
        term_months=needed(when, "term_months"),
        is_bank=given["actor"].get("institution_kind") == "bank",
        is_long_term_need=when.get("long_term_need", False),
        on=day(when["at"]),
        numbers=numbers,
    )


def _loan_amount(given: Fields, when: Fields, numbers: Numbers) -> plans.PlanFaults:
    _require_product(given, "consumer_loan")
    if given["actor"].get("institution_kind") != "micro_lender":
        raise Unsupported("the amount of a loan of another lender")
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
        raise Unsupported("placements under these packs")
    agency = _named(given.get("agencies", []), needed(when, "agency"))
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
        staff = _named(given.get("staff", []), needed(when, "staff"))
        collector = handing_over.Collector(
            is_approved=staff.get("approved", True), exam_date=optional_day(staff, "exam")
        )
        broken += handing_over.collector_faults(collector, on=on, numbers=numbers)
    return verdict(broken)


def _named(items: list[Fields], name: str) -> Fields:
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
        raise Unsupported("whether a claim of this kind is a simple one")
    return eligibility.small_claims(
        minor(needed(claim, "amount")),
        average_wage_minor=minor(needed(given, "average_wage")),
        is_whereabouts_unknown=given.get("whereabouts_unknown", False),
        on=on,
        numbers=numbers,
    )


def _card_fraud(given: Fields, on: date, numbers: Numbers) -> eligibility.Eligibility:
    """Only the amount is asked; where it suffices but the demands given do not, the question is not clear."""
    require_currency(given, "CNY")
    principal = sum(
        minor(item["amount"]) for item in needed(given, "balances") if item["component"] == "principal"
    )
    booked = sum(
        minor(item["amount"]) for item in given.get("payments", []) if item["booked_as"] == "interest"
    )
    found = eligibility.card_fraud_threshold(
        principal, booked_as_interest_minor=booked, on=on, numbers=numbers
    )
    demands = [day(text) for text in given.get("effective_demands", [])]
    is_doubtful = demands and not eligibility.has_two_effective_demands(demands, numbers=numbers)
    if found.answer == "eligible" and is_doubtful:
        raise Unsupported("demands that do not suffice, while only the amount is asked")
    return found


def answer_furnishing(question: Fields) -> Answer:
    """Return whether information may be sent to a bureau, or an entry may still be shown."""
    return _answer(_furnishing, question)


def _furnishing(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    if when["action"] == "display":
        found = bureau.display_faults(_shown_entry(given), on=_china_day(when["at"]), numbers=numbers)
        return verdict(("refuse", rule) for rule in found)
    broken: tuple[Rule, ...] = ()
    if numbers.has("CN-CR-01"):
        broken += bureau.furnishing_faults_cn(
            notices=_bureau_notices(given), at=_start_of(when["at"]), numbers=numbers
        )
    elif not (numbers.has("US-FURN-01") and given["actor"]["kind"] in _COLLECTORS):
        raise Unsupported("furnishing under these packs")
    if numbers.has("US-FURN-01") and given["actor"]["kind"] in _COLLECTORS:
        broken += _furnish_us(given, day(when["at"]), numbers)
    return verdict(("refuse", rule) for rule in broken)


def _shown_entry(given: Fields) -> bureau.Entry:
    if "ended" not in needed(given, "entry") and "repaid" not in given["entry"]:
        raise Unsupported("whether the bad event has ended")
    return entry_of(given)


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


def _furnish_us(given: Fields, on: date, numbers: Numbers) -> tuple[Rule, ...]:
    events = [event for event in given.get("events", []) if day(event["at"]) <= on]
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
            if event.get("channel") in ("letter", "email", "sms")
            and event.get("result") in ("sent", "delivered")
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
        latest_activity_date=optional_day(fields, "last_collection_activity"),
    )
    keeper = retention.Keeper(
        institution_kind=actor.get("institution_kind", "other"),
        is_third_party_collector=actor["kind"] in _COLLECTORS,
    )
    if fields["type"] == "plan_recording" and "settled" not in fields:
        raise Unsupported("whether the debt is settled")
    found = retention.deletion_faults(record, keeper, on=day(when["at"]), numbers=numbers)
    return verdict(("refuse", rule) for rule in found)


def answer_claim(question: Fields) -> Answer:
    """Return the highest amount that may be demanded from a person."""
    return _answer(_claim, question)


def _claim(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    at = datetime.fromisoformat(when["at"])
    debts = [debt for debt in given["debts"] if debt["id"] in when["debts"]]
    amount = sum(minor(item["amount"]) for debt in debts for item in debt["balances"])
    rules = []
    if given["actor"]["kind"] == "assignee":
        if len(given["debts"]) != 1:
            raise Unsupported("several assigned debts")
        amount, rule = _assigned(given, amount, at, numbers)
        rules.append(rule.id)
    if when["person"] == "debtor":
        if given.get("debtor", {}).get("deceased"):
            raise Unsupported("a claim against a deceased debtor")
        return {"max": money(amount), "rules": rules}
    person = _named(given.get("persons", []), when["person"])
    if person["relation"] != "heir":
        raise Unsupported("what another person than an heir owes")
    amount, rule = claims.claim_against_heir(
        amount,
        estate_minor=0 if person.get("renounced") else minor(needed(person, "estate_received")),
        has_renounced=person.get("renounced", False),
        numbers=numbers,
        on=at,
    )
    return {"max": money(amount), "rules": [*rules, rule.id]}


def _assigned(given: Fields, amount: int, at: datetime, numbers: Numbers) -> tuple[int, Rule]:
    found = [event for event in given.get("events", []) if event["type"] == "assignment"]
    if len(found) != 1:
        raise Unsupported("an assignee without exactly one assignment")
    event = found[0]
    assigned_at = datetime.fromisoformat(event["at"])
    received = [
        datetime.fromisoformat(item["received"])
        for item in given.get("notices", [])
        if item["type"] == "assignment" and "received" in item
    ]
    payments = [item for item in given["events"] if item["type"] == "payment"]
    if "notices" not in given:
        if any(item.get("paid_to") == event.get("assignor") for item in payments):
            raise Unsupported("when the notice reached the debtor")
        received = [assigned_at]
    assignment = claims.Assignment(
        at=assigned_at,
        assignor=needed(event, "assignor"),
        assignee=needed(event, "assignee"),
        notice_received_at=min(received, default=None),
    )
    return claims.claim_after_assignment(
        amount,
        assignment,
        [
            claims.ClaimPayment(
                at=datetime.fromisoformat(item["at"]),
                amount_minor=minor(needed(item, "amount")),
                paid_to=needed(item, "paid_to"),
            )
            for item in payments
        ],
        at=at,
        numbers=numbers,
    )
