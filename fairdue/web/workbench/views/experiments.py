"""Experiments: what runs, starting and stopping, and what the arms came to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.book import facade as book
from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.science.sequential import FEW
from fairdue.journeys.experiment_results import ArmResult, ExperimentResult, experiment_results
from fairdue.kernel import clock
from fairdue.web.ui.charts import Bar, bars
from fairdue.web.ui.tables import Column, EmptyState, InstantColumn, Table
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.experiment_forms import STRATEGY, ExperimentForm
from fairdue.web.workbench.exporting import exported
from fairdue.web.workbench.refusals import REFUSED, refusal_text
from fairdue.web.workbench.words import say

STATES = {"running": word("Running"), "stopped": word("Stopped")}
ARMS = {"live": word("What decides today"), "challenger": word("Challenger"), "holdout": word("Holdout")}
MEASURES = {
    "promises": word("Promised"),
    "payers_7": word("Paid within 7 days"),
    "payers_30": word("Paid within 30 days"),
    "complaints": word("Complained"),
}


@staff_page("strategy.view", methods=("GET", "POST"))
def experiments(request: DeskRequest) -> HttpResponse:
    """List the experiments; who may publish strategies starts one here."""
    form = ExperimentForm(request.POST or None)
    if request.method == "POST":
        request.actor.require("strategy.publish")
        if form.is_valid() and (card := _start(request, form)):
            return redirect("workbench:experiment", code=card.code)
    table = _list(decisions.experiments())
    if file := exported(request, table, name="experiments"):
        return file
    live = decisions.published_strategy_id(STRATEGY)
    context = {"table": table, "form": form, "may_start": request.actor.may("strategy.publish") and live}
    status = 422 if request.method == "POST" else 200
    return render(request, "workbench/experiments.html", context, status=status)


def _start(request: DeskRequest, form: ExperimentForm) -> decisions.ExperimentCard | None:
    said = form.cleaned_data
    try:
        return decisions.start_experiment(
            code=said["code"], title=said["title"], strategy_code=STRATEGY, share=round(said["share"] * 100),
            arms=form.arms(), layer=said["layer"], actor=request.actor, now=clock.now(),
        )  # fmt: skip
    except REFUSED as refusal:
        form.add_error(None, refusal_text(refusal))
        return None


@staff_page("strategy.publish", methods=("POST",))
def stop(request: DeskRequest, code: str) -> HttpResponse:
    """Stop an experiment and say why."""
    try:
        decisions.stop_experiment(
            code=code, reason=request.POST.get("reason", ""), actor=request.actor, now=clock.now()
        )
    except decisions.ExperimentUnknown as unknown:
        raise Http404 from unknown
    text = _("Stopped. From the next night on its persons are decided as all others.")
    messages.add_message(request, messages.SUCCESS, text, "ok")
    return redirect("workbench:experiment", code=code)


@staff_page("strategy.view")
def experiment(request: DeskRequest, code: str) -> HttpResponse:
    """Show what the arms of an experiment came to, and how sure that is."""
    try:
        result = experiment_results(code=code, as_of=clock.business_date(clock.now()))
    except decisions.ExperimentUnknown as unknown:
        raise Http404 from unknown
    table = _results(result)
    if file := exported(request, table, name=f"experiment-{code}"):
        return file
    card = result.experiment
    context = {
        "card": card, "table": table, "chart": _chart(result), "share": f"{card.share:.1%}", "as_of": result.as_of,
        "is_running": card.status == "running", "may_stop": request.actor.may("strategy.publish"),
        "verdicts": _verdicts(result), "few": FEW, "has_few": any(line.persons < FEW for line in result.arms),
    }  # fmt: skip
    return render(request, "workbench/experiment.html", context)


def _list(cards: tuple[decisions.ExperimentCard, ...]) -> Table:
    return Table(
        cards,
        columns=[
            Column("code", _("Experiment"), is_row_head=True, render=_link),
            Column("status", _("State"), render=lambda value, _row: _state(value)),
            Column("share", _("Share of all persons"), lambda card: f"{card.share:.1%}", align="num"),
            Column("arms", _("Arms"), _arms, align="wide"),
            Column("layer", _("Layer")),
            InstantColumn("started_at", _("Started")),
            InstantColumn("stopped_at", _("Ended")),
        ],
        caption=_("Experiments"),
        key="experiments",
        sorts_here=True,
        is_exportable=True,
        empty=EmptyState(
            title=_("No experiment yet"),
            text=_("Let an approved version decide for a share of the persons, and see what is better."),
            icon="strategy",
        ),
    )


def _link(value: str, card: decisions.ExperimentCard) -> Any:
    href = reverse("workbench:experiment", args=[value])
    return format_html(
        '<a href="{}">{}</a><br><span class="mono muted small">{}</span>', href, card.title, value
    )


def _state(value: str) -> Any:
    return badge(say(STATES, value), "wait" if value == "running" else "ok")


def _arms(card: decisions.ExperimentCard) -> str:
    return " · ".join(
        f"{say(ARMS, arm.code)} {arm.strategy_version} {arm.weight / 100:g} %" for arm in card.arms
    )


def _results(result: ExperimentResult) -> Table:
    """One line an arm; each figure with how far it is above the first arm's, and the interval."""
    shares = [_share_column(name) for name in MEASURES]
    return Table(
        result.arms,
        columns=[
            Column("arm", _("Arm"), lambda line: say(ARMS, line.arm.code), is_row_head=True, render=_arm),
            Column("persons", _("Persons"), align="num", render=lambda value, _row: f"{value:,}"),
            Column("contacts", _("Contacts a person"), _contacts, align="num", render=_two_lines),
            *shares,
            Column(
                "amount",
                f"{_('Paid a person in 30 days')} {book.book_currency()}".strip(),
                _amount,
                align="num",
                render=_two_lines,
            ),
        ],
        caption=_("Results by arm"),
        is_exportable=True,
    )


def _share_column(name: str) -> Column:
    return Column(name, say(MEASURES, name), lambda line: _share(line, name), align="num", render=_two_lines)


def _arm(value: str, line: ArmResult) -> Any:
    return format_html('{}<br><span class="mono muted small">{}</span>', value, line.arm.strategy_version)


def _two_lines(value: str, _row: Any) -> Any:
    first, _sep, rest = value.partition("\n")
    return format_html('{}<br><span class="muted small nowrap">{}</span>', first, rest) if rest else first


def _share(line: ArmResult, name: str) -> str:
    if not line.samples[name].count:
        return "–"
    against = line.against.get(name)
    beside = f"\n{against.estimate:+.1%} [{against.low:+.1%}, {against.high:+.1%}]" if against else ""
    return f"{line.samples[name].mean:.1%}{beside}"


def _contacts(line: ArmResult) -> str:
    if not line.persons:
        return "–"
    against = line.against.get("contacts")
    beside = f"\n{against.estimate:+.2f} [{against.low:+.2f}, {against.high:+.2f}]" if against else ""
    return f"{line.samples['contacts'].mean:.2f}{beside}"


def _amount(line: ArmResult) -> str:
    if not line.samples["paid_30"].count:
        return "–"
    against = line.against.get("paid_30")
    parts = [each / 100 for each in (against.estimate, against.low, against.high)] if against else []
    beside = f"\n{parts[0]:+,.2f} [{parts[1]:+,.2f}, {parts[2]:+,.2f}]" if parts else ""
    return f"{line.samples['paid_30'].mean / 100:,.2f}{beside}"


def _chart(result: ExperimentResult) -> Any:
    """The share that paid, of the longest window that is over for anybody."""
    has_month = any(line.samples["payers_30"].count for line in result.arms)
    name = "payers_30" if has_month else "payers_7"
    drawn = [
        Bar(
            label=say(ARMS, line.arm.code),
            value=line.samples[name].mean,
            text=_share(line, name).partition("\n")[0],
        )
        for line in result.arms
    ]
    return bars(drawn, title=say(MEASURES, name), label=_("Arm"), unit=_("Share of persons"))


def _verdicts(result: ExperimentResult) -> list[str]:
    """What is clear by now, in sentences."""
    said = []
    for line in result.arms[1:]:
        for name in MEASURES:
            found = line.against.get(name)
            if found is None or not found.is_clear:
                continue
            text = (
                _("%(arm)s: %(measure)s is clearly higher.")
                if found.low > 0
                else _("%(arm)s: %(measure)s is clearly lower.")
            )
            said.append(text % {"arm": say(ARMS, line.arm.code), "measure": say(MEASURES, name)})
    return said
