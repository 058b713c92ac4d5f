"""Allocation policies as data: in which order a receipt settles what is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Style = Literal["horizontal", "vertical"]


class PolicyInvalid(ValueError):
    """An allocation policy does not say what it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationPolicy:
    """The order of payment of one kind of debt, with the law or contract it rests on."""

    code: str
    style: Style
    components: tuple[str, ...]
    in_advance: tuple[str, ...]
    reach_days: int | None
    """How many days before its due date a receipt can settle an item; None means any."""
    name: Mapping[str, str]
    citation: Mapping[str, str]


def parse_policy(document: Mapping[str, Any]) -> AllocationPolicy:
    """Return the policy that a document describes.

    1. `components` and `in_advance` name the same components, each once.
    2. Name and citation are given in zh and en.

    :raises PolicyInvalid: naming the field
    """
    code = str(document.get("code", "?"))
    components, in_advance = tuple(document.get("components", ())), tuple(document.get("in_advance", ()))
    if not components or len(set(components)) != len(components):
        raise PolicyInvalid(f"{code}: `components` must name each component once")
    if sorted(components) != sorted(in_advance):
        raise PolicyInvalid(f"{code}: `in_advance` must order the same components as `components`")
    if document.get("style") not in ("horizontal", "vertical"):
        raise PolicyInvalid(f"{code}: `style` must be horizontal or vertical")
    for field in ("name", "citation"):
        if not {"zh", "en"} <= set(document.get(field) or {}):
            raise PolicyInvalid(f"{code}: `{field}` must be given in zh and en")
    return AllocationPolicy(
        code=code,
        style=document["style"],
        components=components,
        in_advance=in_advance,
        reach_days=document.get("reach_days"),
        name=document["name"],
        citation=document["citation"],
    )


def load_policies(folder: Path) -> dict[str, AllocationPolicy]:
    """Return every policy of a folder by its code, which is also its file's name.

    :raises PolicyInvalid: naming file and field
    """
    policies = {}
    for path in sorted(folder.glob("*.yaml")):
        policy = parse_policy(yaml.safe_load(path.read_text(encoding="utf-8")))
        if policy.code != path.stem:
            raise PolicyInvalid(f"{path.name}: the code {policy.code} differs from the file's name")
        policies[policy.code] = policy
    return policies
