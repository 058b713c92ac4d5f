"""Calls between us and a provider are signed in both directions."""

from __future__ import annotations

import pytest

from fairdue.contexts.outreach.signing import SignatureRefused, sign, verify

BODY = b'{"events": []}'


def test_a_signed_body_passes_at_both_ends_of_the_window():
    headers = sign(key="k", body=BODY, timestamp=1_000_000)
    verify(key="k", body=BODY, headers=headers, at=1_000_300)
    verify(key="k", body=BODY, headers=headers, at=999_700)


def test_the_signature_is_that_of_the_documented_formula():
    digest = "976cb87e4f568d1c0f03f32859e90af8597cf00b978ba37c229c97d3a15b8449"
    assert sign(key="k", body=b"x", timestamp=1)["X-Fairdue-Signature"] == f"v1={digest}"


@pytest.mark.parametrize(
    ("key", "body", "at"),
    [("other", BODY, 1_000_000), ("k", BODY + b" ", 1_000_000), ("k", BODY, 1_000_301), ("k", BODY, 999_699)],
)
def test_a_foreign_changed_or_stale_call_is_refused(key, body, at):
    headers = sign(key="k", body=BODY, timestamp=1_000_000)
    with pytest.raises(SignatureRefused):
        verify(key=key, body=body, headers=headers, at=at)


def test_a_moved_timestamp_is_refused():
    headers = sign(key="k", body=BODY, timestamp=1_000_000) | {"X-Fairdue-Timestamp": "1000200"}
    with pytest.raises(SignatureRefused):
        verify(key="k", body=BODY, headers=headers, at=1_000_200)


@pytest.mark.parametrize("headers", [{}, {"X-Fairdue-Timestamp": "٣"}, {"X-Fairdue-Signature": "v1=é"}])
def test_a_call_without_a_proper_signature_is_refused(headers):
    with pytest.raises(SignatureRefused):
        verify(key="k", body=BODY, headers=headers, at=1_000_000)
