"""The rulebook: every instrument an article at a time, by what each rule is in force, who confirmed it, what changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fairdue.contexts.law import facade as law
from fairdue.engine.law.loading.covering import Instrument, RuleLines, State, lay_out
from fairdue.engine.law.loading.differing import differences
from fairdue.engine.law.loading.wording import condition, parameters
from fairdue.kernel import clock
from fairdue.kernel.actor import PermissionRefused
from fairdue.web.ui.templatetags.ui import badge
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.office_words import (
    ARTICLE_STATES,
    ARTICLE_TONES,
    BASES,
    BASIS_TONES,
    EVIDENCE,
    EVIDENCE_TONES,
    RANKS,
    RULE_ANSWERS,
)
from fairdue.web.workbench.refusals import refusal_text
from fairdue.web.workbench.views.law import example_names
from fairdue.web.workbench.words import say

STATES: tuple[State, ...] = ("implemented", "partly", "not")
MOST_CHANGES = 400
MOST_FOUND = 60


@staff_page("gate.try")
def rulebook(request: DeskRequest) -> HttpResponse:
    """List every instrument of every pack with how much of it is implemented and how many rules nobody has read."""
    standings = law.rule_standings()
    packs = [
        {
            "pack": pack, "is_bound": pack.code in law.pack_versions(),
            "instruments": [_summary(pack.code, one, standings) for one in lay_out(pack.content, pack.coverage)],
        }
        for pack in law.shipped_packs()
    ]  # fmt: skip
    packs.sort(key=lambda item: not item["is_bound"])
    wanted = request.GET.get("q", "").strip()[:80]
    context = {
        "packs": packs, "ranks": _words(RANKS), "q": wanted, "found": _found(wanted) if wanted else None,
        "states": [(state, say(ARTICLE_STATES, state), ARTICLE_TONES[state]) for state in STATES],
    }  # fmt: skip
    return render(request, "workbench/rulebook.html", context)


def _found(wanted: str) -> list[dict[str, Any]]:
    """Return the rules of all packs whose id, titles, messages, citations or article hold every word that was asked."""
    asked = wanted.casefold().split()
    found = []
    for pack in law.shipped_packs():
        for one in lay_out(pack.content, pack.coverage):
            for place, article in enumerate(one.articles, start=1):
                for rule in article.rules:
                    text = f"{pack.code} {one.title_zh} {one.title_en} {article.article} {rule.key} {rule.document}"
                    if all(word in text.casefold() for word in asked):
                        found.append(
                            {
                                "pack": pack,
                                "instrument": one,
                                "article": article,
                                "place": place,
                                "rule": rule,
                            }
                        )
    return found[:MOST_FOUND]


def _summary(code: str, instrument: Instrument, standings: dict[tuple[str, str], Any]) -> dict[str, Any]:
    rules = {rule.key for article in instrument.articles for rule in article.rules}
    bases = Counter(standings[code, rule].basis for rule in rules)
    return {
        "instrument": instrument, "rules": len(rules), "waiting": bases["house_ahead"] + bases["unconfirmed"],
        "counts": [instrument.count(state) for state in STATES],
        "articles": [
            (place, article, say(ARTICLE_STATES, article.state)) for place, article in enumerate(instrument.articles, start=1)
        ],
    }  # fmt: skip


def _words(words: dict[str, str]) -> dict[str, str]:
    return {code: say(words, code) for code in words}


@staff_page("gate.try")
def instrument(request: DeskRequest, code: str, source: str) -> HttpResponse:
    """Show an instrument article by article: what the system does about it, since when, tested how."""
    try:
        pack = law.shipped_pack(code)
    except law.PackUnknown as unknown:
        raise Http404(str(unknown)) from unknown
    found = next((one for one in lay_out(pack.content, pack.coverage) if one.key == source), None)
    if found is None:
        raise Http404(source)
    standings = law.rule_standings(code)
    tried = example_names(pack)
    articles = [
        {
            "article": article,
            "rules": [_shown(rule, standings[code, rule.key], tried) for rule in article.rules],
        }
        for article in found.articles
    ]
    context = {
        "pack": pack, "instrument": found, "articles": articles, "rank": say(RANKS, found.rank),
        "states": {state: badge(say(ARTICLE_STATES, state), ARTICLE_TONES[state]) for state in STATES},
        "may_confirm": request.actor.may("rules.confirm"),
    }  # fmt: skip
    return render(request, "workbench/rulebook_instrument.html", context)


def _shown(rule: RuleLines, standing: Any, tried: dict[str, str]) -> dict[str, Any]:
    document = rule.document
    answer = say(RULE_ANSWERS, document["yields"]) if rule.kind == "check" else _("Computes a value")
    return {
        "rule": rule, "document": document, "standing": standing, "answer": answer,
        "tests": [(test, tried.get(test.id, "")) for test in rule.tests],
        "scope": _plain(condition(document["applies_to"])) if rule.kind == "check" else "",
        "test": _plain(parameters(document["params"])) if rule.kind == "check" else "",
        "exceptions": sorted(document.get("unless", ()), key=lambda item: item.get("order", 99)),
        "evidence": badge(say(EVIDENCE, document["evidence"]), EVIDENCE_TONES[document["evidence"]]),
        "basis": badge(say(BASES, standing.basis), BASIS_TONES[standing.basis]),
        "is_waiting": standing.basis in ("house_ahead", "unconfirmed"),
        "is_confirmed": standing.basis == "law" and standing.confirmation is not None,
    }  # fmt: skip


def _plain(signs: str) -> str:
    return signs.replace("`", "")


@staff_page("rules.confirm", methods=("POST",))
def confirm_rule(request: DeskRequest, code: str, source: str) -> HttpResponse:
    """Record that this reviewer has seen the source of a rule, or take that back."""
    rule, said = request.POST.get("rule", ""), request.POST.get("source_seen", "")[:2000]
    asked: dict[str, Any] = {"pack": code, "rule": rule, "actor": request.actor, "now": clock.now()}
    try:
        if request.POST.get("verb") == "withdraw":
            law.withdraw_confirmation(**asked, reason=said)
            done = _("The confirmation was withdrawn.")
        else:
            law.confirm_rule(**asked, source_seen=said)
            done = _("The rule is confirmed and in force by law.")
    except law.PackUnknown as unknown:
        raise Http404(str(unknown)) from unknown
    except (law.ConfirmationRefused, PermissionRefused) as refusal:
        messages.add_message(request, messages.ERROR, refusal_text(refusal), "stop")
    else:
        messages.add_message(request, messages.SUCCESS, done, "ok")
    return redirect("workbench:instrument", code=code, source=source)


@staff_page("gate.try")
def pack_versions(request: DeskRequest, code: str) -> HttpResponse:
    """List the published versions of a pack and say in words in what two of them differ."""
    try:
        shipped = law.shipped_pack(code)
    except law.PackUnknown as unknown:
        raise Http404(str(unknown)) from unknown
    published = law.published_packs(code)
    chosen = [request.GET.get(side, "") for side in ("before", "after")]
    known = {one.version for one in published}
    changes = None
    if all(version in known for version in chosen):
        sides = [law.published_pack(code, version).content for version in chosen]
        changes = differences(*sides)
    context = {
        "pack": shipped, "published": published, "before": chosen[0], "after": chosen[1],
        "changes": changes[:MOST_CHANGES] if changes is not None else None, "total": len(changes or ()),
    }  # fmt: skip
    return render(request, "workbench/rulebook_versions.html", context)
