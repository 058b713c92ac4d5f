"""A product's rules in words, Chinese and English, each with its ground: for screens, pages and terminals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fairdue.engine.ledger.products.agreement import percent
from fairdue.engine.ledger.products.card import read_card
from fairdue.engine.ledger.products.terms import CapTerms, LateFeeTerms, PenaltyTerms, ProductTerms, Text
from fairdue.kernel.money import Money

KIND_WORDS: Mapping[str, Text] = {
    "equal_instalment": {"zh": "等额本息", "en": "Equal instalments"},
    "equal_principal": {"zh": "等额本金", "en": "Equal principal"},
    "interest_only": {"zh": "先息后本", "en": "Interest first, principal at the end"},
    "flat": {"zh": "等本等费", "en": "Flat charge on the original principal"},
    "fixed_amount": {"zh": "固定还款额", "en": "Fixed instalment"},
    "card": {"zh": "信用卡", "en": "Card"},
}
_DAY_COUNTS: Mapping[str, Text] = {
    "30/360": {"zh": "每月按30天、每年按360天", "en": "months of 30 days, a year of 360"},
    "act/365": {"zh": "实际天数，一年按365天", "en": "actual days, a year of 365"},
    "act/360": {"zh": "实际天数，一年按360天", "en": "actual days, a year of 360"},
    "act/act": {"zh": "实际天数，按当年实际天数", "en": "actual days, in the actual year"},
}
_MODES: Mapping[str, Text] = {
    "half_up": {"zh": "四舍五入", "en": "half up"},
    "half_even": {"zh": "银行家舍入（四舍六入五成双）", "en": "half to even"},
    "up": {"zh": "进位", "en": "up"},
    "down": {"zh": "舍去", "en": "down"},
}
_CONVENTIONS: Mapping[str, Text] = {
    "none": {"zh": "到期日遇节假日不变", "en": "A due date on a holiday stays"},
    "following": {
        "zh": "到期日遇节假日顺延至下一工作日",
        "en": "A due date on a holiday moves to the next working day",
    },
    "modified_following": {
        "zh": "到期日遇节假日顺延至下一工作日，跨月则提前至上一工作日",
        "en": "A due date on a holiday moves to the next working day, or to the one before if that is next month",
    },
    "preceding": {
        "zh": "到期日遇节假日提前至上一工作日",
        "en": "A due date on a holiday moves to the working day before",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWords:
    """One rule: what it is called, what it says, and what it rests on."""

    code: str
    label: Text
    text: Text
    citation: Text | None = None


def rules_of(terms: ProductTerms) -> tuple[RuleWords, ...]:
    """Return every rule of a product in words, in the order in which a borrower meets them."""
    return tuple(_rules(terms))


def _rules(terms: ProductTerms) -> Iterator[RuleWords]:
    yield _rule("repayment", "还款方式", "Repayment", KIND_WORDS[terms.kind])
    yield _interest(terms)
    if terms.card:
        yield from _card(terms)
    if terms.down_payment is not None:
        share = percent(terms.down_payment.least_share)
        words = {
            "zh": f"首付不低于价款的{share}，于成交日到期",
            "en": f"At least {share} of the price, due on the day of purchase",
        }
        yield _rule("down_payment", "首付", "Down payment", words, terms.down_payment.citation)
    yield _grace(terms)
    if terms.penalty is not None:
        yield _rule("penalty", "罚息", "Penalty interest", _penalty(terms.penalty), terms.penalty.citation)
    if terms.late_fee is not None:
        fee = _late_fee(terms.late_fee, terms.currency)
        yield _rule("late_fee", "违约金", "Late fee", fee, terms.late_fee.citation)
    if terms.prepayment is not None:
        yield _prepayment(terms)
    for cap in terms.caps:
        yield _rule("cap", "上限", "Cap", _cap(cap), cap.citation)
    yield _rule(
        "holidays", "节假日", "Holidays", _CONVENTIONS[terms.holidays.convention], terms.holidays.citation
    )
    yield _rounding(terms)


def _rule(code: str, zh: str, en: str, text: Text, citation: Text | None = None) -> RuleWords:
    return RuleWords(code=code, label={"zh": zh, "en": en}, text=text, citation=citation)


def _interest(terms: ProductTerms) -> RuleWords:
    rule, count = terms.interest, _DAY_COUNTS[terms.interest.day_count]
    zh, en = [f"计息：{count['zh']}"], [f"Counted by {count['en']}"]
    if rule.base:
        repriced = {"none": ("合同期内不变", "fixed for the contract"), "yearly": ("每年1月1日重新定价", "repriced each 1 January"),
                    "each_period": ("每期重新定价", "repriced each period")}[rule.repricing]  # fmt: skip
        zh.append(f"利率为{rule.base}加点，{repriced[0]}")
        en.append(f"the rate is {rule.base} plus a margin, {repriced[1]}")
    if rule.compounding == "daily":
        zh.append("按日计复利")
        en.append("compounded daily")
    if rule.highest_rate is not None:
        zh.append(f"年利率不超过{percent(rule.highest_rate)}")
        en.append(f"at most {percent(rule.highest_rate)} a year")
    return _rule("interest", "利息", "Interest", {"zh": "，".join(zh), "en": ", ".join(en)}, rule.citation)


def _card(terms: ProductTerms) -> Iterator[RuleWords]:
    card = read_card(terms)
    free: Text = {
        "full": {
            "zh": "未全额还款时，账单内消费自记账日起全部计息",
            "en": "If not paid in full, all that was billed bears interest from its own day",
        },
        "unpaid_part": {"zh": "未全额还款时，仅未还部分计息", "en": "If not paid in full, only the part left unpaid bears interest"},
    }[card.interest_on]  # fmt: skip
    yield _rule("free_period", "免息期", "Interest-free period", free, card.citation)
    short = Money(card.shortfall, terms.currency)
    tolerated = {
        "zh": f"少还不超过{short}视同全额还款",
        "en": f"A shortfall of at most {short} counts as paid in full",
    }
    yield _rule("tolerance", "容差", "Tolerated shortfall", tolerated, card.citation)
    minimum = [_entry(entry, terms.currency) for entry in terms.card["minimum"]["greatest_of"]]
    words = {"zh": "；".join(zh for zh, _ in minimum), "en": "; ".join(en for _, en in minimum)}
    if len(minimum) > 1:
        words = {"zh": f"下列最高者：{words['zh']}", "en": f"The greatest of: {words['en']}"}
    yield _rule("minimum", "最低还款额", "Minimum payment", words, card.minimum.citation)


_BASES: Mapping[str, tuple[str, str]] = {
    "rest": ("额度内消费余额", "purchases within the limit"),
    "balance": ("账单余额", "the balance"),
    "principal": ("本金", "principal"),
    "cash_advances": ("预借现金", "cash advances"),
    "over_limit": ("超限金额", "what exceeds the limit"),
    "past_due": ("前期未还最低还款额", "unpaid earlier minimum payments"),
    "interest": ("利息", "interest"),
    "fees": ("费用", "fees"),
    "penalty": ("违约金", "late fees"),
}


def _entry(entry: Mapping[str, Any], currency: str) -> tuple[str, str]:
    """Return one entry of a minimum payment in Chinese and English."""
    zh, en = [], []
    if "percent" in entry:
        base = _BASES.get(entry.get("of", "balance"), (entry.get("of", ""),) * 2)
        zh.append(f"{base[0]}的{entry['percent']} %")
        en.append(f"{entry['percent']} % of {base[1]}")
    if "amount_minor" in entry:
        amount = str(Money(entry["amount_minor"], currency))
        zh.append(amount)
        en.append(amount)
    for name in entry.get("plus", ()):
        words = _BASES.get(name, (name, name))
        zh.append(f"全部{words[0]}")
        en.append(f"all of {words[1]}" if words[1].startswith(("what ", "the ")) else f"all {words[1]}")
    return "，加".join(zh), " plus ".join(en)


def _grace(terms: ProductTerms) -> RuleWords:
    rule = terms.delinquency
    first = {
        "due_plus_1": ("到期日次日", "the day after the due date"),
        "due_date": ("到期日", "the due date"),
    }[rule.dpd_origin]
    zh, en = f"逾期天数自{first[0]}起算", f"Days past due count from {first[1]}"
    if rule.grace_days:
        zh += f"；宽限{rule.grace_days}天，宽限期内还清不计罚息和违约金"
        en += f"; {rule.grace_days} days of grace, within which nothing is charged on what is then paid"
    return _rule("grace", "逾期与宽限", "Lateness and grace", {"zh": zh, "en": en})


def _penalty(rule: PenaltyTerms) -> Text:
    base = {
        "principal": ("逾期本金", "overdue principal"),
        "principal_and_interest": ("逾期本金和利息", "overdue principal and interest"),
    }[rule.on]
    rate = (
        (percent(rule.rate), f"{percent(rule.rate)} a year")
        if rule.rate is not None
        else _factor(rule.factor)
    )
    count = _DAY_COUNTS[rule.day_count]
    zh = (
        f"{base[0]}按{rate[0]}计罚息（{count['zh']}），{'未付罚息计复利' if rule.is_compound else '不计复利'}"
    )
    en = f"On {base[1]}, {rate[1]} ({count['en']}), {'compounding on what is unpaid' if rule.is_compound else 'without compounding'}"
    if rule.falls_due == "with_instalment":
        zh, en = zh + "；与当期一并到期", en + "; due with its instalment"
    if rule.stops_in_pause:
        zh, en = zh + "；停计期间不计", en + "; none while a pause runs"
    return {"zh": zh, "en": en}


def _factor(factor: Fraction | None) -> tuple[str, str]:
    text = f"{float(factor or 1):g}"
    return f"合同利率的{text}倍", f"{text} times the contract's rate"


def _late_fee(rule: LateFeeTerms, currency: str) -> Text:
    of = {
        "unpaid_instalment": ("当期未还本息", "what is unpaid of the instalment"),
        "unpaid_principal": ("当期未还本金", "its unpaid principal"),
    }[rule.of]
    zh, en = f"{of[0]}的{percent(rule.share)}", f"{percent(rule.share)} of {of[1]}"
    if rule.floor:
        zh, en = f"{zh}，最低{Money(rule.floor, currency)}", f"{en}, at least {Money(rule.floor, currency)}"
    if rule.cap is not None:
        zh, en = f"{zh}，最高{Money(rule.cap, currency)}", f"{en}, at most {Money(rule.cap, currency)}"
    every = {
        "once": ("每期一次", "once an instalment"),
        "monthly": ("逾期期间每月一次", "each month while it is unpaid"),
    }[rule.every]
    return {"zh": f"{zh}，{every[0]}；不计息", "en": f"{en}, {every[1]}; it bears no interest"}


def _prepayment(terms: ProductTerms) -> RuleWords:
    rule = terms.prepayment
    if rule is None:
        raise AssertionError("no rule")
    words = {
        "waived": {
            "zh": "提前结清只收实际占用天数的利息",
            "en": "Who settles early owes interest only for the time used",
        },
        "due": {"zh": "提前结清仍收全部约定利息", "en": "Who settles early owes all agreed interest"},
    }[rule.unearned_interest]
    more = {
        "in_advance": {
            "zh": "超过下一期的还款按原计划提前偿还以后各期",
            "en": "money beyond the next instalment pays later ones in advance as they stand",
        },
        "shorten_term": {
            "zh": "超过下一期的还款提前偿还本金，之后按剩余本金计息，每期金额不变、期数减少",
            "en": "money beyond the next instalment repays principal; interest is then counted on what is left, "
            "the instalments stay and become fewer",
        },
        "lower_instalment": {
            "zh": "超过下一期的还款提前偿还本金，之后按剩余本金计息，期数不变、每期金额降低",
            "en": "money beyond the next instalment repays principal; interest is then counted on what is left, "
            "the number of instalments stays and they become lower",
        },
    }[rule.partial]
    both = {"zh": f"{words['zh']}；{more['zh']}", "en": f"{words['en']}; {more['en']}"}
    return _rule("prepayment", "提前还款", "Early repayment", both, rule.citation)


def _cap(cap: CapTerms) -> Text:
    return {
        "zh": f"利息、罚息、违约金和费用合计：{cap.name['zh']}",
        "en": f"Interest, penalty interest, late fees and fees together: {cap.name['en']}",
    }


def _rounding(terms: ProductTerms) -> RuleWords:
    mode, unit = _MODES[terms.rounding.mode], Money(terms.rounding.multiple, terms.currency)
    words = {
        "zh": f"每期金额按{unit}{mode['zh']}，余数归最后一期",
        "en": f"Instalments rounded {mode['en']} to {unit}; the last one takes the remainder",
    }
    return _rule("rounding", "取整", "Rounding", words)
