"""Files that people send to a matter: kept in memory while they arrive, cut off at the first byte too many."""

from __future__ import annotations

import io
import re
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, StopUpload

from fairdue.contexts.care.facade import UPLOAD_LIMITS

PLACES = re.compile(r"^/(?:my|desk)/matters/")
"""Addresses under which files of a matter arrive."""
TOO_LARGE = "is_upload_too_large"


class CappedUpload(FileUploadHandler):
    """Takes files under `PLACES`; everything else passes to the handlers behind it.

    1. Nothing of such a file is written to disk before it is sealed.
    2. Reading stops at the first byte beyond the size; the rest is not read, and the page says so.
    """

    is_ours = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; ours reaches no other handler."""
        super().new_file(*args, **kwargs)
        self.is_ours = self.request is not None and bool(PLACES.match(self.request.path))
        if self.is_ours:
            self._kept = io.BytesIO()
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece, or stop reading."""
        if not self.is_ours:
            return raw_data
        if start + len(raw_data) > UPLOAD_LIMITS.size:
            setattr(self.request, TOO_LARGE, True)
            raise StopUpload(connection_reset=True)
        self._kept.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        """Hand the whole file over."""
        if not self.is_ours:
            return None
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept, field_name=self.field_name, name=self.file_name, content_type=self.content_type,
            size=file_size, charset=self.charset, content_type_extra=self.content_type_extra,
        )  # fmt: skip


def is_too_large(request: Any) -> bool:
    """Tell whether a file of this request was cut off."""
    return bool(getattr(request, TOO_LARGE, False))
