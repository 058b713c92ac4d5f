"""The cards of the dashboards: each figure as a picture with its data, its definition, and links to the lists behind."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.reporting import facade as reporting
from fairdue.engine.figures.cards import CONTACT_KINDS, USED
from fairdue.engine.figures.metrics import METRICS
from fairdue.web.ui.charts import PERCENT, BarChart, Funnel, HeatMap, LineChart, Series, Step, money_figures
from fairdue.web.ui.tables import Column, EmptyState, MoneyColumn, Table
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.office_words import CONTACT_COUNTS, STEPS
from fairdue.web.workbench.reasons import row_titles
from fairdue.web.workbench.words import HOLD_KINDS, PROMISE_STATES, say

Link = Callable[..., str]
"""Called with the card and which part of it; returns the address of the list behind the number."""
CURVES, COHORTS = 6, 12
"""Vintages shown, the newest months: as curves, and as rows of the matrix."""
COLUMNS = (("book", "received"), ("funnel", "promises", "objections", "budget"))
"""Cards that stand side by side, column by column; all others take the whole width below them."""
MARKS = (3, 6, 9, 12, 18, 24, 36, 48)


def card_columns(cards: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the cards as the page lays them out: columns side by side, and those of the whole width."""
    by_code = {card["code"]: card for card in cards}
    columns = [[by_code[code] for code in codes if code in by_code] for codes in COLUMNS]
    beside = {code for codes in COLUMNS for code in codes}
    return {"columns": columns, "wide": [card for card in cards if card["code"] not in beside]}


def card_views(shown: reporting.Dashboards, link: Link) -> list[dict[str, Any]]:
    """Return the cards in reading order: code, title, what it says, the formula, and what is drawn."""
    drawn: list[tuple[str, Any, Table | None]] = [
        ("book", *_book(shown, link)),
        ("funnel", _funnel(shown, link), None),
        ("roll", _roll(shown, link), None),
        ("vintage", _vintage(shown, link), None),
        ("promises", None, _promises(shown, link)),
        ("received", _received(shown, link), None),
        ("objections", None, _objections(shown, link)),
        ("budget", _budget(shown, link), None),
        ("recovery", None, _recovery(shown, link)),
    ]
    return [
        {
            "code": code, "title": in_language(METRICS[code], ""), "says": in_language(METRICS[code], "says"),
            "formula": in_language(METRICS[code], "formula"), "chart": chart, "table": table, "note": _note(code, shown),
            "more": _cohorts(shown, link) if code == "vintage" else "",
        }
        for code, chart, table in drawn
    ]  # fmt: skip


def _note(code: str, shown: reporting.Dashboards) -> str:
    if code == "roll":
        return _("From the night of %(day)s.") % {"day": shown.roll.base_date} if shown.roll else ""
    if code == "recovery" and shown.recovery_date:
        return _("Decisions of %(day)s.") % {"day": shown.recovery_date}
    if code == "promises" and shown.kept_rate is not None:
        return _("Kept rate %(rate)s.") % {"rate": per_cent(shown.kept_rate)}
    if code in ("funnel", "received", "objections"):
        return _("%(days)s days up to the night.") % {"days": shown.filter.window}
    return ""


def per_cent(value: Fraction | None) -> str:
    """Write a share that is in per cent with one decimal; a missing one is a dash."""
    return "–" if value is None else f"{float(value):.1f} %"


def linked(href: str, value: int) -> Any:
    """Return a count that opens its list; zero opens nothing."""
    return format_html('<a href="{}">{}</a>', href, f"{value:,}") if value else "0"


def _nothing(text: str = "") -> EmptyState:
    return EmptyState(title=_("Nothing under these filters"), text=text, icon="report")


def _book(shown: reporting.Dashboards, link: Link) -> tuple[Any, Table]:
    lines = shown.book
    chart = BarChart(
        title=_("Overdue amount by bucket"), label=_("Bucket"), places=tuple(line.bucket for line in lines),
        series=(
            Series(
                name=_("Overdue"), values=tuple(line.overdue.minor for line in lines),
                hrefs=tuple(link("book", key=line.bucket) for line in lines),
            ),
        ),
        figures=money_figures(shown.filter.currency or "CNY"),
    )  # fmt: skip
    table = Table(
        lines, caption=_("Accounts by bucket"), name="book", is_exportable=True, empty=_nothing(),
        columns=[
            Column("bucket", _("Bucket"), is_row_head=True),
            Column("accounts", _("Accounts"), align="num", render=lambda value, row: linked(link("book", key=row.bucket), value)),
            MoneyColumn("balance", _("Balance")),
            MoneyColumn("overdue", _("Overdue")),
            Column("share", _("Share"), align="num", render=_share, export=lambda row: _number(row.share)),
        ],
    )  # fmt: skip
    return chart, table


def _share(value: Fraction | None, _row: Any) -> str:
    return per_cent(value)


def _ratio(value: Fraction | None, _row: Any) -> str:
    return "–" if value is None else f"{float(value):.2f}"


def _number(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)


STAGE_WORDS = {
    "due": word("Due"), "reminded": word("Reminded"), "reached": word("Spoken with"), "promised": word("Promised"),
    "kept": word("Kept"),
}  # fmt: skip


def part_word(card: str, value: str) -> str:
    """Return which part of a card a number is, in words."""
    if card == "vintage" and value.isdigit():
        return f"MOB {value}"
    if card == "recovery":
        return row_titles().get(value) or say(STEPS, value)
    words = {
        "funnel": STAGE_WORDS, "promises": PROMISE_STATES, "objections": HOLD_KINDS, "budget": CONTACT_COUNTS,
    }.get(card, {})  # fmt: skip
    return _(words[value]) if value in words else value


def _funnel(shown: reporting.Dashboards, link: Link) -> Any:
    steps = [
        Step(
            name=_(STAGE_WORDS[stage.stage]),
            value=stage.persons,
            href=link("funnel", key=stage.stage) if stage.persons else "",
        )
        for stage in shown.funnel
    ]
    return Funnel(title=_("Persons by stage"), label=_("Stage"), steps=tuple(steps))


def _roll(shown: reporting.Dashboards, link: Link) -> Any:
    roll = shown.roll
    if roll is None:
        return _missing(_("A second night is needed: the matrix compares two."))
    columns = [name for name in roll.order if any(line.to.get(name) for line in roll.lines)]
    rows = []
    for line in roll.lines:
        shares = [_part(line.to.get(name, 0), line.accounts) for name in columns]
        ends = (line.shares["cured"], line.shares["worse"], line.rate)
        rows.append((*shares, *(None if end is None else float(end) / 100 for end in ends)))
    hrefs = [
        tuple(link("roll", key=line.bucket, second=name) if line.to.get(name) else "" for name in columns)
        for line in roll.lines
    ]
    return HeatMap(
        title=_("Share of each row's accounts, by the bucket of today"), row_label=_("Bucket then"),
        rows=tuple(line.bucket for line in roll.lines),
        columns=(*(_("closed") if name == "closed" else name for name in columns), _("Cured"), _("Worse"), _("Roll rate")),
        values=tuple(rows), hrefs=tuple(hrefs), figures=PERCENT, tinted=len(columns),
    )  # fmt: skip


def _part(part: int, whole: int) -> float | None:
    return part / whole if part and whole else None


def _missing(text: str) -> SafeString:
    return format_html('<p class="muted">{}</p>', text)


def _vintage(shown: reporting.Dashboards, link: Link) -> Any:
    """The curves of the newest months; the months before them stand in the matrix below."""
    cohorts = [cohort for cohort in shown.vintages if cohort.shares][-CURVES:]
    if not cohorts:
        return _missing(_("No account was ever more than 30 days past due under these filters."))
    places = range(max(len(cohort.shares) for cohort in cohorts))
    series = tuple(
        Series(
            name=f"{cohort.month} ({cohort.accounts:,})",
            values=tuple(
                None if (found := _at(cohort, mob)) is None else float(found) / 100 for mob in places
            ),
            hrefs=tuple(_point(cohort, mob, link) for mob in places),
        )
        for cohort in cohorts
    )
    return LineChart(
        title=_("Ever more than 30 days past due, by month of disbursement (accounts)"), label=_("Months on book"),
        places=tuple(str(mob) for mob in places), series=series, figures=PERCENT,
    )  # fmt: skip


def _cohorts(shown: reporting.Dashboards, link: Link) -> Any:
    """Every cohort at the months on book by which vintages are compared."""
    cohorts = [cohort for cohort in shown.vintages if cohort.shares][-COHORTS:]
    marks = [mark for mark in MARKS if any(len(cohort.shares) > mark for cohort in cohorts)]
    if not marks:
        return ""
    shares = [[_at(cohort, mark) for mark in marks] for cohort in cohorts]
    return HeatMap(
        title=_("The same at fixed months on book"), row_label=_("Month of disbursement"),
        rows=tuple(f"{cohort.month} ({cohort.accounts:,})" for cohort in cohorts),
        columns=tuple(f"MOB {mark}" for mark in marks), figures=PERCENT,
        values=tuple(tuple(None if each is None else float(each) / 100 for each in row) for row in shares),
        hrefs=tuple(tuple(_point(cohort, mark, link) for mark in marks) for cohort in cohorts),
    )  # fmt: skip


def _at(cohort: reporting.Cohort, mob: int) -> Fraction | None:
    return cohort.shares[mob] if mob < len(cohort.shares) else None


def _point(cohort: reporting.Cohort, mob: int, link: Link) -> str:
    """The accounts behind a point; where nobody ever defaulted nothing opens."""
    return link("vintage", key=cohort.month, second=str(mob)) if _at(cohort, mob) else ""


def _recovery(shown: reporting.Dashboards, link: Link) -> Table:
    def opened(value: int, row: reporting.RecoveryLine) -> Any:
        return linked(link("recovery", key=row.row_id, second=row.channel), value)

    titles = row_titles()
    return Table(
        shown.recovery, caption=_("Recovery by strategy row and channel"), name="recovery", is_exportable=True,
        empty=_nothing(_("A stored night of the seven days before is needed.")),
        columns=[
            Column("row_id", _("Strategy row"), is_row_head=True, render=lambda value, _row: titles.get(value, value)),
            Column("channel", _("Channel"), render=lambda value, _row: say(STEPS, value)),
            Column("persons", _("Persons"), align="num", render=opened),
            Column("paid_persons", _("Of them paid"), align="num", render=lambda value, _row: f"{value:,}"),
            MoneyColumn("overdue", _("Overdue then")),
            MoneyColumn("received", _("Received since")),
            Column("rate", _("Recovery rate"), align="num", render=_share, export=lambda row: _number(row.rate)),
        ],
    )  # fmt: skip


def _promises(shown: reporting.Dashboards, link: Link) -> Table:
    return Table(
        shown.promises, caption=_("Promises to pay"), name="promises", is_exportable=True, empty=_nothing(),
        columns=[
            Column("status", _("State"), is_row_head=True, render=lambda value, _row: say(PROMISE_STATES, value)),
            Column("count", _("Promises"), align="num", render=lambda value, row: linked(link("promises", key=row.status), value)),
            MoneyColumn("amount", _("Amount")),
        ],
    )  # fmt: skip


def _received(shown: reporting.Dashboards, link: Link) -> Any:
    lines = shown.received
    return BarChart(
        title=_("Money received by bucket"), label=_("Bucket"), places=tuple(line.bucket for line in lines),
        series=(
            Series(
                name=_("Received"), values=tuple(line.amount.minor for line in lines),
                hrefs=tuple(link("received", key=line.bucket) for line in lines),
            ),
        ),
        figures=money_figures(shown.filter.currency or "CNY"),
    )  # fmt: skip


def _budget(shown: reporting.Dashboards, link: Link) -> Any:
    counts = {(line.kind, line.used): line.persons for line in shown.budget}
    values = tuple(tuple(float(counts.get((kind, used), 0)) for used in USED) for kind in CONTACT_KINDS)
    hrefs = tuple(
        tuple(link("budget", key=kind, second=used) if counts.get((kind, used)) else "" for used in USED)
        for kind in CONTACT_KINDS
    )
    return HeatMap(
        title=_("Overdue persons by contacts in seven days"), row_label=_("Kind of contact"),
        rows=tuple(say(CONTACT_COUNTS, kind) for kind in CONTACT_KINDS), columns=USED, values=values, hrefs=hrefs,
    )  # fmt: skip


def _objections(shown: reporting.Dashboards, link: Link) -> Table:
    return Table(
        shown.objections, caption=_("Complaints and objections"), name="objections", is_exportable=True, empty=_nothing(),
        columns=[
            Column("kind", _("Kind"), is_row_head=True, render=lambda value, _row: say(HOLD_KINDS, value)),
            Column("taken", _("Taken in"), align="num", render=lambda value, row: linked(link("objections", key=row.kind), value)),
            Column("still_open", _("Still open"), align="num", render=lambda value, _row: f"{value:,}"),
            Column("per_thousand", _("Per thousand due"), align="num", render=_ratio, export=lambda row: _number(row.per_thousand)),
        ],
    )  # fmt: skip
