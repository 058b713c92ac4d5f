"""The map of stages is drawn for people and exported for tools, and both say what the walk found."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from fairdue.engine.strategy.checks import PathStep
from fairdue.engine.strategy.lifecycle.bpmn import to_bpmn
from fairdue.engine.strategy.lifecycle.map import stage_map
from fairdue.engine.strategy.lifecycle.picture import draw
from fairdue.engine.strategy.table import Strategy, read_strategy

PACK = Path(__file__).parents[3] / "packs/strategies/reminders-cn/strategy.yaml"
SVG = "{http://www.w3.org/2000/svg}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@pytest.fixture(scope="module")
def shipped() -> Strategy:
    return read_strategy(yaml.safe_load(PACK.read_text("utf-8")))


def test_the_map_follows_the_course_of_time_and_names_the_events_that_lead_aside(shipped: Strategy) -> None:
    found = stage_map(shipped)
    assert found.start == "current"
    assert found.main == ("current", "pre_due", "m1", "m2", "m3", "m4", "m5", "m6", "m7")
    arrows = {(arrow.start, arrow.end): arrow for arrow in found.arrows}
    assert arrows["m1", "m2"].is_time
    assert ("m1", "m3") not in arrows
    assert arrows["m3", "m1"].events == ("part_payment",)
    assert arrows["m6", "settled"].events == ("paid_in_full",)
    late = [f"m{number}" for number in range(1, 8)]
    assert all({"complaint_raised", "hardship_told"} <= set(arrows[stage, "hold"].events) for stage in late)
    assert all("death_known" in arrows[stage, "estate"].events for stage in late)


@pytest.mark.parametrize(
    ("language", "title"), [("zh", "提醒与致电催收（中国大陆）：阶段图"), ("en", "Reminders and calls")]
)
def test_the_picture_has_a_title_a_description_and_every_stage(
    shipped: Strategy, language: str, title: str
) -> None:
    root = ET.fromstring(draw(shipped, language=language, counts={("m1", "m2"): 1234, ("m2", "m2"): 56_789}))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "stage-map-title stage-map-desc"
    assert (root.findtext(f"{SVG}title") or "").startswith(title)
    assert len(root.findtext(f"{SVG}desc") or "") > 200
    nodes = {group.get("data-stage") for group in root.iter(f"{SVG}g") if group.get("data-stage")}
    assert nodes == {stage.stage_id for stage in shipped.stages}
    texts = {element.text for element in root.iter(f"{SVG}text")}
    assert {"1,234", "56,789"} <= texts


def test_no_two_boxes_of_the_picture_cover_each_other(shipped: Strategy) -> None:
    root = ET.fromstring(draw(shipped, language="zh"))
    places = [
        (
            float(box.get("x", 0)),
            float(box.get("y", 0)),
            float(box.get("width", 0)),
            float(box.get("height", 0)),
        )
        for box in root.iter(f"{SVG}rect")
    ]
    assert len(places) == 15
    for number, (x, y, wide, high) in enumerate(places):
        for a, b, _, _ in places[number + 1 :]:
            assert x + wide <= a or a + wide <= x or y + high <= b or b + high <= y


def test_a_path_is_drawn_over_the_picture(shipped: Strategy) -> None:
    path = [PathStep(0, "start", {}, "m3-call", "m3"), PathStep(0, "part_payment", {}, "m1-wait", "m1")]
    assert (
        draw(shipped, language="en", path=path).count("on-path")
        > draw(shipped, language="en").count("on-path") + 2
    )
    assert "<style>" not in draw(shipped, language="en", is_standalone=False)


def test_the_bpmn_is_a_sound_process_with_a_diagram_of_every_part(shipped: Strategy) -> None:
    root = ET.fromstring(to_bpmn(shipped, language="zh"))
    process = root.find(f"{BPMN}process")
    assert process is not None
    flows = {
        flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef"))
        for flow in process.iter(f"{BPMN}sequenceFlow")
    }
    nodes = {node.get("id"): node for node in process if node.tag != f"{BPMN}sequenceFlow"}
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {end for ends in flows.values() for end in ends} <= nodes.keys()
    for code, node in nodes.items():
        assert {each.text for each in node.findall(f"{BPMN}incoming")} == {
            f for f, (_, end) in flows.items() if end == code
        }
        assert {each.text for each in node.findall(f"{BPMN}outgoing")} == {
            f for f, (start, _) in flows.items() if start == code
        }
        kind = node.tag.removeprefix(BPMN)
        assert kind in ("startEvent", "endEvent", "task", "exclusiveGateway")
        into, out = len(node.findall(f"{BPMN}incoming")), len(node.findall(f"{BPMN}outgoing"))
        assert (into == 0) == (kind == "startEvent")
        assert (out == 0) == (kind == "endEvent")
        assert out <= 1 or kind == "exclusiveGateway"
    assert sum(node.tag == f"{BPMN}task" for node in nodes.values()) == 15
    seen = {"start"}
    for _ in nodes:
        seen |= {end for start, end in flows.values() if start in seen}
    assert seen == set(nodes)
    drawn = {shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape")}
    edges = {edge.get("bpmnElement"): edge for edge in root.iter(f"{DI}BPMNEdge")}
    assert drawn == set(nodes)
    assert set(edges) == set(flows)
    assert all(len(edge) >= 2 for edge in edges.values())
