"""Codes by which anybody checks what is genuine: read as they were meant, and not to be guessed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.kernel.check_codes import Checked, check_code, read_check_code

KEY = b"k" * 32


@given(st.sampled_from("MCTSR"), st.lists(st.integers(0, 10**8 - 1), min_size=1, max_size=2))
def test_a_code_is_read_back_however_it_is_typed(kind: str, numbers: list[int]) -> None:
    code = check_code(kind, *numbers, key=KEY)
    assert re.fullmatch(r"[MCTSR][\d.]+-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    for written in (code, code.lower(), code.replace("-", " "), code.replace("-", ""), f"  {code} "):
        assert read_check_code(written, key=KEY) == Checked(kind, tuple(numbers))


def test_signs_that_look_alike_are_read_as_they_were_meant() -> None:
    codes = (check_code("M", number, key=KEY) for number in range(1, 400))
    code = next(each for each in codes if "0" in each[-8:] and "1" in each[-8:])
    typed = code[:-9] + code[-9:].replace("0", "O").replace("1", "l")
    assert read_check_code(typed, key=KEY) == read_check_code(code, key=KEY)


@pytest.mark.parametrize("written", ["", "M1", "hello", "M1-0000-0000", "9" * 200, "M1-7KQ2-X9F", "测试"])
def test_what_is_no_code_stands_for_nothing(written: str) -> None:
    assert read_check_code(written, key=KEY) is None


def test_a_code_of_another_number_kind_or_house_stands_for_nothing() -> None:
    code = check_code("M", 17, key=KEY)
    assert read_check_code(code.replace("M17", "M18"), key=KEY) is None
    assert read_check_code(code.replace("M17", "C17"), key=KEY) is None
    assert read_check_code(code, key=b"x" * 32) is None
