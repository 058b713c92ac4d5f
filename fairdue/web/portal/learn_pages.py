"""Good to know: articles that anybody may read, searched, and suggested by situation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fairdue.engine.negotiation.household import MoneyLine, monthly_minor
from fairdue.kernel.clock import business_date
from fairdue.kernel.clock import now as clock_now
from fairdue.kernel.money import Money
from fairdue.web.portal import articles, reading, sessions
from fairdue.web.portal.frame import show
from fairdue.web.ui.forms import DeskForm

OWN_NUMBERS = "how-interest-works"
"""The article that shows a visitor the arithmetic of their own account."""


@require_safe
@never_cache
def learn(request: HttpRequest) -> HttpResponse:
    """List the articles; those that fit the visitor's situation first, or what was searched for."""
    now = clock_now()
    person_id = sessions.visitor(request, now)
    wanted = request.GET.get("q", "").strip()[:80]
    situations = reading.situations(person_id, business_date(now))
    suggested = () if wanted else articles.suggested(situations)
    found = articles.search(wanted)
    rest = [each for each in found if each not in suggested]
    return show(request, "portal/learn.html", person_id, wanted=wanted, suggested=suggested, articles=rest)


@require_safe
@never_cache
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one article with its sources."""
    found = articles.article(slug)
    if found is None:
        raise Http404(slug)
    person_id = sessions.visitor(request, clock_now())
    spoken = articles.language()
    own = person_id is not None and slug == OWN_NUMBERS
    return show(
        request, "portal/article.html", person_id, article=found, title=found.title[spoken],
        blocks=articles.blocks(found.body[spoken]), sources=[(each.title[spoken], each.citation[spoken]) for each in found.sources],
        examples=reading.interest_examples(person_id, business_date(clock_now())) if own and person_id else (),
    )  # fmt: skip


class BudgetForm(DeskForm):
    """What comes in and what must go out, each in its own rhythm; nothing of it is kept."""

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        rhythms = [
            ("week", _("a week")), ("fortnight", _("every two weeks")), ("month", _("a month")),
            ("quarter", _("a quarter")), ("year", _("a year")),
        ]  # fmt: skip
        for name, label in _lines():
            self.fields[name] = forms.DecimalField(
                label=label, required=False, min_value=0, max_value=10_000_000, decimal_places=2,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"{name}_every"] = forms.ChoiceField(
                label=_("%(what)s: how often") % {"what": label},
                choices=rhythms,
                initial="month",
                required=False,
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Return each line with its rhythm."""
        return [(self[name], self[f"{name}_every"]) for name, _label in _lines()]

    def monthly(self, name: str) -> int:
        """Return what one line comes to a month, in minor units."""
        amount = self.cleaned_data.get(name) or Decimal(0)
        every = self.cleaned_data.get(f"{name}_every") or "month"
        return monthly_minor(MoneyLine(name, int(amount * 100), every))


def _lines() -> list[tuple[str, str]]:
    return [
        ("wages", _("Wages and other income")), ("benefits", _("Benefits, pension, help from the family")),
        ("housing", _("Rent or mortgage, electricity, water, heating")), ("food", _("Food and everyday needs")),
        ("health", _("Health")), ("dependants", _("Children and parents")), ("transport", _("Transport and telephone")),
        ("other_debts", _("Other loans")), ("other_outgoing", _("Anything else that must be paid")),
    ]  # fmt: skip


INCOMES = ("wages", "benefits")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest) -> HttpResponse:
    """Work out what is left each month from lines in any rhythm; nothing is stored, and no address holds it."""
    person_id = sessions.visitor(request, clock_now())
    form = BudgetForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        incomes = sum(form.monthly(name) for name in INCOMES)
        outgoings = sum(form.monthly(name) for name, _label in _lines() if name not in INCOMES)
        context |= {
            "income": Money(incomes, "CNY"), "outgoings": Money(outgoings, "CNY"),
            "left": Money(incomes - outgoings, "CNY"), "safe": Money(max(0, incomes - outgoings) // 2 // 1000 * 1000, "CNY"),
        }  # fmt: skip
    return show(
        request,
        "portal/budget.html",
        person_id,
        status=422 if form.is_bound and not form.is_valid() else 200,
        **context,
    )
