"""Open a CSV, XLSX or Parquet file as batches of text cells with their line numbers, in bounded memory."""

from __future__ import annotations

import codecs
import difflib
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from .schema import FileKind

BLOCK_BYTES = 12 * 2**20
"""How much of a CSV file is in memory at a time: some 100,000 accounts."""
BATCH_ROWS = 100_000
LINE = "line"


class FileRefused(ValueError):
    """The file as a whole cannot be read as what it is said to be; nothing was taken from it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Cells as text (empty is null) with their `line`, and the lines that have the wrong number of cells."""

    cells: pl.DataFrame
    malformed_lines: tuple[int, ...] = ()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hex text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def batches(path: Path, kind: FileKind) -> Iterator[RawBatch]:
    """Yield the rows of a file in order.

    1. The first row of a CSV or XLSX file is the header and line 1; a Parquet file counts alike.
    2. A CSV file is UTF-8, with or without a byte order mark, or else GB18030; separated by comma,
       semicolon or tab.
    3. Columns that a kind does not know, and required columns that are not there, refuse the file.

    :raises FileRefused: if the file cannot be read as a whole
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _csv_batches(path, kind)
    if suffix == ".xlsx":
        return _xlsx_batches(path, kind)
    if suffix in {".parquet", ".pq"}:
        return _parquet_batches(path, kind)
    raise FileRefused("intake.file.format", f"{path.name}: only .csv, .xlsx and .parquet files are read")


def match_header(header: list[str], kind: FileKind) -> list[str]:
    """Return the header's names as the schema writes them.

    :raises FileRefused: if a column is unknown, given twice or missing
    """
    names = [cell.strip().strip("\ufeff").lower() for cell in header]
    unknown = [name for name in names if name not in kind.names]
    if unknown:
        raise FileRefused("intake.file.unknown_column", _unknown_text(unknown, kind))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileRefused("intake.file.repeated_column", f"column given twice: {', '.join(twice)}")
    missing = [name for name in kind.required_names if name not in names]
    if missing:
        raise FileRefused(
            "intake.file.missing_column", f"a {kind.name} file needs the column {', '.join(missing)}"
        )
    return names


def _unknown_text(unknown: list[str], kind: FileKind) -> str:
    parts = []
    for name in unknown:
        near = difflib.get_close_matches(name, kind.names, n=1, cutoff=0.4)
        parts.append(f"{name!r} (did you mean {near[0]!r}?)" if near else f"{name!r}")
    return f"unknown column {', '.join(parts)}; a {kind.name} file has: {', '.join(kind.names)}"


def _encoding(path: Path) -> str:
    """Tell UTF-8 from GB18030 by reading the whole file once."""
    head = path.open("rb").read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused("intake.file.encoding", f"{path.name} is UTF-16; save it as UTF-8")
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(2**20):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileRefused("intake.file.encoding", f"{path.name} is neither UTF-8 nor GB18030; save it as UTF-8")


@contextmanager
def _as_utf8(path: Path) -> Iterator[Path]:
    """Give the file itself, or a temporary copy in UTF-8."""
    if _encoding(path) == "utf-8":
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=".csv") as copy:
        decoder = codecs.getincrementaldecoder("gb18030")()
        with path.open("rb") as file:
            while chunk := file.read(2**20):
                copy.write(decoder.decode(chunk).encode())
        copy.flush()
        yield Path(copy.name)


def _csv_batches(path: Path, kind: FileKind) -> Iterator[RawBatch]:
    import pyarrow as pa
    import pyarrow.csv as csv

    malformed: list[int] = []

    def skip(row: Any) -> str:
        malformed.append(row.number)
        return "skip"

    with _as_utf8(path) as readable:
        header, separator = _header(readable)
        names = match_header(header, kind)
        try:
            reader = csv.open_csv(
                readable,
                read_options=csv.ReadOptions(
                    use_threads=False, block_size=BLOCK_BYTES, column_names=names, skip_rows_after_names=1
                ),
                parse_options=csv.ParseOptions(
                    delimiter=separator,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=skip,
                ),
                convert_options=csv.ConvertOptions(
                    column_types={name: pa.string() for name in names},
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
            yield from _numbered((pl.DataFrame(batch) for batch in reader), malformed)
        except pa.ArrowInvalid as error:
            raise FileRefused("intake.file.unreadable", f"{path.name}: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    """The reader's message without the row that it quotes, which may be personal."""
    return str(error).split(":")[0][:120]


def _header(path: Path) -> tuple[list[str], str]:
    """Read the header and find the separator that divides it best."""
    import csv as plain

    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(65_536).rstrip("\r\n")
    if not line.strip():
        raise FileRefused("intake.file.empty", "the file has no header")
    separator = max(",;\t", key=line.count)
    return next(plain.reader([line], delimiter=separator)), separator


def _numbered(frames: Iterator[pl.DataFrame], malformed: list[int]) -> Iterator[RawBatch]:
    """Give each row its line; rows that the reader skipped have used up theirs."""
    next_line = 2
    for frame in frames:
        skipped = sorted(number for number in malformed if number >= next_line)
        span = pl.int_range(next_line, next_line + frame.height + len(skipped), eager=True).alias(LINE)
        lines = span.filter(~span.is_in(skipped)).head(frame.height) if skipped else span
        last = int(lines[-1]) if frame.height else next_line - 1
        passed = tuple(number for number in skipped if number < last)
        next_line = last + 1
        yield RawBatch(_without_blank(frame.with_columns(lines)), passed)
    yield RawBatch(
        pl.DataFrame(schema={LINE: pl.Int64}), tuple(n for n in sorted(malformed) if n >= next_line)
    )


def _without_blank(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(~pl.all_horizontal(pl.exclude(LINE).is_null()))


def _xlsx_batches(path: Path, kind: FileKind) -> Iterator[RawBatch]:
    """Read the first sheet whole: Excel itself ends at 1,048,576 rows."""
    import fastexcel

    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise FileRefused("intake.file.unreadable", f"{path.name} is not an XLSX workbook") from error
    if sheet.height == 0:
        raise FileRefused("intake.file.empty", "the sheet has no header")
    sheet = sheet.select(column for column in sheet if column.null_count() < sheet.height)
    names = match_header([cell or "" for cell in sheet.row(0)], kind)
    sheet.columns = names
    numbered = sheet.with_columns(pl.int_range(1, sheet.height + 1).alias(LINE)).slice(1)
    for start in range(0, numbered.height, BATCH_ROWS):
        yield RawBatch(_without_blank(numbered.slice(start, BATCH_ROWS)))


def _parquet_batches(path: Path, kind: FileKind) -> Iterator[RawBatch]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise FileRefused("intake.file.unreadable", f"{path.name} is not a Parquet file") from error
    names = match_header(file.schema_arrow.names, kind)
    start = 2
    for batch in file.iter_batches(BATCH_ROWS):
        frame = pl.DataFrame(batch)
        frame.columns = names
        lines = pl.int_range(start, start + frame.height, eager=True).alias(LINE)
        start += frame.height
        yield RawBatch(
            _without_blank(frame.select(_as_text(frame[name]) for name in names).with_columns(lines))
        )


def _as_text(column: pl.Series) -> pl.Series:
    """Write typed cells as the text that a CSV file would hold."""
    if column.dtype == pl.String:
        return column
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone:
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%z").alias(column.name)
    return column.cast(pl.String)
