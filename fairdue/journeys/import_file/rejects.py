"""The reject file: a line for each finding, personal values masked, published whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import polars as pl

from fairdue.engine.intake.files import LINE
from fairdue.engine.intake.reasons import REASONS
from fairdue.engine.intake.schema import FileKind
from fairdue.kernel.masking import mask_address, mask_email, mask_id_number, mask_name, mask_phone

COLUMNS = (
    LINE, "column", "value", "reason", "problem", "remedy", "problem_zh", "remedy_zh", "first_line",
)  # fmt: skip
MAX_VALUE = 80
SPREADSHEET_FORMULA = r"^([=@\t\r]|[+-][^0-9.]|[+-][0-9.,]*[^0-9.,])"
_REASON_TABLE = pl.DataFrame(
    {
        "code": [reason.code for reason in REASONS.values()],
        "problem": [reason.en for reason in REASONS.values()],
        "remedy": [reason.remedy_en for reason in REASONS.values()],
        "problem_zh": [reason.zh for reason in REASONS.values()],
        "remedy_zh": [reason.remedy_zh for reason in REASONS.values()],
    }
)


class RejectFile:
    """Collects findings beside the final name and takes that name in one step.

    The name follows from the creditor, the kind and the file's own hash, so that an import which was
    killed leaves nothing that the next one does not replace.
    """

    def __init__(self, folder: Path, *, creditor_code: str, kind: FileKind, file_sha256: str) -> None:
        self.path = folder / f"{creditor_code}-{kind.name}-{file_sha256[:12]}.rejects.csv"
        self._draft = self.path.with_suffix(".part")
        self._kind = kind
        self._file: BinaryIO | None = None

    def add(self, findings: pl.DataFrame) -> None:
        """Write findings, in the order of their lines."""
        if findings.is_empty():
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._draft.open("wb")
            self._file.write("\ufeff".encode() + (",".join(COLUMNS) + "\r\n").encode())
        table = self._presentable(findings)
        self._file.write(table.write_csv(include_header=False, line_terminator="\r\n").encode())

    def _presentable(self, findings: pl.DataFrame) -> pl.DataFrame:
        personal = {column.name for column in self._kind.columns if column.personal}
        values = [
            mask(column, value) if column in personal else value
            for column, value in findings.select("column", "value").iter_rows()
        ]
        shown = pl.Series("value", values, dtype=pl.String).str.slice(0, MAX_VALUE)
        shown = shown.str.replace_all(r"[\x00-\x1f\x7f]", "\ufffd")
        return (
            findings.with_columns(shown)
            .with_columns(
                pl.when(pl.col("value").str.contains(SPREADSHEET_FORMULA))
                .then("'" + pl.col("value"))
                .otherwise("value")
                .alias("value")
            )
            .join(_REASON_TABLE, on="code", how="left", maintain_order="left")
            .rename({"code": "reason"})
            .select(COLUMNS)
        )

    def publish(self) -> str:
        """Give the file its name and return its path; empty if nothing was rejected."""
        if self._file is None:
            return ""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._draft, self.path)
        return str(self.path)

    def discard(self) -> None:
        """Take a draft away after a failure."""
        if self._file is not None:
            self._file.close()
        self._draft.unlink(missing_ok=True)


def mask(column: str, value: str) -> str:
    """Mask a personal value that may be of any shape, because it was rejected."""
    if len(value) < 8 and column != "name":
        return "*" * len(value)
    if column == "name":
        return mask_name(value)
    if column == "id_number":
        return mask_id_number(value)
    if "@" in value:
        return mask_email(value)
    return mask_phone(value) if sum(map(str.isdigit, value)) > len(value) / 2 else mask_address(value)
