"""What every stage of one night is given, and how it keeps its columns.

A night's folder is `facts/date=YYYY-MM-DD` (`lake.folder_of`): what concerns all persons lies in it (`<name>.parquet`), what concerns the
persons of one partition in `part=NN`.
"""

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
from fairdue.journeys.nightly_cycle.engines import LOCAL
from fairdue.journeys.nightly_cycle.lake import Lake, folder_of, part_name
from fairdue.kernel.actor import Actor

Progress = Callable[[str, int, int], None]
"""Called as progress(stage, done, total)."""

PARTITION_PERSONS = 250_000
"""Persons in a partition, about; what is decided does not depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One run of one cycle; `now` stamps records and decides nothing."""

    cycle: CycleCard
    strategy: Strategy
    actor: Actor
    now: datetime
    var_dir: Path
    progress: Progress
    partition_persons: int = PARTITION_PERSONS
    engine: str = LOCAL
    creditor_code: str = ""
    """Of an extra night: whose book came late."""
    lake_place: str = ""
    """Where nights are kept for good; empty: where they are made."""

    @property
    def cycle_date(self) -> date:
        """The business date that is decided."""
        return self.cycle.cycle_date

    @property
    def creditor_id(self) -> int | None:
        """Whose late book an extra night decides; None for the night of the day."""
        return self.cycle.creditor_id

    @property
    def folder(self) -> str:
        """The name of the night's folder, here and in the lake."""
        return folder_of(self.cycle_date, self.creditor_id)

    @property
    def facts_dir(self) -> Path:
        """The folder of the night's columns."""
        return self.var_dir / "facts" / self.folder

    @property
    def lake(self) -> Lake:
        """Where the night is kept."""
        return Lake(self.lake_place or str(self.var_dir / "facts"))

    @property
    def parts(self) -> range:
        """The numbers of the night's partitions."""
        return range(sum(1 for _ in self.facts_dir.glob("part=*")))

    def part_dir(self, part: int) -> Path:
        """The folder of one partition."""
        return self.facts_dir / part_name(part)

    def read(self, name: str, part: int | None = None) -> pl.DataFrame:
        """Read one of the night's frames: of one partition, or of all persons."""
        if part is not None:
            return pl.read_parquet(self.part_dir(part) / f"{name}.parquet")
        return self.scan(name).collect()

    def scan(self, name: str) -> pl.LazyFrame:
        """Return a frame of all persons to be read as far as it is asked for: columns and rows that nobody wants stay on disk."""
        whole = self.facts_dir / f"{name}.parquet"
        if whole.exists():
            return pl.scan_parquet(whole)
        return pl.scan_parquet([self.part_dir(part) / f"{name}.parquet" for part in self.parts])

    def has(self, name: str, part: int | None = None) -> bool:
        """Tell whether a frame was kept."""
        folder = self.facts_dir if part is None else self.part_dir(part)
        return (folder / f"{name}.parquet").exists()

    def write(self, name: str, frame: pl.DataFrame, part: int | None = None) -> None:
        """Write one of the night's frames, whole or not at all."""
        folder = self.facts_dir if part is None else self.part_dir(part)
        draft = folder / f"{name}.draft"
        write_parquet(frame, draft)
        os.replace(draft, folder / f"{name}.parquet")

    def keep(self, stage: str) -> None:
        """Put the night into the lake as far as it has come; readers see the whole of it or nothing."""
        self.lake.publish(
            self.facts_dir, self.cycle_date, parts=len(self.parts), stage=stage, creditor_id=self.creditor_id
        )

    def forget_copies(self) -> None:
        """Delete this machine's copies of earlier nights, where nights are kept elsewhere."""
        if not self.lake_place or Path(self.lake_place) == self.facts_dir.parent:
            return
        for folder in self.facts_dir.parent.glob("*=*"):
            if folder.name.partition("=")[2][:10] < self.cycle_date.isoformat():
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def fresh_folder(self) -> Iterator[Path]:
        """Give a draft folder, and let it appear as the night's folder at once.

        What an earlier run left that was killed before its stage was finished is replaced.
        """
        draft = self.facts_dir.with_name(f".draft-{self.folder}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        yield draft
        shutil.rmtree(self.facts_dir, ignore_errors=True)
        os.replace(draft, self.facts_dir)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame so that it survives the machine's fall."""
    frame.write_parquet(path, compression="zstd", compression_level=1)
    with path.open("rb") as file:
        os.fsync(file.fileno())
