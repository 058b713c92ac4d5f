"""Where a night's columns lie: a folder, or an object store such as S3, under the same names; needs no Django.

Credentials of an object store come from its usual environment variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_REGION, AWS_ENDPOINT_URL, …); nothing of them is kept or printed.
"""

from __future__ import annotations

import io
import os
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import polars as pl

GROUP_ROWS = 32_768
"""Rows of one group of a Parquet file that is read by ranges of persons: a range is read without the rest."""


class Store(Protocol):
    """Named pieces of bytes, each written whole or not at all."""

    def get(self, name: str) -> bytes:
        """Return a piece.

        :raises FileNotFoundError: if there is none of that name
        """

    def put(self, name: str, data: bytes) -> None:
        """Write a piece, in place of an earlier one."""

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin with a prefix, in order; a prefix that is not empty ends with a slash."""

    def remove(self, name: str) -> None:
        """Delete a piece; one that is gone is no error."""


class DiskStore:
    """A folder of this machine, or one that several machines share."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, name: str) -> bytes:
        """Return a file's bytes."""
        return (self.root / name).read_bytes()

    def put(self, name: str, data: bytes) -> None:
        """Write a file beside its place and move it there once it is safe on the disk."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{uuid4().hex}")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)

    def names(self, prefix: str) -> list[str]:
        """Return the files below a folder; drafts that a killed process left are none."""
        folder = self.root / prefix
        found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def remove(self, name: str) -> None:
        """Delete a file, and its folder if it was the last one in it."""
        path = self.root / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self.root or (folder.exists() and any(folder.iterdir())):
                break
            shutil.rmtree(folder, ignore_errors=True)


class ObjectStore:
    """A bucket of S3 or of what speaks like it: `s3://bucket/prefix`."""

    def __init__(self, url: str, endpoint: str) -> None:
        import obstore.store

        options: dict[str, Any] = {"client_options": {"allow_http": endpoint.startswith("http://")}}
        if endpoint and url.startswith("s3://"):
            options["endpoint"] = endpoint
        self._store: Any = obstore.store.from_url(url, **options)

    def get(self, name: str) -> bytes:
        """Return an object's bytes."""
        import obstore

        return bytes(obstore.get(self._store, name).bytes())

    def put(self, name: str, data: bytes) -> None:
        """Write an object; a store shows it only once it is whole."""
        import obstore

        obstore.put(self._store, name, data)

    def names(self, prefix: str) -> list[str]:
        """Return the objects below a prefix."""
        import obstore

        listed = obstore.list(self._store, prefix=prefix.rstrip("/") or None)
        return sorted(str(meta["path"]) for batch in listed for meta in batch)

    def remove(self, name: str) -> None:
        """Delete an object."""
        import obstore

        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return


def open_store(place: str) -> Store:
    """Return the store at a place: `s3://bucket/prefix` (`gs://…` and `az://…` too), or a folder."""
    if "://" not in place:
        return DiskStore(Path(place))
    return _opened(place, os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "")


@lru_cache(maxsize=8)
def _opened(place: str, endpoint: str) -> ObjectStore:
    return ObjectStore(place, endpoint)


def get_frame(store: Store, name: str) -> pl.DataFrame:
    """Read a Parquet piece."""
    if isinstance(store, DiskStore):
        return pl.read_parquet(store.root / name, hive_partitioning=False)
    return pl.read_parquet(io.BytesIO(store.get(name)))


def put_frame(store: Store, name: str, frame: pl.DataFrame, group_rows: int | None = None) -> bytes:
    """Write a frame as Parquet and return its bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1, row_group_size=group_rows)
    data = buffer.getvalue()
    store.put(name, data)
    return data
