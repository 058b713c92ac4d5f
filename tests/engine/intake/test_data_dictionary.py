"""The reference of the import files says what the schema says."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairdue.engine.intake.dictionary import reference_text
from fairdue.engine.intake.schema import KINDS

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "import.md"


def test_the_reference_is_up_to_date():
    assert REFERENCE.read_text(encoding="utf-8") == reference_text(), "run: fairdue docs"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_column_is_described_in_both_languages_and_every_key_is_required(kind):
    assert all(column.en and column.zh for column in kind.columns)
    assert set(kind.key) <= set(kind.required_names)
