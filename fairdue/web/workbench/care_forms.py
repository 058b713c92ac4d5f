"""Forms of matters: the answer in four parts, who handles it, notes, ends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.care import facade as care
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.money import Money
from fairdue.web.ui.forms import DeskForm
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.words import role_word


def _part(label: Any, hint: Any, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class AnswerForm(DeskForm):
    """The answer: an outcome, four parts, and how much of what is disputed is corrected."""

    outcome = forms.ChoiceField(label=lazy("What we decide"))
    correction = forms.DecimalField(
        label=lazy("How much is corrected"), required=False, min_value=0, decimal_places=2, max_digits=14,
        help_text=lazy("Of what is in dispute. Empty: all of it, if it is upheld. A second person decides on the correction."),
    )  # fmt: skip
    understood = _part(
        lazy("1 · What we understood"), lazy("In the person's own terms, so that they see that it was read.")
    )
    found = _part(
        lazy("2 · What we looked at and found"),
        lazy("Records, dates, amounts; say also what could not be found."),
    )
    decided = _part(
        lazy("3 · What we decided, and why"),
        lazy("The decision first, then its grounds: contract, law, calculation."),
    )
    next_steps = _part(
        lazy("4 · What happens now"), lazy("By when who does what, and where the person can go with it.")
    )

    def __init__(self, card: care.MatterCard, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms, self.card = care.terms_of(card.kind), card
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")), *((each.code, self._with_eyes(each, terms)) for each in terms.outcomes)
        ]  # fmt: skip
        if not card.disputed:
            del self.fields["correction"]

    @staticmethod
    def _with_eyes(each: care.Choice, terms: care.KindTerms) -> str:
        text = in_language(each, "")
        return (
            _("%(outcome)s (another person approves)") % {"outcome": text}
            if each.code in terms.needs_approval
            else text
        )

    @property
    def asked(self) -> dict[str, Any]:
        """What the journey takes."""
        said = self.cleaned_data
        amount = said.get("correction")
        minor = None
        if amount is not None and self.card.disputed:
            minor = Money.of(amount, self.card.disputed[0].amount.currency).minor
        parts = care.AnswerParts(
            understood=said["understood"],
            found=said["found"],
            decided=said["decided"],
            next_steps=said["next_steps"],
        )
        return {"outcome": said["outcome"], "parts": parts, "correction_minor": minor}


class HandOverForm(DeskForm):
    """To whom, and why."""

    to_staff_id = forms.TypedChoiceField(label=lazy("To"), coerce=int)
    reason = forms.CharField(label=lazy("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, detail: care.MatterDetail, own_id: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = {*detail.about_staff, detail.card.handler_id}
        people = identity.staff_of_roles(care.terms_of(detail.card.kind).handlers)
        self.fields["to_staff_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *(
                (
                    each.staff_id,
                    f"{each.display_name} · {role_word(each.role)}"
                    + (f" · {_('you')}" if each.staff_id == own_id else ""),
                )
                for each in people
                if each.staff_id not in left_out
            ),
        ]


class AboutForm(DeskForm):
    """Whom a complaint is about."""

    staff_id = forms.TypedChoiceField(label=lazy("Whom it is about"), coerce=int)

    def __init__(self, detail: care.MatterDetail, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = identity.staff_of_roles(
            ("collector", "field", "agency", "supervisor", "compliance", "legal")
        )
        self.fields["staff_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *(
                (each.staff_id, each.display_name)
                for each in people
                if each.staff_id not in detail.about_staff
            ),
        ]


class NoteForm(DeskForm):
    """A note that the person does not see."""

    words = forms.CharField(
        label=lazy("Note for colleagues"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(DeskForm):
    """Why."""

    reason = forms.CharField(label=lazy("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class DocumentForm(DeskForm):
    """A file that came with a letter or over the counter."""

    document = forms.FileField(label=lazy("Document"), allow_empty_file=True)


class FiguresForm(DeskForm):
    """Days of the figures."""

    from_date = forms.DateField(label=lazy("From"))
    to_date = forms.DateField(label=lazy("Until"))
