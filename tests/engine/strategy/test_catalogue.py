"""The catalogue of facts says what a strategy may read, in closed vocabularies, or is refused loudly."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from fairdue.engine.strategy.catalogue import (
    EVENTS,
    FACTS_FILE,
    CatalogueError,
    load_catalogue,
    read_catalogue,
)
from fairdue.engine.strategy.cells import parse_cell


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(yaml.safe_load(FACTS_FILE.read_text("utf-8")))


def test_the_shipped_catalogue_names_what_the_night_computes() -> None:
    catalogue = load_catalogue()
    assert {"days_past_due", "bucket", "balance_minor", "promises_kept", "has_hardship", "age"} <= set(
        catalogue.facts
    )
    assert tuple(catalogue.events) == EVENTS
    assert catalogue.facts["days_past_due"].moves["part_payment"] == "lower"
    assert catalogue.facts["is_on_hold"].moves["complaint_raised"] == "true"


def test_every_impossible_record_is_said_in_cells_of_the_facts_types() -> None:
    catalogue = load_catalogue()
    for line in catalogue.impossible:
        for name, cell in line.items():
            assert parse_cell(cell, catalogue.facts[name].type_name).tests


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "money"}, "fact days_past_due: type 'money' is not one of"),
        ({"group": "luck"}, "fact days_past_due: no such group 'luck'"),
        ({"en": ""}, "fact days_past_due: no en"),
        ({"domain": {"min": 0}}, "fact days_past_due: a number has min and max, another type has none"),
        ({"domain": {"min": 3, "max": 2}}, "fact days_past_due: min 3 is above max 2"),
        ({"moves": {"day_passes": "jumps"}}, "fact days_past_due: day_passes does 'jumps', which is none of"),
        ({"moves": {"new_moon": "up"}}, "fact days_past_due: no such event 'new_moon'"),
        ({"colour": "red"}, "fact days_past_due: colour is no part of a fact"),
    ],
)
def test_a_fact_outside_the_vocabulary_is_refused_by_name(
    document: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    document["facts"][0] |= change
    with pytest.raises(CatalogueError) as refusal:
        read_catalogue(document)
    assert any(error.startswith(said) for error in refusal.value.errors)


def test_an_event_that_the_engine_does_not_know_is_refused(document: dict[str, Any]) -> None:
    document["events"].append({"code": "new_moon", "zh": "朔", "en": "a new moon"})
    with pytest.raises(CatalogueError, match="new_moon is in one list only"):
        read_catalogue(document)


def test_a_fact_named_twice_is_refused(document: dict[str, Any]) -> None:
    document["facts"].append(document["facts"][0])
    with pytest.raises(CatalogueError, match="each used once"):
        read_catalogue(document)
