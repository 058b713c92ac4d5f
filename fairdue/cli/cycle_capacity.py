"""What `fairdue cycle run` prints of a night's capacities."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from fairdue.cli.session import console


def print_capacity(report: Any) -> None:
    """Print what was there, wanted and used, the prices, and the distance to the bound; nothing for a night without limits."""
    detail: dict[str, Any] = next((stage.detail for stage in report.stages if stage.name == "capacity"), {})
    found = detail.get("capacities", [])
    if not found:
        return
    table = Table("capacity", "there", "wanted", "used", "price of one more", box=None)
    for line in found:
        hour = "" if line["from_hour"] is None else f" from {line['from_hour']:02d}:00"
        creditor = "" if line["creditor_id"] is None else f" of creditor {line['creditor_id']}"
        table.add_row(
            f"{line['kind']} {line['name']}".strip() + hour + creditor,
            f"{line['available']:,}", f"{line['wanted']:,}", f"{line['used']:,}", f"{line['price_minor'] / 100:,.2f}",
        )  # fmt: skip
    console.print(table)
    value, bound, usual = (
        detail[name] / 100 for name in ("value_minor", "bound_minor", "greedy_value_minor")
    )
    console.print(
        f"value {value:,.2f} of at most {bound:,.2f} (gap {detail['gap_percent']:.4f} %); largest value first: {usual:,.2f}; "
        f"shared by {' and '.join(name.replace('_', ' ') for name in dict.fromkeys(detail.get('shared_by', ['prices'])))}; "
        f"{detail['waiting']:,} wait",
        highlight=False,
    )
