"""The plan of a night as a document, so that a stored night can be decided again, here or on another machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from fairdue.contexts.law.columns import LawBook
from fairdue.engine.law.packs import pack_of
from fairdue.engine.strategy.experiments import Arm, Deal
from fairdue.journeys.nightly_cycle.choose import Choice
from fairdue.journeys.nightly_cycle.plan import NightPlan


def write_plan(plan: NightPlan) -> bytes:
    """Return a plan as JSON: strategies and packs as the documents that they were read from."""
    document = {
        "format": 1,
        "cycle_date": plan.cycle_date.isoformat(),
        "now": plan.now.isoformat(),
        "choice": asdict(plan.choice),
        "law": {
            "listed": plan.law.listed,
            "packs": {code: pack.content for code, pack in sorted(plan.law.packs.items())},
            "confirmed": sorted(plan.law.confirmed),
        },
        "texts": plan.texts,
        "has_other_laws": plan.has_other_laws,
        "left_out": plan.left_out,
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


def read_plan(data: bytes) -> NightPlan:
    """Return the plan of a document that `write_plan` made."""
    found = json.loads(data)
    law = found["law"]
    return NightPlan(
        cycle_date=date.fromisoformat(found["cycle_date"]),
        now=datetime.fromisoformat(found["now"]),
        choice=_choice(found["choice"]),
        law=LawBook(
            law["listed"],
            {code: pack_of(content) for code, content in law["packs"].items()},
            frozenset((one, two, three) for one, two, three in law["confirmed"]),
        ),
        texts=tuple((template, channel, spoken) for template, channel, spoken in found["texts"]),
        has_other_laws=found["has_other_laws"],
        left_out={int(key): reason for key, reason in found["left_out"].items()},
    )


def _choice(found: Mapping[str, Any]) -> Choice:
    deals = tuple(
        Deal(**(deal | {"arms": tuple(Arm(**arm) for arm in deal["arms"])})) for deal in found["deals"]
    )
    return Choice(
        strategy_id=found["strategy_id"],
        document=found["document"],
        others={int(key): document for key, document in found["others"].items()},
        deals=deals,
        shadows=tuple(found["shadows"]),
    )
