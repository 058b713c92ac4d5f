"""The figures of a night counted again from the stored facts, and held against what the pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from django.conf import settings

from fairdue.contexts.reporting import facade as reporting
from fairdue.engine.figures.cards import FIGURE_COLUMNS
from fairdue.journeys.nightly_cycle.figures import count_figures, stored_frames
from fairdue.journeys.nightly_cycle.lake import Lake


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureProof:
    """One night: rows stored, rows counted again, and those that only one side has."""

    night: date
    stored: int
    counted: int
    differences: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    """Cards whose earlier night is no longer kept: they compare with something that is gone."""

    @property
    def is_proved(self) -> bool:
        """Whether both sides are the same."""
        return not self.differences


def lake_here(var_dir: Path | None = None) -> Lake:
    """Return where nights are kept."""
    return Lake(settings.LAKE or str((var_dir or settings.VAR_DIR) / "facts"))


def prove_figures(night: date, *, lake: Lake | None = None, told: int = 20) -> FigureProof:
    """This function will count a night's figures again from the lake and compare them row by row with the stored ones.

    :raises NightNotStored: if the lake does not hold the night
    :raises NightAltered: if a stored file is not the one that its manifest names
    """
    lake = lake or lake_here()
    stored = reporting.stored_figures(night)
    is_gone = pl.col("base_date").is_not_null() & ~pl.col("base_date").is_in(list(lake.days()))
    left_out = tuple(sorted(stored.filter(is_gone)["card"].unique()))
    stored = stored.filter(~pl.col("card").is_in(left_out))
    counted = count_figures(night, stored_frames(lake, night), lake).filter(~pl.col("card").is_in(left_out))
    keys = list(FIGURE_COLUMNS)
    extra = stored.join(counted, on=keys, how="anti", nulls_equal=True)
    missing = counted.join(stored, on=keys, how="anti", nulls_equal=True)
    lines = [*_lines("stored, not counted", extra), *_lines("counted, not stored", missing)]
    if not lines and stored.height != counted.height:
        lines = [f"{stored.height} rows are stored, {counted.height} were counted"]
    return FigureProof(
        night=night,
        stored=stored.height,
        counted=counted.height,
        differences=tuple(lines[:told]),
        left_out=left_out,
    )


def _lines(word: str, rows: pl.DataFrame) -> list[str]:
    return [f"{word}: {row}" for row in rows.sort(FIGURE_COLUMNS).rows()]
