"""What every stage of one night is given, and how it keeps its columns on disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from fairdue.contexts.decisions.facade import CycleCard
from fairdue.engine.strategy.table import Strategy
from fairdue.kernel.actor import Actor

Progress = Callable[[str, int, int], None]
"""Called as progress(stage, done, total)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One run of one cycle; `now` stamps records and decides nothing."""

    cycle: CycleCard
    strategy: Strategy
    actor: Actor
    now: datetime
    var_dir: Path
    progress: Progress

    @property
    def cycle_date(self) -> date:
        """The business date that is decided."""
        return self.cycle.cycle_date

    @property
    def facts_dir(self) -> Path:
        """The folder of the night's columns: `facts/date=YYYY-MM-DD`."""
        return self.var_dir / "facts" / f"date={self.cycle_date.isoformat()}"

    def read(self, name: str) -> pl.DataFrame:
        """Read one of the night's files."""
        return pl.read_parquet(self.facts_dir / f"{name}.parquet")

    def has(self, name: str) -> bool:
        """Tell whether a file was kept."""
        return (self.facts_dir / f"{name}.parquet").exists()

    def write(self, name: str, frame: pl.DataFrame) -> None:
        """Write one of the night's files, whole or not at all."""
        target = self.facts_dir / f"{name}.parquet"
        draft = self.facts_dir / f"{name}.draft"
        _write(frame, draft)
        os.replace(draft, target)

    @contextmanager
    def fresh_folder(self) -> Iterator[Callable[[str, pl.DataFrame], None]]:
        """Give a function that keeps a frame, and let all kept frames appear as the night's folder at once.

        What an earlier run left that was killed before its stage was finished is replaced.
        """
        draft = self.facts_dir.with_name(f".draft-{self.cycle_date.isoformat()}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        yield lambda name, frame: _write(frame, draft / f"{name}.parquet")
        shutil.rmtree(self.facts_dir, ignore_errors=True)
        os.replace(draft, self.facts_dir)


def _write(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path, compression="zstd", compression_level=1)
    with path.open("rb") as file:
        os.fsync(file.fileno())
