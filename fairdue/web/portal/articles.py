"""Articles that anybody may read: data in `packs/articles/`, both languages, each with its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from django.conf import settings
from django.utils.translation import get_language

Language = Literal["zh", "en"]
SITUATIONS = (
    "before_login", "first_visit", "overdue", "late", "current", "card", "loan", "cannot_pay", "settled", "elderly",
)  # fmt: skip


class ArticleFileWrong(ValueError):
    """A file in packs/articles is not an article."""

    code = "portal.article.file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a reader can check what an article says."""

    title: dict[Language, str]
    citation: dict[Language, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article in both languages."""

    slug: str
    order: int
    title: dict[Language, str]
    summary: dict[Language, str]
    body: dict[Language, str]
    situations: tuple[str, ...]
    words: tuple[str, ...]
    """More words under which somebody may look for it."""
    sources: tuple[Source, ...]
    reviewed_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a text: `heading`, `paragraph` or `items`."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


@cache
def articles() -> tuple[Article, ...]:
    """Return all articles in their order.

    :raises ArticleFileWrong: if a file is not an article in both languages with at least one source
    """
    folder = Path(settings.PACKS_DIR) / "articles"
    return tuple(
        sorted((_read(path) for path in folder.glob("*.yaml")), key=lambda each: (each.order, each.slug))
    )


def _read(path: Path) -> Article:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        article = Article(
            slug=path.stem, order=int(document["order"]), title=_both(document["title"]),
            summary=_both(document["summary"]), body=_both(document["body"]), situations=tuple(document["situations"]),
            words=tuple(document.get("words", ())), reviewed_date=document["reviewed_date"],
            sources=tuple(Source(title=_both(each["title"]), citation=_citation(each["citation"])) for each in document["sources"]),
        )  # fmt: skip
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ArticleFileWrong(f"{path.name}: {error}") from error
    if odd := set(article.situations) - set(SITUATIONS):
        raise ArticleFileWrong(f"{path.name}: unknown situations {', '.join(sorted(odd))}")
    if not article.sources:
        raise ArticleFileWrong(f"{path.name}: an article names its sources")
    return article


def _citation(written: Any) -> dict[Language, str]:
    """Return a citation in both languages; one that is written the same in both is a plain word or day."""
    return _both(written) if isinstance(written, dict) else {"zh": str(written), "en": str(written)}


def _both(document: dict[str, Any]) -> dict[Language, str]:
    return {"zh": str(document["zh"]).strip(), "en": str(document["en"]).strip()}


def language() -> Language:
    """Return the language of this page as packs name it."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def article(slug: str) -> Article | None:
    """Return one article, or None."""
    return next((each for each in articles() if each.slug == slug), None)


def suggested(situations: frozenset[str], limit: int = 4) -> tuple[Article, ...]:
    """Return the articles that fit a situation best, in their order where they fit alike."""
    fitting = [each for each in articles() if situations & set(each.situations)]
    return tuple(sorted(fitting, key=lambda each: -len(situations & set(each.situations)))[:limit])


def search(text: str) -> tuple[Article, ...]:
    """Return the articles in which every searched word occurs, those with it in the title first.

    A Chinese search without spaces is cut into pairs of characters; half of them must occur.
    """
    terms = list(_terms(text))
    if not terms:
        return articles()
    scored = [(_score(each, terms), each) for each in articles()]
    return tuple(each for score, each in sorted(scored, key=lambda pair: -pair[0]) if score > 0)


def _terms(text: str) -> Iterator[str]:
    for word in text.casefold().split()[:12]:
        if re.search(r"[\u4e00-\u9fff]", word) and len(word) > 2:
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield word


def _score(each: Article, terms: list[str]) -> int:
    title = " ".join((*each.title.values(), *each.words)).casefold()
    whole = " ".join((title, *each.summary.values(), *each.body.values())).casefold()
    found = sum(term in whole for term in terms)
    if found * 2 < len(terms) or (found < len(terms) and all(term.isascii() for term in terms)):
        return 0
    return found + 3 * sum(term in title for term in terms)


def blocks(text: str) -> tuple[Block, ...]:
    """Cut a text into its pieces: `## ` begins a heading, lines of `- ` are items, an empty line ends a paragraph."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in part.strip().splitlines()]
        if lines and lines[0].startswith("## "):
            found.append(Block(kind="heading", text=lines.pop(0)[3:]))
        if lines:
            found.append(_block(lines))
    return tuple(found)


def _block(lines: list[str]) -> Block:
    if all(line.startswith("- ") for line in lines):
        return Block(kind="items", items=tuple(line[2:] for line in lines))
    return Block(kind="paragraph", text=("" if language() == "zh" else " ").join(lines))
