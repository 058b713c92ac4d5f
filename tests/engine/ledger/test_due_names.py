"""What due items are called."""

from __future__ import annotations

import pytest

from fairdue.engine.ledger.due_names import due_name


@pytest.mark.parametrize(
    ("ref", "zh", "en"),
    [
        ("i:4", "第4期", "instalment 4"),
        ("s:2026-05-05", "2026-05-05账单", "statement of 2026-05-05"),
        ("charge:16801", "第16801号计费", "charge no. 16801"),
        ("extra:2026-05-05", "2026-05-05到期的增补项", "addition due on 2026-05-05"),
        ("17:0", "第17号事件约定的利息", "interest agreed by no. 17"),
        ("17:2", "第17号事件第2期", "instalment 2 of no. 17"),
        ("2026-10", "2026-10", "2026-10"),
        ("i:4x", "i:4x", "i:4x"),
        ("", "", ""),
    ],
)
def test_a_due_item_of_the_house_has_a_name_and_a_creditors_keeps_its_own(ref, zh, en):
    assert (due_name(ref, "zh"), due_name(ref, "en")) == (zh, en)
