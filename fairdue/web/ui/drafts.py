"""Drafts: what somebody has begun to write is kept on the server while they write, never in the browser.

1. View: `draft = drafts.kept(request, f"case:{case_id}:outcome")`; its `fields` are the form's `initial`.
2. Template: `<form {% draft_form "case:12:outcome" %}>` and inside it `{% draft_state draft %}`.
3. After the text was saved for good: `drafts.clear(request, key)`.

Fields that are hidden, secret or files are never kept. Without script nothing is kept, and nothing breaks.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.facade import DraftCard
from fairdue.kernel import clock

KEY = re.compile(r"[a-z0-9][a-z0-9:_.-]{0,79}")
"""The kind and number of a record and the form: no words, nothing personal."""


def kept(request: HttpRequest, key: str) -> DraftCard | None:
    """Return what this person has begun to write in that form, or None."""
    return identity.draft_of(staff_id=_staff_id(request), key=_checked(key), now=clock.now())


def initial(draft: DraftCard | None) -> dict[str, str]:
    """Return the fields of a draft as a form's `initial`."""
    return dict(draft.fields) if draft else {}


def clear(request: HttpRequest, key: str) -> None:
    """Forget a draft, because its text was saved for good."""
    identity.clear_draft(staff_id=_staff_id(request), key=_checked(key))


def _staff_id(request: HttpRequest) -> int:
    user: Any = request.user
    return int(user.pk)


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError(f"a draft's key is made of small letters, figures and : _ . -, not {key!r}")
    return key
