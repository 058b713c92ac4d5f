"""One rule, two executors: the columns give for every account the parts that its replayed life gives."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.allocation import (
    ACCOUNT_SCHEMA,
    CREDIT_BALANCE,
    ITEM_SCHEMA,
    RECEIPT_SCHEMA,
    RECEIVABLE_SCHEMA,
    AllocationRule,
    Stage,
    allocate,
    opened,
)
from fairdue.engine.ledger.allocation.rules import usual_order
from fairdue.engine.ledger.allocation.statements import statement_ref
from fairdue.engine.ledger.life import DebtTerms, replay
from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life.terms import DelinquencyRule, Instalment
from fairdue.engine.ledger.policies import shipped_policies

pytestmark = pytest.mark.slow
START, END = date(2026, 1, 1), date(2026, 12, 31)
COMPONENTS = ("principal", "interest", "penalty", "fee")
days = st.integers(0, 130).map(lambda number: START + timedelta(days=number))
amounts = st.integers(1, 400)
ITEMS = ITEM_SCHEMA | {"due_ref": pl.String, "is_charged": pl.Boolean}
RECEIVABLES = RECEIVABLE_SCHEMA | {
    "effective_date": pl.Date,
    "transaction_id": pl.Int64,
    "annual_rate": pl.Float64,
}


@st.composite
def ways(draw):
    order = draw(st.permutations(usual_order(COMPONENTS)))
    return {
        "order": tuple(order),
        "style": draw(st.sampled_from(["horizontal", "vertical"])),
        "in_advance": draw(st.sampled_from(["next", "last"])),
        "in_advance_style": draw(st.sampled_from([None, "horizontal", "vertical"])),
        "reach_days": draw(st.sampled_from([None, None, 0, 10, 31])),
        "unscheduled": tuple(draw(st.sampled_from([(), COMPONENTS, COMPONENTS[::-1]]))),
        "is_highest_rate_first": draw(st.booleans()),
    }


@st.composite
def rules(draw):
    if draw(st.booleans()):
        return draw(st.sampled_from(list(shipped_policies().values())))
    edges = draw(st.sets(st.sampled_from([1, 30, 61, 91]), max_size=2))
    stages = [Stage(**draw(ways()), from_days_past_due=edge) for edge in edges]
    if draw(st.booleans()):
        stages.append(Stage(**draw(ways()), needs_judgment=True))
    return AllocationRule(**draw(ways()), stages=tuple(stages))


@st.composite
def accounts(draw, account_id):
    """One account: items, receipts, receivables, and what is known of it."""
    items = []
    for number in range(draw(st.integers(0, 5))):
        due = draw(days)
        ahead = draw(st.sampled_from([None, None, 0, 18, 40]))
        name = f"R{number}" if ahead is None else statement_ref(due - timedelta(days=ahead))
        name = f"R{number}" if any(row[5] == name for row in items) else name
        for component in draw(st.sets(st.sampled_from(COMPONENTS), min_size=1)):
            key = account_id * 1000 + len(items)
            is_charged = component != "principal" and name.startswith("R") and draw(st.booleans())
            items.append((account_id, key, due, component, draw(amounts), name, is_charged))
    receipts, charges = [], []
    for number in range(draw(st.integers(0, 7))):
        key, on, amount = account_id * 1000 + number, draw(days), draw(amounts)
        kind = draw(st.sampled_from(["payment", "payment", "payment", "credit", "charge"]))
        component = draw(st.sampled_from(COMPONENTS))
        if kind == "charge":
            charges.append((account_id, component, amount, on, key, None))
        else:
            receipts.append((account_id, key, kind, component if kind == "credit" else "", on, amount))
    rates = {component: draw(st.sampled_from([0.1, 0.2, 0.3])) for component in COMPONENTS}
    start = [
        (account_id, component, draw(st.integers(0, 1200)), None, None, None)
        for component in draw(st.sets(st.sampled_from(COMPONENTS)))
    ]
    owed = [(*row[:5], rates[row[1]]) for row in (*start, *charges)]
    judgment_date = draw(st.sampled_from([None, None, START + timedelta(days=60)]))
    known = (account_id, draw(st.sampled_from(["due_plus_1", "due_date"])), judgment_date)
    return items, receipts, owed, known


@st.composite
def books(draw):
    drawn = [draw(accounts(account_id)) for account_id in range(1, draw(st.integers(1, 3)) + 1)]
    items, receipts, owed = ([row for one in drawn for row in one[place]] for place in range(3))
    return (
        pl.DataFrame(items, schema=ITEMS, orient="row"),
        pl.DataFrame(receipts, schema=RECEIPT_SCHEMA, orient="row"),
        pl.DataFrame(owed, schema=RECEIVABLES, orient="row"),
        pl.DataFrame([one[3] for one in drawn], schema=ACCOUNT_SCHEMA, orient="row"),
    )


def by_columns(items, receipts, owed, known, rule):
    result = allocate(items, receipts, owed, rule, accounts=known)
    refs = dict(items.select("due_item_id", "due_ref").rows())
    parts = Counter()
    for account, receipt, item, component, amount, on in result.parts.rows():
        parts[account, receipt, refs.get(item, ""), component, on] += amount
    asked = {
        (account, ref, component): (asked, paid, settled)
        for account, ref, component, asked, paid, settled in result.asked.select(
            "account_id", "due_ref", "component", "asked_minor", "paid_minor", "settled_date"
        ).rows()
    }
    return dict(parts), asked


def terms_of(account_id, items, owed, known, rule):
    """The terms and charges of one account, as the context maps them."""
    start = opened(
        items.filter(pl.col("account_id") == account_id), owed.filter(pl.col("account_id") == account_id)
    )
    rows = defaultdict(dict)
    charged = defaultdict(set)
    for item in start.asked.to_dicts():
        rows[item["due_date"], item["due_ref"]][item["component"]] = item["asked_minor"]
        if item["is_charged"] and item["asked_minor"]:
            charged[item["due_date"], item["due_ref"]].add(item["component"])
    instalments = tuple(
        Instalment(
            due, part.pop("principal", 0), part.pop("interest", 0), tuple(part.items()), ref,
            frozenset(charged[due, ref]),
        )
        for (due, ref), part in rows.items()
    )  # fmt: skip
    loose = start.unscheduled.to_dicts()
    rates = {
        row["component"]: Fraction(str(row["annual_rate"]))
        for row in owed.to_dicts()
        if row["account_id"] == account_id
    }
    (_, origin, judgment_date) = next(row for row in known.rows() if row[0] == account_id)
    terms = DebtTerms(
        disbursed_date=START,
        instalments=instalments,
        unscheduled=tuple(
            (row["component"], row["amount_minor"]) for row in loose if row["effective_date"] is None
        )
        or (("principal", 0),),
        annual_rates=rates,
        judgment_date=judgment_date,
        allocation=rule,
        delinquency=DelinquencyRule(origin=origin),
    )
    charges = [
        kinds.Charge(
            id=str(row["transaction_id"]), entered_date=END, effective_date=row["effective_date"], due_date=None,
            component=row["component"], amount=row["amount_minor"],
        )
        for row in loose
        if row["effective_date"] is not None
    ]  # fmt: skip
    return terms, charges


def by_lives(items, receipts, owed, known, rule):
    parts, asked = Counter(), {}
    for account_id in known["account_id"]:
        terms, events = terms_of(account_id, items, owed, known, rule)
        received = {}
        for _, receipt, kind, component, on, amount in receipts.filter(
            pl.col("account_id") == account_id
        ).rows():
            own = {"id": str(receipt), "entered_date": END, "effective_date": on, "amount": amount}
            received[str(receipt)] = on
            events.append(
                kinds.Receipt(**own) if kind == "payment" else kinds.Credit(**own, component=component)
            )
        state = replay(terms, sorted(events, key=lambda event: int(event.id)), END)
        assert not state.refusals
        for part in state.parts:
            parts[account_id, int(part.event_id), part.ref, part.component, part.effective_date] += (
                part.amount
            )
        for event_id, split in state.splits.items():
            if split.overpaid:
                parts[account_id, int(event_id), "", CREDIT_BALANCE, received[event_id]] += split.overpaid
        for row in state.rows:
            for component, amount in row.components.items():
                asked[account_id, row.ref, component] = amount
    return dict(parts), asked


@settings(max_examples=250, deadline=None)
@given(book=books(), rule=rules())
def test_columns_and_lives_give_the_same_parts_of_every_receipt(book, rule):
    columns, items = by_columns(*book, rule)
    lives, asked = by_lives(*book, rule)
    assert columns == lives
    assert {key: found[0] for key, found in items.items()} == {key: asked[key] for key in items}


@settings(max_examples=100, deadline=None)
@given(book=books(), rule=rules(), on=days)
def test_what_counts_later_changes_nothing_of_what_was_split_before(book, rule, on):
    items, receipts, owed, known = book
    all_parts, _ = by_columns(items, receipts, owed, known, rule)
    before = receipts.filter(pl.col("effective_date") <= on)
    earlier, _ = by_columns(items, before, owed, known, rule)
    settled = {key: amount for key, amount in all_parts.items() if key[4] <= on and key[3] != CREDIT_BALANCE}
    assert settled == {
        key: amount for key, amount in earlier.items() if key[4] <= on and key[3] != CREDIT_BALANCE
    }


@settings(max_examples=150, deadline=None)
@given(book=books(), rule=rules(), cut=days)
def test_carrying_on_from_the_present_gives_what_the_whole_history_gives(book, rule, cut):
    items, receipts, owed, known = book
    items = items.drop("is_charged")  # money that waits for a day is no present to carry on from
    owed = owed.with_columns(pl.lit(None, pl.Date).alias("effective_date"))
    first, second = (
        receipts.filter(pl.col("effective_date") <= cut),
        receipts.filter(pl.col("effective_date") > cut),
    )
    whole = allocate(items, receipts, owed, rule, accounts=known)
    start = allocate(items, first, owed, rule, accounts=known)
    taken = start.parts.filter(pl.col("component") != CREDIT_BALANCE).select(
        "account_id", "component", amount_minor=-pl.col("amount_minor")
    )
    rates = owed.group_by("account_id", "component").agg(pl.col("annual_rate").first())
    balances = (
        pl.concat([owed.select(*RECEIVABLE_SCHEMA), taken.select(*RECEIVABLE_SCHEMA)])
        .group_by("account_id", "component")
        .agg(pl.col("amount_minor").sum())
        .join(rates, on=["account_id", "component"], how="left")
    )
    onward = allocate(start.asked.drop("settled_date"), second, balances, rule, accounts=known)
    both = pl.concat([start.parts, onward.parts])
    keys = ["account_id", "receipt_id", "due_item_id", "component", "effective_date"]
    assert summed(both, keys) == summed(whole.parts, keys)
    state = ["due_item_id", "asked_minor", "paid_minor"]
    assert sorted(onward.asked.select(state).rows()) == sorted(whole.asked.select(state).rows())


def summed(parts, keys):
    return {tuple(row[:-1]): row[-1] for row in parts.group_by(keys).agg(pl.col("amount_minor").sum()).rows()}


@pytest.mark.parametrize("code", sorted(shipped_policies()))
def test_every_shipped_policy_orders_every_component_of_the_reference(code):
    import yaml

    from fairdue.engine.ledger.policies import POLICIES_DIR

    known = yaml.safe_load((POLICIES_DIR.parent / "components.yaml").read_text(encoding="utf-8"))
    assert set(shipped_policies()[code].components) == {one["code"] for one in known["components"]}
