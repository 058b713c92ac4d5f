"""Judge a batch of text rows against the schema: typed good rows out, findings about the others.

A rule is an entry of a list: reason code, column, and the expression that is true for a bad row. Every
finding of a row is reported, not only the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from fairdue.engine.law.jurisdictions import known_jurisdictions

from . import values
from .files import LINE, RawBatch
from .identifiers import judge_emails, judge_phones, judge_resident_ids, resident_birth_date
from .schema import COMPONENTS, OLDER_NAME, Column, FileKind

FINDING_SCHEMA = {
    LINE: pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "code": pl.String,
    "first_line": pl.Int64,
}
"""`first_line` is where the row of a duplicate came first."""
NO_LINE = pl.lit(None, dtype=pl.Int64)
CONTROL_CHARACTERS = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\ufffd]"


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged batch: `rows` are typed, `findings` name line, column, value and code of what is wrong.

    `read` are all rows as far as they could be read, with their typed columns, good or bad.
    """

    rows: pl.DataFrame
    findings: pl.DataFrame
    read: pl.DataFrame

    @property
    def row_count(self) -> int:
        """Rows that came in, malformed ones included."""
        return self.rows.height + self.findings[LINE].n_unique()


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason code, the column that it concerns, and when it applies."""

    code: str
    column: str
    when: pl.Expr


def judged_ahead(
    batches: Iterable[RawBatch],
    kind: FileKind,
    *,
    as_of: date,
    prepare: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> Iterator[Judged]:
    """Yield judged batches in order, judging the next one while the caller lands the present one.

    `prepare` adds columns to the good rows, ahead as well. Keeps two batches in memory; what a batch
    raises is raised in its turn.
    """
    source = iter(batches)

    def next_judged() -> Judged | None:
        batch = next(source, None)
        if batch is None:
            return None
        judged = judge(batch, kind, as_of=as_of)
        return judged if prepare is None else replace(judged, rows=prepare(judged.rows))

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="judging") as worker:
        coming = worker.submit(next_judged)
        while (judged := coming.result()) is not None:
            coming = worker.submit(next_judged)
            yield judged


def judge(batch: RawBatch, kind: FileKind, *, as_of: date) -> Judged:
    """Return the typed good rows of a batch and what is wrong with the others.

    Typed columns: `<amount>_minor` in minor units, dates, moments in UTC, flags; other columns as clean
    text with the schema's defaults filled in.
    """
    text = _clean_cells(batch.cells, kind)
    reader = _Reader(kind, text)
    typed, rules, reasons = reader.read()
    typed, more_rules, more_reasons = _extend(kind, typed, as_of)
    findings = _findings([*rules, *more_rules], reasons | more_reasons, text, typed)
    malformed = pl.DataFrame({LINE: batch.malformed_lines}, schema={LINE: pl.Int64}).select(
        LINE, column=pl.lit(""), value=pl.lit(""), code=pl.lit("intake.row.malformed"), first_line=NO_LINE
    )
    findings = pl.concat([findings, malformed]).sort(LINE, maintain_order=True)
    good = typed.join(findings.select(LINE).unique(), on=LINE, how="anti", maintain_order="left")
    return Judged(good if findings.height else typed, findings, typed)


def _clean_cells(cells: pl.DataFrame, kind: FileKind) -> pl.DataFrame:
    """Every column of the schema as clean text; a column that the file lacks is empty."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, cells.height)
    columns = [
        (values.clean(cells[column.name]) if column.name in cells.columns else nothing).alias(column.name)
        for column in kind.columns
    ]
    return pl.DataFrame([cells[LINE], *columns])


class _Reader:
    """Reads every column by its type and gathers the rules that follow from the schema alone."""

    def __init__(self, kind: FileKind, text: pl.DataFrame) -> None:
        self.kind = kind
        self.text = text
        self.columns: list[pl.Series] = [text[LINE]]
        self.rules: list[Rule] = []
        self.reasons: dict[str, pl.Series] = {}

    def read(self) -> tuple[pl.DataFrame, list[Rule], dict[str, pl.Series]]:
        for column in self.kind.columns:
            if column.required:
                self.rules.append(
                    Rule("intake.value.missing", column.name, pl.col(f"raw:{column.name}").is_null())
                )
            getattr(self, f"_{column.type}")(column, self.text[column.name])
        return pl.DataFrame(self.columns), self.rules, self.reasons

    def _put(self, name: str, series: pl.Series) -> None:
        self.columns.append(series.alias(name))

    def _text(self, column: Column, text: pl.Series) -> None:
        raw = pl.col(f"raw:{column.name}")
        long = raw.str.len_bytes() > column.max_length
        self.rules.append(
            Rule("intake.value.too_long", column.name, long & (raw.str.len_chars() > column.max_length))
        )
        self.rules.append(
            Rule("intake.text.control_character", column.name, raw.str.contains(CONTROL_CHARACTERS))
        )
        self._put(column.name, text.fill_null(column.default) if column.default else text)

    _reference = _text

    def _choice(self, column: Column, text: pl.Series) -> None:
        words = text.str.to_lowercase()
        if column.name == "locale":
            words = words.replace(["zh", "zh-cn", "zh_cn", "zh_hans"], "zh-hans")
        self.rules.append(
            Rule("intake.choice.unknown", column.name, ~pl.col(column.name).is_in([*column.choices, ""]))
        )
        self._put(column.name, words.fill_null(column.default))

    def _flag(self, column: Column, text: pl.Series) -> None:
        flags = values.parse_flags(text)
        self._refuse(column, (text.is_not_null() & flags.is_null()), "intake.flag.unreadable")
        self._put(column.name, flags.fill_null(column.default == "true"))

    def _rank(self, column: Column, text: pl.Series) -> None:
        rank = text.fill_null(column.default).cast(pl.Int16, strict=False)
        self._refuse(column, ~rank.is_between(1, 99).fill_null(False), "intake.rank.unreadable")
        self._put(column.name, rank)

    def _zone(self, column: Column, text: pl.Series) -> None:
        self._refuse(column, ~text.is_in(list(values.known_zones())).fill_null(True), "intake.zone.unknown")
        self._put(column.name, text.fill_null(column.default))

    def _jurisdiction(self, column: Column, text: pl.Series) -> None:
        codes = text.str.to_lowercase()
        self._refuse(
            column, ~codes.is_in(list(known_jurisdictions())).fill_null(True), "intake.jurisdiction.unknown"
        )
        self._put(column.name, codes.fill_null(column.default))

    def _currency(self, column: Column, text: pl.Series) -> None:
        upper = text.str.to_uppercase()
        self._refuse(
            column, ~upper.is_in(list(values.MINOR_DIGITS)).fill_null(True), "intake.currency.unknown"
        )
        self._put(column.name, upper)

    def _date(self, column: Column, text: pl.Series) -> None:
        dates, self.reasons[column.name] = values.parse_dates(text)
        self._put(column.name, dates)

    def _moment(self, column: Column, text: pl.Series) -> None:
        moments, self.reasons[column.name] = values.parse_moments(text)
        self._put(column.name, moments)

    def _amount(self, column: Column, text: pl.Series) -> None:
        minor, self.reasons[column.name] = values.parse_amounts(
            text, self.text["currency"].str.to_uppercase()
        )
        self.rules.append(Rule("intake.amount.negative", column.name, pl.col(f"{column.name}_minor") < 0))
        self._put(f"{column.name}_minor", minor)

    def _refuse(self, column: Column, bad: pl.Series, code: str) -> None:
        if bad.any():
            reason = pl.DataFrame({"bad": bad}).select(r=pl.when("bad").then(pl.lit(code)))["r"]
            self.reasons[column.name] = reason


def _extend(
    kind: FileKind, typed: pl.DataFrame, as_of: date
) -> tuple[pl.DataFrame, list[Rule], dict[str, pl.Series]]:
    """Add the rules that look at several columns, and what follows from them."""
    if kind.name == "parties":
        return _persons(typed, as_of)
    if kind.name == "contact_points":
        return _contact_points(typed, as_of)
    rules = {"accounts": _account_rules, "dues": _due_rules, "transactions": _transaction_rules}.get(
        kind.name
    )
    return typed, rules(as_of) if rules else [], {}


def _persons(typed: pl.DataFrame, as_of: date) -> tuple[pl.DataFrame, list[Rule], dict[str, pl.Series]]:
    number = pl.col("id_number").str.replace_all(r"[\s\-]", "").str.to_uppercase()
    typed = typed.with_columns(id_number=number).with_columns(
        id_type=pl.when((pl.col("id_type") == "") & (pl.col("id_number").str.len_chars() == 18))
        .then(pl.lit("cn_resident"))
        .otherwise("id_type")
    )
    is_resident = pl.col("id_type") == "cn_resident"
    resident = typed.select(r=pl.when(is_resident).then("id_number"))["r"]
    reasons = judge_resident_ids(resident)
    from_id = pl.DataFrame({"n": resident, "reason": reasons}).select(
        born=pl.when(pl.col("reason").is_null()).then(resident_birth_date(pl.col("n"))),
        sex=pl.when(pl.col("reason").is_null() & pl.col("n").is_not_null()).then(
            pl.when(pl.col("n").str.slice(16, 1).cast(pl.Int8, strict=False) % 2 == 1)
            .then(pl.lit("m"))
            .otherwise(pl.lit("f"))
        ),
    )
    typed = typed.with_columns(from_id["born"].alias("id:born"), from_id["sex"].alias("id:sex"))
    rules = [
        Rule("intake.name.no_letter", "name", ~pl.col("name").str.contains(r"\p{L}")),
        Rule(
            "intake.id_number.type_missing",
            "id_type",
            (pl.col("id_type") == "") & pl.col("id_number").is_not_null(),
        ),
        Rule(
            "intake.id_number.number_missing",
            "id_number",
            (pl.col("id_type") != "") & pl.col("id_number").is_null(),
        ),
        Rule("intake.date.in_the_future", "birth_date", pl.col("birth_date") > as_of),
        Rule("intake.id_number.birth_date", "id_number", pl.col("id:born") > as_of),
        Rule("intake.birth_date.differs_from_id", "birth_date", pl.col("birth_date") != pl.col("id:born")),
    ]
    filled = typed.with_columns(
        pl.when(pl.col("sex") == "").then(pl.col("id:sex").fill_null("")).otherwise("sex").alias("sex"),
        pl.col("id_type").fill_null(""),
    )
    return filled, rules, {"id_number": reasons}


def _contact_points(
    typed: pl.DataFrame, as_of: date
) -> tuple[pl.DataFrame, list[Rule], dict[str, pl.Series]]:
    medium = pl.col("medium")
    judged = pl.concat(
        [
            _judged_phones(typed.filter(medium == "mobile"), mobile=True),
            _judged_phones(typed.filter(medium == "landline"), mobile=False),
            _judged(typed.filter(medium == "email"), judge_emails),
        ]
    )
    joined = typed.join(judged, on=LINE, how="left", maintain_order="left")
    reasons = {"value": joined["reason"]}
    other = pl.col("value").str.replace_all(r"\s+", " ")
    is_judged = medium.is_in(["mobile", "landline", "email"])
    typed = joined.with_columns(value=pl.when(is_judged).then("normal").otherwise(other)).drop(
        "normal", "reason"
    )
    is_short = (medium == "address") & (pl.col("raw:value").str.len_chars() < 6)
    rules = [
        Rule("intake.address.too_short", "value", is_short),
        Rule("intake.date.in_the_future", "consent_at", pl.col("consent_at").dt.date() > as_of),
    ]
    return typed, rules, reasons


def _judged_phones(rows: pl.DataFrame, *, mobile: bool) -> pl.DataFrame:
    return _judged(rows, lambda column: judge_phones(column, mobile=mobile))


def _judged(rows: pl.DataFrame, judge_column) -> pl.DataFrame:  # type: ignore[no-untyped-def]
    answers = judge_column(rows["value"])
    return pl.DataFrame([rows[LINE], answers["value"].alias("normal"), answers["reason"]])


def _account_rules(as_of: date) -> list[Rule]:
    return [
        Rule("intake.date.in_the_future", "opened_date", pl.col("opened_date") > as_of),
        Rule("intake.date.in_the_future", "balance_date", pl.col("balance_date") > as_of),
        Rule(
            "intake.account.balance_before_opening",
            "balance_date",
            pl.col("balance_date") < pl.col("opened_date"),
        ),
        _named_twice(),
    ]


def _named_twice() -> Rule:
    """Penalty interest may be given under its own or under its older name, not under both."""
    both = pl.all_horizontal(pl.col(f"raw:{name}").is_not_null() for name in ("penalty_interest", OLDER_NAME))
    return Rule("intake.component.named_twice", OLDER_NAME, both)


def _due_rules(as_of: date) -> list[Rule]:
    nothing = pl.all_horizontal(pl.col(f"raw:{name}").is_null() for name in (*COMPONENTS, OLDER_NAME))
    return [Rule("intake.due.nothing_due", "principal", nothing), _named_twice()]


def _transaction_rules(as_of: date) -> list[Rule]:
    kind, component, reverses = pl.col("kind"), pl.col("component"), pl.col("reverses_ref")
    names_component = kind.is_in(["charge", "credit"])
    is_reversal = kind == "reversal"
    known = kind.is_in(["payment", "charge", "credit", "reversal"])
    return [
        Rule("intake.amount.zero", "amount", pl.col("amount_minor") == 0),
        Rule("intake.date.in_the_future", "effective_date", pl.col("effective_date") > as_of),
        Rule("intake.transaction.component_missing", "component", names_component & (component == "")),
        Rule(
            "intake.transaction.component_unwanted", "component", known & ~names_component & (component != "")
        ),
        Rule("intake.transaction.reverses_missing", "reverses_ref", is_reversal & reverses.is_null()),
        Rule(
            "intake.transaction.reverses_unwanted",
            "reverses_ref",
            known & ~is_reversal & reverses.is_not_null(),
        ),
        Rule(
            "intake.transaction.reverses_itself",
            "reverses_ref",
            is_reversal & (reverses == pl.col("transaction_ref")),
        ),
    ]


def _findings(
    rules: list[Rule], reasons: dict[str, pl.Series], text: pl.DataFrame, typed: pl.DataFrame
) -> pl.DataFrame:
    """Apply all rules at once and look closer only where one of them found something."""
    raw = text.drop(LINE).rename(lambda name: f"raw:{name}")
    frame = pl.concat([typed, raw], how="horizontal")
    flags = frame.select(rule.when.fill_null(False).alias(str(place)) for place, rule in enumerate(rules))
    found = [pl.DataFrame(schema=FINDING_SCHEMA)]
    for place, rule in enumerate(rules):
        if flags[str(place)].any():
            bad = text.filter(flags[str(place)])
            found.append(_finding(bad, rule.column, pl.lit(rule.code)))
    for column, reason in reasons.items():
        if reason.null_count() < len(reason):
            bad = text.with_columns(reason.alias("reason:")).filter(pl.col("reason:").is_not_null())
            found.append(_finding(bad, column, pl.col("reason:")))
    return pl.concat(found).unique(subset=[LINE, "column", "code"], maintain_order=True)


def _finding(bad: pl.DataFrame, column: str, code: pl.Expr) -> pl.DataFrame:
    return bad.select(
        LINE,
        column=pl.lit(column),
        value=pl.col(column).fill_null(""),
        code=code.cast(pl.String),
        first_line=NO_LINE,
    )
