"""Answers to content cases, by `engine.law.content`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from fairdue.engine.conformance.law_values import Fields, day, numbers_of, optional_day
from fairdue.engine.conformance.running import Answer
from fairdue.engine.law.content import china, regulation_f, third_parties, voicemail
from fairdue.engine.law.content.finding import Finding, missing_elements
from fairdue.engine.law.numbers import Numbers, rule_ids

_COLLECTORS = ("agency", "assignee")
_WRITTEN = ("sms", "email")
Findings = list[Finding | None]
Reader = Callable[[Fields, Fields, date, Numbers], Findings]


def answer_content(question: Fields) -> Answer:
    """Return whether a text is acceptable, what it lacks and what is wrong; of a voicemail, its class."""
    when, numbers = question["when"], numbers_of(question)
    given = dict(question["given"]) | {"events": _known_events(question)}
    on = day(when["at"])
    tested = [
        item
        for pack in question["packs"]
        for item in _READERS.get(pack, _read_nothing)(given, when, on, numbers)
    ]
    answer = _answer([finding for finding in tested if finding is not None])
    if when["channel"] == "voicemail" and "text" in when and numbers.has("US-LCM-01", on):
        return _voicemail(given, when, on, numbers, answer)
    return answer


def _known_events(question: Fields) -> list[Fields]:
    """Return the events that had happened at the moment of the question."""
    at = datetime.fromisoformat(question["when"]["at"])
    events = question["given"].get("events", [])
    return [event for event in events if datetime.fromisoformat(event["at"]) <= at]


def _answer(found: list[Finding]) -> Answer:
    return {
        "outcome": "refuse" if found else "allow",
        "missing": [item for finding in found for item in finding.missing],
        "wrong": [item for finding in found for item in finding.wrong],
        "rules": rule_ids(finding.rule for finding in found),
    }


def _voicemail(given: Fields, when: Fields, on: date, numbers: Numbers, answer: Answer) -> Answer:
    is_limited, rule = voicemail.is_limited_content(
        when["text"],
        business_name=given["actor"].get("name", ""),
        is_name_revealing=given["actor"].get("name_reveals_collection", False),
        is_for_debtor=when["recipient"] == "debtor",
        on=on,
        numbers=numbers,
    )
    name = "limited_content" if is_limited else "not_limited_content"
    return answer | {"message_class": name, "rules": [*answer["rules"], rule.id]}


def _read_nothing(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    """Stand for the packs none of whose rules reads a text."""
    return []


def _read_cn(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    found: Findings = []
    is_card = any(debt["product"] == "credit_card" for debt in given["debts"])
    if (
        when["purpose"] == "collection_letter"
        and is_card
        and "elements" in when
        and numbers.has("CN-LET-01", on)
    ):
        found.append(missing_elements(when["elements"], numbers.rule("CN-LET-01", on)))
    if "text" not in when or when["recipient"] != "debtor" or not numbers.has("CN-PROH-03", on):
        return found
    text, name = when["text"], given["actor"].get("name")
    if when["purpose"] == "collect" and not given["events"] and name and numbers.has("CN-ID-01", on):
        found.append(china.naming_finding(text, institution_name=name, on=on, numbers=numbers))
    facts = given.get("facts", {})
    truth = china.Truth(
        is_listed_by_court=facts.get("listed_by_court", False),
        effective_demands=facts.get("effective_demands", 0),
    )
    return [*found, *(china.prohibited(text, truth=truth, on=on, numbers=numbers) or (None,))]


def _read_us(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    found: Findings = []
    if given["actor"]["kind"] not in _COLLECTORS or not numbers.has("US-ID-01", on):
        return found
    text = when.get("text")
    is_collecting = when["purpose"] == "collect" and when["recipient"] == "debtor"
    if is_collecting and when["channel"] != "voicemail":
        found += _read_us_collecting(given, when, on, numbers)
    if text is not None and when["channel"] in _WRITTEN:
        found.append(regulation_f.opt_out_finding(text, on=on, numbers=numbers))
    if text is not None and when["purpose"] == "locate":
        found.append(regulation_f.location_finding(text, on=on, numbers=numbers))
    if when["purpose"] == "validation_notice" and "fields" in when:
        found.append(_read_notice(given, when["fields"], on, numbers))
    return found


def _read_us_collecting(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    found: Findings = []
    if "text" in when or "languages" in when:
        found.append(
            regulation_f.disclosure_finding(
                when.get("text"),
                is_first=regulation_f.is_first_communication(_results(given)),
                languages=when.get("languages", ()),
                disclosure_languages=_disclosed(when),
                on=on,
                numbers=numbers,
            )
        )
    if "text" in when:
        expired = [optional_day(debt, "limitation_expired") for debt in given["debts"]]
        found.append(
            regulation_f.suit_threat_finding(
                when["text"], limitation_expired=[end for end in expired if end], on=on, numbers=numbers
            )
        )
    return found


def _disclosed(when: Fields) -> list[str]:
    """Return the languages of the disclosure; left out, the text that was given says it in all of them."""
    return list(when.get("disclosure_languages", when.get("languages", ()) if "text" in when else ()))


def _results(given: Fields) -> list[str]:
    """Return how the actor's contacts ended, and the calls that the debtor made to it."""
    results = []
    for event in given["events"]:
        if event["type"] == "contact" and event.get("by", given["actor"]["id"]) == given["actor"]["id"]:
            results.append(
                str(event.get("result", "no_answer" if event.get("channel") == "call" else "sent"))
            )
        elif event["type"] == "inbound" and event.get("result") == "conversation":
            results.append("conversation")
    return results


def _read_notice(given: Fields, fields: Fields, on: date, numbers: Numbers) -> Finding | None:
    name = given.get("debtor", {}).get("name")
    return regulation_f.validation_finding(
        regulation_f.NoticeFields(
            consumer_name=fields["consumer_name"],
            account_number_as_of=fields["account_number_as_of"],
            amount_as_of=fields["amount_as_of"],
            itemization=tuple(fields["itemization"].values()),
        ),
        known_name=regulation_f.Name(**name) if name else None,
        on=on,
        numbers=numbers,
    )


def _read_eu(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    is_bound = given["actor"]["kind"] == "assignee"
    if not is_bound or when["purpose"] != "transfer_notice" or "elements" not in when:
        return []
    if not numbers.has("EU-NOTICE-01", on):
        return []
    return [missing_elements(when["elements"], numbers.rule("EU-NOTICE-01", on))]


def _read_au(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    if when["recipient"] == "debtor" or "text" not in when or not numbers.has("AU-ID-01", on):
        return []
    return [
        third_parties.revealing_finding(
            when["text"],
            business_name=given["actor"].get("name", ""),
            is_name_revealing=given["actor"].get("name_reveals_collection", False),
            on=on,
            numbers=numbers,
        )
    ]


_READERS: dict[str, Reader] = {"cn": _read_cn, "us": _read_us, "eu": _read_eu, "au": _read_au}
