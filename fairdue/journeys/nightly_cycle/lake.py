"""The facts lake: stored nights, each known by a manifest that is written last; needs no Django.

date=YYYY-MM-DD/manifest.json             every file with its SHA-256, size and rows; what it does not name is not there
date=YYYY-MM-DD/plan.json                 strategies, packs, texts, experiments: by what the night was decided
date=YYYY-MM-DD/part=NN/<name>.parquet    facts of the persons of one partition, and what was decided for them
date=YYYY-MM-DD/<name>.parquet            what concerns all of them
late=YYYY-MM-DD.N/…                       the same of an extra night over the late book of creditor N
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from fairdue.journeys.nightly_cycle.plan import NightPlan
from fairdue.journeys.nightly_cycle.plan_document import read_plan
from fairdue.journeys.nightly_cycle.store import DiskStore, Store, get_frame, open_store

MANIFEST = "manifest.json"
PLAN = "plan.json"

MADE = ("persons", "decided", "ways", "counts", "shadow")
"""Frames of a partition that deciding made; every other one is a fact as it left the database."""

FIGURE_FACTS = (
    "case_teams", "contact_dates", "promise_days", "objections", "received", "due_dates", "defaulted",
    "first_defaults",
)  # fmt: skip
"""Frames of all persons that only the figures of the dashboards are counted from."""

MADE_OF_ALL = ("ranks", "chosen", "given", "outcome_counts", *FIGURE_FACTS)
"""Frames of all persons that nothing is decided by."""

Told = Callable[[int, int], None]


class NightNotStored(LookupError):
    """The lake holds no whole night of that date."""

    code = "cycle.lake.night_unknown"


class NightAltered(ValueError):
    """A stored file is not the one that the manifest names."""

    code = "cycle.lake.altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as the manifest names it; `rows` is -1 for what is no Parquet."""

    sha256: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a stored night consists of; `stage`: `facts` once the facts are there, `decided` once all is."""

    cycle_date: date
    parts: int
    stage: str
    files: Mapping[str, StoredFile]
    creditor_id: int | None = None
    """Of an extra night: whose book came late."""

    def document(self) -> bytes:
        """Return it as JSON."""
        files = {name: asdict(file) for name, file in sorted(self.files.items())}
        head = {"cycle_date": self.cycle_date.isoformat(), "parts": self.parts, "stage": self.stage}
        head |= {} if self.creditor_id is None else {"creditor_id": self.creditor_id}
        return json.dumps({"format": 1, **head, "files": files}, indent=1).encode()


@dataclass(frozen=True, slots=True)
class StoredNight:
    """One night of a lake, read by its manifest; every file is held against its SHA-256 when it is read."""

    store: Store
    manifest: Manifest

    @property
    def folder(self) -> str:
        """The night's folder."""
        return folder_of(self.manifest.cycle_date, self.manifest.creditor_id)

    @property
    def parts(self) -> range:
        """The numbers of the partitions."""
        return range(self.manifest.parts)

    def get(self, name: str) -> bytes:
        """Return a file of the night.

        :raises NightAltered: if it is not what the manifest names
        """
        stored = self.manifest.files.get(name)
        if stored is None:
            raise NightNotStored(f"the night of {self.manifest.cycle_date} has no {name}")
        data = self.store.get(f"{self.folder}/{name}")
        if hashlib.sha256(data).hexdigest() != stored.sha256:
            raise NightAltered(f"{self.folder}/{name} is not the file that the manifest names")
        return data

    def frame(self, name: str, part: int | None = None) -> pl.DataFrame:
        """Return one frame, of a partition or of all persons."""
        place = f"{name}.parquet" if part is None else f"{part_name(part)}/{name}.parquet"
        return pl.read_parquet(self.get(place))

    def whole(self, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return one frame of all persons, also of what lies in partitions, with the named columns only.

        :raises NightNotStored: if the night has no such frame
        """
        wanted = list(columns) if columns else None
        files = [each for each in self.manifest.files if each.rpartition("/")[2] == f"{name}.parquet"]
        if not files:
            raise NightNotStored(f"the night of {self.manifest.cycle_date} has no {name}")
        return pl.concat(pl.read_parquet(self.get(each), columns=wanted) for each in sorted(files))

    def facts(self, part: int) -> dict[str, pl.DataFrame]:
        """Return the facts of one partition by name, with those that concern no person."""
        return {name: self.frame(name, place) for name, place in self._facts(part)}

    def _facts(self, part: int) -> Iterator[tuple[str, int | None]]:
        for name in self.manifest.files:
            folder, _, file = name.rpartition("/")
            stem = file.removesuffix(".parquet")
            if not file.endswith(".parquet") or stem in (*MADE, *MADE_OF_ALL):
                continue
            if folder in ("", part_name(part)):
                yield stem, part if folder else None

    def plan(self) -> NightPlan:
        """Return by what the night was decided."""
        return read_plan(self.get(PLAN))


class Lake:
    """Stored nights at one place: a folder, or `s3://bucket/prefix`."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.store = open_store(place)

    def days(self) -> tuple[date, ...]:
        """Return the dates of the nights that are whole, oldest first; extra nights are not listed."""
        found = (name.split("/")[-2] for name in self.store.names("") if name.endswith(f"/{MANIFEST}"))
        return tuple(
            sorted(
                date.fromisoformat(each.removeprefix("date=")) for each in found if each.startswith("date=")
            )
        )

    def night(self, day: date, creditor_id: int | None = None) -> StoredNight:
        """Return one stored night, or the extra night over a creditor's late book.

        :raises NightNotStored: if there is no manifest of it
        """
        try:
            data = self.store.get(f"{folder_of(day, creditor_id)}/{MANIFEST}")
        except FileNotFoundError:
            raise NightNotStored(f"the lake holds no night of {day}") from None
        return StoredNight(self.store, _manifest(data))

    def publish(
        self,
        folder: Path,
        day: date,
        *,
        parts: int,
        stage: str,
        creditor_id: int | None = None,
        told: Told | None = None,
    ) -> Manifest:
        """This function will store a night's folder: its files first, the manifest last.

        1. What the lake has already, by its SHA-256, is not sent again, so a kill half-way costs only what was left.
        2. A lake on this disk whose place is the folder itself gets the manifest only.
        """
        local, place = DiskStore(folder), folder_of(day, creditor_id)
        names = [name for name in local.names("") if name.endswith((".parquet", PLAN))]
        files = {name: stored_file(folder / name) for name in names}
        is_here = isinstance(self.store, DiskStore) and self.store.root / place == folder
        there = {} if is_here else self._stored(day, creditor_id)
        if there and there != files:  # until it is whole again, no reader may take it for whole
            self.store.remove(f"{place}/{MANIFEST}")
        for done, (name, file) in enumerate(files.items(), start=1):
            if not is_here and there.get(name) != file:
                self.store.put(f"{place}/{name}", local.get(name))
            if told is not None:
                told(done, len(files))
        manifest = Manifest(cycle_date=day, parts=parts, stage=stage, files=files, creditor_id=creditor_id)
        self.store.put(f"{place}/{MANIFEST}", manifest.document())
        return manifest

    def _stored(self, day: date, creditor_id: int | None) -> Mapping[str, StoredFile]:
        try:
            return self.night(day, creditor_id).manifest.files
        except NightNotStored:
            return {}

    def forget_before(self, day: date) -> tuple[date, ...]:
        """This function will delete the nights before a date, the manifest of each first, and return their dates.

        Extra nights go with the night of their day.
        """
        gone = tuple(each for each in self.days() if each < day)
        days = {each.isoformat() for each in gone}
        folders = {name.split("/")[0] for name in self.store.names("")} if gone else set()
        for folder in sorted(folders):
            if folder.partition("=")[2][:10] in days:
                self.store.remove(f"{folder}/{MANIFEST}")
                for name in self.store.names(f"{folder}/"):
                    self.store.remove(name)
        return gone


def _manifest(data: bytes) -> Manifest:
    found = json.loads(data)
    return Manifest(
        cycle_date=date.fromisoformat(found["cycle_date"]),
        parts=found["parts"],
        stage=found["stage"],
        files={name: StoredFile(**file) for name, file in found["files"].items()},
        creditor_id=found.get("creditor_id"),
    )


def stored_file(path: Path) -> StoredFile:
    """Return digest, size and rows of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else -1
    return StoredFile(sha256=digest, size=path.stat().st_size, rows=rows)


def folder_of(day: date, creditor_id: int | None = None) -> str:
    """Return the folder name of a night, or of an extra night over a creditor's late book."""
    return f"date={day.isoformat()}" if creditor_id is None else f"late={day.isoformat()}.{creditor_id}"


def part_name(part: int) -> str:
    """Return the folder name of a partition."""
    return f"part={part:02d}"


def facts_in(store: Store, folder: str, part: int) -> dict[str, pl.DataFrame]:
    """Return the facts of one partition of a night that is still being decided."""
    inside = f"{folder}/{part_name(part)}/"
    names = [name for name in store.names(f"{folder}/") if name.endswith(".parquet")]
    mine = [name for name in names if name.startswith(inside) or name.count("/") == folder.count("/") + 1]
    stems = {name: name.rpartition("/")[2].removesuffix(".parquet") for name in mine}
    return {stem: get_frame(store, name) for name, stem in stems.items() if stem not in (*MADE, *MADE_OF_ALL)}
