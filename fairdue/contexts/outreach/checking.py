"""Texts before the law: templates as they are approved, messages as they are about to leave."""

from __future__ import annotations

from datetime import datetime

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import TextReport
from fairdue.contexts.outreach.composing import Composed
from fairdue.contexts.outreach.models import Template
from fairdue.contexts.outreach.rendering import TemplateRefused
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import business_date


class TextRefused(TemplateRefused):
    """The text says what no text may say, or lacks what it must say; nothing was sent or approved."""

    code = "outreach.text.refused"

    def __init__(self, label: str, report: TextReport, *, text: str, subject: str = "") -> None:
        rules = ", ".join(dict.fromkeys(finding.rule_id for finding in report.findings))
        super().__init__(f"{label} breaks {rules}")
        self.report, self.text, self.subject = report, text, subject


def check_template(template: Template, now: datetime) -> TextReport:
    """This function will read a template as anybody may get it, placeholders left in."""
    return law.check_text(
        text=template.body, subject=template.subject, channel=template.channel, purpose=template.purpose,
        on=business_date(now),
    )  # fmt: skip


def check_composed(
    composed: Composed, *, channel: str, purpose: str, actor: Actor, now: datetime
) -> TextReport:
    """This function will read the very text of a message, under the packs that bind its debt."""
    account = composed.account
    return law.check_text(
        text=composed.text, subject=composed.subject, channel=channel, purpose=purpose, on=business_date(now),
        actor_kind="agency" if actor.kind == "agency" else "creditor", groups=(account.institution_group,),
        names=(account.creditor_name_zh, account.creditor_name_en), products=(account.product_kind,),
    )  # fmt: skip
