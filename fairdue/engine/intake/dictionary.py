"""Write the data dictionary of the import files from the schema and the reasons."""

from __future__ import annotations

from .reasons import REASONS
from .schema import KINDS, Column, FileKind

HEAD = """# Import files

*Generated from `fairdue/engine/intake` by `fairdue docs`; a test keeps it up to date.*

A lender's book comes in five kinds of file, in this order: parties, contact_points, accounts, dues, transactions.
How to import them is in [the how-to](../how-to/import.md).

## What every file may look like

- **Format**: `.csv` (comma, semicolon or tab), `.xlsx` (first sheet) or `.parquet`.
- **Encoding** of CSV: UTF-8, with or without a byte order mark, or GB18030; detected.
- **Header**: the first row, with the names below in any order. An unknown column, a column given twice and a
  missing required column refuse the whole file. Other columns may be left out.
- **Full-width** letters, digits and punctuation are read as half-width, spaces at both ends are left out.
- **Amounts**: `1234.56` or `1,234.56`, in currency units; no more decimals than the currency has, at most
  2^53 minor units. `1.234,56` and `1,23` are ambiguous and rejected.
- **Dates**: `2026-01-05`, `2026/1/5`, `2026.1.5`, `20260105`, `2026年1月5日`. Day-first dates are rejected.
- **Moments**: a date, or a date and time such as `2026-01-05 14:30`, China time unless an offset follows.
- **Flags**: true/false, yes/no, 1/0, 是/否.
- **Key**: no two rows of a file may have the same key; the second one is rejected.
"""


def reference_text() -> str:
    """Return docs/reference/import.md."""
    parts = [HEAD, *(_kind_text(kind) for kind in KINDS.values()), _reasons_text()]
    return "\n".join(parts)


def _kind_text(kind: FileKind) -> str:
    lines = [
        f"## {kind.name}",
        "",
        f"{kind.en}  ",
        kind.zh,
        "",
        f"Key: {', '.join(f'`{name}`' for name in kind.key)}.",
        "",
        "| column | type | required | personal | meaning | 含义 | example |",
        "|---|---|---|---|---|---|---|",
        *(_column_text(column) for column in kind.columns),
        "",
    ]
    return "\n".join(lines)


def _column_text(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        _type_text(column),
        "yes" if column.required else "",
        "yes" if column.personal else "",
        column.en + (f" Empty means `{column.default}`." if column.default else ""),
        column.zh + (f" 空值表示 `{column.default}`。" if column.default else ""),
        f"`{column.example}`" if column.example else "",
    )
    return f"| {' | '.join(cells)} |"


def _type_text(column: Column) -> str:
    if column.type == "choice":
        return " · ".join(f"`{word}`" for word in column.choices)
    if column.type in {"text", "reference"}:
        return f"{column.type}, at most {column.max_length}"
    return column.type


def _reasons_text() -> str:
    lines = [
        "## Why rows are rejected",
        "",
        "The reject file has one line for each finding: line, column, value (masked if personal), reason, problem and",
        "remedy in both languages, and for a duplicate the line where its key came first. Reversals come last.",
        "",
        "| reason | problem | 问题 | remedy | 处理 |",
        "|---|---|---|---|---|",
        *(f"| `{r.code}` | {r.en} | {r.zh} | {r.remedy_en} | {r.remedy_zh} |" for r in REASONS.values()),
        "",
    ]
    return "\n".join(lines)
