"""Functions that place points and ranges before, within and after one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fairdue.engine.feel.calling import built_in
from fairdue.engine.feel.functions.texts import text
from fairdue.engine.feel.parts import span
from fairdue.engine.feel.values import Fault, Span, Value, order


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a range: where it lies, and whether it belongs to it."""

    value: Value
    is_open: bool
    side: int  # -1 the low end, 1 the high end

    def place(self, other: _End) -> int:
        """-1, 0 or 1 as this end comes before, at or after another."""
        if self.value is None or other.value is None:
            return self._endless(other)
        found = order(self.value, other.value)
        if found is None:
            raise Fault("the ends cannot be compared")
        return found or (self._shift() > other._shift()) - (self._shift() < other._shift())

    def _shift(self) -> int:
        """An open low end begins just after its value, an open high end stops just before it."""
        return -self.side if self.is_open else 0

    def _endless(self, other: _End) -> int:
        left = self.side if self.value is None else 0
        right = other.side if other.value is None else 0
        return (left > right) - (left < right)


def _ends(value: Value) -> tuple[_End, _End]:
    if isinstance(value, Span):
        return _End(value.low, value.is_low_open, -1), _End(value.high, value.is_high_open, 1)
    if order(value, value) is None:
        raise Fault("a point or a range is expected")
    return _End(value, False, -1), _End(value, False, 1)


_Relation = Callable[[Any, Any, Any, Any], bool]


def _touches(high: _End, low: _End) -> bool:
    """Whether one range ends exactly where another begins, in a point that both have."""
    return not high.is_open and not low.is_open and order(high.value, low.value) == 0


_RELATIONS: dict[str, _Relation] = {
    "before": lambda a, b, c, d: (
        b.place(c) < 0 or (b.value is not None and order(b.value, c.value) == 0 and (b.is_open or c.is_open))
    ),
    "after": lambda a, b, c, d: (
        a.place(d) > 0 or (a.value is not None and order(a.value, d.value) == 0 and (a.is_open or d.is_open))
    ),
    "meets": lambda a, b, c, d: _touches(b, c),
    "met by": lambda a, b, c, d: _touches(d, a),
    "overlaps": lambda a, b, c, d: not _apart(b, c) and not _apart(d, a),
    "overlaps before": lambda a, b, c, d: a.place(c) < 0 and not _apart(b, c) and b.place(d) <= 0,
    "overlaps after": lambda a, b, c, d: (
        c.place(a) < 0 and not _apart(d, a) and b.place(d) >= 0 and b.place(d) != 0
    ),
    "finishes": lambda a, b, c, d: b.place(d) == 0 and a.place(c) >= 0,
    "finished by": lambda a, b, c, d: b.place(d) == 0 and a.place(c) <= 0,
    "includes": lambda a, b, c, d: a.place(c) <= 0 and b.place(d) >= 0,
    "during": lambda a, b, c, d: a.place(c) >= 0 and b.place(d) <= 0,
    "starts": lambda a, b, c, d: a.place(c) == 0 and b.place(d) <= 0,
    "started by": lambda a, b, c, d: a.place(c) == 0 and b.place(d) >= 0,
    "coincides": lambda a, b, c, d: a.place(c) == 0 and b.place(d) == 0,
}


def _apart(high: _End, low: _End) -> bool:
    """Whether one range ends before another begins."""
    if high.value is None or low.value is None:
        return False
    found = order(high.value, low.value)
    if found is None:
        raise Fault("the ends cannot be compared")
    return found < 0 or (found == 0 and (high.is_open or low.is_open))


def _register_relations() -> None:
    for name, relation in _RELATIONS.items():
        names = ("range1", "range2") if name not in ("before", "after", "coincides") else ("point1", "point2")
        built_in(name, *names, others=(("point", "range"), ("range", "point"), ("range1", "range2")))(
            _body(relation)
        )


def _body(relation: _Relation) -> Callable[[Value, Value], bool]:
    def body(left: Value, right: Value) -> bool:
        return relation(*_ends(left), *_ends(right))

    return body


_register_relations()


@built_in("range", "from")
def _range(value: Value) -> Span:
    """A range by its text: only of values written out."""
    from fairdue.engine.feel import ast
    from fairdue.engine.feel.errors import FeelError
    from fairdue.engine.feel.interpreter import run
    from fairdue.engine.feel.parser import parse_expression
    from fairdue.engine.feel.scope import Evaluation, Scope

    try:
        node = parse_expression(_closed(text(value)))
    except FeelError as error:
        raise Fault(f"it is not a range: {error.message}") from None
    if not isinstance(node, ast.Range):
        raise Fault("it is not a range as [1..10]")
    evaluation = Evaluation()
    ends = [None if end is None else run(end, Scope({}), evaluation) for end in (node.low, node.high)]
    if evaluation.notes:
        raise Fault(evaluation.notes[0])
    return span(ends[0], ends[1], node.is_low_open, node.is_high_open)


def _closed(written: str) -> str:
    """`[1..)` and `(..5]`, ends for ever open, with null written out."""
    start, mark, end = written.partition("..")
    if mark and start.strip() in ("[", "(", "]"):
        start += "null"
    if mark and end.strip() in ("]", ")", "["):
        end = "null" + end
    return start + mark + end
