"""What the law found in a text, in words and marked in the text itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fairdue.contexts.law.contracts import TextFinding, TextMark, TextReport
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.office_words import EVIDENCE
from fairdue.web.workbench.words import say


def marked(text: str, marks: Iterable[TextMark]) -> SafeString:
    """Return a text, escaped, with the places that may not stand marked; line breaks kept."""
    pieces, at = [], 0
    for start, end in _spans(marks):
        pieces += [("{}", text[at:start]), ('<mark class="found">{}</mark>', text[start:end])]
        at = end
    pieces.append(("{}", text[at:]))
    return format_html(
        '<div class="as-written">{}</div>',
        format_html_join("", "{}", ((format_html(form, piece),) for form, piece in pieces)),
    )


def _spans(marks: Iterable[TextMark]) -> list[tuple[int, int]]:
    """Join marks that overlap: several rules may find the same words."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted({(mark.start, mark.end) for mark in marks}):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def report_words(report: TextReport, *, text: str, subject: str = "") -> dict[str, Any]:
    """Return what a page shows of a report: each finding with its source, subject and text with marks."""
    marks = [mark for finding in report.findings for mark in finding.marks]
    return {
        "report": report,
        "findings": [_finding(finding) for finding in report.findings],
        "marked_text": marked(text, [mark for mark in marks if mark.part == "text"]),
        "marked_subject": marked(subject, [mark for mark in marks if mark.part == "subject"])
        if subject
        else "",
    }


def _finding(finding: TextFinding) -> dict[str, Any]:
    return {
        "text": in_language(finding, "message"),
        "source": f"{finding.rule_id} · {finding.citation} · {finding.pack}@{finding.version}",
        "evidence": say(EVIDENCE, finding.evidence),
        "quotes": _quotes(finding.marks),
    }


def _quotes(marks: Sequence[TextMark]) -> list[str]:
    return list(dict.fromkeys(mark.quote for mark in marks))
