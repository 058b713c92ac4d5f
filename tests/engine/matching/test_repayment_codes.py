"""Repayment codes are found in what people type, and one slip away they are a hint and no more."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.matching.codes import codes_in, draw_code, is_code, near_codes, spoken

codes = st.integers(0, 9 * 10**12 - 1).map(lambda number: draw_code(lambda _: number))


@given(codes, st.integers(0, 14), st.integers(1, 9))
def test_every_wrong_digit_is_noticed_and_leads_back(code, place, shift):
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert is_code(code) and not is_code(wrong)
    assert codes_in(wrong) == () and code in near_codes(f"还款 {wrong}。")


@given(codes, st.integers(0, 13))
def test_every_swap_of_neighbours_is_noticed_and_leads_back(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (swapped == code) or (not is_code(swapped) and code in near_codes(swapped))


@given(codes, st.integers(0, 14))
def test_a_missing_and_an_extra_digit_lead_back(code, place):
    assert code in near_codes(code[:place] + code[place + 1 :])
    assert code in near_codes(code[:place] + code[place] + code[place:])


@pytest.mark.parametrize(
    "write",
    [
        lambda code: code,
        spoken,
        lambda code: spoken(code).replace(" ", "-"),
        lambda code: f"还款码{spoken(code)}李小明",
        lambda code: f"20261120 {spoken(code)} 400.00",
        lambda code: "".join(chr(ord(digit) + 0xFEE0) for digit in code),
    ],
)
def test_a_code_is_found_however_it_is_written(write):
    code = draw_code(random.Random(7).randrange)
    assert codes_in(write(code)) == (code,)


def test_a_longer_number_holds_no_code():
    code = draw_code(random.Random(7).randrange)
    assert codes_in(f"62220{code}") == ()
