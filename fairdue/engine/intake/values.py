"""Read single values from text columns: clean text, amounts in minor units, dates, moments, flags.

Every function takes a text column and returns a column of the same length; null in, null out.
"""

from __future__ import annotations

import functools
import zoneinfo

import polars as pl

from fairdue.kernel.money import MAX_MINOR, MINOR_DIGITS

FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    "\u3000": " ",
    "\u00a0": " ",
}
"""全角 → 半角."""
_WIDE = list(FULL_WIDTH)
_NARROW = list(FULL_WIDTH.values())

DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
MOMENT_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
TRUE_WORDS = ("true", "1", "yes", "y", "t", "是")
FALSE_WORDS = ("false", "0", "no", "n", "f", "否")


def has_wide(text: pl.Series) -> bool:
    """Tell whether any cell holds more than ASCII."""
    sizes = pl.DataFrame({"t": text}).select(
        pl.col("t").str.len_bytes().sum(), c=pl.col("t").str.len_chars().sum()
    )
    return bool(sizes["t"][0] != sizes["c"][0])


def clean(text: pl.Series, *, half_width: bool = True) -> pl.Series:
    """Strip, turn full-width characters into half-width ones, and make an empty cell null."""
    if text.dtype != pl.String or text.null_count() == len(text):
        return text.cast(pl.String)
    if half_width and has_wide(text):
        text = text.str.replace_many(_WIDE, _NARROW)
    stripped = text.str.strip_chars(" \t\r\n\u3000\u00a0\u200b\ufeff")
    return stripped.set(stripped == "", None)


def parse_amounts(text: pl.Series, currency: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return amounts in minor units and, where there is none, the reason code.

    1. `1234.56`, `1,234.56` (groups of three), a leading `+` or `-`; full-width is half-width by now.
    2. Zeros beyond the currency's decimals are no digits; other digits there are a reason.
    3. At most 2^53 minor units. An unknown currency is judged elsewhere and read with two decimals.
    """
    frame = pl.DataFrame({"t": text.cast(pl.String), "d": _digits(currency)})
    minor = frame.select(_plain_minor(pl.col("t")).alias("m"))["m"]
    reasons = pl.Series("reason", [None], dtype=pl.String).new_from_index(0, len(text))
    open_rows = text.is_not_null() & minor.is_null()
    if not open_rows.any():
        return minor, reasons
    slow = _slow_amounts(frame.filter(open_rows))
    index = open_rows.arg_true()
    return minor.scatter(index, slow["m"]), reasons.scatter(index, slow["reason"])


def _digits(currency: pl.Series) -> pl.Series:
    return currency.replace_strict(MINOR_DIGITS, default=2, return_dtype=pl.Int8).fill_null(2)


def _plain_minor(text: pl.Expr) -> pl.Expr:
    """Minor units of unsigned digits with at most the currency's decimals; null for all other text."""
    parts = text.str.splitn(".", 2)
    whole, rest = parts.struct.field("field_0"), parts.struct.field("field_1")
    digits = pl.col("d")
    scale = pl.lit(10, dtype=pl.Int64).pow(digits.cast(pl.UInt32))
    cents = pl.when(rest.is_null()).then(pl.lit("0")).otherwise(rest.str.pad_end(2, "0"))
    cents_value = (
        pl.when(rest.is_null())
        .then(pl.lit(0, dtype=pl.Int64))
        .when(digits == 2)
        .then(cents.cast(pl.Int64, strict=False))
        .otherwise(None)
    )
    plain = (
        ~text.str.contains(r"[+\-]")
        & (whole.str.len_bytes() <= 13)
        & (rest.is_null() | ((rest.str.len_bytes() <= digits) & (digits == 2)))
    )
    return pl.when(plain).then(whole.cast(pl.Int64, strict=False) * scale + cents_value).otherwise(None)


def _slow_amounts(frame: pl.DataFrame) -> pl.DataFrame:
    """Read what is signed, grouped, longer or wrong, and say what is wrong."""
    text = pl.col("t")
    grammar = r"^([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?$"
    parts = text.str.extract_groups(grammar)
    taken = frame.with_columns(
        sign=parts.struct.field("1"),
        whole=parts.struct.field("2").str.replace_all(",", "", literal=True).str.strip_chars_start("0"),
        rest=parts.struct.field("3").fill_null("").str.strip_chars_end("0"),
    ).with_columns(is_amount=pl.col("whole").is_not_null())
    decimals = pl.col("rest").str.len_bytes().cast(pl.Int64)
    fits = (pl.col("whole").str.len_bytes() <= 16) & (decimals <= pl.col("d"))
    padded = pl.col("rest") + pl.lit("0").repeat_by((pl.col("d") - decimals).clip(0)).list.join("")
    value = pl.when(pl.col("is_amount") & fits).then(
        ("0" + pl.col("whole") + padded).cast(pl.Int64, strict=False)
    )
    reason = (
        pl.when(~pl.col("is_amount") & text.str.contains(r"^[+-]?[0-9][0-9.,]*$"))
        .then(pl.lit("intake.amount.ambiguous"))
        .when(~pl.col("is_amount"))
        .then(pl.lit("intake.amount.unreadable"))
        .when(decimals > pl.col("d"))
        .then(pl.lit("intake.amount.too_many_decimals"))
        .when(value.is_null() | (value > MAX_MINOR))
        .then(pl.lit("intake.amount.too_large"))
    )
    signed = pl.when(pl.col("sign") == "-").then(-value).otherwise(value)
    return taken.with_columns(reason=reason).select(
        pl.when(pl.col("reason").is_null()).then(signed).alias("m"), "reason"
    )


def parse_dates(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return dates and, where there is none, the reason code.

    Year first, in `2026-01-05`, `2026/1/5`, `2026.1.5`, `20260105` or `2026年1月5日`, with nothing or
    midnight behind it. Day-first and month-first dates are ambiguous.
    """
    dates = text.str.to_date(DATE_FORMATS[0], strict=False)
    reasons = pl.Series("reason", [None], dtype=pl.String).new_from_index(0, len(text))
    open_rows = (text.is_not_null() & dates.is_null()) | ~dates.dt.year().is_between(1900, 2199).fill_null(
        True
    )
    if not open_rows.any():
        return dates, reasons
    slow = _slow_dates(text.filter(open_rows))
    index = open_rows.arg_true()
    return dates.scatter(index, slow["date"]), reasons.scatter(index, slow["reason"])


def _slow_dates(text: pl.Series) -> pl.DataFrame:
    bare = text.str.replace(r"[ T]00:00(?::00(?:\.0+)?)?$", "")
    found = pl.col("t").str.to_date(DATE_FORMATS[0], strict=False)
    for pattern in DATE_FORMATS[1:]:
        found = found.fill_null(pl.col("t").str.to_date(pattern, strict=False))
    compact = pl.when(pl.col("t").str.contains(r"^[0-9]{8}$")).then(
        pl.col("t").str.to_date("%Y%m%d", strict=False)
    )
    year_first = pl.col("t").str.contains(r"^[0-9]{4}(?:[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{4})$")
    two_ended = pl.col("t").str.contains(r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})$")
    in_range = pl.col("date").dt.year().is_between(1900, 2199)
    reason = (
        pl.when(two_ended)
        .then(pl.lit("intake.date.ambiguous"))
        .when(~year_first)
        .then(pl.lit("intake.date.unreadable"))
        .when(pl.col("date").is_null())
        .then(pl.lit("intake.date.impossible"))
        .when(~in_range)
        .then(pl.lit("intake.date.out_of_range"))
    )
    taken = pl.DataFrame({"t": bare}).with_columns(date=found.fill_null(compact)).with_columns(reason=reason)
    return taken.select(pl.when(pl.col("reason").is_null()).then(pl.col("date")).alias("date"), "reason")


def parse_moments(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return moments in UTC and, where there is none, the reason code.

    A date stands for its first moment, and a clock time without an offset for local time, in China.
    """
    if text.null_count() == len(text):
        return text.cast(pl.Datetime("us", "UTC")), text.cast(pl.String)
    column = pl.col("t")
    written, text = text, text.str.replace(r"\.[0-9]+", "").str.replace(r"Z$", "+00:00")
    aware = column.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", strict=False, time_unit="us").dt.convert_time_zone(
        "UTC"
    )
    local = column.str.replace("T", " ", literal=True)
    naive = pl.lit(None, dtype=pl.Datetime("us"))
    for pattern in MOMENT_FORMATS:
        naive = naive.fill_null(local.str.to_datetime(pattern, strict=False, time_unit="us"))
    dates, reasons = parse_dates(written)
    frame = pl.DataFrame({"t": text, "date": dates, "reason": reasons}).with_columns(aware=aware, naive=naive)
    shanghai = pl.coalesce("naive", pl.col("date").cast(pl.Datetime("us"))).dt.replace_time_zone(
        "Asia/Shanghai", ambiguous="earliest", non_existent="null"
    )
    taken = frame.with_columns(moment=pl.coalesce("aware", shanghai.dt.convert_time_zone("UTC")))
    reason = pl.when(pl.col("moment").is_null()).then(pl.coalesce("reason", pl.lit("intake.date.unreadable")))
    judged = taken.select("moment", reason=pl.when(column.is_not_null()).then(reason))
    return judged["moment"], judged["reason"]


def parse_flags(text: pl.Series) -> pl.Series:
    """Return true, false, or null for a word that is neither."""
    words = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
    return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)


@functools.cache
def known_zones() -> frozenset[str]:
    """All IANA zone names that this machine knows."""
    return frozenset(zoneinfo.available_timezones())
