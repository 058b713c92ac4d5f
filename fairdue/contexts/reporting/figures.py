"""Figures of nights: landed as rows, read back under one filter in two statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import polars as pl
from django.db import connection, transaction

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.reporting.contracts_figures import (
    BookLine,
    BudgetLine,
    Cohort,
    Dashboards,
    FigureFilter,
    FunnelStage,
    ObjectionLine,
    PromiseLine,
    ReceivedLine,
    RecoveryLine,
    RollLine,
    RollMatrix,
)
from fairdue.contexts.reporting.models import NightFigure
from fairdue.engine.figures.book import BETTER, GONE, bucket_order
from fairdue.engine.figures.cards import FIGURE_COLUMNS, FIGURES, STAGES
from fairdue.engine.finance import ratios
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money
from fairdue.storage.bulk import copy_in


@transaction.atomic
def land_figures(rows: pl.DataFrame, *, cycle_date: date) -> int:
    """This function will put the figures of a night in place of those that the night had, and return their number."""
    NightFigure.objects.filter(cycle_date=cycle_date).delete()
    whole = rows.select(pl.lit(cycle_date).alias("cycle_date"), *FIGURE_COLUMNS)
    return copy_in(whole, "reporting_nightfigure")


def stored_figures(cycle_date: date) -> pl.DataFrame:
    """Return the figures of a night as they are stored, for those who prove them."""
    rows = NightFigure.objects.filter(cycle_date=cycle_date).values_list(*FIGURE_COLUMNS)
    return pl.DataFrame(list(rows), schema=FIGURES, orient="row")


def figure_nights() -> tuple[date, ...]:
    """Return the nights that have figures, newest first."""
    return tuple(NightFigure.objects.order_by("-cycle_date").values_list("cycle_date", flat=True).distinct())


def figure_night(as_of: date) -> date | None:
    """Return the newest night with figures up to a day."""
    found = NightFigure.objects.filter(cycle_date__lte=as_of).order_by("-cycle_date")
    return found.values_list("cycle_date", flat=True).first()


@dataclass(frozen=True, slots=True)
class Row:
    """One counted row under a filter."""

    bucket: str
    key: str
    second: str
    base_date: date | None
    total: int
    other: int
    first: int
    final: int


_SUMS = """
SELECT card, currency, bucket, key, second, base_date, sum(total)::bigint, sum(other)::bigint,
       sum(first_minor)::bigint, sum(second_minor)::bigint
  FROM reporting_nightfigure
 WHERE cycle_date = %(night)s
   AND (%(scope)s::bigint[] IS NULL OR creditor_id = ANY(%(scope)s))
   AND (%(creditor)s::bigint IS NULL OR creditor_id = %(creditor)s)
   AND (%(product)s::bigint IS NULL OR product_id = %(product)s)
   AND (card = 'vintage' OR ((%(bucket)s = '' OR bucket = %(bucket)s)
        AND (%(teams)s::bigint[] IS NULL OR team_id = ANY(%(teams)s))))
 GROUP BY 1, 2, 3, 4, 5, 6
"""


def dashboards(*, actor: Actor, as_of: date, wanted: FigureFilter) -> Dashboards:
    """Return all cards of the newest night up to a day, over the creditors that the actor may see.

    1. One currency at a time: the one asked for, else the one of most accounts; money of two currencies is never added.
    2. A filter on bucket or team does not narrow vintages: a cohort is a month of disbursement.
    """
    actor.require("reporting.view")
    night = figure_night(as_of)
    if night is None:
        return Dashboards(as_of=as_of, night=None, filter=wanted)
    by_currency = _rows(actor, night, wanted)
    currencies = tuple(sorted(by_currency, key=lambda code: (-_accounts(by_currency[code]), code)))
    currency = wanted.currency if wanted.currency in currencies else (currencies or ("CNY",))[0]
    cards = by_currency.get(currency, {})
    return _cards(cards, replace(wanted, currency=currency), as_of, night, currencies)


def _accounts(cards: dict[str, list[Row]]) -> int:
    return sum(row.total for row in cards.get("book", ()))


def _rows(actor: Actor, night: date, wanted: FigureFilter) -> dict[str, dict[str, list[Row]]]:
    parameters = {
        "night": night, "scope": None if actor.creditor_ids is None else sorted(actor.creditor_ids),
        "creditor": wanted.creditor_id, "product": wanted.product_id, "bucket": wanted.bucket, "teams": team_ids(wanted),
    }  # fmt: skip
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, parameters)
        for card, currency, *rest in cursor.fetchall():
            found[currency][card].append(Row(*rest))
    return found


def team_ids(wanted: FigureFilter) -> list[int] | None:
    """Return the teams that a filter on team or agency leaves, None for no such filter."""
    if wanted.team_id is not None:
        return [wanted.team_id]
    if wanted.agency:
        return [team.team_id for team in identity.teams() if team.agency_code == wanted.agency]
    return None


def _cards(
    cards: dict[str, list[Row]], wanted: FigureFilter, as_of: date, night: date, currencies: tuple[str, ...]
) -> Dashboards:
    window, currency = str(wanted.window), wanted.currency

    def of(card: str) -> list[Row]:
        return cards.get(card, [])

    def within(card: str) -> list[Row]:
        return [row for row in of(card) if row.second == window]

    funnel = _funnel(within("funnel"), currency)
    recovery = of("recovery")
    promises = _promises(within("promises"), currency)
    return Dashboards(
        as_of=as_of, night=night, filter=wanted, currencies=currencies,
        buckets=tuple(bucket_order([row.bucket for row in of("book")])),
        book=_book(of("book"), currency), roll=_roll(of("roll"), currency), vintages=_vintages(of("vintage")),
        funnel=funnel, recovery=_recovery(recovery, currency),
        recovery_date=recovery[0].base_date if recovery else None, budget=_budget(of("budget")),
        objections=_objections(within("objections"), funnel[0].persons if funnel else 0),
        promises=promises, kept_rate=_kept_rate(promises), received=_received(within("received"), currency),
    )  # fmt: skip


def share(part: int, whole: int) -> Fraction | None:
    """Return a part in per cent of the whole; nothing where there is no whole."""
    return Fraction(part * 100, whole) if whole else None


def _book(rows: Iterable[Row], currency: str) -> tuple[BookLine, ...]:
    rows = list(rows)
    overdue = sum(row.final for row in rows)
    by_bucket = {row.bucket: row for row in rows}
    return tuple(
        BookLine(
            bucket=bucket, accounts=by_bucket[bucket].total, balance=Money(by_bucket[bucket].first, currency),
            overdue=Money(by_bucket[bucket].final, currency), share=share(by_bucket[bucket].final, overdue),
        )
        for bucket in bucket_order(list(by_bucket))
    )  # fmt: skip


def _roll(rows: list[Row], currency: str) -> RollMatrix | None:
    if not rows:
        return None
    order = bucket_order([name for row in rows for name in (row.bucket, row.key)])
    counts: dict[str, dict[str, Fraction]] = defaultdict(dict)
    balance: dict[str, int] = defaultdict(int)
    reached: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.bucket][row.key] = Fraction(row.total)
        balance[row.bucket] += row.first
        reached[row.key] += row.final
    ladder = [name for name in order if name.startswith("M")]
    shares = ratios.transitions(order, counts)
    rates = ratios.roll_rates(
        ladder, {name: Fraction(minor) for name, minor in balance.items()},
        {name: Fraction(minor) for name, minor in reached.items()},
    )  # fmt: skip
    lines = [
        RollLine(
            bucket=name, accounts=int(sum(counts[name].values())), balance=Money(balance[name], currency),
            to={to: int(count) for to, count in counts[name].items()}, shares=_cured(name, shares[name], counts[name]),
            rate=next((rate for (worse, _), rate in rates.items() if worse == name), None),
        )
        for name in ladder
        if name in counts
    ]  # fmt: skip
    return RollMatrix(base_date=rows[0].base_date or date.min, order=tuple(order), lines=tuple(lines))


def _cured(name: str, shares: dict[str, Fraction], counts: dict[str, Fraction]) -> dict[str, Fraction]:
    """Count as cured who is in M0 now or left the book owing nothing; M0 itself cannot be cured."""
    whole = sum(counts.values(), Fraction(0))
    if name == BETTER or not whole:
        return shares
    found = sum((counts.get(place, Fraction(0)) for place in (BETTER, GONE)), Fraction(0))
    return shares | {"cured": found * 100 / whole}


def _vintages(rows: Iterable[Row]) -> tuple[Cohort, ...]:
    sizes: dict[str, int] = defaultdict(int)
    defaults: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.second == "size":
            sizes[row.key] += row.total
        else:
            defaults[row.key][int(row.second)] += row.total
    cohorts = {
        month: (
            Fraction(size),
            [Fraction(defaults[month][mob]) for mob in range(max(defaults[month], default=-1) + 1)],
        )
        for month, size in sizes.items()
    }
    curves = ratios.vintages(cohorts)
    return tuple(
        Cohort(month=month, accounts=sizes[month], shares=tuple(curves[month])) for month in sorted(sizes)
    )


def _funnel(rows: Iterable[Row], currency: str) -> tuple[FunnelStage, ...]:
    persons: dict[str, int] = defaultdict(int)
    overdue: dict[str, int] = defaultdict(int)
    for row in rows:
        persons[row.key] += row.total
        overdue[row.key] += row.first
    before = {stage: STAGES[max(place - 1, 0)] for place, stage in enumerate(STAGES)}
    return tuple(
        FunnelStage(
            stage=stage, persons=persons[stage], overdue=Money(overdue[stage], currency),
            of_all=share(persons[stage], persons[STAGES[0]]), of_before=share(persons[stage], persons[before[stage]]),
        )
        for stage in STAGES
    )  # fmt: skip


def _recovery(rows: Iterable[Row], currency: str) -> tuple[RecoveryLine, ...]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        for place, value in enumerate((row.total, row.other, row.first, row.final)):
            sums[row.key, row.second][place] += value
    return tuple(
        RecoveryLine(
            row_id=row_id, channel=channel, persons=persons, paid_persons=paid, overdue=Money(overdue, currency),
            received=Money(received, currency), rate=share(received, overdue),
        )
        for (row_id, channel), (persons, paid, overdue, received) in sorted(sums.items())
    )  # fmt: skip


def _budget(rows: Iterable[Row]) -> tuple[BudgetLine, ...]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        sums[row.key, row.second] += row.total
    return tuple(
        BudgetLine(kind=kind, used=used, persons=count) for (kind, used), count in sorted(sums.items())
    )


def _objections(rows: Iterable[Row], persons: int) -> tuple[ObjectionLine, ...]:
    sums: dict[str, list[int]] = {kind: [0, 0] for kind in ("complaint", "dispute", "hardship")}
    for row in rows:
        line = sums.setdefault(row.key, [0, 0])
        line[0] += row.total
        line[1] += row.other
    return tuple(
        ObjectionLine(
            kind=kind,
            taken=taken,
            still_open=still,
            per_thousand=Fraction(taken * 1000, persons) if persons else None,
        )
        for kind, (taken, still) in sums.items()
    )


def _promises(rows: Iterable[Row], currency: str) -> tuple[PromiseLine, ...]:
    sums: dict[str, list[int]] = {status: [0, 0] for status in ("open", "kept", "broken")}
    for row in rows:
        sums[row.key][0] += row.total
        sums[row.key][1] += row.first
    return tuple(
        PromiseLine(status=status, count=count, amount=Money(minor, currency))
        for status, (count, minor) in sums.items()
    )


def _kept_rate(promises: Iterable[PromiseLine]) -> Fraction | None:
    counts = {line.status: line.count for line in promises}
    return share(counts["kept"], counts["kept"] + counts["broken"])


def _received(rows: Iterable[Row], currency: str) -> tuple[ReceivedLine, ...]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sums[row.bucket][0] += row.total
        sums[row.bucket][1] += row.first
    return tuple(
        ReceivedLine(bucket=bucket, accounts=sums[bucket][0], amount=Money(sums[bucket][1], currency))
        for bucket in bucket_order(list(sums))
    )
