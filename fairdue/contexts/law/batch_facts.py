"""The special facts of many proposed contacts, over columns: the same as `live_facts.py` gathers for one.

Contacts are classified, and statements read, once for each distinct form in which they come; the rest are joins.
Lines come with `line`, `person_id`, `contact_point_id`, `channel`, `at`, `home_zone` and `zones`, are proposed by the
lender to the debtor, and concern all of a person's debts that are not closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from .batch_counts import Frames, days_since, with_counts
from .live_counts import LENDER
from .live_facts import CALL_CONSENT_DAYS, NEVER, do_clocks_differ
from .public_days import public_holidays
from .rules import bound_by as bound_here
from .rules import rulebook_of
from .statements import FLAGS, said

BoundBy = Callable[..., frozenset[str]]
"""`LawBook.bound_by`, or that of this installation."""

READ = ("points", "consents", "told", "open_holds", "notices", "debts")


def told_facts_sql(*, since: datetime) -> str:
    """This function will return the SELECT of the contacts that special facts count, as they came."""
    return (
        "SELECT person_id, contact_point_id, account_ids, made_by, channel, mode, direction, purpose, result, occurred_at"
        f" FROM law_contact WHERE occurred_at >= '{since.isoformat()}'"
    )


OPEN_HOLD_FACTS_SQL = """
SELECT person_id, account_id, kind, started_at, id, kind || ':' || coalesce(
    (SELECT string_agg(purpose, ',') FROM jsonb_array_elements_text(permitted_purposes) AS purpose), '') AS hold
FROM law_hold WHERE ended_at IS NULL
"""
NOTICE_FACTS_SQL = """
SELECT person_id, account_id, kind, issuer, channel, sent_date FROM law_notice
"""


def holds_on(open_holds: pl.DataFrame, debts: pl.DataFrame) -> pl.DataFrame:
    """This function will return the holds on persons as a whole and those on one of some debts."""
    of_all = open_holds.filter(pl.col("account_id").is_null())
    return pl.concat([of_all, open_holds.join(debts, on=["person_id", "account_id"], how="semi")])


def holds_by_person(open_holds: pl.DataFrame) -> pl.DataFrame:
    """This function will return person_id and holds, as the candidate column has them."""
    ordered = open_holds.sort("id").select("person_id", "hold")
    return ordered.group_by("person_id", maintain_order=True).agg(pl.col("hold").alias("holds"))


def bound_persons(
    debts: pl.DataFrame, people: pl.DataFrame, points: pl.DataFrame, bound_by: BoundBy = bound_here
) -> pl.DataFrame:
    """This function will return whose packs bind which person, and as what the lender acts: one row a person.

    `debts`: person_id, jurisdiction, institution_group, institution_kind of debts that are not closed; `people`: person_id,
    residence; `points`: person_id, owner, jurisdiction. Each distinct set of them is looked up once.
    """
    places = pl.concat([
        people.filter(pl.col("residence") != "").select("person_id", place="residence"),
        points.filter((pl.col("jurisdiction") != "") & (pl.col("owner") == "debtor")).select("person_id", place="jurisdiction"),
    ])  # fmt: skip
    key = pl.concat_str("jurisdiction", pl.lit("\x1f"), "institution_group")
    is_bought = pl.col("institution_kind") == "assignee"
    found = debts.group_by("person_id").agg(
        key.unique().sort().str.join("\x1e").alias("debts"), is_bought.any()
    )
    by_person = places.group_by("person_id").agg(
        pl.col("place").unique().sort().str.join("\x1e").alias("places")
    )
    found = found.join(by_person, on="person_id", how="left").with_columns(pl.col("places").fill_null(""))
    sets = found.select("debts", "places").unique()
    sets = sets.with_columns(
        pl.Series(
            "jurisdiction", [_bound(*row, bound_by=bound_by) for row in sets.iter_rows()], dtype=pl.String
        )
    )
    actor = pl.when("institution_kind").then(pl.lit("assignee")).otherwise(pl.lit("creditor"))
    return found.join(sets, on=["debts", "places"]).select("person_id", "jurisdiction", actor_kind=actor)


def _bound(debts: str, places: str, *, bound_by: BoundBy) -> str:
    pairs = [tuple(pair.split("\x1f")) for pair in debts.split("\x1e")]
    return "|".join(sorted(bound_by(pairs, filter(None, places.split("\x1e")))))  # type: ignore[arg-type]


def asked_of(jurisdictions: pl.Series) -> frozenset[str]:
    """This function will return the special facts that the packs of some rows ask."""
    books = (
        rulebook_of(frozenset(filter(None, text.split("|")))) for text in jurisdictions.unique().to_list()
    )
    return frozenset().union(*(book.special for book in books))


def with_special_facts(lines: pl.DataFrame, frames: Frames, *, now: datetime) -> pl.DataFrame:
    """This function will add `jurisdiction`, `actor_kind` and every special fact that the packs of the lines ask.

    Lines of persons whom only the default packs bind stay as they are. `frames`: `bound` as `bound_persons` returns it,
    `points`, `consents`, `told`, `open_holds` (as `holds_on` leaves them), `notices`, and `debts` (person_id, account_id of
    debts that are not closed).
    """
    lines = lines.join(frames["bound"], on="person_id", how="left").with_columns(
        pl.col("jurisdiction").fill_null(""), pl.col("actor_kind").fill_null("creditor")
    )
    is_bound = (pl.col("jurisdiction") != "") | (pl.col("actor_kind") != "creditor")
    special = lines.filter(is_bound)
    if special.is_empty():
        return lines
    special = special.join(_facts(special, frames, now), on="line", how="left")
    return pl.concat([special, lines.filter(~is_bound)], how="diagonal_relaxed")


def _facts(lines: pl.DataFrame, frames: Frames, now: datetime) -> pl.DataFrame:
    mine = {
        name: frame.join(lines.select("person_id").unique(), on="person_id", how="semi")
        for name, frame in frames.items()
        if name in READ
    }
    found = lines.select(
        "line",
        "person_id",
        "contact_point_id",
        "channel",
        "at",
        "home_zone",
        "zones",
        "jurisdiction",
        "is_opted_out",
    )
    found = found.with_columns(
        pl.col("at").fill_null(now).dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    )
    found = found.with_columns(_today(found))
    found = _with_places(found, mine["points"])
    found = _with_statements(found, mine["consents"])
    found = with_counts(found, mine)
    found = _with_call_consent(found, mine["consents"])
    found = _with_holds(found, mine)
    found = _with_notices(found, mine)
    return _with_moments(found).drop(
        "person_id",
        "contact_point_id",
        "channel",
        "at",
        "home_zone",
        "zones",
        "jurisdiction",
        "is_opted_out",
        "today",
    )


def _today(found: pl.DataFrame) -> pl.Expr:
    """The day of each line in its home zone; there are few zones."""
    zones = found["home_zone"].unique().to_list()
    days = [
        pl.when(pl.col("home_zone") == zone).then(pl.col("at").dt.convert_time_zone(zone).dt.date())
        for zone in zones
    ]
    return pl.coalesce(days).alias("today") if days else pl.lit(None, pl.Date).alias("today")


def _with_places(found: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    is_work = (pl.col("owner") == "employer") | (pl.col("place") == "work")
    known = points.select("contact_point_id", "medium", is_workplace=is_work)
    return (
        found.join(known, on="contact_point_id", how="left")
        .with_columns(pl.col("medium").fill_null(""), pl.col("is_workplace").fill_null(False))
        .with_columns(is_medium_closed=pl.col("is_opted_out").fill_null(False))
    )


def _with_statements(found: pl.DataFrame, consents: pl.DataFrame) -> pl.DataFrame:
    """Add what the person said, as far as it touches a line: hours, plain statements, how a point was obtained."""
    met = _met(found, _read(consents))
    by_line = met.group_by("line").agg(
        _hours_of("inconvenient_hours").alias("inconvenient_hours"),
        _hours_of("direct_hours", pl.col("told_to") == LENDER).alias("direct_consent_hours"),
        _has("inconvenient_place", pl.col("said_point").is_not_null()).alias("is_at_inconvenient_place"),
        _has("no_work").alias("is_work_closed"),
        _has("objection").alias("has_prior_objection"),
        _has("plan_progress").alias("has_plan_progress"),
    )
    found = found.join(by_line, on="line", how="left").with_columns(
        pl.col("inconvenient_hours", "direct_consent_hours").fill_null(""),
        pl.col(
            "is_at_inconvenient_place", "is_work_closed", "has_prior_objection", "has_plan_progress"
        ).fill_null(False),
    )
    return _with_obtained(found, met)


def _read(consents: pl.DataFrame) -> pl.DataFrame:
    """Read each distinct statement once; the latest of a matter counts, and what was taken back is left out."""
    asked = consents.filter(pl.col("kind").is_in([*FLAGS, "inconvenient_hours", "direct_hours", "obtained"]))
    latest = asked.sort("occurred_at", "consent_id", descending=True).unique(
        ["person_id", "contact_point_id", "channel", "kind"], keep="first", maintain_order=True
    )
    forms = latest.select("kind", "detail").unique()
    read = [said(kind, json.loads(detail)) for kind, detail in forms.iter_rows()]
    schema = {
        "is_true": pl.Boolean, "told_to": pl.String, "hours": pl.String, "route": pl.String, "obtained_by": pl.String,
        "obtained_date": pl.Date, "said_opt_out_days": pl.Int64, "opt_out_until": pl.Date, "said_simple": pl.Boolean,
        "said_public": pl.Boolean, "used_before_by": pl.String,
    }  # fmt: skip
    values = pl.DataFrame([tuple(each) for each in read], schema=schema, orient="row")
    found = latest.join(forms.hstack(values), on=["kind", "detail"]).filter("is_true")
    return found.rename({"contact_point_id": "said_point", "channel": "said_channel"}).drop("detail")


def _met(found: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    met = found.select("line", "person_id", "contact_point_id", "channel").join(statements, on="person_id")
    same_channel = (pl.col("said_channel") == "") | (pl.col("said_channel") == pl.col("channel"))
    same_point = pl.col("said_point").is_null() | (
        pl.col("said_point") == pl.col("contact_point_id")
    ).fill_null(False)
    return met.filter(same_channel & same_point).sort("consent_id")


def _hours_of(kind: str, also: pl.Expr | None = None) -> pl.Expr:
    touches = (pl.col("kind") == kind) & (pl.col("hours") != "")
    return pl.col("hours").filter(touches if also is None else touches & also).str.join(";")


def _has(kind: str, also: pl.Expr | None = None) -> pl.Expr:
    is_said = pl.col("kind") == kind
    return (is_said if also is None else is_said & also).any()


OBTAINED = (
    "route", "obtained_by", "obtained_date", "said_opt_out_days", "opt_out_until", "said_simple", "said_public",
    "used_before_by",
)  # fmt: skip


def _with_obtained(found: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    known = (
        met.filter((pl.col("kind") == "obtained") & pl.col("said_point").is_not_null())
        .sort("occurred_at", "consent_id", descending=True)
        .unique("line", keep="first", maintain_order=True)
    )
    found = found.join(
        known.select("line", *OBTAINED),
        on="line", how="left",
    )  # fmt: skip
    is_known = pl.col("route").is_not_null()
    age = (pl.col("today") - pl.col("obtained_date")).dt.total_days()
    return found.with_columns(
        obtained_route=pl.col("route").fill_null(""),
        is_obtained_by_actor=pl.when(is_known).then(pl.col("obtained_by") == LENDER).otherwise(True),
        obtained_days=pl.when(is_known).then(age.fill_null(NEVER)).otherwise(0),
        opt_out_days="said_opt_out_days",
        is_opt_out_simple=pl.when(is_known).then("said_simple").otherwise(True),
        is_opt_out_over=pl.when(is_known)
        .then((pl.col("opt_out_until") < pl.col("today")).fill_null(False))
        .otherwise(True),
        is_domain_public=pl.when(is_known).then("said_public").otherwise(True),
        has_prior_collector_used=pl.when(is_known).then(pl.col("used_before_by") != "").otherwise(False),
    ).drop(OBTAINED)


def _with_call_consent(found: pl.DataFrame, consents: pl.DataFrame) -> pl.DataFrame:
    """Add whether direct consent to more calls holds: given to the lender, in its days, and not used up by a talk."""
    said_so = consents.filter(pl.col("kind") == "more_contacts")
    latest = said_so.sort("occurred_at", "consent_id", descending=True).unique(
        ["person_id", "contact_point_id", "channel"], keep="first", maintain_order=True
    )
    forms = latest.select("detail").unique()
    read = [said("more_contacts", json.loads(detail)) for detail in forms["detail"].to_list()]
    holds = pl.Series("holds", [each.is_true and each.told_to == LENDER for each in read], dtype=pl.Boolean)
    latest = latest.join(forms.with_columns(holds), on="detail").filter("holds")
    latest = latest.rename({"contact_point_id": "said_point", "channel": "said_channel"}).with_columns(
        pl.col("occurred_at").dt.convert_time_zone("UTC").dt.cast_time_unit("us").alias("given_at")
    )
    met = _met(found.filter(pl.col("channel") == "call"), latest.drop("occurred_at"))
    met = met.select("line", "given_at").join(
        found.select("line", "today", "home_zone", "debt_talks"), on="line"
    )
    age = days_since(met, "given_at")
    is_spent = (pl.col("debt_talks").list.max() > pl.col("given_at")).fill_null(False)
    holding = met.filter((age >= 0) & (age < CALL_CONSENT_DAYS) & ~is_spent).select("line").unique()
    return found.with_columns(pl.col("line").is_in(holding["line"].implode()).alias("has_call_consent"))


def _with_holds(found: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Add days since the beginning of the holds that rules count from."""
    ours = frames["open_holds"]
    for kind in ("breathing_space", "crisis_moratorium", "plan_preparation", "bereavement", "capacity"):
        begun = (
            ours.filter(pl.col("kind") == kind)
            .group_by("person_id")
            .agg(pl.col("started_at").min().alias(kind))
        )
        found = found.join(begun, on="person_id", how="left")
        found = found.with_columns(pl.col(kind).dt.convert_time_zone("UTC"))
        found = found.with_columns(days_since(found, kind).alias(kind))
    return found.with_columns(
        breathing_space_day=pl.col("breathing_space") + 1,
        is_in_crisis_moratorium=pl.col("crisis_moratorium").is_not_null(),
        plan_preparation_days="plan_preparation",
        bereavement_days="bereavement",
        capacity=pl.when(pl.col("capacity").is_not_null()).then(pl.lit("limited")).otherwise(pl.lit("full")),
    ).drop("breathing_space", "crisis_moratorium", "plan_preparation", "bereavement")


def _with_notices(found: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Add whether the person was told of the assignment or transfer of every debt."""
    for column, kind in (("is_assignment_notified", "assignment"), ("is_transfer_notified", "transfer")):
        told = frames["notices"].filter((pl.col("kind") == kind) & pl.col("issuer").is_in(["", LENDER]))
        told = told.join(found.select("person_id", "today").unique("person_id"), on="person_id").filter(
            pl.col("sent_date") <= pl.col("today")
        )
        of_all = told.filter(pl.col("account_id").is_null())["person_id"]
        debts = frames["debts"].select("person_id", "account_id")
        untold = debts.join(told, on=["person_id", "account_id"], how="anti")["person_id"]
        has_debts = pl.col("person_id").is_in(debts["person_id"].implode())
        is_told = pl.col("person_id").is_in(of_all.implode()) | (
            has_debts & ~pl.col("person_id").is_in(untold.implode())
        )
        found = found.with_columns(is_told.alias(column))
    return found


def _with_moments(found: pl.DataFrame) -> pl.DataFrame:
    """Add what follows from the moment alone; each distinct case is looked up once."""
    cases = found.select("zones", "at").unique()
    differ = [do_clocks_differ(zones.split("|"), at) for zones, at in cases.iter_rows()]
    found = found.join(
        cases.with_columns(pl.Series("do_clocks_differ", differ, dtype=pl.Boolean)),
        on=["zones", "at"],
        how="left",
    )
    years = found.select("jurisdiction", year=pl.col("at").dt.year()).unique()
    days = [
        public_holidays(text.split("|"), datetime(year, 6, 1, tzinfo=UTC)) for text, year in years.iter_rows()
    ]
    closed = years.with_columns(pl.Series("public_holidays", days, dtype=pl.String))
    return found.join(
        closed,
        left_on=["jurisdiction", pl.col("at").dt.year()],
        right_on=["jurisdiction", "year"],
        how="left",
    )
