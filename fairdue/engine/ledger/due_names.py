"""What the due items that this house makes itself are called: `i:4` is the fourth instalment to a reader."""

from __future__ import annotations

import re

NAMES: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (re.compile(r"i:(\d+)"), {"zh": "第{0}期", "en": "instalment {0}"}),
    (re.compile(r"e:(\d+)"), {"zh": "第{0}期结清前利息", "en": "interest of instalment {0} until settled"}),
    (re.compile(r"x:(\d{4}-\d{2}-\d{2})"), {"zh": "{0}提前偿还本金", "en": "principal repaid early on {0}"}),
    (re.compile(r"s:(\d{4}-\d{2}-\d{2})"), {"zh": "{0}账单", "en": "statement of {0}"}),
    (re.compile(r"charge:(\d+)"), {"zh": "第{0}号计费", "en": "charge no. {0}"}),
    (re.compile(r"extra:(\d{4}-\d{2}-\d{2})"), {"zh": "{0}到期的增补项", "en": "addition due on {0}"}),
    (re.compile(r"(\d+):0"), {"zh": "第{0}号事件约定的利息", "en": "interest agreed by no. {0}"}),
    (re.compile(r"(\d+):(\d+)"), {"zh": "第{0}号事件第{1}期", "en": "instalment {1} of no. {0}"}),
)
"""Patterns of whole references with their names, the first that fits; the creditor's own references fit none."""


def due_name(ref: str, language: str) -> str:
    """Return what a due item is called in `zh` or `en`; the creditor's own reference stays as it was given."""
    for pattern, names in NAMES:
        if found := pattern.fullmatch(ref):
            return names[language].format(*found.groups())
    return ref
