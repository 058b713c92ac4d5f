"""The debts of many accounts while their money is applied, one round of events after the other."""

from __future__ import annotations

import polars as pl

from fairdue.engine.ledger.allocation.order import days_late, is_settled_by, place_key, way_number, ways_of
from fairdue.engine.ledger.allocation.rules import AllocationRule
from fairdue.engine.ledger.allocation.statements import asked_date_expr

PART_SCHEMA = {
    "account_id": pl.Int64,
    "receipt_id": pl.Int64,
    "due_item_id": pl.Int64,
    "component": pl.String,
    "amount_minor": pl.Int64,
}
DATED_PART_SCHEMA = PART_SCHEMA | {"effective_date": pl.Date}

CREDIT_BALANCE = "credit_balance"
"""The component of the part that exceeds the debt."""

NO_ITEM = -1
"""Stands for "no due item" while nulls mean "not yet filled"."""

CHARGE = "charge"
"""The kind of an event that adds to the balance that no item asks for."""

FALLS_DUE = "falls_due"
"""The kind of a moment at which held money pays what is owed from that day on."""

MONEY_SCHEMA = {
    "account_id": pl.Int64,
    "receipt_id": pl.Int64,
    "received_date": pl.Date,
    "on": pl.Date,  # the day on which it settles
    "amount": pl.Int64,
}
FOUND_SCHEMA = {
    "account_id": pl.Int64,
    "receipt_id": pl.Int64,
    "on": pl.Date,
    "place": pl.UInt32,
    "part": pl.Int64,
    "left": pl.Int64,
}


class Work:
    """What is open of each place (a due item, or a component's balance that no item asks for).

    `take` applies a round: at most one event of an account. Only accounts that have an event in a round can
    have one in the next, so the places looked at shrink with the rounds.
    """

    def __init__(
        self,
        asked: pl.DataFrame,
        pools: pl.DataFrame,
        rule: AllocationRule,
        accounts: pl.DataFrame | None,
    ) -> None:
        self._rule, self._accounts = rule, accounts
        self._codes = {component: code for code, component in enumerate(rule.components)}
        self._places = _places(asked, pools, self._codes)
        self._active = self._places.select(
            "account_id", "place", "due_date", "asked_date", "is_charged", "code", "row", "rate_rank"
        )
        self._left = self._places["open"].clone()
        self._asked = self._places["asked"].clone()
        self._credited = pl.repeat(0, self._places.height, dtype=pl.Int64, eager=True)
        self._settled_on = pl.repeat(None, self._places.height, dtype=pl.Date, eager=True).alias(
            "settled_date"
        )
        self._items = asked
        self._found: list[pl.DataFrame] = []
        self._lowered: list[pl.DataFrame] = []
        self._held = pl.DataFrame(schema=MONEY_SCHEMA)
        self._holders: list[pl.Series] = []

    def take(self, events: pl.DataFrame) -> None:
        """Apply one event of each account: account_id, receipt_id, kind, component, on, amount."""
        self._narrow(events)
        kinds = set(events["kind"].unique())
        events = events.with_columns(received_date="on")
        money = [events.filter(pl.col("kind") == "payment").select(*MONEY_SCHEMA)]
        if "credit" in kinds:
            money.append(self._lower(events.filter(pl.col("kind") == "credit")))
        self._settle(pl.concat(money))
        if CHARGE in kinds:
            charges = events.filter(pl.col("kind") == CHARGE)
            self._add(charges)
            self._use_held(charges)
        if FALLS_DUE in kinds:
            self._use_held(events.filter(pl.col("kind") == FALLS_DUE))

    def holders(self) -> pl.DataFrame:
        """Return the accounts that held money at any time."""
        return pl.DataFrame({"account_id": pl.concat([self._held["account_id"], *self._holders]).unique()})

    def parts(self) -> pl.DataFrame:
        """Return what every receipt came to: DATED_PART_SCHEMA."""
        places = self._places.select("place", "due_item_id", "component")
        settled = [
            frame.join(places, on="place").select(
                "account_id",
                "receipt_id",
                "due_item_id",
                "component",
                amount_minor="part",
                effective_date="on",
            )
            for frame in self._found
        ]
        held = self._held.filter(pl.col("amount") > 0).select(
            "account_id",
            "receipt_id",
            due_item_id=pl.lit(None, pl.Int64),
            component=pl.lit(CREDIT_BALANCE),
            amount_minor="amount",
            effective_date="received_date",
        )
        found = pl.concat([pl.DataFrame(schema=DATED_PART_SCHEMA), *settled, *self._lowered, held])
        has_item = pl.col("due_item_id").is_not_null()
        loose = found.filter(~has_item)
        keys = [name for name in DATED_PART_SCHEMA if name != "amount_minor"]
        summed = loose.group_by(keys).agg(pl.col("amount_minor").sum()).select(*DATED_PART_SCHEMA)
        return pl.concat([found.filter(has_item), summed])

    def asked(self) -> pl.DataFrame:
        """Return the items with what they ask, what is paid of it, and since when nothing of it is left."""
        state = self._places.select(
            "due_item_id", asked_minor=self._asked, left=self._left, settled_date=self._settled_on
        ).filter(pl.col("due_item_id").is_not_null())
        return (
            self._items.drop("asked_minor", "paid_minor", "settled_date", strict=False)
            .join(state, on="due_item_id", how="left", maintain_order="left")
            .with_columns(
                paid_minor=pl.col("asked_minor") - pl.col("left"),
                settled_date=pl.when(pl.col("left") == 0).then("settled_date"),
            )
            .drop("left")
        )

    def _narrow(self, events: pl.DataFrame) -> None:
        """Look no longer at accounts that have no more events, once they are the most."""
        if events.height * 2 < self._active["account_id"].n_unique():
            self._active = self._active.join(
                events.select("account_id"), on="account_id", how="semi", maintain_order="left"
            )

    def _open(self, events: pl.DataFrame) -> pl.DataFrame:
        """Return the open places of the accounts of some events, each with `on` and the amount."""
        left = pl.lit(self._left).gather(pl.col("place"))
        days = events.select("account_id", "on", "amount").unique("account_id", keep="any")
        return (
            self._active.with_columns(left=left)
            .filter(pl.col("left") > 0)
            .join(days, on="account_id", how="inner", maintain_order="left")
        )

    def _settle(self, money: pl.DataFrame) -> None:
        """Let at most one amount of each account settle what it reaches; what is left is held."""
        money = money.filter(pl.col("amount") > 0)
        if money.is_empty():
            return
        ordered = self._ordered(money)
        found = (
            ordered.with_columns(start=_before())
            .filter(pl.col("start") < pl.col("amount"))
            .with_columns(part=pl.min_horizontal("left", pl.col("amount") - pl.col("start")))
            .join(money.select("account_id", "receipt_id"), on="account_id", maintain_order="left")
            .select(*FOUND_SCHEMA)
        )
        self._apply(found)
        spent = found.group_by("account_id").agg(spent=pl.col("part").sum())
        rest = money.join(spent, on="account_id", how="left", maintain_order="left").with_columns(
            amount=pl.col("amount") - pl.col("spent").fill_null(0)
        )
        rest = rest.filter(pl.col("amount") > 0).select(*MONEY_SCHEMA)
        if rest.height:
            self._holders.append(rest["account_id"])
            self._held = pl.concat([self._held, rest])

    def _ordered(self, money: pl.DataFrame) -> pl.DataFrame:
        """Return the open places of the accounts of some money, in the order in which it settles them."""
        is_asked = (pl.col("asked_date") <= pl.col("on")).fill_null(True)
        places, ways = self._open(money).filter(is_asked), ways_of(self._rule)
        if len(ways) == 1:
            return (
                places.filter(is_settled_by(ways[0]))
                .with_columns(place_key(ways[0], self._codes))
                .sort("account_id", "key")
            )
        places = places.join(self._ways(places, money), on="account_id", maintain_order="left")
        keyed = [
            chosen.with_columns(place_key(way, self._codes))
            for number, way in enumerate(ways)
            if (chosen := places.filter((pl.col("way") == number) & is_settled_by(way))).height
        ]
        return pl.concat(keyed or [places.clear().with_columns(key=pl.lit(0, pl.Int64))]).sort(
            "account_id", "key"
        )

    def _ways(self, places: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
        """Return which way holds for each account on the day of its money."""
        oldest = places.group_by("account_id").agg(oldest=pl.col("due_date").min())
        days = money.select("account_id", "on").unique("account_id")
        known = days.join(oldest, on="account_id", how="left")
        if self._accounts is None:
            known = known.with_columns(dpd_origin=pl.lit("due_plus_1"), is_judged=pl.lit(False))
        else:
            known = known.join(self._accounts, on="account_id", how="left").with_columns(
                pl.col("dpd_origin").fill_null("due_plus_1"),
                is_judged=(pl.col("judgment_date") <= pl.col("on")).fill_null(False),
            )
        return known.select("account_id", way_number(self._rule, days_late(), pl.col("is_judged")))

    def _apply(self, found: pl.DataFrame) -> None:
        self._left.scatter(found["place"], found["left"] - found["part"])
        self._settled_on.scatter(found["place"], found["on"])
        self._found.append(found.drop("left"))

    def _lower(self, credits: pl.DataFrame) -> pl.DataFrame:
        """Let credits lower their own component, and return what exceeds it as money."""
        code = pl.col("component").replace_strict(self._codes, default=NO_ITEM, return_dtype=pl.Int64)
        own = credits.select("account_id", "receipt_id", own=code)
        places = self._open(credits).join(own, on="account_id", maintain_order="left")
        latest_first = places.filter(pl.col("code") == pl.col("own")).sort(
            "account_id", "due_date", "row", descending=[False, True, True], nulls_last=[False, False, False]
        )
        found = (
            latest_first.with_columns(start=_before())
            .filter(pl.col("start") < pl.col("amount"))
            .with_columns(part=pl.min_horizontal("left", pl.col("amount") - pl.col("start")))
            .select(*FOUND_SCHEMA)
        )
        self._left.scatter(found["place"], found["left"] - found["part"])
        self._asked.scatter(found["place"], pl.Series(self._asked.gather(found["place"])) - found["part"])
        self._credited.scatter(found["place"], self._credited.gather(found["place"]) + found["part"])
        lowered = found.group_by("account_id").agg(lowered=pl.col("part").sum())
        both = credits.join(lowered, on="account_id", how="left").with_columns(pl.col("lowered").fill_null(0))
        self._lowered.append(
            both.filter(pl.col("lowered") > 0).select(
                "account_id",
                "receipt_id",
                due_item_id=pl.lit(None, pl.Int64),
                component="component",
                amount_minor="lowered",
                effective_date="on",
            )
        )
        return both.with_columns(amount=pl.col("amount") - pl.col("lowered")).select(*MONEY_SCHEMA)

    def _add(self, charges: pl.DataFrame) -> None:
        """Let items that credits had lowered ask again, then add to the balance that no item asks for."""
        code = pl.col("component").replace_strict(self._codes, return_dtype=pl.Int64)
        charges = self._ask_again(charges, code)
        pools = self._places.filter(pl.col("due_date").is_null()).select("account_id", "code", "place")
        added = charges.with_columns(code=code).join(pools, on=["account_id", "code"])
        grown = self._left.gather(added["place"]) + added["amount"]
        self._left.scatter(added["place"], grown)

    def _ask_again(self, charges: pl.DataFrame, code: pl.Expr) -> pl.DataFrame:
        """Give charges to the items of their component that credits had lowered, the earliest first.

        Returns the charges with what is left of their amounts.
        """
        if self._credited.sum() == 0:
            return charges
        own = charges.select("account_id", "amount", own=code)
        found = (
            self._active.filter(pl.col("due_date").is_not_null())
            .with_columns(left=pl.lit(self._credited).gather(pl.col("place")))
            .filter(pl.col("left") > 0)
            .join(own, on="account_id")
            .filter(pl.col("code") == pl.col("own"))
            .sort("account_id", "due_date", "row")
            .with_columns(start=_before())
            .filter(pl.col("start") < pl.col("amount"))
            .with_columns(part=pl.min_horizontal("left", pl.col("amount") - pl.col("start")))
        )
        places, parts = found["place"], found["part"]
        self._left.scatter(places, self._left.gather(places) + parts)
        self._asked.scatter(places, self._asked.gather(places) + parts)
        self._credited.scatter(places, self._credited.gather(places) - parts)
        given = found.group_by("account_id").agg(given=pl.col("part").sum())
        return charges.join(given, on="account_id", how="left", maintain_order="left").with_columns(
            amount=pl.col("amount") - pl.col("given").fill_null(0)
        )

    def _use_held(self, charges: pl.DataFrame) -> None:
        """Let money held by earlier receipts pay what was charged, the earliest first."""
        days = charges.select("account_id", day="on")
        held = self._held.join(days, on="account_id", maintain_order="left").with_columns(
            on="day", turn=pl.int_range(pl.len()).over("account_id")
        )
        self._held = self._held.join(days, on="account_id", how="anti", maintain_order="left")
        for turn in range(held["turn"].max() + 1 if held.height else 0):  # type: ignore[operator,arg-type]
            self._settle(held.filter(pl.col("turn") == turn).select(*MONEY_SCHEMA))


def _is_first() -> pl.Expr:
    """Tell whether a row is the first of its account, in a frame sorted by account."""
    return pl.col("account_id").ne_missing(pl.col("account_id").shift(1))


def _since_first(running: pl.Expr) -> pl.Expr:
    """Return a running number less what it was at the first row of the account, in a frame sorted by account.

    The same as `over("account_id")`, without a group for each of a million accounts.
    """
    return running - pl.when(_is_first()).then(running).forward_fill()


def _before() -> pl.Expr:
    """Return what is left of the places before one in its account."""
    return _since_first(pl.col("left").cum_sum() - pl.col("left"))


def _places(asked: pl.DataFrame, pools: pl.DataFrame, codes: dict[str, int]) -> pl.DataFrame:
    """Return every place, by account: rows are numbered by due date and reference within their account."""
    code = pl.col("component").replace_strict(codes, return_dtype=pl.Int64).alias("code")
    keys = ["account_id", "due_date"] + (["due_ref"] if "due_ref" in asked.columns else [])
    is_new_row = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys)
    items = asked.sort(keys).select(
        "account_id",
        "due_item_id",
        "due_date",
        "component",
        code,
        row=_since_first(is_new_row.cast(pl.Int64).cum_sum()),
        asked="asked_minor",
        open=pl.col("asked_minor") - pl.col("paid_minor"),
        rate_rank=pl.lit(0, pl.Int64),
        asked_date=_asked_date(asked),
        is_charged="is_charged" if "is_charged" in asked.columns else pl.lit(value=False),
    )
    loose = _pool_places(pools, code)
    return pl.concat([items, loose.select(items.columns)]).with_row_index("place")


def _asked_date(asked: pl.DataFrame) -> pl.Expr:
    """Return from which day each item is asked for; without names, none was made later."""
    if asked.schema.get("due_ref") != pl.String:
        return pl.lit(None, pl.Date)
    return asked_date_expr(pl.col("due_ref"))


def _pool_places(pools: pl.DataFrame, code: pl.Expr) -> pl.DataFrame:
    """Return one place for each component's balance, open with what is owed from the beginning."""
    rate = pl.col("annual_rate") if "annual_rate" in pools.columns else pl.lit(0.0)
    is_first = pl.col("effective_date").is_null()
    return (
        pools.group_by("account_id", "component")
        .agg(open=pl.col("amount_minor").filter(is_first).sum(), rate=rate.max().fill_null(0))
        .with_columns(
            code,
            due_item_id=pl.lit(None, pl.Int64),
            due_date=pl.lit(None, pl.Date),
            row=pl.lit(0, pl.Int64),
            asked="open",
            rate_rank=pl.col("rate").rank("dense", descending=True).over("account_id").cast(pl.Int64),
            asked_date=pl.lit(None, pl.Date),
            is_charged=pl.lit(value=False),
        )
    )
