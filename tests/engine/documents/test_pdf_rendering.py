from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from fairdue.engine.documents.rendering import DocumentUnreadable, render_pdf

LETTER = {
    "lender": "北方银行",
    "title": "答复",
    "date": date(2026, 11, 22),
    "paragraphs": ["您好。", "已处理。"],
}


def test_the_same_data_give_the_same_bytes_and_another_date_gives_others():
    first = render_pdf("letter", LETTER, language="zh-hans")
    assert first == render_pdf("letter", dict(reversed(LETTER.items())), language="zh-hans")
    assert first.startswith(b"%PDF-1.7")
    assert b"NotoSansSC" in first
    issued = LETTER | {"issued_at": datetime(2026, 11, 22, 8, 30, tzinfo=UTC)}
    assert render_pdf("letter", issued, language="zh-hans") != first
    assert b"D:20261122083000" in render_pdf("letter", issued, language="en")


def test_a_table_with_a_sum_and_both_languages_are_written():
    table = {
        "head": ["日期", "金额"],
        "align": ["left", "right"],
        "rows": [["2026-11-01", "1.00"]],
        "total": ["合计", "1.00"],
    }
    for language in ("zh-hans", "en"):
        assert len(render_pdf("letter", LETTER | {"table": table}, language=language)) > 5_000


@pytest.mark.parametrize("template", ["nothing", "../letter", "frame.typ", ""])
def test_an_unknown_template_is_refused(template):
    with pytest.raises(DocumentUnreadable):
        render_pdf(template, LETTER, language="en")


def test_missing_data_are_named():
    with pytest.raises(DocumentUnreadable, match="title"):
        render_pdf("letter", {"date": "2026-11-22"}, language="en")
