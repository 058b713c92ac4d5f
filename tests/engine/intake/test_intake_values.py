"""Reading amounts, dates and moments: exact for what is unambiguous, a reason for all else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.intake.values import clean, parse_amounts, parse_dates, parse_flags, parse_moments
from fairdue.kernel.money import MAX_MINOR, MINOR_DIGITS


def amounts(*texts, currency="CNY"):
    minor, reasons = parse_amounts(
        clean(pl.Series(texts, dtype=pl.String)), pl.Series([currency] * len(texts), dtype=pl.String)
    )
    return list(zip(minor, reasons, strict=True))


@given(
    st.integers(0, MAX_MINOR),
    st.sampled_from(sorted(MINOR_DIGITS)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_every_way_of_writing_an_amount_reads_as_the_same_minor_units(minor, currency, grouped, wide, padded):
    amount = Decimal(minor).scaleb(-MINOR_DIGITS[currency])
    text = f"{amount:,f}" if grouped else f"{amount:f}"
    if padded:
        text = text + "00" if "." in text else text + ".00"
    if wide:
        text = text.translate({code - 0xFEE0: code for code in range(0xFF01, 0xFF5F)})
    assert amounts(text, currency=currency) == [(minor, None)]


@given(st.text(alphabet="0123456789.,-+ ¥aeE٣", max_size=12))
def test_any_text_is_an_amount_or_has_a_reason_and_never_both(text):
    [(minor, reason)] = amounts(text)
    if clean(pl.Series([text]))[0] is None:
        assert (minor, reason) == (None, None)
        return
    assert (minor is None) != (reason is None)
    if minor is not None:
        assert Decimal(minor).scaleb(-2) == Decimal(text.strip().replace(",", ""))


@given(st.lists(st.decimals("-99999", "99999", places=3), min_size=1, max_size=20))
def test_a_column_reads_like_its_single_cells(values):
    texts = [str(value) for value in values]
    assert amounts(*texts) == [amounts(text)[0] for text in texts]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1.234,56", "ambiguous"), ("1,23", "ambiguous"), ("12,34,567", "ambiguous"), ("1.2.3", "ambiguous"),
        ("abc", "unreadable"), ("1e5", "unreadable"), ("(5)", "unreadable"), ("¥5", "unreadable"), (".5", "unreadable"),
        ("0.001", "too_many_decimals"), ("90071992547409.93", "too_large"), ("9" * 40, "too_large"),
    ],
)  # fmt: skip
def test_an_amount_that_is_none_has_its_own_reason(text, reason):
    assert amounts(text) == [(None, f"intake.amount.{reason}")]


def test_signs_and_currencies_without_decimals_are_read():
    assert amounts("-3.20", "+4", "-0") == [(-320, None), (400, None), (0, None)]
    assert amounts("12", "1,200", "12.0", currency="JPY") == [(12, None), (1200, None), (12, None)]
    assert amounts("12.5", currency="JPY") == [(None, "intake.amount.too_many_decimals")]


def dates(*texts):
    found, reasons = parse_dates(clean(pl.Series(texts, dtype=pl.String)))
    return list(zip(found, reasons, strict=True))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_year_first_way_of_writing_a_day_reads_as_that_day(day):
    texts = (
        f"{day:%Y-%m-%d}", f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}", f"{day:%Y.%m.%d}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d} 00:00:00", f"{day:%Y-%m-%d}T00:00:00.000",
    )  # fmt: skip
    assert dates(*texts) == [(day, None)] * len(texts)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("05/01/2026", "ambiguous"), ("5-1-26", "ambiguous"), ("2026-02-30", "impossible"), ("20261301", "impossible"),
        ("1899-12-31", "out_of_range"), ("2200-01-01", "out_of_range"), ("yesterday", "unreadable"),
        ("2026-1-5x", "unreadable"), ("46027", "unreadable"), ("12026-01-01", "unreadable"),
        ("2026-01-05 10:00:00", "unreadable"),
    ],
)  # fmt: skip
def test_a_date_that_is_none_has_its_own_reason(text, reason):
    assert dates(text) == [(None, f"intake.date.{reason}")]


def test_moments_are_china_time_unless_they_say_otherwise():
    texts = [
        "2026-01-05",
        "2026-1-5 10:00",
        "2026-01-05T10:00:00Z",
        "2026-01-05T10:00:00+09:00",
        "soon",
        None,
    ]
    found, reasons = parse_moments(pl.Series(texts))
    assert found.to_list() == [
        datetime(2026, 1, 4, 16, tzinfo=UTC),
        datetime(2026, 1, 5, 2, tzinfo=UTC),
        datetime(2026, 1, 5, 10, tzinfo=UTC),
        datetime(2026, 1, 5, 1, tzinfo=UTC),
        None,
        None,
    ]
    assert reasons.to_list() == [None, None, None, None, "intake.date.unreadable", None]


def test_flags_are_read_in_both_languages():
    assert parse_flags(pl.Series(["是", "否", "YES", "0", "perhaps", None])).to_list() == [
        True,
        False,
        True,
        False,
        None,
        None,
    ]
