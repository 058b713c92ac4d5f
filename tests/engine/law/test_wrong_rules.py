"""Wrong rules that are repeated online: none of them stands in the packs, and the right one is what binds.

One test a claim; `CLAIMS` lists them in the words in which they circulate.
"""

from __future__ import annotations

import ast
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from fairdue.engine.law import bureau, eligibility, plans
from fairdue.engine.law.calendars import weekdays_without
from fairdue.engine.law.content.china import Truth, prohibited
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.limitation import Act, Claim, claim_status, limitation
from fairdue.engine.law.loading.wording import operand
from fairdue.engine.law.money_limits.interest import Contract, private_lending_cap, rate_faults
from fairdue.engine.law.numbers import rule_ids
from fairdue.engine.law.packs import load_pack
from fairdue.engine.law.trying import try_case

PACK = load_pack(Path(__file__).parents[3] / "packs" / "rules" / "cn")
LAW, NUMBERS = Rulebook((PACK,)), PACK.numbers
ON = date(2026, 5, 12)
CALL = {"at": "2026-05-12T15:00:00+08:00", "channel": "call", "mode": "interactive", "is_online": True}
CLAIMS = (
    "催收时间 8:00–21:00，21:00 后一律违法", "每天 3 次（一切触达）", "信用卡第 70 条 = 有权停息挂账 60 期", "超过 36% / 24% 违法",
    "紧急联系人可以催", "逾期 3 个月自动刑事", "诉讼时效过了债务消失", "银行可以把人列入失信名单", "征信 5 年从逾期起算",
)  # fmt: skip


def hours(count: int) -> list[str]:
    return [f"2026-05-12T{9 + place:02}:00:00+08:00" for place in range(count)]


def outcome(**facts) -> str:
    return try_case(CALL | facts, LAW).outcome


def test_every_claim_of_the_list_has_its_trap():
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    traps = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_trap_")
    ]
    assert len(traps) == len(CLAIMS) == 9


@pytest.mark.parametrize("minute", ["21:00", "21:30", "21:59"])
def test_trap_1_contact_after_nine_in_the_evening_is_not_unlawful(minute):
    assert outcome(at=f"2026-05-12T{minute}:00+08:00") == "allow"
    assert outcome(at="2026-05-12T22:00:00+08:00") == "defer"
    values = [value["value"] for item in PACK.content["parameters"] for value in item["values"]]
    assert "21:00" not in values


def test_trap_2_three_a_day_does_not_count_everything():
    assert outcome(conversations=hours(3)) == "defer"
    assert outcome(conversations=hours(2)) == "allow"
    assert outcome(unanswered=hours(5)) == "allow"
    assert outcome(unanswered=hours(6)) == "defer"
    assert outcome(channel="sms", mode="", messages=hours(5)) == "allow"
    assert {check.parameters["column"] for check in PACK.checks if check.uses == "count.reached"} == {
        "announcements", "conversations", "unanswered", "unanswered_elsewhere",
    }  # fmt: skip


def test_trap_3_article_70_gives_no_right_to_sixty_instalments_without_interest():
    asked = {"elements": NUMBERS.rule("CN-PLAN-03").words("elements"), "on": ON, "numbers": NUMBERS}
    able = plans.Hardship(is_beyond_ability=False, is_willing=True)
    assert rule_ids(plans.personalised_plan_faults(term_months=60, hardship=able, **asked).rules) == [
        "CN-PLAN-01"
    ]
    said = {
        item["id"]: item for item in PACK.content["numbers"] if item["citation"].endswith("(CN-M1) art. 70")
    }
    assert set(said) == {"CN-PLAN-01", "CN-PLAN-02", "CN-PLAN-03", "CN-RET-04"}
    assert "charges_during_plan" in NUMBERS.rule("CN-PLAN-03").words("elements")
    assert said["CN-PLAN-02"]["parameters"] == {"max_months": {"unit": "months", "values": [{"value": 60}]}}


def test_trap_4_neither_24_nor_36_per_cent_is_a_line_of_the_law():
    licensed = Contract(
        product="consumer_loan",
        institution_kind="consumer_finance",
        formed_date=ON,
        annual_rate=Fraction(36, 100),
    )
    assert private_lending_cap(licensed, on=ON, numbers=NUMBERS)[0] is None
    assert rate_faults(licensed, on=ON, numbers=NUMBERS) == ()
    private = Contract(
        product="private_loan",
        institution_kind="person",
        formed_date=ON,
        annual_rate=Fraction(16, 100),
        lpr_1y=Fraction(3, 100),
    )
    assert private_lending_cap(private, on=ON, numbers=NUMBERS)[0] == Fraction(12, 100)
    assert rule_ids(rate_faults(private, on=ON, numbers=NUMBERS)) == ["CN-CAP-01"]
    written = " ".join(
        operand(value["value"])
        for item in PACK.content["numbers"] if item["id"].startswith(("CN-CAP", "CN-RATE"))
        for parameter in item.get("parameters", {}).values()
        for value in parameter["values"]
    )  # fmt: skip
    assert not re.search(r"0\.(36|24)\b|\b(36|24)\b", written)


@pytest.mark.parametrize("purpose", ["collect", "pass_message", "locate"])
def test_trap_5_an_emergency_contact_may_not_be_asked_to_pay_nor_reached_while_the_debtor_can_be(purpose):
    friend = {"owner": "third_party", "relation": "emergency_contact", "purpose": purpose}
    assert outcome(**friend) == "refuse"
    lost = outcome(**friend, consecutive_failures=3)
    assert lost == ("refuse" if purpose == "collect" else "allow")


def test_trap_6_three_months_overdue_are_no_crime_by_themselves():
    demands = [date(2026, 1, 5), date(2026, 1, 20)]
    assert not eligibility.has_two_effective_demands(demands[:1], numbers=NUMBERS)
    assert not eligibility.has_two_effective_demands(demands, numbers=NUMBERS)
    small = eligibility.card_fraud_threshold(4_999_999, booked_as_interest_minor=0, on=ON, numbers=NUMBERS)
    assert small.answer == "not_eligible"
    threat = prohibited("逾期三个月将追究刑事责任", truth=Truth(), on=ON, numbers=NUMBERS)
    assert [finding.rule.id for finding in threat]


def test_trap_7_the_debt_does_not_vanish_when_the_time_to_sue_is_over():
    claim = Claim(kind="instalment_loan", start_date=date(2020, 5, 12), product="consumer_loan")

    def course(*acts):
        return limitation(claim, acts, is_working=weekdays_without(()), numbers=NUMBERS).without_unproven

    status = claim_status(course(), on=ON, numbers=NUMBERS)
    assert (status.status, status.has_defence, status.may_court_raise) == ("expired", True, False)
    assert course(Act(kind="payment", on_date=date(2026, 5, 1))).is_revived
    assert outcome() == "allow"


def test_trap_8_no_lender_puts_anybody_on_the_list_of_dishonest_debtors():
    text = "不还款我行将把您列入失信被执行人名单"
    assert [finding.rule.id for finding in prohibited(text, truth=Truth(), on=ON, numbers=NUMBERS)]
    listed = NUMBERS.rule("CN-LIT-09", ON)
    assert (listed.rank, listed.evidence) == ("judicial_interpretation", "primary")
    assert "法院" in listed.title_zh


def test_trap_9_five_years_at_the_bureau_run_from_the_end_and_not_from_the_overdue():
    entry = bureau.Entry(overdue_from=date(2018, 1, 1), ended_date=date(2023, 6, 1))
    assert bureau.display_faults(entry, on=date(2023, 1, 2), numbers=NUMBERS) == ()
    assert bureau.display_faults(entry, on=date(2026, 5, 12), numbers=NUMBERS) == ()
    assert rule_ids(bureau.display_faults(entry, on=date(2028, 6, 2), numbers=NUMBERS)) == ["CN-CR-02"]
    lasting = bureau.Entry(overdue_from=date(2018, 1, 1))
    assert bureau.display_faults(lasting, on=ON, numbers=NUMBERS) == ()
