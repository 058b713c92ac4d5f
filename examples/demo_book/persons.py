"""Invented persons: valid names, resident IDs, phones and addresses that belong to nobody."""

from __future__ import annotations

import random
from datetime import date

import polars as pl

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN_FEMALE = "芳娜敏静丽艳娟霞秀兰玲桂英华慧巧美婷雪梅倩洁琳璐莹欣怡佳颖悦"
GIVEN_MALE = "伟强磊军洋勇杰涛超明刚平辉鹏斌波宇浩凯健俊帆旭宁昊晨轩博文亮"
AREAS = [
    "110000", "110100", "110200", "120000", "120100", "120200", "130000", "130100", "140000", "140100",
    "150000", "150100", "210000", "210100", "220000", "220100", "230000", "230100", "310000", "310100",
    "320000", "320100", "330000", "330100", "340000", "340100", "350000", "350100", "360000", "360100",
    "370000", "370100", "410000", "410100", "420000", "420100", "430000", "430100", "440000", "440100",
    "450000", "450100", "510000", "510100", "520000", "520100", "530000", "530100", "540000", "540100",
    "610000", "610100", "620000", "620100", "630000", "630100", "640000", "640100", "650000", "650100",
]  # fmt: skip
"""Codes of whole provinces and cities: no card is issued with one, yet check digit and province are right."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
PREFIXES = ("130", "135", "136", "138", "139", "150", "158", "159", "166", "177", "186", "188", "189", "199")
MAIL_HOSTS = ("example.com", "example.org", "example.net")
ABROAD = ("Asia/Tokyo", "Asia/Singapore", "Europe/London", "America/New_York")
STREETS = ("示例路", "样板街", "虚构大道", "演示巷", "范本路")


def draw(seed: int, purpose: str, count: int, below: int) -> list[int]:
    """Return `count` numbers from 0 to below − 1; the first n are the same for every larger count."""
    source = random.Random(f"{seed}:{purpose}")  # noqa: S311 - invented data, not a secret
    return [int(source.random() * below) for _ in range(count)]


def parties(book: pl.DataFrame, demo_date: date, seed: int) -> pl.DataFrame:
    """Return the persons of the parties file; sex and year of birth are the source's."""
    births = [
        date(demo_date.year - age, 1, 1).toordinal() + day
        for age, day in zip(book["age"], draw(seed, "birth", book.height, 365), strict=True)
    ]
    birth_dates = [date.fromordinal(day) for day in births]
    rows = range(book.height)
    zone, locale = draw(seed, "zone", book.height, 1000), draw(seed, "locale", book.height, 100)
    preference = draw(seed, "preference", book.height, 100)
    return book.select(
        "party_ref",
        name=pl.Series(_names(book["sex"].to_list(), seed)),
        id_type=pl.lit("cn_resident"),
        id_number=pl.Series(
            [_resident_id(book["id"][row], birth_dates[row], book["sex"][row]) for row in rows]
        ),
        birth_date=pl.Series(birth_dates),
        sex=pl.col("sex").replace_strict({1: "m", 2: "f"}, return_dtype=pl.String),
        home_zone=pl.Series([_zone(number) for number in zone]),
        locale=pl.Series(["en" if number < 3 else "zh-hans" for number in locale]),
        preferred_channel=pl.Series([_preference(number) for number in preference]),
    )


def _names(sexes: list[int], seed: int) -> list[str]:
    count = len(sexes)
    surnames = draw(seed, "surname", count, len(SURNAMES))
    first, second = draw(seed, "given", count, 10_000), draw(seed, "second", count, 10_000)
    names = []
    for sex, surname, one, two in zip(sexes, surnames, first, second, strict=True):
        given = GIVEN_MALE if sex == 1 else GIVEN_FEMALE
        short = two % 4 == 0
        names.append(SURNAMES[surname] + given[one % len(given)] + ("" if short else given[two % len(given)]))
    return names


def _resident_id(number: int, birth_date: date, sex: int) -> str:
    """Return a resident ID: area and sequence differ for every account, the parity tells the sex."""
    area, sequence = AREAS[number % len(AREAS)], number // len(AREAS) % 500
    body = f"{area}{birth_date:%Y%m%d}{2 * sequence + (1 if sex == 1 else 0):03d}"
    check = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True)) % 11
    return body + CHECK_DIGITS[check]


def _zone(number: int) -> str:
    if number < 20:
        return ABROAD[number % len(ABROAD)]
    return "Asia/Urumqi" if number < 60 else "Asia/Shanghai"


def _preference(number: int) -> str:
    for limit, channel in ((55, "sms"), (70, "inapp"), (82, "email"), (90, "call")):
        if number < limit:
            return channel
    return ""


def contact_points(book: pl.DataFrame, demo_date: date, seed: int) -> pl.DataFrame:
    """Return the contact points: mobile and address of all, e-mail and app of most, some third parties."""
    book = book.with_columns(
        chance=pl.Series(draw(seed, "points", book.height, 1000)),
        refusal=pl.Series(draw(seed, "refusal", book.height, 1000)),
        street=pl.Series(draw(seed, "street", book.height, len(STREETS))),
        door=pl.Series(draw(seed, "door", book.height, 900)) + 100,
    )
    number = pl.col("id")
    street = pl.col("street").replace_strict(range(len(STREETS)), STREETS, return_dtype=pl.String)
    mail_host = (number % len(MAIL_HOSTS)).replace_strict(
        range(len(MAIL_HOSTS)), MAIL_HOSTS, return_dtype=pl.String
    )
    pieces = [
        _points(book, "mobile", _mobile(number), refused=pl.col("refusal") < 20),
        _points(book, "address", pl.format("示例市虚构区{}{}号", street, pl.col("door"))),
        _points(
            book.filter(pl.col("chance") < 800),
            "email",
            pl.format("{}@{}", pl.col("party_ref").str.to_lowercase(), mail_host),
            refused=pl.col("refusal").is_between(15, 44),
        ),
        _points(book.filter(pl.col("chance") % 10 < 6), "app", pl.format("app-{}", pl.col("party_ref"))),
        _points(
            book.filter(pl.col("chance") >= 950),
            "mobile",
            _mobile(number + 500_000),
            owner="third_party",
            relation="spouse",
            rank=9,
        ),
    ]
    return pl.concat(pieces).sort("party_ref", "rank", "medium")


def _points(
    book: pl.DataFrame,
    medium: str,
    value: pl.Expr,
    *,
    refused: pl.Expr | None = None,
    owner: str = "debtor",
    relation: str = "",
    rank: int = 1,
) -> pl.DataFrame:
    return book.select(
        "party_ref",
        medium=pl.lit(medium),
        value=value,
        owner=pl.lit(owner),
        relation=pl.lit(relation),
        zone=pl.lit(""),
        rank=pl.lit(rank),
        opted_out=pl.lit(False) if refused is None else refused,
        consent_at=pl.col("balance_date").dt.strftime("%Y-%m-%d"),
        verified=pl.lit(owner == "debtor"),
        status=pl.lit("valid"),
    )


def _mobile(number: pl.Expr) -> pl.Expr:
    """A number that is valid in form; multiplying by a unit modulo 10^8 keeps all of them different."""
    prefix = (number % len(PREFIXES)).replace_strict(range(len(PREFIXES)), PREFIXES, return_dtype=pl.String)
    line = (number * 48_271 + 12_345) % 100_000_000
    return pl.format("{}{}", prefix, line.cast(pl.String).str.zfill(8))
