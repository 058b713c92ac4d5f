"""What a strategy is once it was read: a graph of decisions over facts, and what it says of one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fairdue.engine.strategy.cells import Cell
from fairdue.engine.strategy.terms import Term

HIT_POLICIES = ("UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
"""What a table says when several rows fit: DMN 1.5, chapter 8.2.8."""

LIST_POLICIES = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")
"""Hit policies under which every row that fits counts; without an aggregation an output is a list."""

AGGREGATIONS = ("sum", "min", "max", "count")

OLD_DECISION = "next_step"
"""The id of the one decision of a document in the old form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One reason why a document is no strategy, and where it stands.

    `decision`, `row_id` and `column` are empty where the fault is not in one; `position` is the character of
    the cell or expression, from 0.
    """

    message_zh: str
    message_en: str
    decision: str = ""
    row_id: str = ""
    column: str = ""
    position: int | None = None

    @property
    def text_en(self) -> str:
        """The place and the message in English."""
        parts = (("decision", self.decision), ("row", self.row_id), ("column", self.column))
        place = ", ".join(f"{word} {value}" for word, value in parts if value)
        return f"{place}: {self.message_en}" if place else self.message_en

    @property
    def text_zh(self) -> str:
        """The place and the message in Chinese."""
        parts = (("决策", self.decision), ("行", self.row_id), ("列", self.column))
        place = ",".join(f"{word} {value}" for word, value in parts if value)
        return f"{place}:{self.message_zh}" if place else self.message_zh


class StrategyErrors(ValueError):
    """The document is no strategy that may run; `faults` are the findings, `errors` one sentence for each."""

    code = "decisions.strategy.invalid"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self.errors = tuple(fault.text_en for fault in self.faults)
        super().__init__("; ".join(self.errors))


@dataclass(frozen=True, slots=True)
class Output:
    """A column that a table decides.

    `allowed` is empty where any value of the type is, and else the order of priority too; `default` fills a
    cell that is left out; `otherwise` is the value when no row fires.
    """

    name: str
    type_name: str
    allowed: tuple[Any, ...] = ()
    default: Any = None
    otherwise: Any = None
    title_zh: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A column that a table asks: a fact or another decision's output, or an expression with a name of its own."""

    name: str
    type_name: str
    expression: Term | None = None
    source: str = ""
    title_zh: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: the cells that are not left out, by input, and the value of every output."""

    row_id: str
    title_zh: str
    title_en: str
    cells: Mapping[str, Cell]
    outputs: Mapping[str, Any]
    stage: str = ""

    @property
    def is_catch_all(self) -> bool:
        """Whether every record passes the row."""
        return all(cell.is_any for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Table:
    """A decision by a table; `requires` names the facts and the outputs of other decisions that it reads."""

    decision_id: str
    title_zh: str
    title_en: str
    hit_policy: str
    aggregation: str
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Output]
    rows: tuple[Row, ...]
    requires: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether every row that fits counts."""
        return self.hit_policy in LIST_POLICIES

    @property
    def types(self) -> Mapping[str, str]:
        """Types of what comes out, by output: a list where every row that fits adds a value."""
        return {name: self._type(output.type_name) for name, output in self.outputs.items()}

    def _type(self, type_name: str) -> str:
        if self.aggregation == "count":
            return "integer"
        return "list" if self.is_list and not self.aggregation else type_name


@dataclass(frozen=True, slots=True)
class Literal:
    """A decision by an expression; its one output has the decision's id as its name."""

    decision_id: str
    title_zh: str
    title_en: str
    type_name: str
    expression: Term
    source: str
    requires: tuple[str, ...] = ()

    @property
    def outputs(self) -> Mapping[str, Output]:
        """The one output."""
        return {self.decision_id: Output(self.decision_id, self.type_name)}

    @property
    def types(self) -> Mapping[str, str]:
        """The type of the one output."""
        return {self.decision_id: self.type_name}


Decision = Table | Literal


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a case's life that rows of the result table may name."""

    stage_id: str
    title_zh: str
    title_en: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy that may run: `inputs` are the facts that it reads, with their types.

    `decisions` stand in an order in which each reads only what came before it; `result` is the id of the
    decision that the night carries out.
    """

    code: str
    version: str
    inputs: Mapping[str, str]
    decisions: tuple[Decision, ...]
    result: str
    stages: tuple[Stage, ...] = ()
    title_zh: str = ""
    title_en: str = ""

    def decision(self, decision_id: str) -> Decision:
        """Return the decision of an id."""
        return next(each for each in self.decisions if each.decision_id == decision_id)

    @property
    def outputs(self) -> Mapping[str, Output]:
        """Outputs of the result."""
        return self.decision(self.result).outputs

    @property
    def rows(self) -> tuple[Row, ...]:
        """Rows of the result table; none if the result is an expression."""
        result = self.decision(self.result)
        return result.rows if isinstance(result, Table) else ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The decisions by a table, in the order of the graph."""
        return tuple(each for each in self.decisions if isinstance(each, Table))

    @property
    def types(self) -> Mapping[str, str]:
        """Types of every column that deciding adds: the outputs of all decisions."""
        return {name: kind for each in self.decisions for name, kind in each.types.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a strategy says of one record.

    `outputs` are those of every decision, `row_id` the result table's row (None if none fired), `rows_fired`
    the rows that made the outputs, the result's first, then the others in the order of the graph. `conflict`
    is `decision: row, row` where two rows contradict each other, which leaves that decision without outputs.
    """

    outputs: Mapping[str, Any]
    row_id: str | None
    rows_fired: tuple[str, ...] = ()
    conflict: str = ""
