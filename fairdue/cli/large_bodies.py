"""A request that is too large: the web server stops reading it at once, keeps nothing of it, and says so in plain words."""

from __future__ import annotations

from waitress.parser import HTTPRequestParser
from waitress.utilities import Error, RequestEntityTooLarge

LARGEST_BODY = 256 * 1024 * 1024
"""Bytes of a request of staff or of another system, such as a book to import."""
BORROWERS = "/my/"
LARGEST_OF_BORROWER = 16 * 1024 * 1024
"""Bytes of a request to the borrowers' pages: one document of 12 MB and its form."""
PAGE = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>文件太大 · File too large</title></head><body>
<h1>文件太大，未保存任何内容</h1><p>一次最多发送 {megabytes} MB。请返回上一页，换一个较小的文件，或拍照上传。</p>
<div lang="en"><h1>The file is too large; nothing was kept</h1>
<p>At most {megabytes} MB can be sent at once. Go back and choose a smaller file, or take a picture of it.</p></div>
</body></html>
"""


class TooLarge(RequestEntityTooLarge):
    """The answer, in both languages: nobody has read yet which one the visitor speaks."""

    def __init__(self, most: int) -> None:
        super().__init__(f"exceeds {most} bytes")
        self.most = most

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status, headers and page."""
        page = PAGE.format(megabytes=self.most // 1024 // 1024).encode()
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
        return f"{self.code} {self.reason}", headers, page


class CappedParser(HTTPRequestParser):
    """Reads requests; one of a borrower may be smaller than others.

    1. An announced length that is too large is answered before the first byte of the body.
    2. Without a length (chunked) reading stops at the first piece beyond the limit.
    """

    error: Error | None

    def received(self, data: bytes) -> int:
        """Take what arrived and return how much of it was used."""
        used: int = super().received(data)
        most = LARGEST_OF_BORROWER if getattr(self, "path", "").startswith(BORROWERS) else LARGEST_BODY
        is_over = max(self.content_length, self.body_bytes_received) > most
        if isinstance(self.error, RequestEntityTooLarge) or (self.error is None and is_over):
            self.error, self.completed = TooLarge(most), True
        return used
