"""Tables as Python objects: columns say what a cell shows, pages come by key, counts are announced.

A table with a `key` is a list: it has filters, saved views, a choice of columns, and may act on chosen rows.

    class CreditorTable(Table):
        columns = (Column("code", _("Code")), Column("open", _("Open"), align="num", sort="open"))

Cells are plain `<td>`; a column's `render` returns text or safe HTML made with `format_html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fairdue.kernel.money import Money

if TYPE_CHECKING:
    from fairdue.web.ui.bulk import Bulk
    from fairdue.web.ui.filters import Filters

CSV_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that starts so; it gets a quote in front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyState:
    """What an empty table says and offers."""

    title: str
    text: str = ""
    icon: str = "queue"
    href: str = ""
    action: str = ""


class Column:
    """One column: where its value comes from, how a cell looks, how it is exported."""

    is_money: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        label: str,
        accessor: str | Callable[[Any], Any] | None = None,
        *,
        sort: str = "",
        align: str = "",
        render: Callable[[Any, Any], Any] | None = None,
        export: Callable[[Any], Any] | None = None,
        is_row_head: bool = False,
        is_exported: bool = True,
        is_extra: bool = False,
    ) -> None:
        self.name, self.label, self.sort, self.align = name, label, sort, align
        self.is_exported = is_exported
        self.is_extra = is_extra
        """Not shown unless the reader chooses it."""
        self.accessor = accessor or name
        self.render = render
        self.export = export
        self.is_row_head = is_row_head

    @property
    def is_fixed(self) -> bool:
        """Tell whether the column is always shown: the head of the row, boxes and buttons."""
        return self.is_row_head or not self.label

    def value(self, row: Any) -> Any:
        """Return the raw value of a row: by function, key or attribute."""
        if callable(self.accessor):
            return self.accessor(row)
        return row[self.accessor] if isinstance(row, Mapping) else getattr(row, self.accessor)

    def cell(self, row: Any) -> Any:
        """Return what stands in the cell; nothing is a dash."""
        value = self.value(row)
        if self.render is not None:
            return self.render(value, row)
        return "–" if value in (None, "") else value

    def typed(self, row: Any) -> Any:
        """Return the value for a file with types: an amount, a date, a number or text."""
        return self.export(row) if self.export else self.value(row)

    def exported(self, row: Any) -> str:
        """Return the value for a CSV file, harmless in a spreadsheet."""
        value = self.typed(row)
        text = str(value.amount) if isinstance(value, Money) else str("" if value is None else value)
        is_figure = isinstance(value, Money | int | float)
        return f"'{text}" if text.startswith(CSV_FORMULA_STARTS) and not is_figure else text


class MoneyColumn(Column):
    """An amount: right-aligned with its currency."""

    is_money: ClassVar[bool] = True

    def __init__(self, name: str, label: str, accessor: Any = None, **options: Any) -> None:
        from fairdue.web.ui.templatetags.ui import money

        options.setdefault("align", "num")
        options.setdefault("render", lambda value, _row: money(value))
        super().__init__(name, label, accessor, **options)


class DateColumn(Column):
    """A day: 2026-11-21."""

    def __init__(self, name: str, label: str, accessor: Any = None, **options: Any) -> None:
        from fairdue.web.ui.templatetags.ui import day

        options.setdefault("align", "nowrap")
        options.setdefault("render", lambda value, _row: day(value))
        super().__init__(name, label, accessor, **options)


class InstantColumn(Column):
    """An instant in the house zone: 2026-11-21 14:05."""

    def __init__(self, name: str, label: str, accessor: Any = None, **options: Any) -> None:
        from fairdue.web.ui.templatetags.ui import minute

        options.setdefault("align", "nowrap")
        options.setdefault("render", lambda value, _row: minute(value))
        super().__init__(name, label, accessor, **options)


class SelectColumn(Column):
    """A box to choose rows for a bulk action; the box of the head chooses all rows of the page.

    A row that `may_choose` denies has none.
    """

    def __init__(
        self,
        name: str,
        accessor: Any,
        *,
        label_of: Callable[[Any], str],
        form: str = "bulk",
        may_choose: Callable[[Any], bool] = lambda _row: True,
    ) -> None:
        super().__init__(name, "", accessor, align="center")
        self.label_of, self.form, self.may_choose = label_of, form, may_choose

    @property
    def head(self) -> SafeString:
        """The box that chooses all rows."""
        return format_html(
            '<input type="checkbox" data-select-all aria-label="{}">', _("Choose all rows of this page")
        )

    def cell(self, row: Any) -> Any:
        """Return the row's box."""
        if not self.may_choose(row):
            return ""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" form="{}" aria-label="{}">',
            self.name, self.value(row), self.form, self.label_of(row),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell ready for the template."""

    column: Column
    content: Any


class Table:
    """Rows under columns with an announced count, a key for the next page and files of itself.

    1. `name` tells several lists of one page apart: `?export=csv&list=<name>`.
    2. `key` names a list of the desk for good: under it views are saved and columns chosen. The tag applies the
       reader's choice; a file shows what the page shows.
    3. `sorts_here` lets every column of a list that is read whole be sorted, by its raw values.
    4. `is_part` leaves count, tools and pages out: a table inside something that says all this.
    """

    columns: ClassVar[tuple[Column, ...]] = ()
    caption: str = ""
    empty = EmptyState(title="")

    def __init__(
        self,
        rows: Sequence[Any],
        *,
        count: int | None = None,
        count_is_capped: bool = False,
        next_cursor: str | None = None,
        columns: Sequence[Column] | None = None,
        caption: str = "",
        empty: EmptyState | None = None,
        sort: str = "",
        is_exportable: bool = False,
        has_cursor: bool = False,
        name: str = "",
        key: str = "",
        filters: Filters | None = None,
        bulk: Bulk | None = None,
        sorts_here: bool = False,
        is_part: bool = False,
    ) -> None:
        self.data = rows
        self.key, self.filters, self.bulk = key, filters, bulk
        self.sorts_here, self.is_part = sorts_here, is_part
        self.name = name
        self.count = len(rows) if count is None else count
        self.count_is_capped = count_is_capped
        self.next_cursor = next_cursor
        self.offered = tuple(columns) if columns is not None else self.columns
        self.shown = tuple(column for column in self.offered if not column.is_extra)
        self.caption = caption or self.caption
        self.empty_state = empty or self.empty
        self.sort = sort
        self.is_exportable = is_exportable
        self.has_cursor = has_cursor

    def choose_columns(self, names: Sequence[str]) -> None:
        """Show the columns that the reader chose, besides the fixed ones; unknown names are passed over."""
        if names:
            wanted = set(names)
            self.shown = tuple(each for each in self.offered if each.is_fixed or each.name in wanted)

    def sort_by(self, asked: str) -> None:
        """Sort the rows of a whole list by a column, `-name` downwards; what is missing stands last."""
        column = next((each for each in self.shown if each.label and each.name == asked.lstrip("-")), None)
        if not self.sorts_here or column is None:
            return
        pairs = [(column.typed(row), row) for row in self.data]
        known = [pair for pair in pairs if pair[0] not in (None, "")]
        known.sort(key=lambda pair: _sort_key(pair[0]), reverse=asked.startswith("-"))
        self.data = [row for _value, row in (*known, *(pair for pair in pairs if pair[0] in (None, "")))]
        self.sort = asked

    @property
    def body(self) -> Iterable[list[Cell]]:
        """The rows, each as a list of cells."""
        for row in self.data:
            yield [Cell(column, column.cell(row)) for column in self.shown]

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The heads with the sort key that a click asks for, and the direction now in force."""
        found = []
        for column in self.shown:
            sort = column.sort or (column.name if self.sorts_here and column.label else "")
            direction = {sort: "ascending", f"-{sort}": "descending"}.get(self.sort) if sort else ""
            ask = f"-{sort}" if direction == "ascending" else sort
            found.append(
                {
                    "column": column,
                    "direction": direction or "",
                    "ask": ask,
                    "head": getattr(column, "head", ""),
                }
            )
        return found

    @property
    def count_text(self) -> str:
        """The number of rows in words, as it is announced."""
        shown = f"{self.count:,}" + ("+" if self.count_is_capped else "")
        return ngettext("%(count)s row", "%(count)s rows", self.count) % {"count": shown}

    @property
    def whole_count_text(self) -> str:
        """What "choose all" offers if the filter has rows beyond the page, else nothing."""
        if self.bulk is None or not (self.next_cursor or self.has_cursor):
            return ""
        if self.count_is_capped or self.count > self.bulk.most:
            return _("Choose the first %(count)s rows of this filter") % {"count": f"{self.bulk.most:,}"}
        return _("Choose all %(count)s rows of this filter") % {"count": f"{self.count:,}"}

    @property
    def exported_columns(self) -> list[Column]:
        """The columns of a file: those with a name for people, so no boxes and no buttons."""
        return [column for column in self.shown if column.label and column.is_exported]


def _sort_key(value: Any) -> Any:
    """Return what a value is sorted by; kinds that cannot be compared are compared as text."""
    if isinstance(value, Money):
        return (0, value.minor, "")
    if isinstance(value, bool | int | float):
        return (0, value, "")
    if isinstance(value, date):
        return (1, 0, value.isoformat())
    return (1, 0, str(value))


def row_link(href: str, text: Any) -> SafeString:
    """Return the link of a row that `j` and `k` move between."""
    return format_html('<a href="{}" data-row-link>{}</a>', href, text)
