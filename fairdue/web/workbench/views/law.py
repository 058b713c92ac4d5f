"""The law's page: try a contact that nobody proposes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fairdue.contexts.law import facade as law
from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.engine.law.packs import Pack
from fairdue.engine.law.verdict import RANK
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.gate_changes import changes_of
from fairdue.web.workbench.gate_form import SituationForm, address_of, situation
from fairdue.web.workbench.office_words import BASES, EVIDENCE
from fairdue.web.workbench.words import GATE_ICONS, GATE_TONES, GATE_WORDS, say

MOST_CHANGES = 10
OPEN_GROUPS = 3


def _bases() -> dict[str, str]:
    """Return in words by what each rule is in force."""
    return {rule.split("/")[0]: say(BASES, one.basis) for (_, rule), one in law.rule_standings().items()}


@staff_page("gate.try")
def gate(request: DeskRequest) -> HttpResponse:
    """Judge a made-up situation without any effect; its address holds the whole of it."""
    if example := request.GET.get("example", ""):
        return _example(example)
    form = situation(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "groups": _groups(form),
        "examples": _examples(request.GET.get("jurisdiction", "")),
    }
    if form.is_bound and form.is_valid():
        context |= _answer(form)
    return render(request, "workbench/gate.html", context)


def _answer(form: SituationForm) -> dict[str, Any]:
    facts = form.facts()
    try:
        verdict = law.judge_hypothetical(facts)
        milder, stricter = _changes(facts, verdict.outcome)
    except (law.CandidatesInvalid, law.JurisdictionUnknown, ValueError) as error:
        form.add_error(None, _("These facts cannot be read together: %(why)s") % {"why": str(error)[:200]})
        return {}
    return {
        "verdict": verdict, "word": say(GATE_WORDS, verdict.outcome), "tone": GATE_TONES[verdict.outcome],
        "icon_name": GATE_ICONS[verdict.outcome], "evidence": {code: say(EVIDENCE, code) for code in EVIDENCE},
        "bases": _bases(), "zone": facts["home_zone"], "milder": milder, "stricter": stricter,
        "address": f"{reverse('workbench:gate')}?{urlencode(address_of(facts))}",
    }  # fmt: skip


def _changes(facts: dict[str, Any], outcome: str) -> tuple[list[Any], list[Any]]:
    """Return the single changes after which the answer would be milder, and those after which stricter."""
    changes = changes_of(facts, law.facts_asked(str(facts.get("jurisdiction", ""))))
    answers = law.judge_alternatives([facts | change.facts for change in changes])
    lines = [
        (change, answer, say(GATE_WORDS, answer.outcome), GATE_TONES[answer.outcome], f"?{urlencode(address_of(facts | change.facts))}")
        for change, answer in zip(changes, answers, strict=True)
    ]  # fmt: skip
    milder = sorted(
        (line for line in lines if RANK[line[1].outcome] < RANK[outcome]),
        key=lambda line: RANK[line[1].outcome],
    )
    stricter = [line for line in lines if RANK[line[1].outcome] > RANK[outcome]]
    return milder[:MOST_CHANGES], stricter[:MOST_CHANGES]


def _groups(form: SituationForm) -> list[tuple[str, list[Any], bool]]:
    """Return the groups with their fields; one that says something, or holds an error, is open."""
    found = []
    for place, (title, names) in enumerate(form.groups):
        bound = [form[name] for name in names]
        says = form.is_bound and any(
            field.errors or field.data not in (None, "", "0", False) for field in bound
        )
        found.append((title, bound, place < OPEN_GROUPS or says))
    return found


def _examples(jurisdiction: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the tests that packs carry, by pack and rule, as examples to load."""
    code = jurisdiction if jurisdiction in law.jurisdictions() else ""
    return [
        (
            f"{in_language(pack, 'title')} ({pack.code})",
            [
                (f"{code}~{pack.code}~{place}", f"{test['rule']} · {test['title']}")
                for place, test in enumerate(pack.tests)
                if _is_contact(test)
            ],
        )
        for pack in law.example_packs(code)
    ]


def _is_contact(test: Mapping[str, Any]) -> bool:
    """Tell whether a test of a pack is of a contact: packs test what they compute and keep, too."""
    return "is_broken" in test and CANDIDATE_SCHEMA.keys() >= test["given"].keys()


def example_names(pack: Pack) -> dict[str, str]:
    """Return for each test of a pack that is a contact, such as `CN-TIME-01#2`, the name under which the page loads it."""
    code = pack.code if pack.code in law.jurisdictions()[1:] else ""
    counted: Counter[str] = Counter()
    found = {}
    for place, test in enumerate(pack.tests):
        counted[test["rule"]] += 1
        if _is_contact(test):
            found[f"{test['rule']}#{counted[test['rule']]}"] = f"{code}~{pack.code}~{place}"
    return found


def _example(name: str) -> HttpResponse:
    """Lead to the address that says what a test of a pack says; an unknown one leads to the empty page."""
    jurisdiction, _tilde, rest = name.partition("~")
    code, _tilde, place = rest.partition("~")
    try:
        test = law.shipped_pack(code).tests[int(place)]
    except (law.PackUnknown, ValueError, IndexError):
        return redirect("workbench:gate")
    if not _is_contact(test):
        return redirect("workbench:gate")
    given = {"channel": "call"} | dict(test["given"])
    if jurisdiction in law.jurisdictions()[1:]:
        given = {"jurisdiction": jurisdiction} | given
    return redirect(f"{reverse('workbench:gate')}?{urlencode(address_of(given))}")
