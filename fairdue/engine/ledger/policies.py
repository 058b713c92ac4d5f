"""Reading orders of payment: one document a policy, in `packs/reference/allocation/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fairdue.engine.ledger.allocation.rules import (
    DUE_CLASSES,
    AllocationRule,
    RuleInvalid,
    Slot,
    Stage,
    Way,
    usual_order,
)

POLICIES_DIR = Path(__file__).resolve().parents[3] / "packs" / "reference" / "allocation"

WAY_FIELDS = {
    "order", "style", "in_advance", "in_advance_style", "reach_days", "unscheduled", "law", "by_contract", "citation",
}  # fmt: skip
RULE_FIELDS = WAY_FIELDS | {"code", "name", "stages", "chargeback_order"}
STAGE_FIELDS = WAY_FIELDS | {"from_days_past_due", "needs_judgment", "like"}
HIGHEST_RATE = "highest_rate_first"


class PolicyInvalid(ValueError):
    """An allocation policy does not say what it must; the message names the policy and the field."""


def parse_policy(
    document: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None
) -> AllocationRule:
    """Return the order of payment that a document describes.

    1. `order` is one list of components for all classes; or such a list for each of past_due, due and
       in_advance; or a list of `<class>.<component>` where classes take turns.
    2. `unscheduled` is a list of components, or `highest_rate_first`.
    3. Each of `stages` has fields of its own, or is `like` another document of `others`; what it leaves out
       of style, reach and balance is as in the policy itself.
    4. Name and citation are given in zh and en.

    :raises PolicyInvalid: naming policy and field
    """
    code = str(document.get("code", "?"))
    _require_fields(code, document, RULE_FIELDS)
    for field in ("name", "citation"):
        if not {"zh", "en"} <= set(document.get(field) or {}):
            raise PolicyInvalid(f"{code}: `{field}` must be given in zh and en")
    if not isinstance(document.get("stages", []), list):
        raise PolicyInvalid(f"{code}: `stages` must be a list")
    stages = tuple(_stage(code, stage, document, others or {}) for stage in document.get("stages", []))
    try:
        return AllocationRule(
            **_way(code, document),
            code=code,
            name=document["name"],
            stages=stages,
            chargeback_order=tuple(document.get("chargeback_order", ())),
        )
    except RuleInvalid as error:
        raise PolicyInvalid(f"{code}: `order`: {error}") from error


def load_policies(folder: Path) -> dict[str, AllocationRule]:
    """Return every policy of a folder by its code, which is also its file's name.

    :raises PolicyInvalid: naming file and field
    """
    documents = {path.stem: _read(path) for path in sorted(folder.glob("*.yaml"))}
    policies = {}
    for stem, document in documents.items():
        try:
            policies[stem] = parse_policy(document, documents)
        except PolicyInvalid as error:
            raise PolicyInvalid(f"{stem}.yaml: {error}") from error
        if policies[stem].code != stem:
            raise PolicyInvalid(f"{stem}.yaml: the `code` {policies[stem].code} differs from the file's name")
    return policies


@cache
def shipped_policies() -> dict[str, AllocationRule]:
    """Return the policies that this version ships, by code."""
    return load_policies(POLICIES_DIR)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PolicyInvalid(f"{path.name}: no YAML: {error}") from error
    if not isinstance(document, dict):
        raise PolicyInvalid(f"{path.name}: a policy has fields, `code` first")
    return document


def _require_fields(code: str, document: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(document) - known):
        raise PolicyInvalid(f"{code}: `{unknown[0]}` is no field of a policy")


def _stage(
    code: str, document: Any, parent: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]
) -> Stage:
    if not isinstance(document, dict):
        raise PolicyInvalid(f"{code}: each of `stages` has fields")
    _require_fields(f"{code}: stages", document, STAGE_FIELDS)
    like = document.get("like")
    if like is not None and like not in others:
        raise PolicyInvalid(f"{code}: stages: `like` names {like}, which is no policy here")
    base = parent if like is None else others[like]
    inherited = {name: base[name] for name in WAY_FIELDS - {"law", "by_contract"} if name in base}
    if like is not None:
        inherited |= {name: base[name] for name in ("law", "by_contract") if name in base}
    days = document.get("from_days_past_due")
    if days is not None and (type(days) is not int or days < 1):
        raise PolicyInvalid(f"{code}: stages: `from_days_past_due` must be a number of days from 1")
    try:
        return Stage(
            **_way(f"{code}: stages", inherited | document),
            from_days_past_due=days,
            needs_judgment=document.get("needs_judgment", False) is True,
        )
    except RuleInvalid as error:
        raise PolicyInvalid(f"{code}: `stages`: {error}") from error


def _way(code: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `Way`, each checked by itself."""
    styles, style = ("horizontal", "vertical"), document.get("style")
    if style not in styles:
        raise PolicyInvalid(f"{code}: `style` must be horizontal or vertical")
    if document.get("in_advance_style", style) not in styles:
        raise PolicyInvalid(f"{code}: `in_advance_style` must be horizontal or vertical")
    if document.get("in_advance", "next") not in ("next", "last"):
        raise PolicyInvalid(f"{code}: `in_advance` must be next or last")
    reach = document.get("reach_days")
    if reach is not None and (type(reach) is not int or reach < 0):
        raise PolicyInvalid(f"{code}: `reach_days` must be a number of days, or null for any")
    unscheduled = document.get("unscheduled", [])
    is_by_rate = unscheduled == HIGHEST_RATE
    fields: dict[str, Any] = {
        "order": _order(code, document.get("order")),
        "style": style,
        "in_advance": document.get("in_advance", "next"),
        "in_advance_style": document.get("in_advance_style"),
        "reach_days": reach,
        "unscheduled": () if is_by_rate else _components(code, "unscheduled", unscheduled),
        "is_highest_rate_first": is_by_rate,
        "law": str(document.get("law", "")),
        "by_contract": _components(code, "by_contract", document.get("by_contract", [])),
        "citation": document.get("citation", {}),
    }
    try:
        Way(**fields)
    except RuleInvalid as error:
        raise PolicyInvalid(f"{code}: `order`: {error}") from error
    return fields


def _order(code: str, given: Any) -> tuple[Slot, ...]:
    if isinstance(given, dict):
        if set(given) != set(DUE_CLASSES):
            raise PolicyInvalid(f"{code}: `order` must have past_due, due and in_advance")
        return tuple(Slot(name, one) for name in given for one in _components(code, "order", given[name]))
    named = _components(code, "order", given)
    if not named:
        raise PolicyInvalid(f"{code}: `order` must name components")
    if not any("." in one for one in named):
        return usual_order(named)
    slots = [one.partition(".") for one in named]
    if any(due_class not in DUE_CLASSES or not component for due_class, _, component in slots):
        raise PolicyInvalid(f"{code}: `order` must name <class>.<component>, of past_due, due, in_advance")
    return tuple(Slot(due_class, component) for due_class, _, component in slots)  # type: ignore[arg-type]


def _components(code: str, field: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise PolicyInvalid(f"{code}: `{field}` must be a list of components")
    if len(set(given)) != len(given):
        raise PolicyInvalid(f"{code}: `{field}` must name each component once")
    return tuple(given)
