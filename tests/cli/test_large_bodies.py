"""Requests that are too large: cut off early, nothing kept, said in words."""

from __future__ import annotations

import pytest
from waitress.adjustments import Adjustments

from fairdue.cli.large_bodies import LARGEST_BODY, LARGEST_OF_BORROWER, CappedParser

PIECE = b"x" * 65_536


def parser_after(path: str, header: str) -> CappedParser:
    parser = CappedParser(Adjustments(max_request_body_size=LARGEST_BODY))
    parser.received(f"POST {path} HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n".encode())
    return parser


@pytest.mark.parametrize(
    ("path", "length", "megabytes"),
    [
        ("/my/matters/1/document/", LARGEST_OF_BORROWER, 0), ("/my/matters/1/document/", LARGEST_OF_BORROWER + 1, 16),
        ("/my/", 2 * 2**30, 16), ("/desk/imports/", LARGEST_OF_BORROWER + 1, 0), ("/desk/imports/", 2 * 2**30, 256),
    ],
)  # fmt: skip
def test_a_length_that_is_too_large_is_answered_before_the_body(
    path: str, length: int, megabytes: int
) -> None:
    parser = parser_after(path, f"Content-Length: {length}")
    assert bool(parser.error) is bool(megabytes)
    if megabytes:
        status, _headers, page = parser.error.to_response()
        assert (status, parser.completed, f"{megabytes} MB" in page.decode()) == (
            "413 Request Entity Too Large",
            True,
            True,
        )
        assert "未保存任何内容" in page.decode() and "nothing was kept" in page.decode()


def test_a_body_without_a_length_is_read_no_further_than_the_limit() -> None:
    parser, fed = parser_after("/my/matters/1/document/", "Transfer-Encoding: chunked"), 0
    while not parser.completed and fed < 64 * 2**20:
        parser.received(b"%x\r\n%s\r\n" % (len(PIECE), PIECE))
        fed += len(PIECE)
    assert parser.error is not None and parser.error.code == 413
    assert fed < LARGEST_OF_BORROWER + 2 * len(PIECE)
