"""Rows of one fact query on their way into partitions: a bounded number in memory, whatever the query's length."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from fairdue.journeys.nightly_cycle.hashing import part_of
from fairdue.journeys.nightly_cycle.lake import part_name

BLOCK_ROWS = 500_000
"""Rows that are dealt out to the partitions at once, while the next ones are read."""


class Exporter:
    """Writes the rows of one query to a file a partition, `part=NN/<name>.parquet`, or to one file if it `is_whole`."""

    def __init__(self, folder: Path, name: str, count: int, *, is_whole: bool = False) -> None:
        self._count = count
        self._paths = [
            folder / f"{name}.parquet" if is_whole else folder / part_name(part) / f"{name}.parquet"
            for part in range(count)
        ]
        self._writers: list[pq.ParquetWriter] = []

    def __enter__(self) -> Exporter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers:
            writer.close()
        if kind is None:
            for path in self._paths:
                with path.open("rb") as file:
                    os.fsync(file.fileno())

    def take(self, reader: pa.RecordBatchReader) -> int:
        """Write all rows of a reader and return their number; every partition gets a file, if need be without rows."""
        rows, waiting = 0, None
        with ThreadPoolExecutor(1, thread_name_prefix="export") as writer:
            for block in _blocks(reader):
                rows += block.height
                if waiting is not None:
                    waiting.result()
                waiting = writer.submit(self._write, block)
            if waiting is not None:
                waiting.result()
        if not self._writers:
            self._write(pl.DataFrame(reader.schema.empty_table()))
        return rows

    def _write(self, block: pl.DataFrame) -> None:
        parts: dict[Any, pl.DataFrame] = {(0,): block}
        if self._count > 1:
            parts = block.with_columns(part_of(self._count)).partition_by(
                "part", as_dict=True, include_key=False, maintain_order=True
            )
        if not self._writers:
            self._open(block.clear())
        for (part,), rows in parts.items():
            self._writers[part].write_table(_arrow(rows))

    def _open(self, empty: pl.DataFrame) -> None:
        schema = _arrow(empty).schema
        texts = [field.name for field in schema if pa.types.is_large_string(field.type)]
        for path in self._paths:
            path.parent.mkdir(exist_ok=True)
            self._writers.append(
                pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=texts)
            )


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _blocks(reader: pa.RecordBatchReader) -> Iterator[pl.DataFrame]:
    """Batches put together until they are worth dealing out."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in reader:
        waiting.append(batch)
        count += batch.num_rows
        if count >= BLOCK_ROWS:
            yield pl.DataFrame(pa.Table.from_batches(waiting))
            waiting, count = [], 0
    if count:
        yield pl.DataFrame(pa.Table.from_batches(waiting))
