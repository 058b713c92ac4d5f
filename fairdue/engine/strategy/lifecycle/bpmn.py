"""The map of stages as BPMN 2.0 with diagram interchange, for the tools that others draw processes with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.lifecycle.map import Arrow, StageMap, stage_map
from fairdue.engine.strategy.model import Strategy

_SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
_WIDE, _HIGH, _GAP, _LEFT, _TOP, _SIDE = 200, 70, 110, 220, 120, 620
_GATE, _ROUND = 50, 36


@dataclass(frozen=True, slots=True)
class _Shape:
    code: str
    kind: str
    name: str
    x: int
    y: int
    wide: int
    high: int

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.wide // 2, self.y + self.high // 2


@dataclass(frozen=True, slots=True)
class _Flow:
    code: str
    start: str
    end: str
    name: str = ""


def to_bpmn(strategy: Strategy, *, language: str = "zh") -> str:
    """Return the stages as a BPMN 2.0 process with its diagram.

    1. A stage is a task, a final one is followed by an end event; a new account is the start event.
    2. Where a stage leads to several others stands an exclusive gateway; each flow is named by the events that lead on.

    :raises TooMuch: if the stages cannot be walked
    """
    found = stage_map(strategy)
    is_zh = language.startswith("zh")
    shapes = list(_shapes(strategy, found, is_zh))
    flows = list(_flows(strategy, found, is_zh))
    process = "\n".join([*(_element(shape, flows) for shape in shapes), *map(_flow, flows)])
    by_code = {shape.code: shape for shape in shapes}
    diagram = "\n".join([*map(_drawn, shapes), *(_edge(flow, by_code) for flow in flows)])
    code = _id("process", strategy.code)
    title = (strategy.title_zh if is_zh else strategy.title_en) or strategy.code
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {_SPACES} id="definitions" targetNamespace="urn:fairdue:strategy" '
        f'exporter="Fairdue" exporterVersion={quoteattr(strategy.version)}>\n'
        f'<process id="{code}" name={quoteattr(f"{title} {strategy.version}")} isExecutable="false">\n{process}\n</process>\n'
        f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{code}">\n{diagram}\n'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>\n</definitions>\n"
    )


def _id(*parts: str) -> str:
    return "-".join("".join(char if char.isalnum() else "_" for char in part) for part in parts)


def _outgoing(found: StageMap, stage: str) -> list[Arrow]:
    return [arrow for arrow in found.arrows if arrow.start == stage]


def _shapes(strategy: Strategy, found: StageMap, is_zh: bool) -> Iterator[_Shape]:
    stages = {stage.stage_id: stage for stage in strategy.stages}
    side = [name for name in found.stages if name not in found.main]
    places = {name: (_LEFT, _TOP + n * (_HIGH + _GAP)) for n, name in enumerate(found.main)}
    places |= {name: (_SIDE, _TOP + n * 2 * (_HIGH + _GAP)) for n, name in enumerate(side)}
    x, y = places[found.start]
    yield _Shape(
        "start",
        "startEvent",
        "新账户" if is_zh else "new account",
        x + (_WIDE - _ROUND) // 2,
        y - 80,
        _ROUND,
        _ROUND,
    )
    for name, (x, y) in places.items():
        stage = stages[name]
        title = stage.title_zh if is_zh else stage.title_en
        yield _Shape(_id("stage", name), "task", title or name, x, y, _WIDE, _HIGH)
        out = _outgoing(found, name)
        if len(out) + stage.is_final > 1:
            yield _Shape(
                _id("then", name),
                "exclusiveGateway",
                "",
                x + (_WIDE - _GATE) // 2,
                y + _HIGH + 30,
                _GATE,
                _GATE,
            )
        if stage.is_final or not out:
            yield _Shape(
                _id("end", name), "endEvent", "", x + _WIDE + 40, y + (_HIGH - _ROUND) // 2, _ROUND, _ROUND
            )


def _flows(strategy: Strategy, found: StageMap, is_zh: bool) -> Iterator[_Flow]:
    events = load_catalogue().events
    final = {stage.stage_id for stage in strategy.stages if stage.is_final}
    yield _Flow("flow-start", "start", _id("stage", found.start))
    for name in found.stages:
        out = _outgoing(found, name)
        begin = _id("stage", name)
        if len(out) + (name in final) > 1:
            yield _Flow(_id("flow", name), begin, _id("then", name))
            begin = _id("then", name)
        for arrow in out:
            said = " / ".join(events[event].zh if is_zh else events[event].en for event in arrow.events)
            yield _Flow(_id("flow", name, arrow.end), begin, _id("stage", arrow.end), said)
        if name in final or not out:
            yield _Flow(_id("flow", name, "end"), begin, _id("end", name), "终点" if is_zh else "end")


def _element(shape: _Shape, flows: list[_Flow]) -> str:
    name = f" name={quoteattr(shape.name)}" if shape.name else ""
    into = [f"<incoming>{flow.code}</incoming>" for flow in flows if flow.end == shape.code]
    out = [f"<outgoing>{flow.code}</outgoing>" for flow in flows if flow.start == shape.code]
    return f'<{shape.kind} id="{shape.code}"{name}>{"".join([*into, *out])}</{shape.kind}>'


def _flow(flow: _Flow) -> str:
    name = f" name={quoteattr(flow.name)}" if flow.name else ""
    return f'<sequenceFlow id="{flow.code}"{name} sourceRef="{flow.start}" targetRef="{flow.end}"/>'


def _drawn(shape: _Shape) -> str:
    marker = ' isMarkerVisible="true"' if shape.kind == "exclusiveGateway" else ""
    return (
        f'<bpmndi:BPMNShape id="{shape.code}-shape" bpmnElement="{shape.code}"{marker}>'
        f'<dc:Bounds x="{shape.x}" y="{shape.y}" width="{shape.wide}" height="{shape.high}"/></bpmndi:BPMNShape>'
    )


def _edge(flow: _Flow, shapes: Mapping[str, _Shape]) -> str:
    points = _points(shapes[flow.start], shapes[flow.end])
    drawn = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return (
        f'<bpmndi:BPMNEdge id="{escape(flow.code)}-edge" bpmnElement="{flow.code}">{drawn}</bpmndi:BPMNEdge>'
    )


def _points(start: _Shape, end: _Shape) -> list[tuple[int, int]]:
    """Down the middle where one stands below the other, else out of the side and across."""
    (x0, y0), (x1, y1) = start.middle, end.middle
    if x0 == x1 and y1 > y0:
        return [(x0, start.y + start.high), (x1, end.y)]
    if x0 == x1:
        lane = end.x - 40 - (y0 - y1) // 20
        return [(start.x, y0), (lane, y0), (lane, y1), (end.x, y1)]
    if x1 > x0:
        return [(start.x + start.wide, y0), (end.x - 60, y0), (end.x - 60, y1), (end.x, y1)]
    return [(start.x, y0), (end.x + end.wide + 60, y0), (end.x + end.wide + 60, y1), (end.x + end.wide, y1)]
