"""What the search box finds while somebody types: people, cases, debts, articles of the rulebook.

The text comes by POST: it stands in no address and no log. People are found by keyed hashes of what is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.engine.law.loading.covering import lay_out
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.inputs import whole

SHORTEST, LONGEST, MOST = 2, 120, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found: where it leads, what it is, what tells it from others."""

    href: str
    label: str
    note: str = ""
    icon: str = "next"


@sensitive_post_parameters("text")
@staff_page(methods=("POST",))
def find(request: DeskRequest) -> HttpResponse:
    """Answer with the groups of what was found, as options of the list under the search box."""
    text = request.POST.get("text", "").strip()[:LONGEST]
    groups = []
    if len(text) >= SHORTEST:
        groups = [
            (_("People"), people(request, text)), (_("Cases"), _cases(request, text)),
            (_("Rulebook"), _articles(request, text)),
        ]  # fmt: skip
    return render(request, "workbench/_found.html", {"groups": [pair for pair in groups if pair[1]]})


def people(request: DeskRequest, text: str, most: int = MOST) -> list[Hit]:
    """Return the people in scope whose phone, ID number, e-mail, full name or account number the text is."""
    if not (request.actor.may("parties.search") and request.actor.may("cases.view")):
        return []
    accounts = book.find_accounts(text, actor=request.actor)
    ids = {*parties.search(text=text, actor=request.actor), *(card.person_id for card in accounts)}
    if not ids:
        return []
    case_by_person = cases.scoped_case_ids(person_ids=ids, actor=request.actor)
    cards = parties.person_cards(list(case_by_person)[:most])
    return [
        Hit(
            href=reverse("workbench:case", args=[case_by_person[person_id]]), label=card.name_masked,
            note=card.id_masked, icon="person",
        )
        for person_id, card in cards.items()
    ]  # fmt: skip


def _cases(request: DeskRequest, text: str) -> list[Hit]:
    """Return the case of that number, if the actor may see it."""
    number = whole(text.lstrip("#"))
    if number is None or not request.actor.may("cases.view"):
        return []
    try:
        card = cases.case_card(case_id=number, actor=request.actor)
    except cases.NotInScope:
        return []
    name = parties.person_cards([card.person_id])[card.person_id].name_masked
    label = _("Case %(number)s") % {"number": card.case_id}
    return [Hit(href=reverse("workbench:case", args=[card.case_id]), label=label, note=name, icon="case")]


def _articles(request: DeskRequest, text: str) -> list[Hit]:
    if not request.actor.may("gate.try"):
        return []
    asked = text.casefold().split()
    versions = tuple((pack.code, pack.version) for pack in law.shipped_packs())
    found = [line for line in _rulebook(versions) if all(word in line[0] for word in asked)][:MOST]
    return [
        Hit(
            href=f"{reverse('workbench:instrument', args=[code, source])}#article-{place}",
            label=in_language({"zh": zh, "en": en}, ""), note=f"{key} · {code}", icon="rules",
        )
        for _text, code, source, place, key, zh, en in found
    ]  # fmt: skip


@lru_cache(maxsize=2)
def _rulebook(
    versions: tuple[tuple[str, str], ...],
) -> tuple[tuple[str, str, str, int, str, str, str], ...]:
    """Return every rule with its words in small letters, and where it stands; read once for each set of packs."""
    lines = []
    for pack in law.shipped_packs():
        for one in lay_out(pack.content, pack.coverage):
            for place, article in enumerate(one.articles, start=1):
                for rule in article.rules:
                    title = rule.document["title"]
                    words = f"{one.title_zh} {one.title_en} {article.article} {rule.key} {rule.document}"
                    lines.append(
                        (words.casefold(), pack.code, one.key, place, rule.key, title["zh"], title["en"])
                    )
    return tuple(lines)
