"""The composer's forms: a text on a channel, a letter or a visit that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.outreach import facade as outreach
from fairdue.web.ui.forms import DeskForm

LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
SUBJECTS = frozenset({"email", "inapp", "letter"})
TEXT_ROWS = {"sms": 4, "inapp": 5, "email": 7, "letter": 8}

Choices = Sequence[tuple[Any, Any]]


class WriteForm(DeskForm):
    """A message to one debtor: where, about which debt, in which language, and the words."""

    contact_point_id = forms.TypedChoiceField(label=lazy("To"), coerce=int, empty_value=None, required=False)
    account_id = forms.TypedChoiceField(label=lazy("Debt"), coerce=int)
    locale = forms.ChoiceField(label=lazy("Language"), choices=LANGUAGES)
    subject = forms.CharField(label=lazy("Subject"), max_length=200)
    text = forms.CharField(label=lazy("Text"), widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, channel: str, debts: Choices, points: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["account_id"].choices = debts
        fields["contact_point_id"].choices = points
        if "text" in fields:
            fields["text"].max_length = outreach.MAX_LENGTH[channel]
            fields["text"].widget.attrs |= {"rows": TEXT_ROWS[channel], "data-phrases": "#phrases"}
        if not points:
            del fields["contact_point_id"]
        if channel not in SUBJECTS:
            fields.pop("subject", None)
        elif channel == "inapp":
            fields["subject"].required = False


class VisitForm(WriteForm):
    """A visit: why, how many go, and whether they enter."""

    subject = None  # type: ignore[assignment]
    text = None  # type: ignore[assignment]
    locale = None  # type: ignore[assignment]
    grounds = forms.CharField(
        label=lazy("Grounds: why nothing gentler will do"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    staff_count = forms.IntegerField(label=lazy("How many go"), min_value=1, max_value=6, initial=2)
    enters_premises = forms.BooleanField(
        label=lazy("They want to enter the home or office"), required=False,
        help_text=lazy("Only where the debtor has agreed; otherwise the law refuses the visit."),
    )  # fmt: skip


def blank_point(points: Sequence[Any]) -> Choices:
    """Return contact points as choices, the first one chosen."""
    return [(point.contact_point_id, point.value_masked) for point in points] or []


def too_long(channel: str) -> str:
    """Say how long a text may be."""
    return _("At most %(count)s characters on this channel.") % {"count": outreach.MAX_LENGTH[channel]}
