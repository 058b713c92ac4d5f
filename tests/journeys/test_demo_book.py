"""The demo book: real behaviour, invented persons, the source's buckets after the ordinary import."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import phonenumbers
import polars as pl
import pytest
from stdnum.cn import ric

from examples.demo_book.convert import build_demo_book, read_source
from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.engine.ledger.ageing import bucket_expr, days_past_due_expr
from fairdue.journeys.import_file import import_file
from fairdue.kernel.actor import system
from fairdue.storage import bulk

DEMO_DATE = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
SOME = 6000
"""Accounts that the import takes in; every bucket is among them many times."""
FILES = ("parties", "contact_points", "accounts", "dues", "transactions")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a maker of folders with the whole demo book on a day; each is built once."""

    @cache
    def folder(day: date) -> Path:
        place = tmp_path_factory.mktemp("book")
        build_demo_book(out_dir=place, demo_date=day)
        return place

    return folder


def expected_bucket(months_late: int) -> str:
    return "M7+" if months_late >= 7 else f"M{months_late}"


@pytest.mark.parametrize(
    "day", [DEMO_DATE, date(2026, 3, 1), date(2026, 3, 31), date(2028, 2, 29), date(2026, 12, 31)]
)
def test_the_oldest_unpaid_statement_ages_into_the_source_bucket_on_any_demo_date(whole, day):
    book_of_day = whole(day)
    dues = pl.read_parquet(book_of_day / "dues.parquet")
    paid = pl.read_parquet(book_of_day / "transactions.parquet").filter(pl.col("kind") == "payment")
    paid = paid.group_by("account_ref").agg(paid=pl.col("amount").cast(pl.Decimal(20, 2)).sum())
    asked = pl.col("principal").cast(pl.Decimal(20, 2)) + pl.col("fee").cast(pl.Decimal(20, 2))
    oldest = (
        dues.with_columns(pl.col("principal", "fee").fill_null("0"))
        .with_columns(asked=asked)
        .with_columns(asked_so_far=pl.col("asked").cum_sum().over("account_ref"))
        .join(paid, on="account_ref", how="left")
        .filter(pl.col("asked_so_far") > pl.col("paid").fill_null(0))
        .group_by("account_ref")
        .agg(
            oldest=pl.col("due_date").min(),
            left_over=(pl.col("asked_so_far") - pl.col("asked") - pl.col("paid").fill_null(0)).max(),
        )
    )
    accounts = pl.read_parquet(book_of_day / "accounts.parquet").select("account_ref")
    days = days_past_due_expr(pl.col("oldest"), day)
    found = accounts.join(oldest, on="account_ref", how="left", maintain_order="left").select(
        bucket=bucket_expr(days)
    )
    expected = [expected_bucket(late) for late in read_source()["months_late"]]
    assert found["bucket"].to_list() == expected


@pytest.mark.parametrize(
    ("day", "days"),
    [(DEMO_DATE, range(30)), (date(2026, 3, 1), range(28)), (date(2026, 12, 31), range(1, 31))],
)
def test_the_next_due_dates_of_accounts_in_order_spread_over_the_month_after_the_demo_date(whole, day, days):
    refs = pl.read_parquet(whole(day) / "accounts.parquet").select("account_ref")
    in_order = refs.filter(read_source()["months_late"] == 0)
    dues = pl.read_parquet(whole(day) / "dues.parquet").filter(pl.col("due_date") >= day)
    ahead = dues.join(in_order, on="account_ref")["due_date"] - pl.Series([day])
    counts = dict(ahead.dt.total_days().value_counts().rows())
    assert sorted(counts) == list(days)
    assert min(counts.values()) > 300


def test_the_same_arguments_give_the_same_rows_and_fewer_accounts_the_first(tmp_path):
    sizes = build_demo_book(out_dir=tmp_path / "a", demo_date=DEMO_DATE, accounts=300)
    build_demo_book(out_dir=tmp_path / "b", demo_date=DEMO_DATE, accounts=200)
    assert sizes["accounts"] == sizes["parties"] == 300
    for name in FILES:
        more, fewer = (pl.read_parquet(tmp_path / folder / f"{name}.parquet") for folder in "ab")
        key = "party_ref" if "party_ref" in more.columns else "account_ref"
        assert more.filter(pl.col(key).str.slice(1).cast(pl.Int64) <= 200).equals(fewer)


def test_invented_persons_are_valid_and_distinct(whole):
    parties = pl.read_parquet(whole(DEMO_DATE) / "parties.parquet")
    points = pl.read_parquet(whole(DEMO_DATE) / "contact_points.parquet")
    assert parties["id_number"].n_unique() == 30_000
    assert all(ric.is_valid(number) for number in parties["id_number"][::50])
    mobiles = points.filter(pl.col("medium") == "mobile")["value"]
    assert mobiles.n_unique() == mobiles.len()
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(value, "CN")) for value in mobiles[::50])
    mails = points.filter(pl.col("medium") == "email")["value"]
    assert mails.str.contains(r"@example\.(com|org|net)$").all()


def take_in(folder, tmp_path):
    actor = system("test")
    book.ensure_creditor(
        code="DEMO-BANK", name_zh="示范银行", name_en="Demonstration Bank", actor=actor, now=NOW
    )
    book.ensure_product(
        creditor_code="DEMO-BANK",
        code="CARD",
        name_zh="信用卡",
        name_en="Card",
        kind="credit_card",
        actor=actor,
        now=NOW,
    )
    reports = {}
    for name in FILES:
        reports[name] = import_file(
            path=folder / f"{name}.parquet", kind=name, creditor_code="DEMO-BANK", actor=actor, now=NOW,
            reject_dir=tmp_path / "rejected",
        )  # fmt: skip
    bulk.execute("ANALYZE")  # as autovacuum does after an import; rows of a test are hidden from it
    return reports


def facts() -> pl.DataFrame:
    """The night's columns of every account, read within the test's transaction, by the lender's reference."""
    schema = {
        "ref": pl.String,
        "oldest": pl.Date,
        "balance": pl.Int64,
        "credit": pl.Int64,
        "overdue": pl.Int64,
    }
    return bulk.copy_out(
        f"""SELECT a.external_ref, f.oldest_unpaid_due_date, f.balance_minor, f.credit_balance_minor, f.overdue_minor
              FROM ({ledger.state_facts_sql(DEMO_DATE)}) f JOIN book_account a ON a.id = f.account_id
             ORDER BY a.external_ref""",
        schema,
    )


def test_the_whole_source_has_these_buckets():
    counts = Counter(expected_bucket(late) for late in read_source()["months_late"])
    assert counts == {
        "M0": 23_182,
        "M1": 3_688,
        "M2": 2_667,
        "M3": 322,
        "M4": 76,
        "M5": 26,
        "M6": 11,
        "M7+": 28,
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_after_the_ordinary_import_buckets_and_balances_are_the_sources(tmp_path):
    build_demo_book(out_dir=tmp_path / "book", demo_date=DEMO_DATE, accounts=SOME)
    reports = take_in(tmp_path / "book", tmp_path)
    assert {name: report.rejected_count for name, report in reports.items()} == dict.fromkeys(FILES, 0)
    source = read_source(SOME)
    days = days_past_due_expr(pl.col("oldest"), DEMO_DATE)
    found = facts().with_columns(bucket=bucket_expr(days))
    expected = pl.Series("expected", [expected_bucket(late) for late in source["months_late"]])
    assert found.with_columns(expected).filter(pl.col("bucket") != pl.col("expected")).is_empty()
    counts = dict(found["bucket"].value_counts().rows())
    assert counts == {"M0": 4601, "M1": 793, "M2": 525, "M3": 46, "M4": 18, "M5": 4, "M6": 1, "M7+": 12}
    positive = source["bill_5"] > 0
    assert found["balance"].filter(positive).equals(source["bill_5"].filter(positive).alias("balance"))
    in_credit = (source["bill_5"] < 0) & (source["months_late"] == 0)
    assert found["credit"].filter(in_credit).equals((-source["bill_5"]).filter(in_credit).alias("credit"))
    assert found.filter(pl.col("bucket") != "M0")["overdue"].min() > 0
    assert ledger.prove().is_proved
