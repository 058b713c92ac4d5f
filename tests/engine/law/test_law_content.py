"""What texts must and must not say, with the place marked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.content import china, regulation_f, third_parties
from fairdue.engine.law.content.finding import missing_elements
from fairdue.engine.law.content.voicemail import is_limited_content
from fairdue.engine.law.numbers import shipped_numbers

NUMBERS = shipped_numbers()
ON = date(2026, 5, 12)


def prohibited(text, **truth):
    return {
        finding.rule.id: [mark.quote for mark in finding.marks]
        for finding in china.prohibited(text, truth=china.Truth(**truth), on=ON, numbers=NUMBERS)
    }


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("我是××法院执行局，请联系。", "我是××法院"),
        ("您好，这里是市公安局经侦支队。", "这里是市公安局"),
        ("我们是仲裁委员会工作人员", "我们是仲裁委"),
    ],
)
def test_posing_as_an_organ_is_found_and_marked(text, quote):
    assert prohibited(text) == {"CN-PROH-02": [quote]}


@pytest.mark.parametrize(
    "text",
    [
        "我是示例银行的工作人员，如协商不成，我行可能向法院起诉。",
        "我们不是法院，我们是示例银行。",
        "我是示例银行委托的律师，将代为向人民法院提起诉讼",
        "【示例银行】您的信用卡账单已逾期，请先还最低还款额，或致电955xx协商。",
        "您的个人贷款已逾期，请先还清本期应还金额。",
        "您的贷款逾期，可登录我行手机银行还款。",
    ],
)
def test_lawful_texts_pass(text):
    assert prohibited(text) == {}


def test_a_listing_is_false_unless_a_court_made_it_and_never_the_lenders_own():
    by_court = "您已被人民法院列为失信被执行人。"
    assert prohibited(by_court) == {"CN-PROH-03": ["失信被执行人"]}
    assert prohibited(by_court, is_listed_by_court=True) == {}
    own = "我司已将您列入失信被执行人名单。"
    assert prohibited(own, is_listed_by_court=True) == {"CN-PROH-03": ["我司已将您列入失信被执行人"]}


def test_a_crime_may_not_be_named_before_the_second_effective_demand():
    text = "逾期即构成信用卡诈骗罪，将追究刑事责任。"
    assert prohibited(text, effective_demands=1) == {"CN-PROH-03": ["构成信用卡诈骗罪", "追究刑事责任"]}
    assert prohibited(text, effective_demands=2) == {}


@pytest.mark.parametrize(
    "text", ["建议您先向其他平台借款还上", "可以去办理贷款先还这笔", "找网贷平台贷款来还"]
)
def test_urging_to_borrow_elsewhere_is_found(text):
    assert list(prohibited(text)) == ["CN-PROH-05"]


def test_a_first_contact_names_the_institution():
    asked = {"institution_name": "示例银行", "on": ON, "numbers": NUMBERS}
    assert china.naming_finding("【示例银行】您好", **asked) is None
    assert china.naming_finding("您好", **asked).missing == ("institution_name",)


@given(st.text(max_size=80))
def test_every_mark_is_the_place_that_it_quotes(text):
    text = f"{text}黑名单{text}平台借款"
    for finding in china.prohibited(text, truth=china.Truth(), on=ON, numbers=NUMBERS):
        assert all(text[mark.start : mark.end] == mark.quote for mark in finding.marks)


def test_every_item_of_a_collection_letter_is_asked_for():
    rule = NUMBERS.rule("CN-LET-01", ON)
    items = rule.words("elements")
    assert missing_elements(items, rule) is None
    assert missing_elements(items[:-1], rule).missing == ("business_seal",)


# --- Regulation F


INITIAL = (
    "This is Robin Smith from Northgate Services. We are attempting to collect a debt. "
    "Any information obtained will be used for that purpose."
)


@pytest.mark.parametrize(
    ("text", "is_first", "missing"),
    [
        (INITIAL, True, None),
        ("This communication is an attempt to collect a debt.", True, ("initial_disclosure",)),
        ("This is Northgate Services, a debt collector.", True, ("initial_disclosure",)),
        ("This is Northgate Services, a debt collector.", False, None),
        ("This is Northgate Services.", False, ("subsequent_disclosure",)),
    ],
)
def test_the_first_communication_discloses_more_than_later_ones(text, is_first, missing):
    found = regulation_f.disclosure_finding(text, is_first=is_first, on=ON, numbers=NUMBERS)
    assert (found and found.missing) == missing


def test_an_unanswered_call_and_a_limited_message_are_no_communication():
    assert regulation_f.is_first_communication(["no_answer", "voicemail_limited_content"])
    assert not regulation_f.is_first_communication(["no_answer", "sent"])


@pytest.mark.parametrize(
    ("text", "is_threat"),
    [
        ("If you do not pay, we may sue you.", True),
        ("If you do not pay we will file a lawsuit.", True),
        ("We will take you to court.", True),
        ("Legal action will follow.", True),
        ("Because of the age of your debt, we will not sue you for it.", False),
        ("We cannot take legal action on this debt.", False),
        ("The law limits how long you can be sued on a debt.", False),
    ],
)
def test_a_threat_of_a_suit_is_found_and_its_denial_is_none(text, is_threat):
    expired = [date(2026, 5, 11)]
    found = regulation_f.suit_threat_finding(text, limitation_expired=expired, on=ON, numbers=NUMBERS)
    assert bool(found) is is_threat


def test_a_suit_may_be_announced_until_the_last_day_of_the_period():
    text = "We may sue you."
    assert regulation_f.suit_threat_finding(text, limitation_expired=[ON], on=ON, numbers=NUMBERS) is None
    assert regulation_f.suit_threat_finding(text, limitation_expired=[], on=ON, numbers=NUMBERS) is None


@pytest.mark.parametrize(
    ("text", "has_way"),
    [
        ("Reply STOP to stop texts to this telephone number.", True),
        ("Click here to opt out of further emails to this email address.", True),
        ("To unsubscribe, click the link below.", True),
        ("Text STOP to opt out", True),
        ("回复TD退订", True),
        ("Please stop by our office. Call us at 800-555-0100.", False),
        ("Call us at 800-555-0100.", False),
    ],
)
def test_an_opt_out_needs_an_instruction(text, has_way):
    assert (regulation_f.opt_out_finding(text, on=ON, numbers=NUMBERS) is None) is has_way


def test_a_location_call_tells_nothing_of_a_debt():
    found = regulation_f.location_finding("Maria owes a balance that is past due.", on=ON, numbers=NUMBERS)
    assert [mark.quote for mark in found.marks] == ["owes", "balance", "past due"]
    assert regulation_f.location_finding("May I ask for her address?", on=ON, numbers=NUMBERS) is None


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("Maria Elena Lopez III", None), ("maria elena lopez, III", None), ("Maria Lopez", ("consumer_name",))],
)
def test_a_validation_notice_gives_the_full_name(name, wrong):
    fields = regulation_f.NoticeFields(
        consumer_name=name,
        account_number_as_of="charge_off",
        amount_as_of="charge_off",
        itemization=("0.00",) * 4,
    )
    known = regulation_f.Name(first="Maria", middle="Elena", last="Lopez", suffix="III")
    found = regulation_f.validation_finding(fields, known_name=known, on=ON, numbers=NUMBERS)
    assert (found and found.wrong) == wrong


def limited(text, **changes):
    facts = {"business_name": "ABC Inc.", "is_name_revealing": False, "is_for_debtor": True}
    return is_limited_content(text, on=ON, numbers=NUMBERS, **(facts | changes))[0]


SHORT = "This is Robin Smith calling from ABC Inc. Please contact me or Jim Johnson at 1-800-555-1212."
LONG = (
    "Hi, this is Robin Smith calling from ABC Inc. It is 4:15 p.m. on Wednesday, September 1. Please contact me or "
    "any of our representatives at 1-800-555-1212 today until 6:00 p.m. Eastern time, or any weekday from 8:00 a.m. "
    "to 6:00 p.m. Eastern time."
)


@pytest.mark.parametrize(
    "text",
    [
        SHORT,
        LONG,
        "Good morning, Ms. Lopez. My name is Jim. Call Jim or any associates at ABC Inc, (800) 555-1212.",
    ],
)
def test_listed_items_make_a_limited_content_message(text):
    assert limited(text)


@pytest.mark.parametrize(
    "text",
    [
        SHORT + " It is about your account.",
        SHORT + " Thank you for your payment.",
        SHORT.replace("Jim Johnson", "any agent with the credit card receivables group"),
        SHORT.replace("at 1-800-555-1212", ""),
        SHORT.replace("Please contact me or Jim Johnson at", "Our number is"),
        SHORT.replace("Robin Smith", "a representative").replace("me or Jim Johnson", "us"),
        SHORT.replace(" calling from ABC Inc.", "."),
        SHORT.replace("Please", "Please urgently"),
    ],
)
def test_anything_else_or_anything_less_does_not(text):
    assert not limited(text)


def test_a_revealing_name_or_another_recipient_makes_it_more_than_limited():
    assert not limited(SHORT, is_name_revealing=True)
    assert not limited(SHORT, is_for_debtor=False)


def test_a_name_that_tells_of_collection_reveals_a_debt_and_a_banks_name_does_not():
    asked = {"on": ON, "numbers": NUMBERS}
    text = "This is Example Recoveries. May I speak to Maria?"
    for is_revealing in (True, False):
        found = third_parties.revealing_finding(
            text, business_name="Example Recoveries", is_name_revealing=is_revealing, **asked
        )
        assert (found is not None) is is_revealing
