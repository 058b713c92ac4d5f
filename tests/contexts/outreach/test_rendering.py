"""Texts are rendered from typed values, or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from fairdue.contexts.outreach.rendering import (
    UnknownPlaceholder,
    ValueExtra,
    ValueMissing,
    ValueWrong,
    check_placeholders,
    format_value,
    render,
)
from fairdue.kernel.money import Money

TYPES = {"amount": "money", "day": "date", "days": "integer", "creditor": "text"}
VALUES = {"amount": Money(123450), "day": date(2025, 9, 3), "days": 1234, "creditor": "示例银行"}
TEXT = "[{creditor}] {amount} / {day} / {days}"


def test_values_are_written_as_chinese_readers_write_them():
    assert render(text=TEXT, placeholders=TYPES, values=VALUES, locale="zh-hans") == (
        "[示例银行] 1,234.50元 / 2025年9月3日 / 1,234"
    )


def test_values_are_written_as_english_readers_write_them():
    assert render(text=TEXT, placeholders=TYPES, values=VALUES, locale="en") == (
        "[示例银行] CNY 1,234.50 / 3 September 2025 / 1,234"
    )


def test_json_forms_of_money_and_date_are_accepted():
    assert format_value("money", {"minor": 5, "currency": "CNY"}, "zh-hans") == "0.05元"
    assert format_value("money", {"minor": 5, "currency": "JPY"}, "zh-hans") == "JPY 5"
    assert format_value("date", "2025-12-31", "en") == "31 December 2025"


def test_a_missing_value_refuses():
    with pytest.raises(ValueMissing, match="days"):
        render(
            text=TEXT,
            placeholders=TYPES,
            values={k: v for k, v in VALUES.items() if k != "days"},
            locale="en",
        )


def test_an_extra_value_refuses():
    with pytest.raises(ValueExtra, match="nickname"):
        render(text=TEXT, placeholders=TYPES, values=VALUES | {"nickname": "x"}, locale="en")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", 100),
        ("money", {"minor": 1.5, "currency": "CNY"}),
        ("money", {"minor": 1, "currency": "XXX"}),
        ("money", "100"),
        ("date", "tomorrow"),
        ("integer", True),
        ("integer", "3"),
        ("integer", 1.0),
        ("text", ""),
        ("text", "  "),
        ("text", 7),
        ("text", "x" * 301),
    ],
)
def test_a_value_of_another_type_refuses(kind, value):
    with pytest.raises(ValueWrong):
        format_value(kind, value, "en")


def test_a_text_value_cannot_bring_placeholders_or_lines():
    text = render(
        text="{creditor} {days}",
        placeholders={"creditor": "text", "days": "integer"},
        values={"creditor": "{days}\r\nBcc: x", "days": 3},
        locale="en",
    )
    assert text == "{days} Bcc: x 3"


@pytest.mark.parametrize(
    ("body", "placeholders"),
    [
        ("{amount}", {}),
        ("nothing", {"amount": "money"}),
        ("{amount}", {"amount": "float"}),
        ("{amount:,.2f}", {"amount": "money"}),
        ("{amount.minor}", {"amount": "money"}),
        ("{Amount}", {"Amount": "money"}),
        ("{amount} }", {"amount": "money"}),
    ],
)
def test_a_text_with_an_unknown_placeholder_refuses(body, placeholders):
    with pytest.raises(UnknownPlaceholder):
        check_placeholders(subject="", body=body, placeholders=placeholders)
