"""IDs, phones and e-mail addresses are judged exactly as the libraries judge them."""

from __future__ import annotations

import random

import phonenumbers
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength

from fairdue.engine.intake.identifiers import (
    PROVINCES,
    cn_mobile_pattern,
    judge_emails,
    judge_phone,
    judge_phones,
    judge_resident_ids,
    normal_contact,
)

KNOWN_COUNTY = "110105"
ANSWERS = {
    InvalidLength: {"intake.id_number.length"},
    InvalidFormat: {"intake.id_number.character"},
    InvalidChecksum: {"intake.id_number.checksum", "intake.id_number.character"},
    InvalidComponent: {"intake.id_number.birth_date"},
}


def resident(body):
    return body + ric.calc_check_digit(body + "0")


def library_answer(number):
    try:
        ric.validate(number)
    except (InvalidLength, InvalidFormat, InvalidChecksum, InvalidComponent) as error:
        return ANSWERS[type(error)]
    return {None}


@given(
    st.dates().map(lambda day: f"{day:%Y%m%d}".rjust(8, "0")) | st.from_regex(r"\A[0-9]{8}\Z"),
    st.integers(0, 999),
)
def test_resident_ids_with_a_right_check_digit_are_judged_as_by_stdnum(born, order):
    number = resident(f"{KNOWN_COUNTY}{born}{order:03d}")
    assert judge_resident_ids(pl.Series([number]))[0] in library_answer(number)


@given(
    st.text(alphabet="0123456789X", min_size=16, max_size=19)
    | st.text(alphabet="0123456789A", min_size=18, max_size=18)
)
def test_any_text_is_refused_where_stdnum_refuses_its_shape_or_check_digit(text):
    expected = library_answer(KNOWN_COUNTY + text[6:]) if len(text) > 6 else {"intake.id_number.length"}
    assert judge_resident_ids(pl.Series([KNOWN_COUNTY + text[6:]]))[0] in expected


def test_every_single_wrong_digit_is_found():
    right = "11010519491231002X"
    wrong = [right[:place] + str(digit) + right[place + 1 :] for place in range(17) for digit in range(10)]
    wrong = [number for number in wrong if number != right]
    assert set(judge_resident_ids(pl.Series(wrong))) == {"intake.id_number.checksum"}
    assert judge_resident_ids(pl.Series([right, None])).to_list() == [None, None]


def test_the_provinces_are_those_that_stdnum_knows_and_the_special_regions():
    from stdnum import numdb

    known = {
        f"{n:02d}"
        for n in range(11, 84)
        if numdb.get("cn/loc").info(f"{n:02d}0101")[0][1] or _has_county(f"{n:02d}")
    }
    assert known <= set(PROVINCES)


def _has_county(province):
    from stdnum import numdb

    table = numdb.get("cn/loc")
    return any(table.info(f"{province}{rest:04d}")[0][1] for rest in range(0, 3000, 1))


def test_the_shortcut_for_chinese_mobiles_equals_phonenumbers():
    chance = random.Random(7)
    numbers = [f"1{chance.randrange(10**10):010d}" for _ in range(3000)]
    numbers += ["+86" + number for number in numbers[:200]] + ["0086" + number for number in numbers[200:400]]
    numbers += [f"{n[:3]} {n[3:7]}-{n[7:]}" for n in numbers[:200]] + [
        f"17400{n:06d}" for n in range(0, 999999, 9999)
    ]
    for mobile in (True, False):
        judged = judge_phones(pl.Series(numbers), mobile=mobile)
        one_by_one = [judge_phone(number, mobile=mobile) for number in numbers]
        assert list(judged.iter_rows()) == one_by_one


def test_every_prefix_that_the_pattern_allows_is_a_mobile_to_phonenumbers():
    pattern = pl.Series([f"{prefix}1234567" for prefix in range(1300, 2000)])
    allowed = pattern.filter(pattern.str.contains(f"^(?:{cn_mobile_pattern()})$"))
    assert len(allowed) > 300
    for number in allowed:
        parsed = phonenumbers.parse(number, "CN")
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE


def test_foreign_numbers_and_landlines_are_read():
    assert judge_phone("+852 9123 4567", mobile=True) == ("+85291234567", None)
    assert judge_phone("010-6552 9988", mobile=False) == ("+861065529988", None)
    assert normal_contact("mobile", "138 0013 8000") == "+8613800138000"
    assert normal_contact("address", "北京市  朝阳区") == "北京市 朝阳区"


def test_mail_addresses_are_lower_case_or_refused():
    judged = judge_emails(pl.Series(["Li@Mail.CN", "a@b@c.cn", "x@localhost", None, "李@例子.cn"]))
    assert judged["value"].to_list() == ["li@mail.cn", None, None, None, "李@例子.cn"]
    assert judged["reason"].to_list() == [None, "intake.email.invalid", "intake.email.invalid", None, None]
