"""Turn the published card data into canonical files that end at a demo date.

What is real, what is invented and why the buckets come out as in the source: `ATTRIBUTION.md`.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from examples.demo_book.persons import contact_points, draw, parties

SOURCE = Path(__file__).with_name("uci_taiwan_credit_card_30k.csv.gz")
CURRENCY = "CNY"
SEED = 20260101
STATEMENTS = range(6)
"""0 is the oldest statement of the source (April), 5 the newest (September)."""

MINIMUM_MINOR = 10_000
BEFORE_DUE_DAYS = 20
"""Days from a statement to its due date."""

LATE_WITHIN = 27
"""A month that was paid late was paid so many days, at most, after the last status that calls it unpaid."""

FORGETFUL_PERCENT = 12
"""So many in a hundred pay every month some days after it was due (invented: the source does not code less than a month)."""


def build_demo_book(
    *, out_dir: Path, demo_date: date, accounts: int | None = None, seed: int = SEED
) -> dict[str, int]:
    """This function will write the five canonical files as Parquet and return the number of rows of each.

    1. The same arguments give the same rows; fewer accounts are the first ones of the whole book.
    2. After the ordinary import the buckets at `demo_date` are those of the source's September status.
    """
    source = read_source(accounts)
    book = _schedule(source, demo_date, seed)
    files = {
        "parties": parties(book, demo_date, seed),
        "contact_points": contact_points(book, demo_date, seed),
        "accounts": _accounts(book, seed),
        "dues": _dues(book),
        "transactions": _transactions(book, demo_date, seed),
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    for name, frame in files.items():
        frame.write_parquet(out_dir / f"{name}.parquet")
    return {name: frame.height for name, frame in files.items()}


def read_source(accounts: int | None = None) -> pl.DataFrame:
    """Return the source by time: `bill_0` … `bill_5`, `paid_1` … `paid_5` in minor units, `late_0` … `late_4`, oldest first.

    `late_t` is how many months were unpaid at the end of the month of statement t; one month alone is not coded.

    `paid_t` was paid in the month of statement t, so it pays statement t − 1; what was paid in April pays a
    statement that the source does not have.
    """
    raw = pl.read_csv(SOURCE).head(accounts or 30_000)
    minor = lambda name: (pl.col(name) * 100).cast(pl.Int64)  # noqa: E731
    return raw.select(
        "id",
        "sex",
        "age",
        "pay_0",
        limit=minor("limit_bal"),
        months_late=pl.col("pay_0").clip(lower_bound=0),
        **{f"bill_{t}": minor(f"bill_amt{6 - t}") for t in STATEMENTS},
        **{f"paid_{t}": minor(f"pay_amt{6 - t}") for t in STATEMENTS if t},
        **{f"late_{t}": pl.col(f"pay_{6 - t}").clip(lower_bound=0) for t in STATEMENTS if t < 5},
    )


def _schedule(source: pl.DataFrame, demo_date: date, seed: int) -> pl.DataFrame:
    """Add the day offset, the due date of statement 5 and the day of the opening balance."""
    late = pl.col("months_late") > 0
    offsets = pl.DataFrame(
        [(k, x, _fitting_offset(k, x, demo_date)) for k in range(9) for x in range(1, 28 if k else 32)],
        schema=["months_late", "wish", "offset"],
        orient="row",
    )
    wish_late, wish_early = draw(seed, "offset", source.height, 27), draw(seed, "next_due", source.height, 31)
    book = source.with_columns(
        wish=pl.when(late).then(pl.Series(wish_late)).otherwise(pl.Series(wish_early)) + 1
    )
    book = book.join(offsets, on=["months_late", "wish"], how="left", maintain_order="left")
    anchor = pl.lit(demo_date) - pl.duration(days=pl.col("offset"))
    newest = pl.when(late).then(anchor).otherwise(anchor.dt.offset_by("1mo"))
    book = book.with_columns(anchor=anchor, newest_due=newest)
    return book.with_columns(
        balance_date=_due(pl.lit(0)) - pl.duration(days=BEFORE_DUE_DAYS),
        account_ref=pl.format("D{}", pl.col("id").cast(pl.String).str.zfill(6)),
        party_ref=pl.format("P{}", pl.col("id").cast(pl.String).str.zfill(6)),
    )


def _fitting_offset(months_late: int, wish: int, demo_date: date) -> int:
    """Return the offset nearest to the wish with which k unpaid months age into bucket Mk.

    Without unpaid months, the 31 wishes spread the next due date from the demo date over the month after it.
    """

    def fits(offset: int) -> bool:
        frame = pl.DataFrame({"day": [demo_date]}).select(
            oldest=(pl.col("day") - pl.duration(days=offset)).dt.offset_by(f"-{months_late - 1}mo")
        )
        days = (demo_date - frame["oldest"][0]).days
        return days > 180 if months_late > 6 else 30 * (months_late - 1) < days <= 30 * months_late

    if months_late == 0:
        ahead = [offset for offset in range(1, 32) if _a_month_after(demo_date, offset) >= demo_date]
        return ahead[(wish - 1) * len(ahead) // 31]
    return min((offset for offset in range(1, 28) if fits(offset)), key=lambda offset: abs(offset - wish))


def _a_month_after(demo_date: date, offset: int) -> date:
    """Return the next due date of an account whose latest one lies some days back."""
    return pl.select(pl.lit(demo_date - timedelta(days=offset)).dt.offset_by("1mo")).item()


def _due(statement: pl.Expr) -> pl.Expr:
    """The due date of a statement: months from the anchor, so that month ends stay month ends."""
    months = statement - pl.when(pl.col("months_late") > 0).then(5).otherwise(4)
    return pl.col("anchor").dt.offset_by(pl.format("{}mo", months))


def _owed(statement: int) -> pl.Expr:
    """The bill of a statement without credit balances, which never become debt."""
    return pl.col(f"bill_{statement}").clip(lower_bound=0)


def _invented_fee() -> pl.Expr:
    """The late fee of an account that the source calls late although it owes nothing."""
    is_late = (pl.col("months_late") > 0) & (_owed(5) == 0)
    return pl.when(is_late).then(MINIMUM_MINOR).otherwise(0)


def _accounts(book: pl.DataFrame, seed: int) -> pl.DataFrame:
    age = pl.Series(draw(seed, "opened", book.height, 3_800)) + 200
    first_unpaid = 6 - pl.col("months_late")
    return book.select(
        "account_ref",
        "party_ref",
        product_code=pl.lit("CARD"),
        currency=pl.lit(CURRENCY),
        opened_date=pl.col("balance_date") - pl.duration(days=pl.lit(age)),
        balance_date="balance_date",
        credit_limit=_text(pl.col("limit")),
        principal=_text(_owed(0)),
        interest=pl.lit("0.00"),
        penalty=pl.lit("0.00"),
        # a fee that fell due before the opening balance is part of it
        fee=_text(pl.when(first_unpaid < 0).then(_invented_fee()).otherwise(0)),
        status=pl.lit("active"),
    )


def _dues(book: pl.DataFrame) -> pl.DataFrame:
    """Return the statements: paid ones ask for what was paid, the others for a minimum payment."""
    base = book.select("account_ref", "months_late", "anchor", "id")
    settled = pl.concat([_settled(book, t) for t in range(5)])
    asked = pl.concat([settled, _unpaid(book)]).group_by("id", "statement").agg(pl.col("minor").sum())
    fees = book.select(
        "id", statement=6 - pl.col("months_late"), fee_minor=_invented_fee().cast(pl.Int64)
    ).filter(pl.col("fee_minor") > 0)
    return (
        asked.filter(pl.col("minor") > 0)
        .join(fees, on=["id", "statement"], how="full", coalesce=True)
        .with_columns(pl.col("minor", "fee_minor").fill_null(0))
        .join(base, on="id", how="left")
        .with_columns(due_date=_due(pl.col("statement")))
        .sort("id", "due_date")
        .select(
            "account_ref",
            due_ref=pl.col("due_date").dt.strftime("%Y-%m"),
            due_date="due_date",
            currency=pl.lit(CURRENCY),
            principal=_text_or_empty(pl.col("minor")),
            interest=pl.lit(None, pl.String),
            penalty=pl.lit(None, pl.String),
            fee=_text_or_empty(pl.col("fee_minor")),
        )
    )


def _settled(book: pl.DataFrame, statement: int) -> pl.DataFrame:
    """What was paid for a statement; of a late account it went to the last statement that was settled."""
    last = pl.when(pl.col("months_late") > 0).then(5 - pl.col("months_late")).otherwise(4)
    return book.select(
        "id", statement=pl.min_horizontal(pl.lit(statement, pl.Int64), last), minor=f"paid_{statement + 1}"
    )


def _unpaid(book: pl.DataFrame) -> pl.DataFrame:
    """The minimum payments of unpaid and not yet due statements, oldest first, within the closing balance."""
    first = pl.when(pl.col("months_late") > 0).then(6 - pl.col("months_late")).otherwise(5)
    bills = [_owed(max(statement, 0)).alias(f"owed_{statement}") for statement in range(-2, 6)]
    tall = (
        book.select("id", *bills, first=first, closing=_owed(5))
        .unpivot(index=["id", "first", "closing"], variable_name="statement", value_name="bill")
        .with_columns(pl.col("statement").str.strip_prefix("owed_").cast(pl.Int64))
        .filter(pl.col("statement") >= pl.col("first"))
        .sort("id", "statement")
        .with_columns(wish=pl.max_horizontal(pl.col("bill") // 10, MINIMUM_MINOR))
    )
    before = pl.col("wish").cum_sum().over("id") - pl.col("wish")
    left = (pl.col("closing") - before).clip(lower_bound=0)
    return tall.select("id", "statement", minor=pl.min_horizontal("wish", left))


def _transactions(book: pl.DataFrame, demo_date: date, seed: int) -> pl.DataFrame:
    early, late = draw(seed, "early", book.height, 6), draw(seed, "late", book.height, LATE_WITHIN)
    forgets = pl.Series(draw(seed, "forgets", book.height, 100)) < FORGETFUL_PERCENT
    book = book.with_columns(early=pl.Series(early), late=pl.Series(late) + 1, forgets=forgets)
    pieces = [_month(book, t, demo_date) for t in range(1, 6)]
    credit = book.filter((pl.col("months_late") == 0) & (pl.col("bill_5") < 0))
    pieces.append(_events(credit, "K6", "credit", -pl.col("bill_5"), _closing(5, demo_date)))
    return (
        pl.concat(pieces)
        .filter(pl.col("minor") > 0)
        .sort("account_ref", "effective_date", "transaction_ref")
        .with_columns(amount=_text(pl.col("minor")), currency=pl.lit(CURRENCY), reverses_ref=pl.lit(""))
        .select(
            "transaction_ref",
            "account_ref",
            "kind",
            "component",
            "amount",
            "currency",
            "effective_date",
            "reverses_ref",
        )
    )


def _month(book: pl.DataFrame, t: int, demo_date: date) -> pl.DataFrame:
    """The payment for the statement before and the purchases, or credits, that lead to this month's bill."""
    paid = pl.col(f"paid_{t}")
    spent = _owed(t) - _owed(t - 1) + paid
    paid_on = _paid_on(t - 1, demo_date)
    closing = _closing(t, demo_date)
    return pl.concat(
        [
            _events(book, f"P{t}", "payment", paid, paid_on),
            _events(book, f"C{t}", "charge", spent, closing),
            _events(book, f"K{t}", "credit", -spent, closing),
        ]
    )


def _paid_on(statement: int, demo_date: date) -> pl.Expr:
    """The day on which a statement was paid: some days before or after it was due, or after the last status that calls it
    unpaid; never after the day before the demo date. Who owes nothing but the invented fee pays in time.

    A status of month t is of the end of that month: so many months before the demo date. Of an account that is not late
    today, the newest statement is not due yet: a status there speaks of the statements up to the one before.
    """
    ahead = pl.when(pl.col("months_late") > 0).then(0).otherwise(1)
    has_bills = _invented_fee() == 0
    days = pl.when(pl.col("forgets") & has_bills).then("late").otherwise(-pl.col("early"))
    paid_on = _due(pl.lit(statement)) + pl.duration(days=days)
    for t in range(5):
        newest = t - ahead
        is_unpaid = (pl.lit(statement) <= newest) & (pl.lit(statement) > newest - pl.col(f"late_{t}"))
        status_day = pl.lit(demo_date).dt.offset_by(f"-{5 - t}mo")
        after = status_day + pl.duration(days=pl.col("late"))
        paid_on = pl.when(is_unpaid & has_bills).then(pl.max_horizontal(after, paid_on)).otherwise(paid_on)
    return pl.min_horizontal(paid_on, pl.lit(demo_date) - pl.duration(days=1))


def _closing(t: int, demo_date: date) -> pl.Expr:
    """The day of a statement, which is never after the day before the demo date."""
    day = _due(pl.lit(t)) - pl.duration(days=BEFORE_DUE_DAYS)
    return pl.min_horizontal(day, pl.lit(demo_date) - pl.duration(days=1))


def _events(book: pl.DataFrame, ref: str, kind: str, minor: pl.Expr, day: pl.Expr) -> pl.DataFrame:
    return book.select(
        "account_ref",
        transaction_ref=pl.lit(ref),
        kind=pl.lit(kind),
        component=pl.lit("" if kind == "payment" else "principal"),
        minor=minor,
        effective_date=day.cast(pl.Date),
    )


def _text(minor: pl.Expr) -> pl.Expr:
    """Write minor units as an amount with two decimals."""
    cents = (minor % 100).cast(pl.String).str.zfill(2)
    return pl.format("{}.{}", minor // 100, cents)


def _text_or_empty(minor: pl.Expr) -> pl.Expr:
    """Write an amount, or nothing where nothing falls due."""
    return pl.when(minor > 0).then(_text(minor))
