"""Templates come from files, are approved by a second person, and never change under a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.contracts import TextReport
from fairdue.contexts.outreach.checking import TextRefused, check_template
from fairdue.contexts.outreach.contracts import LoadReport
from fairdue.contexts.outreach.models import Template
from fairdue.contexts.outreach.rendering import TemplateRefused, TemplateUnknown, check_placeholders
from fairdue.kernel.actor import Actor, system

CHANNELS = ("sms", "email", "inapp")
LOCALES = ("zh-hans", "en")
DUE_CONDITIONS = ("overdue", "next_due", "balance", "none")


class TemplateChanged(TemplateRefused):
    """A file says something else under a version that is already loaded: give the text a new version."""

    code = "outreach.template.changed"


class TemplateFileWrong(TemplateRefused):
    """A template file does not have the form of one."""

    code = "outreach.template.file_wrong"


class ApprovalRefused(TemplateRefused):
    """The author cannot approve the author's own text, and nothing is approved twice."""

    code = "outreach.template.approval_refused"


def load_templates(*, actor: Actor, now: datetime, directory: Path | None = None) -> LoadReport:
    """This function will load every template file that is new, all or none.

    1. The same files again change nothing.
    2. A changed text, subject, placeholder list, purpose or condition under a loaded version is an error.
    3. A file may name who approved it; the name must not be its author's. Without it the text waits.

    :raises TemplateChanged: if a loaded version reads differently now
    :raises UnknownPlaceholder: if a text uses placeholders that it does not declare
    :raises ApprovalRefused: if a file names its author as approver
    :raises TextRefused: if a file names an approver for a text that the law refuses
    """
    created = approved = unchanged = 0
    with transaction.atomic():
        loaded = {_key(each): each.sha256 for each in Template.objects.defer("body", "placeholders")}
        for draft, approver in _drafts(directory or settings.PACKS_DIR / "templates"):
            known = loaded.get(_key(draft))
            if known is None:
                approved += _approve_from_file(draft, approver, actor, now)
                draft.save(force_insert=True)
                loaded[_key(draft)] = draft.sha256
                created += 1
            elif known != draft.sha256:
                raise TemplateChanged(f"{_label(draft)} differs from what is loaded; raise the version")
            else:
                unchanged += 1
        if created:
            audit.record(
                code="outreach.templates.loaded", actor=actor, subject_type="template", subject_id="*",
                now=now, after={"created": created, "approved": approved},
            )  # fmt: skip
    return LoadReport(created=created, unchanged=unchanged, approved=approved)


def approve_template(*, template_id: int, actor: Actor, now: datetime) -> None:
    """This function will approve one version; the version in use until now retires.

    :raises PermissionRefused: without `templates.approve`
    :raises TemplateUnknown: if there is no such version
    :raises ApprovalRefused: for its author, or if it was approved before
    :raises TextRefused: if it says what no text may say, or lacks what it must say; with every place
    """
    actor.require("templates.approve")
    with transaction.atomic():
        template = Template.objects.select_for_update().filter(pk=template_id).first()
        if template is None:
            raise TemplateUnknown(f"no template {template_id}")
        report = _approve(template, actor.label, now)
        template.save(update_fields=["approved_by", "approved_at"])
        law.publish_content(actor=system("law"), now=now)
        audit.record(
            code="outreach.template.approved", actor=actor, subject_type="template", subject_id=template.pk, now=now,
            after={"template": _label(template), "sha256": template.sha256, "content_pack": report.version},
        )  # fmt: skip


def retire_template(*, template_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """This function will take one version out of use; messages planned with it are refused from now on.

    :raises PermissionRefused: without `templates.approve`
    :raises TemplateUnknown: if there is no such version
    """
    actor.require("templates.approve")
    with transaction.atomic():
        template = Template.objects.select_for_update().filter(pk=template_id).first()
        if template is None:
            raise TemplateUnknown(f"no template {template_id}")
        if template.retired_at:
            return
        template.retired_at = now
        template.save(update_fields=["retired_at"])
        audit.record(
            code="outreach.template.retired", actor=actor, subject_type="template", subject_id=template.pk,
            now=now, reason=reason, after={"template": _label(template)},
        )  # fmt: skip


def _approve_from_file(draft: Template, approver: str, actor: Actor, now: datetime) -> int:
    if not approver:
        return 0
    actor.require("templates.approve")
    _approve(draft, approver, now)
    return 1


def _approve(template: Template, approver: str, now: datetime) -> TextReport:
    """Approve a version that the caller saves then; the one in use until now retires at once."""
    if template.approved_at or template.retired_at:
        raise ApprovalRefused(f"{_label(template)} was approved or retired before")
    if approver == template.authored_by:
        raise ApprovalRefused(f"{_label(template)} needs a second person, not its author")
    report = check_template(template, now)
    if report.is_refused:
        raise TextRefused(_label(template), report, text=template.body, subject=template.subject)
    siblings = Template.objects.filter(code=template.code, channel=template.channel, locale=template.locale)
    siblings.filter(approved_at__isnull=False, retired_at__isnull=True).update(retired_at=now)
    template.approved_by, template.approved_at = approver, now
    return report


def _key(template: Template) -> tuple[str, str, str, str]:
    return template.code, template.channel, template.locale, template.version


def _drafts(directory: Path) -> Iterator[tuple[Template, str]]:
    for path in sorted(directory.glob("*.yaml")):
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            drafts = list(_read(document))
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise TemplateFileWrong(f"{path.name}: {error}") from error
        yield from ((draft, str(document.get("approved_by", ""))) for draft in drafts)


def _read(document: dict[str, Any]) -> Iterator[Template]:
    for text in document["texts"]:
        for channel in text["channels"]:
            yield _draft(document, text, channel)


def _draft(document: dict[str, Any], text: dict[str, Any], channel: str) -> Template:
    subject = str(text.get("subject", "")) if channel != "sms" else ""
    body = str(text["body"]).strip()
    declared = dict(document["placeholders"])
    used = {name: kind for name, kind in declared.items() if f"{{{name}}}" in subject + body}
    check_placeholders(subject=subject, body=body, placeholders=used)
    draft = Template(
        code=document["code"],
        channel=_one_of(channel, CHANNELS),
        locale=_one_of(text["locale"], LOCALES),
        version=str(document["version"]),
        subject=subject,
        body=body,
        placeholders=used,
        purpose=document["purpose"],
        due_condition=_one_of(document["due_condition"], DUE_CONDITIONS),
        authored_by=document["author"],
    )
    draft.sha256 = _digest(draft)
    return draft


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise TemplateFileWrong(f"{value!r} is none of {', '.join(allowed)}")
    return value


def _digest(draft: Template) -> str:
    names = (
        "code",
        "channel",
        "locale",
        "version",
        "subject",
        "body",
        "placeholders",
        "purpose",
        "due_condition",
    )
    content = json.dumps({name: getattr(draft, name) for name in names}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _label(template: Template) -> str:
    return f"{template.code} {template.channel} {template.locale} {template.version}"
