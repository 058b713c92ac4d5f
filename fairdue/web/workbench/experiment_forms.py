"""The form that starts an experiment: a challenger, a holdout, or both, beside the version that decides today."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fairdue.contexts.decisions import facade as decisions
from fairdue.web.ui.forms import DeskForm

STRATEGY = "reminders-cn"
CONTROL, CHALLENGER, HOLDOUT = "live", "challenger", "holdout"


class ExperimentForm(DeskForm):
    """What the experiment asks, whom it takes, and how its persons are dealt out."""

    title = forms.CharField(
        label=lazy("Question"), max_length=200,
        help_text=lazy("What it is to answer, such as: do later calls bring less?"),
    )  # fmt: skip
    code = forms.SlugField(
        label=lazy("Code"), max_length=40, help_text=lazy("Lower-case words joined by hyphens; used once.")
    )
    share = forms.DecimalField(
        label=lazy("Share of all persons, %"), min_value=0.01, max_value=100, decimal_places=2, initial=10
    )
    challenger = forms.ChoiceField(
        label=lazy("Challenger"), required=False, help_text=lazy("An approved version; leave it empty for a holdout only.")
    )  # fmt: skip
    challenger_share = forms.DecimalField(
        label=lazy("Challenger's part of the experiment, %"),
        min_value=0,
        max_value=99,
        decimal_places=2,
        initial=50,
    )
    holdout_share = forms.DecimalField(
        label=lazy("Holdout's part of the experiment, %"), min_value=0, max_value=99, decimal_places=2, initial=0,
        help_text=lazy("Persons to whom nothing is done but what is legally due; 0 for none."),
    )  # fmt: skip
    layer = forms.SlugField(
        label=lazy("Layer"), max_length=40, initial="main",
        help_text=lazy("Experiments of one layer share no person. Leave it unless you know why."),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        approved = decisions.strategies_in("approved", STRATEGY)
        choices = [("", _("none")), *((str(card.strategy_id), card.version) for card in approved)]
        self.fields["challenger"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something must be compared with what decides today, and something must be left of it."""
        said = super().clean() or {}
        if self.errors:
            return said
        if not said["challenger"]:
            said["challenger_share"] = 0
        if said["challenger"] and not said["challenger_share"]:
            self.add_error("challenger_share", _("Give the challenger a part."))
        elif not said["challenger"] and not said["holdout_share"]:
            self.add_error("challenger", _("Choose a challenger, or give the holdout a part."))
        elif said["challenger_share"] + said["holdout_share"] >= 100:
            self.add_error("holdout_share", _("Leave a part to the version that decides today."))
        return said

    def arms(self) -> list[decisions.NewArm]:
        """Return the arms, the version that decides today first."""
        said = self.cleaned_data
        challenger, holdout = (round(said[name] * 100) for name in ("challenger_share", "holdout_share"))
        live = decisions.published_strategy(STRATEGY).strategy_id
        arms = [decisions.NewArm(code=CONTROL, strategy_id=live, weight=10_000 - challenger - holdout)]
        if challenger:
            chosen = int(said["challenger"])
            arms.append(decisions.NewArm(code=CHALLENGER, strategy_id=chosen, weight=challenger))
        if holdout:
            arms.append(decisions.NewArm(code=HOLDOUT, strategy_id=None, weight=holdout))
        return arms
