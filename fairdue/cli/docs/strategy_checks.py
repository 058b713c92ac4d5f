"""`strategy-checks.md`: every kind of finding, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.engine.strategy.checks.findings import SEVERITIES
from fairdue.engine.strategy.checks.kinds import KINDS, Kind

_WORDS = {
    "error": "错误 · Errors: the version stays a draft",
    "warning": "警告 · Warnings: somebody must acknowledge them",
    "note": "说明 · Notes: they hinder nothing",
}


def strategy_checks_text() -> str:
    """Return the page: a table of all kinds, then each with its message and its cure."""
    rows = [
        [f"[{code(kind.code)}](#{kind.code})", kind.severity, kind.title_zh, kind.title_en]
        for kind in _kinds()
    ]
    return lines_of(
        head(
            "策略检查 · Checks of a strategy",
            "`fairdue/engine/strategy/checks/kinds.py`",
            "发布之前,策略作为整体受检;每项发现都附有一个能重现它的账户,阶段类发现还附有路径。  \n"
            "A strategy is checked as a whole before it may run. Every finding has an account that shows it, and what concerns "
            "stages has the path that leads there.",
            "How to run them: [how-to/strategies.md](../how-to/strategies.md); what may be asked: [facts.md](facts.md).",
        ),
        table(["finding", "severity", "中文", "English"], rows),
        *(_group(severity) for severity in SEVERITIES),
    )


def _kinds() -> list[Kind]:
    return sorted(KINDS.values(), key=lambda kind: SEVERITIES.index(kind.severity))


def _group(severity: str) -> Iterator[str]:
    yield from [f"## {_WORDS[severity]}", ""]
    for kind in _kinds():
        if kind.severity == severity:
            yield from [f"### {kind.code}", "", f"**{kind.title_zh} · {kind.title_en}**", ""]
            yield from [f"- {kind.zh}  ", f"  {kind.en}"]
            yield from [f"- {kind.why_zh}  ", f"  {kind.why_en}"]
            yield from [f"- → {kind.cure_zh}  ", f"  {kind.cure_en}", ""]
