"""What differs between two versions of a strategy, in words of both languages.

1. Tables, columns, rows and stages are told apart by their ids, so a new title is a change and no new row.
2. A row counts as moved only if it must: the fewest moves that explain the new order are named.
3. Two documents that say the same in another spelling (the first format and the second, `30` and `"30"`)
   have no change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairdue.engine.strategy.interchange.book import Book, BookColumn, BookName, BookRow, BookTable, book_of

Words = tuple[str, str]
"""Chinese, English."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `where` is `decision`, `decision/row` or `decision/row/column`; `kind` is `row.added` and so on."""

    where: str
    kind: str
    before: str
    after: str
    text_zh: str
    text_en: str


def diff_documents(
    before: Mapping[str, Any], after: Mapping[str, Any], words: Mapping[str, Words] | None = None
) -> tuple[Change, ...]:
    """Return the changes from one document to another; `words` has the names of facts in both languages."""
    return _Diff(book_of(before), book_of(after), words or {}).changes()


_PARTS: Mapping[str, Words] = {
    "title": ("标题", "title"),
    "version": ("版本", "version"),
    "result": ("结果决策", "result"),
    "hit_policy": ("命中规则", "hit policy"),
    "aggregation": ("汇总方式", "aggregation"),
    "expression": ("算式", "expression"),
    "type": ("类型", "type"),
    "allowed": ("允许的值", "allowed values"),
    "default": ("缺省值", "default"),
    "otherwise": ("无行命中时的值", "value if no row fires"),
    "stage": ("阶段", "stage"),
    "final": ("终止阶段", "final stage"),
}


class _Diff:
    """Compares two books; a table's titles in the new version name it."""

    def __init__(self, before: Book, after: Book, words: Mapping[str, Words]) -> None:
        self.before, self.after = before, after
        own = {each.name: (each.zh, each.en) for each in (*before.facts, *after.facts) if each.zh and each.en}
        tables = {
            each.decision_id: (each.zh, each.en)
            for each in (*before.tables, *after.tables)
            if each.zh and each.en
        }
        self.words = {**words, **tables, **own}

    def name(self, name: str) -> Words:
        return self.words.get(name, (name, name))

    def changes(self) -> tuple[Change, ...]:
        return (*self._strategy(), *self._facts(), *self._tables(), *self._stages())

    def _strategy(self) -> Iterator[Change]:
        old, new, whole = self.before, self.after, ("策略", "the strategy")
        yield from self._parts(
            "", "strategy", whole,
            (("title", _title(old), _title(new)), ("version", old.version, new.version), ("result", old.result, new.result)),
        )  # fmt: skip

    def _facts(self) -> Iterator[Change]:
        old, new = ({each.name: each for each in book.facts} for book in (self.before, self.after))
        for name in [*old, *[name for name in new if name not in old]]:
            zh, en = self.name(name)
            if name not in new:
                yield Change(
                    "", "fact.removed", name, "", f"不再读取事实「{zh}」", f"no longer reads the fact “{en}”"
                )
            elif name not in old:
                yield Change(
                    "", "fact.added", "", name, f"新读取事实「{zh}」", f"newly reads the fact “{en}”"
                )
            else:
                about = (f"事实「{zh}」", f"the fact “{en}”")
                yield from self._parts(
                    "", "fact", about, (("type", old[name].type_name, new[name].type_name),)
                )

    def _tables(self) -> Iterator[Change]:
        old, new = ({each.decision_id: each for each in book.tables} for book in (self.before, self.after))
        for name in [*old, *[name for name in new if name not in old]]:
            zh, en = self.name(name)
            if name not in new:
                yield Change(
                    name, "table.removed", name, "", f"删除决策「{zh}」", f"the decision “{en}” is gone"
                )
            elif name not in old:
                count = len(new[name].rows)
                text = f"新增决策「{zh}」({count} 行)", f"new decision “{en}” with {count} rows"
                yield Change(name, "table.added", "", name, *text)
            else:
                yield from self._table(old[name], new[name])

    def _table(self, old: BookTable, new: BookTable) -> Iterator[Change]:
        about = self.name(new.decision_id)
        named = f"「{about[0]}」", f"“{about[1]}”"
        yield from self._parts(
            new.decision_id, "table", named,
            (
                ("title", _title(old), _title(new)), ("hit_policy", old.hit_policy, new.hit_policy),
                ("aggregation", old.aggregation, new.aggregation), ("expression", old.expression, new.expression),
                ("type", old.type_name, new.type_name),
            ),
        )  # fmt: skip
        yield from self._columns(old, new, named)
        yield from self._rows(old, new, named)

    def _columns(self, old: BookTable, new: BookTable, named: Words) -> Iterator[Change]:
        before, after = ({each.key: each for each in table.columns} for table in (old, new))
        for key in [*before, *[key for key in after if key not in before]]:
            column = after.get(key) or before[key]
            zh, en = self._column(column)
            where = f"{new.decision_id}//{key}"
            if key not in after:
                yield Change(
                    where,
                    "column.removed",
                    key,
                    "",
                    f"{named[0]}删除列「{zh}」",
                    f"{named[1]}: column “{en}” removed",
                )
            elif key not in before:
                yield Change(
                    where,
                    "column.added",
                    "",
                    key,
                    f"{named[0]}新增列「{zh}」",
                    f"{named[1]}: new column “{en}”",
                )
            else:
                first, second = before[key], after[key]
                about = f"{named[0]}列「{zh}」", f"{named[1]}, column “{en}”"
                yield from self._parts(
                    where, "column", about,
                    (
                        ("type", first.type_name, second.type_name), ("expression", first.expression, second.expression),
                        ("allowed", first.allowed, second.allowed), ("default", first.default, second.default),
                        ("otherwise", first.otherwise, second.otherwise),
                    ),
                )  # fmt: skip

    def _column(self, column: BookColumn) -> Words:
        zh, en = self.name(column.name)
        return column.zh or zh, column.en or en

    def _rows(self, old: BookTable, new: BookTable, named: Words) -> Iterator[Change]:
        before, after = ({each.row_id: each for each in table.rows} for table in (old, new))
        places = {row_id: at for at, row_id in enumerate(after, start=1)}
        columns = {each.key: each for each in (*old.columns, *new.columns)}
        moved = _moved([row for row in before if row in after], [row for row in after if row in before])
        for row_id in [*after, *[row_id for row_id in before if row_id not in after]]:
            row = after.get(row_id) or before[row_id]
            where, (zh, en) = f"{new.decision_id}/{row_id}", (row.zh or row_id, row.en or row_id)
            if row_id not in after:
                text = f"{named[0]}删除行「{zh}」", f"{named[1]}: row “{en}” removed"
                yield Change(where, "row.removed", row_id, "", *text)
                continue
            if row_id not in before:
                text = (
                    f"{named[0]}第 {places[row_id]} 行新增「{zh}」",
                    f"{named[1]}: new row “{en}” at place {places[row_id]}",
                )
                yield Change(where, "row.added", "", row_id, *text)
                continue
            if row_id in moved:
                was = list(before).index(row_id) + 1
                text = (
                    f"{named[0]}行「{zh}」从第 {was} 行移到第 {places[row_id]} 行",
                    f"{named[1]}: row “{en}” moved from place {was} to {places[row_id]}",
                )
                yield Change(where, "row.moved", str(was), str(places[row_id]), *text)
            about = f"{named[0]}行「{zh}」", f"{named[1]}, row “{en}”"
            yield from self._row(where, about, before[row_id], row, columns)

    def _row(
        self, where: str, about: Words, old: BookRow, new: BookRow, columns: Mapping[str, BookColumn]
    ) -> Iterator[Change]:
        yield from self._parts(
            where, "row", about, (("title", _title(old), _title(new)), ("stage", old.stage, new.stage))
        )
        for key, column in columns.items():
            first, second = (_cell(row, key) for row in (old, new))
            if first == second:
                continue
            zh, en = self._column(column)
            kind = ("条件", "condition") if column.kind == "when" else ("结果", "result")
            text = (
                f"{about[0]}{kind[0]}「{zh}」由 {first or '(空)'} 改为 {second or '(空)'}",
                f"{about[1]}: {kind[1]} “{en}” from {first or '(blank)'} to {second or '(blank)'}",
            )
            yield Change(f"{where}/{key}", "cell.changed", first, second, *text)

    def _stages(self) -> Iterator[Change]:
        old, new = ({each.name: each for each in book.stages} for book in (self.before, self.after))
        for name in [*old, *[name for name in new if name not in old]]:
            stage = new.get(name) or old[name]
            zh, en = stage.zh or name, stage.en or name
            if name not in new:
                yield Change("", "stage.removed", name, "", f"删除阶段「{zh}」", f"stage “{en}” removed")
            elif name not in old:
                yield Change("", "stage.added", "", name, f"新增阶段「{zh}」", f"new stage “{en}”")
            else:
                about = f"阶段「{zh}」", f"stage “{en}”"
                yield from self._parts(
                    "", "stage", about,
                    (("title", _title(old[name]), _title(stage)), ("final", _yes(old[name]), _yes(stage))),
                )  # fmt: skip

    def _parts(
        self, where: str, kind: str, about: Words, parts: Sequence[tuple[str, str, str]]
    ) -> Iterator[Change]:
        for part, first, second in parts:
            if first == second:
                continue
            zh, en = _PARTS[part]
            text = (
                f"{about[0]}的{zh}由 {first or '(空)'} 改为 {second or '(空)'}",
                f"{about[1]}: {en} from {first or '(blank)'} to {second or '(blank)'}",
            )
            yield Change(where, f"{kind}.{part}", first, second, *text)


def _title(item: Book | BookTable | BookRow | BookName) -> str:
    return item.zh if item.zh == item.en else " / ".join(part for part in (item.zh, item.en) if part)


def _cell(row: BookRow, key: str) -> str:
    """Return a cell's text; any value, written as `-` or left blank, is blank."""
    text = row.cells.get(key, "")
    return "" if text == "-" and key.startswith("when:") else text


def _yes(stage: BookName) -> str:
    return "✓" if stage.is_final else ""


def _moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """Return the fewest rows whose moving explains the new order: all but a longest run that kept its order."""
    places = {row_id: at for at, row_id in enumerate(before)}
    order = [places[row_id] for row_id in after]
    tails: list[int] = []
    ends: list[int] = []
    parents: list[int] = []
    for at, place in enumerate(order):
        size = bisect_left(tails, place)
        parents.append(ends[size - 1] if size else -1)
        tails[size:size + 1] = [place]  # fmt: skip
        ends[size:size + 1] = [at]  # fmt: skip
    kept, at = set(), ends[-1] if ends else -1
    while at >= 0:
        kept.add(after[at])
        at = parents[at]
    return frozenset(after) - kept
