"""The requirement graph of a strategy as a small picture: which decision reads which, the result last."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fairdue.engine.strategy.interchange.book import Book, BookTable
from fairdue.web.workbench.strategy_words import is_chinese

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, EDGE = 176, 46, 48, 14, 2
_NAME = re.compile(r"[A-Za-z_]\w*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def requirement_picture(book: Book) -> SafeString | str:
    """Return the graph as SVG with its meaning in words; nothing for a single table."""
    if len(book.tables) < 2:
        return ""
    needs = requirements(book)
    places = _places(book, needs)
    columns = max(column for column, _row in places.values()) + 1
    rows = max(row for _column, row in places.values()) + 1
    width = columns * (BOX_WIDTH + GAP_X) - GAP_X + 2 * EDGE
    height = rows * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2 * EDGE
    arrows = [_arrow(places[source], places[target]) for target in needs for source in needs[target]]
    names = {table.decision_id: table_name(table) for table in book.tables}
    said = (
        _("%(table)s reads %(others)s")
        % {"table": names[key], "others": _(", ").join(names[each] for each in others)}
        for key, others in needs.items()
        if others
    )
    return format_html(
        '<figure class="graph"><svg viewBox="0 0 {} {}" width="{}" height="{}" role="group" aria-label="{}">'
        '<defs><marker id="graph-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" class="graph-tip"/></marker></defs>{}{}</svg></figure>',
        width, height, width, height, _("; ").join(said),
        format_html_join("", '<path class="graph-arrow" d="{}" marker-end="url(#graph-tip)"/>', ((path,) for path in arrows)),
        format_html_join("", "{}", ((_box(table, places[table.decision_id], book.result),) for table in book.tables)),
    )  # fmt: skip


def requirements(book: Book) -> dict[str, list[str]]:
    """Return the decisions that each decision reads."""
    makers: dict[str, str] = {}
    for table in book.tables:
        for name in [table.decision_id] if table.is_calculation else _outputs(table):
            makers[name] = table.decision_id
    return {
        table.decision_id: list(
            dict.fromkeys(
                makers[name] for name in _reads(table) if name in makers and makers[name] != table.decision_id
            )
        )
        for table in book.tables
    }


def table_name(table: BookTable) -> str:
    """Return what a table is called."""
    return (table.zh if is_chinese() else table.en) or table.decision_id


def _outputs(table: BookTable) -> list[str]:
    return [column.name for column in table.columns if column.kind == "then"]


def _reads(table: BookTable) -> list[str]:
    found = _names(table.expression)
    for column in table.columns:
        if column.kind == "when":
            found += _names(column.expression) if column.expression else [column.name]
    for row in table.rows:
        for key, text in row.cells.items():
            if key.startswith("when:"):
                found += _names(text)
    return found


def _names(text: str) -> list[str]:
    return _NAME.findall(_QUOTED.sub("", text))


def _places(book: Book, needs: Mapping[str, list[str]]) -> dict[str, tuple[int, int]]:
    """Return column and row of each decision: right of everything that it reads; a ring stays where it is met."""
    depths: dict[str, int] = {}

    def depth(key: str, above: tuple[str, ...] = ()) -> int:
        if key not in depths:
            if key in above:
                return 0
            depths[key] = max((depth(each, (*above, key)) + 1 for each in needs[key]), default=0)
        return depths[key]

    filled: dict[int, int] = {}
    places = {}
    for table in book.tables:
        column = depth(table.decision_id)
        places[table.decision_id] = (column, filled.get(column, 0))
        filled[column] = filled.get(column, 0) + 1
    return places


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return EDGE + place[0] * (BOX_WIDTH + GAP_X), EDGE + place[1] * (BOX_HEIGHT + GAP_Y)


def _arrow(source: tuple[int, int], target: tuple[int, int]) -> str:
    left, top = _corner(source)
    right, bottom = _corner(target)
    start, end = (left + BOX_WIDTH, top + BOX_HEIGHT // 2), (right - 2, bottom + BOX_HEIGHT // 2)
    middle = (start[0] + end[0]) // 2
    return f"M{start[0]} {start[1]}C{middle} {start[1]} {middle} {end[1]} {end[0]} {end[1]}"


def _box(table: BookTable, place: tuple[int, int], result: str) -> SafeString:
    left, top = _corner(place)
    about = _("calculation") if table.is_calculation else _("Rows: %(count)s") % {"count": len(table.rows)}
    return format_html(
        '<a href="#table-{}"><rect class="graph-box{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>'
        '<text class="graph-name" x="{}" y="{}">{}</text><text class="graph-about" x="{}" y="{}">{}</text></a>',
        table.decision_id, " is-result" if table.decision_id == result else "", left, top, BOX_WIDTH, BOX_HEIGHT,
        left + 10, top + 20, _short(table_name(table)), left + 10, top + 37, about,
    )  # fmt: skip


def _short(text: str) -> str:
    """Cut a name to the box: a Chinese sign is as wide as two Latin letters."""
    width = 0
    for at, sign in enumerate(text):
        width += 2 if ord(sign) > 0x2E7F else 1
        if width > 21:
            return text[:at] + "…"
    return text
