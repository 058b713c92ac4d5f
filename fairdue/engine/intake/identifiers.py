"""Judge resident IDs, phone numbers and e-mail addresses; each column function equals a library.

A function returns the normal form and, where there is none, the reason code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

PROVINCES = (
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
    "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
)  # fmt: skip
"""GB/T 2260, first two digits; 83 is on residence permits of Taiwan residents. Counties come and go
over the decades, so a county that the tables lack is no reason to turn a person away."""
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_CHARACTERS = "10X98765432"
_MOBILE_TYPES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}

Judged = tuple[str | None, str | None]


def judge_resident_ids(number: pl.Series) -> pl.Series:
    """Return the reason why each number is no resident ID (GB 11643-1999), null where it is one.

    1. 17 digits and a digit or X; the last is ISO 7064 MOD 11-2 over the others.
    2. Characters 7 to 14 are a day of the calendar, 1 to 2 a province.
    """
    text = pl.col("n")
    shaped = text.str.contains(r"^[0-9]{17}[0-9X]$")
    total = pl.sum_horizontal(
        text.str.slice(place, 1).cast(pl.Int32, strict=False) * weight
        for place, weight in enumerate(_WEIGHTS)
    )
    expected = (total % 11).replace_strict(
        dict(enumerate(_CHECK_CHARACTERS)), default=None, return_dtype=pl.String
    )
    born = resident_birth_date(text)
    reason = (
        pl.when(text.is_null())
        .then(None)
        .when(text.str.len_chars() != 18)
        .then(pl.lit("intake.id_number.length"))
        .when(~shaped)
        .then(pl.lit("intake.id_number.character"))
        .when(text.str.slice(17, 1) != expected)
        .then(pl.lit("intake.id_number.checksum"))
        .when(born.is_null())
        .then(pl.lit("intake.id_number.birth_date"))
        .when(~text.str.slice(0, 2).is_in(PROVINCES))
        .then(pl.lit("intake.id_number.region"))
    )
    return pl.DataFrame({"n": number.cast(pl.String)}).select(reason.alias("reason"))["reason"]


def resident_birth_date(number: pl.Expr) -> pl.Expr:
    """The birth date inside a resident ID, null if the calendar has no such day."""
    return number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def judge_phones(values: pl.Series, *, mobile: bool) -> pl.DataFrame:
    """Return `value` in E.164 form and `reason`, as phonenumbers judges each number in region CN.

    Chinese mobile numbers are recognised by the library's own pattern; all others are asked one by one.
    """
    compact = values.str.replace_all(r"[\s\-()]", "")
    national = compact.str.extract(rf"^(?:\+86|0086)?({cn_mobile_pattern()})$")
    if mobile:
        quick = pl.DataFrame({"v": national}).select(
            value="+86" + pl.col("v"), reason=pl.lit(None, dtype=pl.String)
        )
    else:
        quick = pl.DataFrame({"v": national}).select(
            value=pl.lit(None, dtype=pl.String),
            reason=pl.when(pl.col("v").is_not_null()).then(pl.lit("intake.phone.not_landline")),
        )
    return _one_by_one(values, quick, national.is_null(), functools.partial(judge_phone, mobile=mobile))


def judge_emails(values: pl.Series) -> pl.DataFrame:
    """Return `value` in lower case and `reason`, as email-validator judges each address."""
    nothing = pl.DataFrame({"value": values, "reason": values}).select(
        pl.all().cast(pl.String).replace(values, None)
    )
    return _one_by_one(values, nothing, values.is_not_null(), judge_email)


def _one_by_one(
    values: pl.Series, quick: pl.DataFrame, open_rows: pl.Series, judge: Callable[[str], Judged]
) -> pl.DataFrame:
    """Ask for each distinct value that the quick way left open."""
    distinct = values.filter(open_rows).drop_nulls().unique()
    if distinct.is_empty():
        return quick
    answers = [judge(value) for value in distinct]
    table = pl.DataFrame(
        {"v": distinct, "v_value": [a[0] for a in answers], "v_reason": [a[1] for a in answers]},
        schema_overrides={"v_value": pl.String, "v_reason": pl.String},
    )
    return (
        quick.with_columns(values.alias("v"))
        .join(table, on="v", how="left", maintain_order="left")
        .select(value=pl.coalesce("value", "v_value"), reason=pl.coalesce("reason", "v_reason"))
    )


@functools.cache
def cn_mobile_pattern() -> str:
    """The library's pattern of Chinese mobile numbers."""
    return phonenumbers.PhoneMetadata.metadata_for_region("CN").mobile.national_number_pattern  # type: ignore[union-attr,return-value]


def judge_phone(value: str, *, mobile: bool) -> Judged:
    """Return one phone number in E.164 form, or the reason why there is none."""
    try:
        number = phonenumbers.parse(value, "CN")
    except phonenumbers.NumberParseException:
        return None, "intake.phone.unreadable"
    if not phonenumbers.is_valid_number(number):
        return None, "intake.phone.invalid"
    kind = phonenumbers.number_type(number)
    if mobile and kind not in _MOBILE_TYPES:
        return None, "intake.phone.not_mobile"
    if not mobile and kind == PhoneNumberType.MOBILE:
        return None, "intake.phone.not_landline"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), None


def judge_email(value: str) -> Judged:
    """Return one e-mail address in lower case, or the reason why it is none."""
    try:
        return validate_email(value, check_deliverability=False).normalized.lower(), None
    except EmailNotValidError:
        return None, "intake.email.invalid"


def normal_contact(medium: str, value: str) -> str:
    """Return one contact value in the form under which it is stored and found; unchanged if it has none."""
    if medium in {"mobile", "landline"}:
        return judge_phone(value, mobile=medium == "mobile")[0] or value
    if medium == "email":
        return judge_email(value)[0] or value.lower()
    return " ".join(value.split())
