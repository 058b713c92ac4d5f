"""Columns that the desk's lists share: a code in words, with a tone where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairdue.web.ui.tables import Column
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.words import say


def word_column(name: str, label: str, words: dict[str, str], **options: Any) -> Column:
    """Return a column that says a code in words; an empty code is a dash."""
    return Column(name, label, render=lambda value, _row: say(words, value) if value else "–", **options)


def state_column(
    name: str, label: str, words: dict[str, str], tones: Mapping[str, str], **options: Any
) -> Column:
    """Return a column that says a state in a word, an icon and a colour."""
    return Column(
        name, label, render=lambda value, _row: badge(say(words, value), tones.get(value, "")), **options
    )
