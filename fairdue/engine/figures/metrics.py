"""What each figure means: its name, one sentence, and its formula, in both languages; pages and reference read this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

PATH = Path(__file__).resolve().parents[3] / "packs" / "reference" / "metrics.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure: what it is called, what it says, how it is counted, and where it stands (`dashboards` or `board`)."""

    code: str
    group: str
    zh: str
    en: str
    says_zh: str
    says_en: str
    formula_zh: str
    formula_en: str


def load_metrics(path: Path = PATH) -> dict[str, Metric]:
    """Return the figures by code, in the order of the page."""
    found = yaml.safe_load(path.read_text("utf-8"))["metrics"]
    return {code: Metric(code=code, **said) for code, said in found.items()}


METRICS: dict[str, Metric] = load_metrics()
