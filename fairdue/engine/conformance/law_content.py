"""Answers to content cases, by `engine.law.content`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fairdue.engine.conformance.law_values import Fields, day, needed, numbers_of, optional_day
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.content import china, regulation_f, third_parties, voicemail
from fairdue.engine.law.content.finding import Finding, missing_elements
from fairdue.engine.law.numbers import Numbers, RuleNotInForce, rule_ids

_COLLECTORS = ("agency", "assignee")
_WRITTEN = ("sms", "email")
Findings = list[Finding | None]
Reader = Callable[[Fields, Fields, date, Numbers], Findings]


def answer_content(question: Fields) -> Answer:
    """Return whether a text is acceptable, what it lacks and what is wrong; of a voicemail, its class."""
    given, when, numbers = question["given"], question["when"], numbers_of(question)
    on = day(when["at"])
    try:
        if when["channel"] == "voicemail":
            return _voicemail(question, on, numbers)
        tested = [item for pack in question["packs"] for item in _reader(pack)(given, when, on, numbers)]
    except RuleNotInForce as error:
        raise Unsupported(str(error)) from error
    if not tested:
        raise Unsupported("no rule of these packs reads this")
    return _answer([finding for finding in tested if finding is not None])


def _answer(found: list[Finding]) -> Answer:
    return {
        "outcome": "refuse" if found else "allow",
        "missing": [item for finding in found for item in finding.missing],
        "wrong": [item for finding in found for item in finding.wrong],
        "rules": rule_ids(finding.rule for finding in found),
    }


def _voicemail(question: Fields, on: date, numbers: Numbers) -> Answer:
    given, when = question["given"], question["when"]
    if question["packs"] != ["us"] or given["actor"]["kind"] not in _COLLECTORS:
        raise Unsupported("voicemails of these actors and packs")
    is_limited, rule = voicemail.is_limited_content(
        _text(when, "en"),
        business_name=needed(given["actor"], "name"),
        is_name_revealing=given["actor"].get("name_reveals_collection", False),
        is_for_debtor=when["recipient"] == "debtor",
        on=on,
        numbers=numbers,
    )
    return {"message_class": "limited_content" if is_limited else "not_limited_content", "rules": [rule.id]}


def _reader(pack: str) -> Reader:
    if pack not in _READERS:
        raise Unsupported(f"texts under the pack {pack}")
    return _READERS[pack]


def _text(when: Fields, language: str) -> str:
    if when.get("language", language) != language:
        raise Unsupported(f"a text in {when['language']}")
    return str(needed(when, "text"))


def _read_cn(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    found: Findings = []
    if when["recipient"] != "debtor":
        raise Unsupported("a text to somebody else")
    is_card = any(debt["product"] == "credit_card" for debt in given["debts"])
    if when["purpose"] == "collection_letter" and is_card and "elements" in when:
        found.append(missing_elements(when["elements"], numbers.rule("CN-LET-01", on)))
    if "text" not in when:
        return found
    text = _text(when, "zh")
    if when["purpose"] == "collect" and not given.get("events"):
        name = needed(given["actor"], "name")
        found.append(china.naming_finding(text, institution_name=name, on=on, numbers=numbers))
    facts = given.get("facts", {})
    truth = china.Truth(
        is_listed_by_court=facts.get("listed_by_court", False),
        effective_demands=facts.get("effective_demands", 0),
    )
    return [*found, *(china.prohibited(text, truth=truth, on=on, numbers=numbers) or (None,))]


def _read_us(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    found: Findings = []
    if given["actor"]["kind"] not in _COLLECTORS:
        return found
    text = _text(when, "en") if "text" in when else None
    if when["purpose"] == "collect" and when["recipient"] == "debtor":
        found += _read_us_collecting(given, when, on, numbers)
    elif when["purpose"] == "collect":
        raise Unsupported("a text to somebody else")
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
                disclosure_languages=needed(when, "disclosure_languages") if "languages" in when else (),
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


def _results(given: Fields) -> list[str]:
    """Return how the actor's contacts ended, and the calls that the debtor made to it."""
    results = []
    for event in given.get("events", []):
        if event["type"] == "contact" and event.get("by", given["actor"]["id"]) == given["actor"]["id"]:
            results.append(str(needed(event, "result")))
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
    return [missing_elements(when["elements"], numbers.rule("EU-NOTICE-01", on))]


def _read_au(given: Fields, when: Fields, on: date, numbers: Numbers) -> Findings:
    if when["recipient"] == "debtor" or "text" not in when:
        return []
    return [
        third_parties.revealing_finding(
            _text(when, "en"),
            business_name=given["actor"].get("name", ""),
            is_name_revealing=given["actor"].get("name_reveals_collection", False),
            on=on,
            numbers=numbers,
        )
    ]


_READERS: dict[str, Reader] = {"cn": _read_cn, "us": _read_us, "eu": _read_eu, "au": _read_au}
