"""Orders of payment as data: what a document may say, and that a bad one is refused by file and field."""

from __future__ import annotations

import pytest

from fairdue.engine.ledger.policies import PolicyInvalid, load_policies, parse_policy, shipped_policies

GOOD = {
    "code": "x",
    "name": {"zh": "一", "en": "One"},
    "citation": {"zh": "合同", "en": "Contract"},
    "order": ["fee", "interest", "principal"],
    "style": "vertical",
}


def test_the_short_form_orders_every_class_alike():
    rule = parse_policy(GOOD)
    assert [f"{slot.due_class}.{slot.component}" for slot in rule.order] == [
        f"{due_class}.{component}"
        for due_class in ("past_due", "due", "in_advance")
        for component in ("fee", "interest", "principal")
    ]


def test_classes_may_take_turns():
    order = ["past_due.fee", "due.fee", "past_due.interest", "due.interest", "past_due.principal",
             "due.principal", "in_advance.principal", "in_advance.interest", "in_advance.fee"]  # fmt: skip
    rule = parse_policy(GOOD | {"order": order})
    assert [f"{slot.due_class}.{slot.component}" for slot in rule.order] == order
    assert rule.unscheduled_order == ("principal", "interest", "fee")


def test_a_stage_takes_over_what_it_does_not_say():
    rule = parse_policy(
        GOOD | {"reach_days": 5, "stages": [{"from_days_past_due": 91, "style": "horizontal"}]}
    )
    late = rule.way_on(91)
    assert (late.style, late.reach_days, late.order) == ("horizontal", 5, rule.order)
    assert rule.way_on(90) is rule


def test_a_judgment_goes_before_any_count_of_days():
    card = shipped_policies()["cn-card"]
    assert card.way_on(200).law == "CN-ALLOC-02"
    assert card.way_on(200, is_judged=True).law == "CN-ALLOC-05"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"order": ["fee", "fee", "interest", "principal"]}, "order"),
        ({"order": ["fee", "interest"]}, "order"),
        ({"order": ["past_due.fee"]}, "order"),
        ({"order": {"past_due": ["principal"]}}, "order"),
        ({"order": "fee"}, "order"),
        ({"style": "diagonal"}, "style"),
        ({"in_advance": "sideways"}, "in_advance"),
        ({"in_advance_style": "both"}, "in_advance_style"),
        ({"reach_days": -1}, "reach_days"),
        ({"reach_days": True}, "reach_days"),
        ({"unscheduled": ["fee"]}, "order"),
        ({"unscheduled": "lowest_rate_first"}, "unscheduled"),
        ({"by_contract": ["postage"]}, "order"),
        ({"stages": [{"from_days_past_due": 0}]}, "from_days_past_due"),
        ({"stages": [{"needs_judgment": True, "from_days_past_due": 5}]}, "stages"),
        ({"stages": [{"from_days_past_due": 5}, {"from_days_past_due": 5}]}, "order"),
        ({"stages": [{"needs_judgment": True, "like": "y"}]}, "like"),
        ({"name": {"en": "One"}}, "name"),
        ({"components": ["fee"]}, "components"),
    ],
)
def test_a_bad_policy_is_refused_by_its_field(change, field):
    with pytest.raises(PolicyInvalid, match=f"`{field}`"):
        parse_policy(GOOD | change)


def test_a_bad_file_is_refused_by_its_name(tmp_path):
    (tmp_path / "odd.yaml").write_text("code: other\nname: {zh: 一, en: One}\n", encoding="utf-8")
    with pytest.raises(PolicyInvalid, match=r"odd\.yaml: other: `citation`"):
        load_policies(tmp_path)
