"""The map of stages as BPMN 2.0 with diagram interchange, for the tools that others draw processes with.

The drawing: the stages stand below one another. What leads on from a stage leaves to the right, each flow on a line of
its own with its name above it, to the lane of the stage where it ends; lanes run upright on the right and come
in above their stage. So no line lies on a box, and no name on another.
"""

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
_WIDE, _HIGH, _GATE, _ROUND = 200, 70, 50, 36
_TASK_X, _GATE_X, _NAME_X, _END_X, _LANE_X = 140, 390, 460, 860, 940
_NAME_WIDE, _LANE_GAP = 380, 24
_LINE = 45
"""Height of one line that leads on: room for a name of two lines above it."""
_ENTRY, _ABOVE, _BELOW = 20, 50, 60
"""Below the top of a stage's block: where its lane comes in, where its box begins; and the room below its last line."""


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
    line: int = 0
    """Which of the lines that lead on from its stage, from 0."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Where a stage is drawn: the top of its block, the number of its lane, and how many lines lead on."""

    top: int
    lane: int
    lines: int

    @property
    def middle(self) -> int:
        """The height of the box's middle, where the first line leads on."""
        return self.top + _ABOVE + _HIGH // 2

    @property
    def lane_x(self) -> int:
        """Where the lane of the stage stands."""
        return _LANE_X + self.lane * _LANE_GAP

    @property
    def bottom(self) -> int:
        """The height below everything that is drawn of the stage."""
        return self.middle + max(_HIGH // 2, (self.lines - 1) * _LINE) + _BELOW


def to_bpmn(strategy: Strategy, *, language: str = "zh") -> str:
    """Return the stages as a BPMN 2.0 process with its diagram.

    1. A stage is a task, a final one is followed by an end event; a new account is the start event.
    2. Where a stage leads to several others stands an exclusive gateway; each flow is named by the events that
       lead on and the stage where it ends.

    :raises TooMuch: if the stages cannot be walked
    """
    found = stage_map(strategy)
    is_zh = language.startswith("zh")
    blocks = _blocks(strategy, found)
    shapes = list(_shapes(strategy, found, blocks, is_zh))
    flows = list(_flows(strategy, found, is_zh))
    process = "\n".join([*(_element(shape, flows) for shape in shapes), *map(_flow, flows)])
    ends = {_id("stage", name): block for name, block in blocks.items()}
    by_code = {shape.code: shape for shape in shapes}
    diagram = "\n".join([*map(_drawn, shapes), *(_edge(flow, by_code, ends) for flow in flows)])
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


def _finals(strategy: Strategy) -> set[str]:
    return {stage.stage_id for stage in strategy.stages if stage.is_final}


def _blocks(strategy: Strategy, found: StageMap) -> dict[str, _Block]:
    """The stages below one another: the main line first, then those beside it."""
    finals, top = _finals(strategy), 0
    blocks: dict[str, _Block] = {}
    for lane, name in enumerate([*found.main, *(each for each in found.stages if each not in found.main)]):
        blocks[name] = _Block(top, lane, len(_outgoing(found, name)) + (name in finals))
        top = blocks[name].bottom
    return blocks


def _shapes(
    strategy: Strategy, found: StageMap, blocks: Mapping[str, _Block], is_zh: bool
) -> Iterator[_Shape]:
    stages = {stage.stage_id: stage for stage in strategy.stages}
    start = "新账户" if is_zh else "new account"
    yield _Shape("start", "startEvent", start, 40, blocks[found.start].middle - _ROUND // 2, _ROUND, _ROUND)
    for name, block in blocks.items():
        stage = stages[name]
        title = stage.title_zh if is_zh else stage.title_en
        yield _Shape(_id("stage", name), "task", title or name, _TASK_X, block.top + _ABOVE, _WIDE, _HIGH)
        if block.lines > 1:
            y = block.middle - _GATE // 2
            yield _Shape(_id("then", name), "exclusiveGateway", "", _GATE_X, y, _GATE, _GATE)
        if stage.is_final or not block.lines:
            y = block.middle + max(0, block.lines - 1) * _LINE - _ROUND // 2
            yield _Shape(_id("end", name), "endEvent", "", _END_X, y, _ROUND, _ROUND)


def _flows(strategy: Strategy, found: StageMap, is_zh: bool) -> Iterator[_Flow]:
    events = load_catalogue().events
    titles = {each.stage_id: (each.title_zh if is_zh else each.title_en) for each in strategy.stages}
    final = _finals(strategy)
    yield _Flow("flow-start", "start", _id("stage", found.start))
    for name in found.stages:
        out = _outgoing(found, name)
        begin = _id("stage", name)
        if len(out) + (name in final) > 1:
            yield _Flow(_id("flow", name), begin, _id("then", name))
            begin = _id("then", name)
        for line, arrow in enumerate(out):
            said = " / ".join(events[event].zh if is_zh else events[event].en for event in arrow.events)
            yield _Flow(
                _id("flow", name, arrow.end),
                begin,
                _id("stage", arrow.end),
                f"{said} → {titles[arrow.end]}",
                line,
            )
        if name in final or not out:
            yield _Flow(
                _id("flow", name, "end"), begin, _id("end", name), "终点" if is_zh else "end", len(out)
            )


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


def _edge(flow: _Flow, shapes: Mapping[str, _Shape], ends: Mapping[str, _Block]) -> str:
    points = _points(flow, shapes[flow.start], shapes[flow.end], ends.get(flow.end))
    drawn = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    if flow.name:
        y = shapes[flow.start].middle[1] + flow.line * _LINE - 34
        bounds = f'<dc:Bounds x="{_NAME_X}" y="{y}" width="{_NAME_WIDE}" height="28"/>'
        drawn += f"<bpmndi:BPMNLabel>{bounds}</bpmndi:BPMNLabel>"
    return (
        f'<bpmndi:BPMNEdge id="{escape(flow.code)}-edge" bpmnElement="{flow.code}">{drawn}</bpmndi:BPMNEdge>'
    )


def _points(flow: _Flow, start: _Shape, end: _Shape, block: _Block | None) -> list[tuple[int, int]]:
    """Straight to what stands beside it; else along the flow's own line to the lane of its end, and in from above."""
    (x, y), right = start.middle, (start.x + start.wide, start.middle[1])
    if start.kind == "startEvent" or end.kind == "exclusiveGateway":
        return [right, (end.x, y)]
    out = [right] if not flow.line else [(x, start.y + start.high), (x, y + flow.line * _LINE)]
    if block is None:
        return [*out, (end.x, out[-1][1])]
    entry, above = block.top + _ENTRY, end.middle[0]
    return [*out, (block.lane_x, out[-1][1]), (block.lane_x, entry), (above, entry), (above, end.y)]
