"""“I cannot pay now”: a few questions, one a page; answers are kept on the server until they are checked."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.engine.negotiation.household import MoneyLine, monthly_minor, surplus
from fairdue.engine.negotiation.words import say
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money
from fairdue.web.portal.frame import show
from fairdue.web.portal.plan_answers import (
    PLAN,
    STEPS,
    Answers,
    keep_answer,
    keep_assessment,
    read_answers,
    situation_of,
)
from fairdue.web.portal.plan_forms import QUESTIONS, LinesForm, line_word, rhythm_word
from fairdue.web.portal.plan_view import language, money_text, terms_for
from fairdue.web.portal.sessions import borrower, visit_page

TO_CHECK = "check"
"""The value of `back` on a question that was opened from the check of the answers."""


@visit_page
def start(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Say what comes, and show what is under way: a running plan, an open proposal, answers begun earlier."""
    answers = read_answers(person_id, business_date(now), now)
    actor = borrower(person_id)
    return show(
        request,
        "portal/plan_start.html",
        person_id,
        answers=answers,
        first_step=answers.missing or TO_CHECK,
        plans=[one for one in arrangements.plans_of(person_id, actor=actor) if one.state == "running"],
        proposals=arrangements.open_proposals_of(person_id, actor=actor, now=now),
    )


@visit_page
def question(request: HttpRequest, person_id: int, now: datetime, step: str) -> HttpResponse:
    """Ask one question (GET) or keep its answer and go on (POST); a question may be answered again at any time."""
    if step not in STEPS:
        raise Http404
    as_of = business_date(now)
    answers = read_answers(person_id, as_of, now)
    if not answers.groups or step not in answers.steps:
        return redirect("portal:plan")
    form = QUESTIONS[step](answers, as_of, request.POST if request.method == "POST" else None)
    back = TO_CHECK if TO_CHECK in (request.POST.get("back"), request.GET.get("back")) else ""
    if request.method == "POST" and form.is_valid():
        answers = keep_answer(person_id, answers, step, form.value, now)
        return redirect(_address(_next(answers, step, back)))
    return show(
        request, "portal/plan_question.html", person_id, status=422 if request.method == "POST" else 200,
        form=form, step=step, back=back, before=answers.before(step), is_lines=isinstance(form, LinesForm),
        number=answers.steps.index(step) + 1, count=len(answers.steps),
    )  # fmt: skip


def _next(answers: Answers, step: str, back: str) -> str:
    """Return where an answer leads: the next question, or the check where it came from there or none is left."""
    if back or answers.steps[-1] == step:
        return answers.missing or TO_CHECK
    return answers.steps[answers.steps.index(step) + 1]


def _address(step: str) -> str:
    return reverse("portal:plan_check") if step == TO_CHECK else reverse("portal:plan_step", args=[step])


@visit_page
def check(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Show all answers to be checked (GET); write them down and go to the offers (POST)."""
    answers = read_answers(person_id, business_date(now), now)
    if not answers.groups:
        return redirect("portal:plan")
    if answers.missing:
        return redirect("portal:plan_step", answers.missing)
    if request.method == "POST":
        if answers.assessment_id is None:
            card = arrangements.record_assessment(
                person_id=person_id, situation=situation_of(answers), source="portal", actor=borrower(person_id), now=now,
            )  # fmt: skip
            keep_assessment(person_id, answers, card.assessment_id, now)
        return redirect("portal:plan_offers")
    return show(
        request,
        "portal/plan_check.html",
        person_id,
        rows=_rows(answers),
        surplus=_surplus_words(answers, now),
    )


def _surplus_words(answers: Answers, now: datetime) -> dict[str, Money] | None:
    """Return what the budget comes to a month, so that nothing happens behind the reader's back."""
    situation, group = situation_of(answers), answers.group
    if situation.household is None or group is None:
        return None
    found = surplus(
        situation.household,
        terms_for(group.accounts[0], business_date(now)),
        is_vulnerable=situation.is_vulnerable,
    )
    return {
        name: Money(getattr(found, f"{name}_minor"), group.currency)
        for name in ("income", "outgoings", "protected", "spare", "affordable")
    }


def _rows(answers: Answers) -> list[tuple[str, str, list[str]]]:
    """Return (step, what was asked, what was answered) of every question."""
    return [(step, _asked(step), _answered(answers, step)) for step in answers.steps]


def _asked(step: str) -> str:
    return {
        "lender": _("Debts"), "reason": _("What happened"), "care": _("To take into account"),
        "budget": _("Questions about the budget"), "people": _("People at home"), "income": _("What comes in"),
        "outgoings": _("What goes out"), "now": _("Possible at once"), "wish": _("Wishes"),
    }[step]  # fmt: skip


def _answered(answers: Answers, step: str) -> list[str]:
    said = answers.said[step]
    currency = answers.group.currency if answers.group else "CNY"
    if step == "lender":
        return [money_text(answers.group.owed) if answers.group else ""]
    if step == "reason":
        return [say("reasons", said, language())]
    if step in ("care", "budget"):
        return [{"yes": _("Yes"), "no": _("No"), "unsaid": _("I would rather not say")}[said]]
    if step == "people":
        return [
            _("Adults: %(count)s") % {"count": said["adults"]},
            _("Children: %(count)s") % {"count": said["children"]},
        ]
    if step in ("income", "outgoings"):
        return [_line(kind, amount, every, currency) for kind, (amount, every) in said.items()] or [
            _("Nothing")
        ]
    if step == "now":
        return [money_text(Money(said, currency))]
    wished = (
        [_("%(amount)s each month") % {"amount": money_text(Money(said["monthly"], currency))}]
        if said["monthly"]
        else []
    )
    first = [_("first on %(date)s") % {"date": said["first_date"]}] if said["first_date"] else []
    return [*wished, *first] or [_("None")]


def _line(kind: str, amount: int, every: str, currency: str) -> str:
    text = f"{line_word(kind)}: {money_text(Money(amount, currency))} {rhythm_word(every)}"
    if every == "month":
        return text
    a_month = money_text(Money(monthly_minor(MoneyLine(kind, amount, every)), currency))
    return text + " " + _("(%(amount)s each month)") % {"amount": a_month}


@visit_page
def again(request: HttpRequest, person_id: int, now: datetime, plan_id: int) -> HttpResponse:
    """Begin the questions for making a running plan anew, once something has changed."""
    if request.method != "POST":
        return redirect("portal:plan")
    actor = borrower(person_id)
    running = [one for one in arrangements.plans_of(person_id, actor=actor) if one.state == "running"]
    if any(one.plan_id == plan_id and one.replans_left > 0 for one in running):
        arrangements.save_answers(person_id=person_id, answers={PLAN: plan_id}, now=now)
        return redirect("portal:plan_step", "reason")
    return redirect("portal:plan")


@visit_page
def forget(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """Forget the answers so far, because the person wants it."""
    if request.method == "POST":
        arrangements.clear_answers(person_id=person_id)
    return redirect("portal:plan")
