"""Strategies to and from DMN XML: what we write any DMN tool draws and edits, what comes back loses nothing.

1. `to_dmn` writes DMN 1.3 to 1.5 with a diagram. Cells and expressions are written so that they decide alike under
   DMN's three-valued logic; the document's own words stand beside them.
2. `from_dmn` reads DMN 1.1 to 1.5. What another tool left as it was comes back exactly as the document had it;
   what was changed is read from the DMN; a foreign file gets ids of its own.
3. What a strategy has no place for is refused, every place named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairdue.engine.dmn import xml
from fairdue.engine.dmn.errors import DmnError
from fairdue.engine.strategy.interchange.dmn_assemble import Assembler
from fairdue.engine.strategy.interchange.dmn_read import DmnProblem, read_shape
from fairdue.engine.strategy.interchange.dmn_shape import Shape, Unwritable, shape_of
from fairdue.engine.strategy.interchange.dmn_write import written

__all__ = ["DmnProblem", "DmnProblems", "from_dmn", "to_dmn"]


class DmnProblems(ValueError):
    """The DMN file is no strategy that can be taken over; `problems` holds every reason, nothing was taken."""

    code = "decisions.strategy.dmn"

    def __init__(self, problems: Iterable[DmnProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def to_dmn(document: Mapping[str, Any], version: str = "1.5") -> bytes:
    """Return a strategy's document, of either format, as DMN XML.

    :param version: 1.3, 1.4 or 1.5
    :raises DmnProblems: if a cell or an expression of the document cannot be read
    """
    try:
        return written(shape_of(document), version)
    except Unwritable as error:
        raise DmnProblems([DmnProblem(where=error.where, zh=f"无法读取：{error}", en=str(error))]) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        en = f"the document is no strategy that can be written: {error}"
        raise DmnProblems([DmnProblem(where="", zh=f"该文档不是可导出的策略：{error}", en=en)]) from None


def from_dmn(content: bytes, result: str = "") -> dict[str, Any]:
    """Return the document, in the second format, of a strategy in DMN XML; its checks are the reader's.

    :param result: name of the decision that the night carries out; needed where several are read by no other
    :raises DmnProblems: if the file is no DMN, or has what a strategy cannot hold
    """
    try:
        root = xml.parse(content)
    except DmnError as error:
        raise DmnProblems([DmnProblem(where="", zh=f"不是可读的 XML:{error}", en=str(error))]) from None
    if xml.kind(root) != "definitions" or xml.namespace(root) not in xml.NAMESPACES.values():
        en = "the file is not DMN 1.1 to 1.5: save it as DMN in your tool"
        raise DmnProblems([DmnProblem(where="", zh="文件不是 DMN 1.1 至 1.5：请在工具中另存为 DMN", en=en)])
    problems: list[DmnProblem] = []
    shape = read_shape(root, problems)
    document = Assembler(shape, _as_written(shape), problems).document(result)
    if problems:
        raise DmnProblems(problems)
    return document


def _as_written(shape: Shape) -> Shape | None:
    """What we would write for the sources that the file carries; None if it carries none, or broken ones."""
    if not isinstance(shape.source, dict):
        return None
    decisions = []
    for one in shape.decisions:
        if isinstance(one.source, dict):
            rows = [rule.source for rule in one.rules if isinstance(rule.source, dict)]
            decisions.append(one.source if one.expression is not None else {**one.source, "rows": rows})
    facts = [one.source for one in shape.inputs if isinstance(one.source, dict)]
    try:
        return shape_of({**shape.source, "inputs": facts, "decisions": decisions})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
