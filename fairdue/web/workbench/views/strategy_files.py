"""A strategy as a file: down as YAML or XLSX (and what else it can be drawn as), up as a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.interchange.files import FORMS, FileProblems, file_name, read_file
from fairdue.kernel import clock
from fairdue.web.ui.forms import DeskForm
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.exporting import LIST_EXPORTED
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.strategy_words import is_chinese, language
from fairdue.web.workbench.views.strategies import REFUSALS

MOST_MB = 16


class UploadForm(DeskForm):
    """A strategy's file; it becomes a draft of its own and changes nothing that is there."""

    file = forms.FileField(
        label=lazy("File"),
        help_text=lazy("XLSX as downloaded here, DMN or YAML, up to 16 MB. It becomes a new draft."),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large to be a strategy."""
        file = self.cleaned_data["file"]
        if file.size > MOST_MB * 2**20:
            raise forms.ValidationError(
                _("The file is larger than 16 MB: remove what does not belong to the strategy.")
            )
        return file


@staff_page("strategy.view")
def download(request: DeskRequest, strategy_id: int, form: str) -> HttpResponse:
    """Hand a version out as a file; who took it is recorded."""
    if form not in FORMS:
        raise Http404
    try:
        card = decisions.strategy_by_id(strategy_id)
    except decisions.StrategyUnknown as unknown:
        raise Http404 from unknown
    try:
        content = FORMS[form].write(card.content, language())
    except ValueError as error:
        messages.add_message(
            request, messages.ERROR, _("It cannot be written in this form: %s") % error, "stop"
        )
        return redirect("workbench:strategy", strategy_id=strategy_id)
    response = HttpResponse(content, content_type=FORMS[form].media_type)
    response["Content-Disposition"] = f'attachment; filename="{file_name(card.code, card.version, form)}"'
    audit.record(
        code=LIST_EXPORTED, actor=request.actor, subject_type="strategy", subject_id=str(strategy_id), now=clock.now(),
        after={"format": form, "version": card.version},
    )  # fmt: skip
    return response


@staff_page("strategy.edit", methods=("GET", "POST"))
def upload(request: DeskRequest) -> HttpResponse:
    """Take a strategy's file as a new draft, or name every fault by sheet and cell."""
    form = UploadForm(request.POST or None, request.FILES or None)
    faults: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        document, faults = _read(form.cleaned_data["file"])
        if document is not None:
            try:
                return _saved(request, document)
            except REFUSALS as refusal:
                form.add_error("file", refusal_text(refusal))
    status = 422 if faults or form.errors else 200
    return render(request, "workbench/strategy_upload.html", {"form": form, "faults": faults}, status=status)


def _saved(request: DeskRequest, document: dict[str, Any]) -> HttpResponse:
    draft = decisions.save_file_draft(document=document, actor=request.actor, now=clock.now())
    messages.success(request, _("The file is draft %(version)s now.") % {"version": draft.version})
    return redirect("workbench:strategy", strategy_id=draft.strategy_id)


def _read(file: UploadedFile) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    """Return the document of a file, or what is wrong with it."""
    try:
        return read_file(file.read(), str(file.name)), []
    except FileProblems as found:
        return None, [
            {"where": each.where, "text": each.zh if is_chinese() else each.en} for each in found.problems
        ]
