"""The reference data of classifications: what packs/reference/standing says beside the rules of the law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Counting = Literal["days_past_due", "counted_days"]
SCHEMES = ("cn_five_grades", "eu_default", "ifrs_stage", "forbearance", "bureau_cn")


class StandingRulesInvalid(ValueError):
    """A file of packs/reference/standing does not say what it must."""


@dataclass(frozen=True, slots=True)
class SchemeRules:
    """One file: its scheme, and what it says."""

    scheme: str
    content: Mapping[str, Any]

    @property
    def counting(self) -> Counting:
        """Whether days past due count, or only those that were not paused."""
        return self.content["counts"]

    def words(self, value: str) -> Mapping[str, str]:
        """Return a value's name in zh and en."""
        return self.content["values"][value]

    def part(self, name: str) -> Mapping[str, Any]:
        """Return a rule of the file."""
        return self.content[name]


StandingRules = Mapping[str, SchemeRules]


def load_standing_rules(folder: Path) -> StandingRules:
    """This function will load every scheme of a folder by its name.

    1. Each of SCHEMES stands in exactly one file; values carry zh and en.
    2. Each rule of a file names its citation and how sure it is.

    :raises StandingRulesInvalid: naming file and fault
    """
    found: dict[str, SchemeRules] = {}
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        scheme = str(content.get("scheme"))
        if scheme not in SCHEMES or scheme in found:
            raise StandingRulesInvalid(f"{path.name}: `scheme` {scheme!r} is unknown or given twice")
        for fault in _faults(content):
            raise StandingRulesInvalid(f"{path.name}: {fault}")
        found[scheme] = SchemeRules(scheme, content)
    if missing := set(SCHEMES) - set(found):
        raise StandingRulesInvalid(f"no file for {', '.join(sorted(missing))}")
    return found


def _faults(content: Mapping[str, Any]) -> list[str]:
    faults = [
        f"`values`.{value} must be given in zh and en"
        for value, words in content.get("values", {}).items()
        if not {"zh", "en"} <= set(words)
    ]
    if content.get("counts") not in (None, "days_past_due", "counted_days"):
        faults.append("`counts` must be days_past_due or counted_days")
    for name, part in content.items():
        if isinstance(part, Mapping) and "rule" in part:
            lacking = {"citation", "evidence", "zh", "en"} - set(part)
            faults += [f"`{name}` lacks {', '.join(sorted(lacking))}"] if lacking else []
    return faults
