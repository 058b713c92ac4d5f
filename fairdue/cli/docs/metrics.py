"""`metrics.md`: what each figure of the dashboards and the live board means."""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.engine.figures.metrics import METRICS, Metric

GROUPS = {"dashboards": "指标面板 · Dashboards", "board": "实时看板与目标 · Live board and targets"}


def metrics_text() -> str:
    """Return the page: every figure by group, with its sentence and its formula."""
    return lines_of(
        head(
            "指标口径 · What the figures mean",
            "`packs/reference/metrics.yaml`",
            "页面上每个数字旁的说明即取自此处。  \nPages show these beside each figure.",
            "How to use them: [how-to/dashboards.md](../how-to/dashboards.md).",
        ),
        *(_group(group) for group in GROUPS),
    )


def _group(group: str) -> Iterator[str]:
    yield from [f"## {GROUPS[group]}", ""]
    yield from table(
        ["figure", "中文", "English"], (_row(each) for each in METRICS.values() if each.group == group)
    )


def _row(metric: Metric) -> list[str]:
    return [
        code(metric.code),
        f"**{metric.zh}**  <br>{metric.says_zh}<br>{metric.formula_zh}",
        f"**{metric.en}**  <br>{metric.says_en}<br>{metric.formula_en}",
    ]
