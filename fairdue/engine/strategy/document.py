"""Reading a strategy's document: the graph of its decisions, checked before it may decide anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from fairdue.engine.strategy.model import (
    OLD_DECISION,
    Decision,
    Fault,
    Stage,
    Strategy,
    StrategyErrors,
    Table,
)
from fairdue.engine.strategy.reading import (
    MOST_ROWS,
    NAME,
    Signature,
    literal_of,
    signature_of,
    table_of,
    title_of,
)
from fairdue.engine.strategy.terms import TYPES

KEYS = ("code", "version", "title", "inputs", "decisions", "result", "stages")
_LISTS = ("inputs", "outputs", "rows", "decisions", "stages")
_TABLE_KEYS = ("hit_policy", "aggregation", "inputs", "outputs", "rows")


def read_strategy(document: Mapping[str, Any]) -> Strategy:
    """Read and check a strategy's document.

    1. `inputs` are facts; each has a name and a type. A decision is a table or an expression (`expression`);
       decisions read facts and each other's outputs, never in a circle. `result` names the one that is
       carried out.
    2. Every cell is a test of its input's type; every value of an output has the output's type and is one of
       its allowed values, if it names some.
    3. Names of facts and outputs are unique over the strategy, and so are row ids, which are lower-case words
       joined by hyphens.
    4. The old form, one table at the top level, is read as the one decision `next_step`; its last row must be
       a catch-all, no earlier row may be one.

    :raises StrategyErrors: with every finding, each naming its decision, row and column
    """
    if not isinstance(document, Mapping):
        raise StrategyErrors([Fault(message_zh="文档不是策略", message_en="the document is no strategy")])
    if _row_count(document) > MOST_ROWS:
        return _read(document)
    key = hashlib.sha256(repr(document).encode()).digest()
    found = _READ.get(key)
    if found is None:
        found = _READ[key] = _read(document)
        while len(_READ) > _MOST_READ:
            _READ.pop(next(iter(_READ)), None)
    return found


_READ: dict[bytes, Strategy] = {}
"""Strategies by their documents: a night reads the same one for every partition, and its bit-sets stay with it."""

_MOST_READ = 8


def _row_count(document: Mapping[str, Any]) -> int:
    """Rows as far as they can be counted before anything is checked."""
    decisions = document.get("decisions")
    tables = [document, *(decisions if isinstance(decisions, list) else ())]
    rows = [table.get("rows") for table in tables if isinstance(table, Mapping)]
    return sum(len(each) for each in rows if isinstance(each, list))


def _shape_faults(part: Mapping[str, Any], decision: str = "") -> Iterator[Fault]:
    """What is not even a list where one must stand, before anything is looked at closely."""
    for key in _LISTS:
        items = part.get(key)
        if items is not None and not _is_list(items):
            yield Fault(
                decision=decision,
                message_zh=f"{key} 须为列表，每项须有名目",
                message_en=f"{key} is a list, each item of which has keys",
            )
    for item in _listed(part, "decisions"):
        yield from _shape_faults(item, str(item.get("id", "")))
    if any(not (isinstance(item.get("name"), str) and item["name"]) for item in _listed(part, "inputs")):
        yield Fault(decision=decision, message_zh="输入没有名称", message_en="an input has no name")


def _is_list(items: Any) -> bool:
    return isinstance(items, list) and all(isinstance(item, Mapping) for item in items)


def _listed(part: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return part[key] if _is_list(part.get(key)) else []


def _read(document: Mapping[str, Any]) -> Strategy:
    shapeless = list(_shape_faults(document))
    if shapeless:
        raise StrategyErrors(shapeless)
    if "decisions" not in document:
        return _read_old(document)
    faults = list(_head_faults(document))
    if faults:
        raise StrategyErrors(faults)
    strategy = _read_graph(document, faults)
    if faults or strategy is None:
        raise StrategyErrors(faults)
    return strategy


def graph_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with `decisions`: the same one, or the old form rewritten as a graph of one table."""
    if "decisions" in document:
        return dict(document)
    table = {key: document[key] for key in _TABLE_KEYS if document.get(key)}
    table["inputs"] = [
        {key: item[key] for key in ("name", "type") if key in item} for item in document.get("inputs") or ()
    ]
    kept = {key: document[key] for key in KEYS if key in document}
    decision = {"id": OLD_DECISION, "title": document.get("title"), **table}
    return {**kept, "decisions": [decision], "result": OLD_DECISION}


def _read_old(document: Mapping[str, Any]) -> Strategy:
    """Read the old form; its findings name row and column only."""
    faults = list(_old_head_faults(document))
    if faults:
        raise StrategyErrors(faults)
    strategy = _read_graph(graph_document(document), faults)
    if strategy is not None and not faults:
        faults.extend(_old_table_faults(strategy))
    if faults or strategy is None:
        raise StrategyErrors(replace(fault, decision="") for fault in faults)
    return strategy


def _old_head_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    for key in ("code", "version", "title", "inputs", "outputs", "rows"):
        if not document.get(key):
            yield Fault(message_zh=f"策略没有 {key}", message_en=f"the strategy has no {key}")
    yield from _input_faults(document.get("inputs") or ())


def _old_table_faults(strategy: Strategy) -> Iterator[Fault]:
    rows = strategy.rows
    if not rows[-1].is_catch_all:
        yield Fault(
            row_id=rows[-1].row_id,
            message_zh="最后一行必须适用于所有人，否则有人得不到决定",
            message_en="the last row must be a catch-all, or some records are not decided",
        )
    for row in rows[:-1]:
        if row.is_catch_all:
            yield Fault(
                row_id=row.row_id,
                message_zh="所有人都符合此行，其后的行永远不会触发",
                message_en="every record passes it, so no row below can fire",
            )


def _head_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    for key in ("code", "version", "title", "decisions", "result"):
        if not document.get(key):
            yield Fault(message_zh=f"策略没有 {key}", message_en=f"the strategy has no {key}")
    for key in document:
        if key not in KEYS:
            yield Fault(message_zh=f"策略没有“{key}”这一项", message_en=f"{key!r} is no part of a strategy")
    yield from _input_faults(document.get("inputs") or ())
    yield from _stage_faults(document.get("stages") or ())
    for item in document.get("decisions") or ():
        decision_id = str(item.get("id", "")) if isinstance(item, Mapping) else ""
        if not NAME.match(decision_id):
            yield Fault(
                decision=decision_id,
                message_zh="决策的编号须为小写字母、数字和下划线",
                message_en="the id of a decision is lower-case letters, digits and underscores",
            )


def _input_faults(items: Iterable[Any]) -> Iterator[Fault]:
    names = []
    for item in items:
        name, kind = (item.get("name"), item.get("type")) if isinstance(item, Mapping) else (item, None)
        names.append(name)
        if kind not in TYPES:
            yield Fault(
                message_zh=f"输入 {name}：类型 {kind!r} 不是 {'、'.join(TYPES)} 之一",
                message_en=f"input {name}: type {kind!r} is not one of {', '.join(TYPES)}",
            )
    for name in _repeated(names):
        yield Fault(message_zh=f"输入 {name} 写了两次", message_en=f"inputs: {name} is named twice")


def _stage_faults(items: Iterable[Any]) -> Iterator[Fault]:
    ids = [item.get("id") if isinstance(item, Mapping) else None for item in items]
    if not all(ids):
        yield Fault(message_zh="阶段没有编号", message_en="a stage has no id")
    for stage_id in _repeated(ids):
        yield Fault(message_zh=f"阶段 {stage_id} 写了两次", message_en=f"stages: {stage_id} is named twice")


def _repeated(values: Iterable[Any]) -> list[Any]:
    found = list(values)
    return [value for position, value in enumerate(found) if value in found[:position]]


def _read_graph(document: Mapping[str, Any], faults: list[Fault]) -> Strategy | None:
    facts = {item["name"]: item["type"] for item in document.get("inputs") or ()}
    items = {str(item["id"]): item for item in document["decisions"]}
    signatures = [signature_of(item) for item in document["decisions"]]
    faults.extend(_name_faults(facts, document["decisions"], signatures))
    if str(document["result"]) not in items:
        faults.append(
            Fault(
                message_zh=f"没有名为 {document['result']} 的决策可作为结果",
                message_en=f"the result {document['result']!r} is not among the decisions",
            )
        )
    types = {**facts, **{name: kind for each in signatures for name, kind in each.types.items()}}
    decisions = [_decision(item, types, faults) for item in document["decisions"]]
    stages = tuple(_stage(item) for item in document.get("stages") or ())
    faults.extend(_row_faults(decisions, stages, str(document["result"])))
    ordered = _ordered([each for each in decisions if each is not None], faults)
    if faults:
        return None
    title = title_of(document)
    return Strategy(
        str(document["code"]),
        str(document["version"]),
        facts,
        ordered,
        str(document["result"]),
        stages,
        *title,
    )


def _decision(item: Mapping[str, Any], types: Mapping[str, str], faults: list[Fault]) -> Decision | None:
    return literal_of(item, types, faults) if "expression" in item else table_of(item, types, faults)


def _stage(item: Mapping[str, Any]) -> Stage:
    return Stage(str(item["id"]), *title_of(item), bool(item.get("is_final")))


def _name_faults(
    facts: Mapping[str, str], items: Iterable[Mapping[str, Any]], signatures: Iterable[Signature]
) -> Iterator[Fault]:
    """Every name stands for one thing: a fact, or an output of one decision."""
    for decision_id in _repeated(str(item["id"]) for item in items):
        yield Fault(
            decision=decision_id, message_zh="此编号用了两次", message_en="the id is used for two decisions"
        )
    owners = dict.fromkeys(facts, "a fact")
    for signature in signatures:
        for name in signature.types:
            if name in owners:
                yield Fault(
                    decision=signature.decision_id,
                    column=name,
                    message_zh=f"名称 {name} 已被占用({owners[name]})",
                    message_en=f"the name is taken already by {owners[name]}",
                )
            owners[name] = f"decision {signature.decision_id}"


def _row_faults(
    decisions: Iterable[Decision | None], stages: tuple[Stage, ...], result: str
) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    known = {stage.stage_id for stage in stages}
    for table in decisions:
        for row in table.rows if isinstance(table, Table) else ():
            if row.row_id in seen:
                yield Fault(
                    decision=table.decision_id,  # type: ignore[union-attr]
                    row_id=row.row_id,
                    message_zh="此编号用了两次",
                    message_en="the id is used twice",
                )
            seen[row.row_id] = result
            if row.stage and row.stage not in known:
                yield Fault(
                    decision=table.decision_id,  # type: ignore[union-attr]
                    row_id=row.row_id,
                    message_zh=f"没有阶段 {row.stage}",
                    message_en=f"there is no stage {row.stage!r}",
                )


def _ordered(decisions: list[Decision], faults: list[Fault]) -> tuple[Decision, ...]:
    """Return the decisions so that each comes after those that it reads, else in the document's order."""
    owners = {name: each.decision_id for each in decisions for name in each.types}
    needs = {
        each.decision_id: [owners[name] for name in each.requires if name in owners] for each in decisions
    }
    try:
        list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        faults.append(
            Fault(
                decision=str(error.args[1][0]),
                message_zh=f"决策互相依赖成环：{circle}",
                message_en=f"decisions read each other in a circle: {circle}",
            )
        )
        return ()
    done: list[Decision] = []
    waiting = list(decisions)
    while waiting:
        ready = {each.decision_id for each in done}
        following = next(each for each in waiting if ready.issuperset(needs[each.decision_id]))
        done.append(following)
        waiting.remove(following)
    return tuple(done)
