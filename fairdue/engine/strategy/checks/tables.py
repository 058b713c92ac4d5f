"""Checks of the tables: gaps, overlaps, rows that cannot fire, outputs that cannot come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, islice
from typing import Any

from fairdue.engine.strategy.checks.axes import written
from fairdue.engine.strategy.checks.findings import Finding, Severity
from fairdue.engine.strategy.checks.kinds import finding
from fairdue.engine.strategy.checks.regions import Box, Branch, Leaf, TooMuch, boxes_to, leaves, paths
from fairdue.engine.strategy.checks.space import Record, Space, Undecided
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.model import Row, Strategy, Table

MOST_GAPS = 5
"""Gaps of one table that are reported one by one."""

MOST_PAIRS = 50
"""Pairs of rows of one table that are reported one by one."""

MOST_BOXES = 200
"""Boxes of one leaf that are tried before the question is called open."""


def table_findings(space: Space) -> Iterator[Finding]:
    """Yield what is wrong with each table of a strategy."""
    for table in space.strategy.tables:
        try:
            root = space.root(table)
        except TooMuch:
            yield finding(
                "not_decided", table.decision_id, (), what_zh="整张表过大", what_en="the table is too large"
            )
            continue
        checker = _Table(space, table, root)
        yield from checker.gaps()
        yield from checker.overlaps()
        yield from checker.dead_rows()
        yield from checker.unused_values()


@dataclass(eq=False)
class _Table:
    """One table under check."""

    space: Space
    table: Table
    root: Branch | Leaf
    dead: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rows = self.space.ordered(self.table)
        self.leaves = leaves(self.root)
        self.matching = _all_matching(self.space.strategy, self.table)

    def fits(self, record: Record, rows: Iterable[Row]) -> bool:
        """Tell whether a record fits all of some rows, whatever the hit policy makes of it."""
        fired = fired_rows(record, self.matching)
        return all(row.row_id in fired for row in rows)

    def first_in(self, leaf_set: set[Leaf], shows: Any) -> Record | None:
        """Return an account in one of the boxes that lead to some leaves.

        :raises Undecided: if the boxes were too many, or one of them stayed open
        """
        is_open = False
        boxes = boxes_to(self.root, leaf_set, {})
        for number, (box, _) in enumerate(islice(boxes, MOST_BOXES + 1)):
            if number == MOST_BOXES:
                raise Undecided
            try:
                if (record := self.space.account(box, shows)) is not None:
                    return record
            except Undecided:
                is_open = True
        if is_open:
            raise Undecided
        return None

    # -------------------------------------------------------------------------------------------- gaps

    def gaps(self) -> Iterator[Finding]:
        """Records that fit no row, where nothing says what then holds."""
        empty = Leaf(())
        if empty not in self.leaves or _is_respected(self.table):
            return
        told: list[dict[str, int]] = []
        ids = {row.row_id for row in self.table.rows}
        for number, (box, _) in enumerate(boxes_to(self.root, {empty}, {})):
            if any(self._is_within(box, other) for other in told):
                continue
            if len(told) == MOST_GAPS or number == MOST_BOXES:
                yield self.open(
                    "还有更多未覆盖的组合未逐一检查", "more uncovered records were not looked at one by one"
                )
                return
            wide = self._widened(box)
            words = self.space.words(wide)
            try:
                record = self.space.account(box, lambda r: not ids & fired_rows(r, self.space.strategy))
            except Undecided:
                yield self.open(f"是否有人落在 {words}", f"whether anybody lies in {words}")
                continue
            if record is not None:
                told.append(wide)
                yield finding("gap", self.table.decision_id, (), record, box=words)

    def _widened(self, box: dict[str, int]) -> dict[str, int]:
        """Return a gap without the columns that do not matter to it, so that it is said in few words."""
        for name in list(box):
            rest = {other: mask for other, mask in box.items() if other != name}
            parts = [leaf for _, leaf in islice(paths(self.root, rest), MOST_BOXES + 1)]
            if len(parts) <= MOST_BOXES and all(leaf == Leaf(()) for leaf in parts):
                box = rest
        return box

    def _is_within(self, box: Box, other: Box) -> bool:
        return all(not box.get(name, self.space.axes[name].full) & ~mask for name, mask in other.items())

    def open(self, zh: str, en: str, rows: Iterable[Row] = ()) -> Finding:
        """Return the note that something was not decided."""
        ids = tuple(row.row_id for row in rows)
        return finding("not_decided", self.table.decision_id, ids, what_zh=zh, what_en=en)

    # ---------------------------------------------------------------------------------------- overlaps

    def overlaps(self) -> Iterator[Finding]:
        """Two rows for one record, under UNIQUE; with unlike outputs, under ANY."""
        if self.table.hit_policy not in ("UNIQUE", "ANY"):
            return
        kind = "overlap" if self.table.hit_policy == "UNIQUE" else "conflict"
        reported = 0
        for pair, places in self._pairs().items():
            if reported == MOST_PAIRS:
                yield self.open(
                    "还有更多重叠的行未逐一检查", "more overlapping rows were not looked at one by one"
                )
                return
            rows = tuple(self.rows[number] for number in pair)
            try:
                record = self.first_in(places, lambda r, rows=rows: self.fits(r, rows))
            except Undecided:
                yield self.open("两行是否会同时符合", "whether both rows can fit one account", rows)
                continue
            if record is not None:
                reported += 1
                yield finding(kind, self.table.decision_id, tuple(row.row_id for row in rows), record)

    def _pairs(self) -> dict[tuple[int, int], set[Leaf]]:
        found: dict[tuple[int, int], set[Leaf]] = {}
        for leaf in self.leaves:
            for one, other in combinations(leaf.rows, 2):
                if self.table.hit_policy == "UNIQUE" or self.rows[one].outputs != self.rows[other].outputs:
                    found.setdefault((one, other), set()).add(leaf)
        return dict(sorted(found.items()))

    # --------------------------------------------------------------------------------------- dead rows

    def dead_rows(self) -> Iterator[Finding]:
        """Rows that never fire: rows above take everything, or no account has what they ask."""
        for number, row in enumerate(self.rows):
            places = {leaf for leaf in self.leaves if number in leaf.rows}
            try:
                if places and self.first_in(places, lambda r, row=row: self._fires(r, row)) is not None:
                    continue
                self.dead.add(row.row_id)
                yield self._why_dead(row)
            except Undecided:
                self.dead.discard(row.row_id)
                yield self.open("此行是否会触发", "whether the row can fire", (row,))

    def _fires(self, record: Record, row: Row) -> bool:
        strategy = self.matching if self.table.hit_policy in ("UNIQUE", "ANY") else self.space.strategy
        return row.row_id in fired_rows(record, strategy)

    def _why_dead(self, row: Row) -> Finding:
        box = self.space.box(self.table, row)
        record = self.space.account(box, lambda r: self.fits(r, (row,)))
        if record is not None:
            is_net = row.is_catch_all and row is self.rows[-1]
            ids = (row.row_id, *self._above(row))
            severity: Severity | None = "note" if is_net else None
            return finding("shadowed", self.table.decision_id, ids, record, severity=severity)
        column, nearest = self._nearest(box)
        asked = self.space.words({column: box[column]}) if column else self.space.words(box)
        return finding("row_unreachable", self.table.decision_id, (row.row_id,), nearest, asked=asked)

    def _above(self, row: Row) -> tuple[str, ...]:
        """Return the rows that take what fits a row, in their order."""
        box = self.space.box(self.table, row)
        taking = {leaf.rows[0] for _, leaf in islice(paths(self.root, box), 2_000) if leaf.rows}
        return tuple(self.rows[number].row_id for number in sorted(taking) if self.rows[number] is not row)

    def _nearest(self, box: dict[str, int]) -> tuple[str, Record | None]:
        """Return the column that no account has as asked, with an account that has all the others."""
        for name in reversed(box):
            rest = {other: mask for other, mask in box.items() if other != name}
            try:
                if all(rest.values()) and (record := self.space.account(rest, lambda _: True)) is not None:
                    return name, record
            except Undecided:
                continue
        return "", None

    # ---------------------------------------------------------------------------------- unused values

    def unused_values(self) -> Iterator[Finding]:
        """Allowed values that no row that can fire gives."""
        for name, output in self.table.outputs.items():
            given = {
                part
                for row in self.table.rows
                if row.row_id not in self.dead
                for part in _parts(row.outputs.get(name))
            }
            given |= set(_parts(output.otherwise))
            missing = [value for value in output.allowed if value not in given and value != ""]
            if missing:
                words = ", ".join(written(value) for value in missing)
                yield finding("output_unreachable", self.table.decision_id, (), output=name, values=words)


def fired_rows(record: Record, strategy: Strategy) -> set[str]:
    """Return the rows that fire for a record; a table whose rows contradict each other fires none."""
    return set(decide_one(record, strategy, on_conflict="reject").rows_fired)


def _parts(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _is_respected(table: Table) -> bool:
    """A table says what holds when no row fires, or has a list or a sum, which may be empty."""
    return table.is_list or any(output.otherwise is not None for output in table.outputs.values())


def _all_matching(strategy: Strategy, table: Table) -> Strategy:
    """Return the strategy with the table alone changed, so that every row that fits is named."""
    every = replace(table, hit_policy="RULE ORDER", aggregation="")
    decisions = tuple(each if each is not table else every for each in strategy.decisions)
    needed = _before(decisions, table.decision_id)
    return replace(strategy, decisions=needed, result=table.decision_id)


def _before(decisions: tuple[Any, ...], decision_id: str) -> tuple[Any, ...]:
    last = next(number for number, each in enumerate(decisions) if each.decision_id == decision_id)
    return decisions[: last + 1]
