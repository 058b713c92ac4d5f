"""Files that a form brings, on disk for as long as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.uploadedfile import UploadedFile


@contextmanager
def saved(upload: UploadedFile) -> Iterator[Path]:
    """Give the path of an uploaded file in a folder of its own, under its own name; both are gone afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(upload.name or "file").name
        with path.open("wb") as copy:
            copy.writelines(upload.chunks())
        yield path
