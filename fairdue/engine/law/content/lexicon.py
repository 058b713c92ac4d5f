"""The content pack: topics of forbidden wording with their patterns, and the rules that forbid or require them.

`load_content` reads `packs/content`, each file under its JSON Schema, tries every sentence that a topic brings along,
and refuses the pack as a whole when anything is wrong.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from fairdue.engine.law.content.finding import Mark
from fairdue.engine.law.content.folding import Folded, Table, fold
from fairdue.engine.law.numbers import Rule

CONTENT_DIR = Path(__file__).resolve().parents[4] / "packs" / "content"
_SENTENCE_END = re.compile(r"[。!?;\n]|\.(?=\s|$)")
_BEFORE, _AFTER = 40, 14
_MACRO = re.compile(r"<(\d+)([ws]?)>")


class ContentInvalid(ValueError):
    """A content pack that may not be used; the message lists everything that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Context:
    """Words around a hit that make it harmless."""

    before: tuple[re.Pattern[str], ...] = ()
    after: tuple[re.Pattern[str], ...] = ()
    sentence: tuple[re.Pattern[str], ...] = ()

    def holds(self, text: str, start: int, end: int) -> bool:
        """Tell whether a hit at `text[start:end]` stands in this context."""
        if any(pattern.search(text[max(0, start - _BEFORE) : start]) for pattern in self.before):
            return True
        if any(pattern.search(text[end : end + _AFTER]) for pattern in self.after):
            return True
        return bool(self.sentence) and any(
            pattern.search(_sentence(text, start, end)) for pattern in self.sentence
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that are looked for where one of the cues stands, unless a context makes them harmless."""

    cues: tuple[str, ...]
    find: re.Pattern[str]
    unless: tuple[Context, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A kind of forbidden wording."""

    code: str
    title_zh: str
    title_en: str
    patterns: tuple[Pattern, ...]
    breaks: tuple[tuple[str, ...], ...]
    """For each pattern the sentences in which it is found."""
    keeps: tuple[str, ...]

    def marks(self, folded: Folded, written: str) -> tuple[Mark, ...]:
        """Return the places where the topic is spoken of, in order, none inside another."""
        found = [hit for pattern in self.patterns for hit in _hits(pattern, folded.text)]
        spans = _outer(sorted({folded.span(*hit) for hit in found}))
        return tuple(Mark(start, end, written[start:end], self.code) for start, end in spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbids:
    """A topic that a rule forbids, and when it does not."""

    topic: str
    unless_fact: str = ""
    actors: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something that a rule wants said."""

    name: str
    label_zh: str
    label_en: str
    any_of: tuple[re.Pattern[str], ...]
    is_named: bool
    """One of the institution's names."""
    is_at_start: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """What one law forbids or requires a text to say, and which texts it covers; an empty scope covers all."""

    rule: Rule
    effective_from: date
    effective_to: date | None
    channels: frozenset[str]
    purposes: frozenset[str]
    products: frozenset[str]
    recipients: frozenset[str]
    actors: frozenset[str]
    is_first: bool
    forbids: tuple[Forbids, ...]
    requires: tuple[Element, ...]
    note: str


@dataclass(frozen=True, kw_only=True)
class ContentPack:
    """One version of the content pack."""

    code: str
    version: str
    title_zh: str
    title_en: str
    topics: Mapping[str, Topic]
    rules: tuple[TextRule, ...]
    table: Table = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)
    sha256: str

    def fold(self, text: str) -> Folded:
        """Return a text in the form in which patterns are written."""
        return fold(text, self.table)


def load_content(folder: Path = CONTENT_DIR) -> ContentPack:
    """This function will load the content pack and prove it.

    1. Every file keeps its schema; every text stands in zh and en; every rule names known topics.
    2. Patterns are written in folded form: half-width, lower case, simplified.
    3. Every sentence in `breaks` is found by its pattern, none in `keeps` by any pattern of the topic.

    :raises ContentInvalid: with every fault that was found
    """
    content, faults = _read(folder)
    if faults:
        raise ContentInvalid(faults)
    pack = _build(content, faults)
    faults += [fault for topic in pack.topics.values() for fault in topic_faults(topic, pack)]
    if faults:
        raise ContentInvalid(faults)
    return pack


@lru_cache(maxsize=1)
def shipped_content() -> ContentPack:
    """Return the content pack that this version ships."""
    return load_content()


def topic_faults(topic: Topic, pack: ContentPack) -> Iterator[str]:
    """Tell which sentences of a topic do not come out as they should."""
    for pattern, sentences in zip(topic.patterns, topic.breaks, strict=True):
        for sentence in sentences:
            if not list(_hits(pattern, pack.fold(sentence).text)):
                yield f"topic {topic.code}: not found: {sentence}"
    for sentence in topic.keeps:
        for mark in topic.marks(pack.fold(sentence), sentence):
            yield f"topic {topic.code}: {mark.quote!r} found in the harmless {sentence}"


def _hits(pattern: Pattern, text: str) -> Iterator[tuple[int, int]]:
    if not any(cue in text for cue in pattern.cues):
        return
    for hit in pattern.find.finditer(text):
        if not any(context.holds(text, hit.start(), hit.end()) for context in pattern.unless):
            yield hit.start(), hit.end()


def _outer(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join spans that overlap."""
    joined: tuple[int, int] | None = None
    for start, end in spans:
        if joined is None or start >= joined[1]:
            if joined is not None:
                yield joined
            joined = start, end
        else:
            joined = joined[0], max(joined[1], end)
    if joined is not None:
        yield joined


def _sentence(text: str, start: int, end: int) -> str:
    ends = [hit.end() for hit in _SENTENCE_END.finditer(text, 0, start)]
    after = _SENTENCE_END.search(text, end)
    return text[ends[-1] if ends else 0 : after.start() if after else len(text)]


def _read(folder: Path) -> tuple[dict[str, Any], list[str]]:
    content: dict[str, Any] = {"topics": [], "rules": []}
    faults: list[str] = []
    for kind, path in _files(folder):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506 - a safe loader without dates
        if kind != "variants":
            schema = json.loads((folder / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8"))
            errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
            faults += [f"{path.name}: {error.json_path}: {error.message[:200]}" for error in errors]
        if kind == "topic":
            content["topics"].append(document)
        elif kind == "rule":
            content["rules"] += document or []
        else:
            content[kind] = document
    return content, faults


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    yield "pack", folder / "pack.yaml"
    yield "variants", folder / "variants.yaml"
    for kind in ("topic", "rule"):
        yield from ((kind, path) for path in sorted((folder / f"{kind}s").glob("*.yaml")))


class _TextLoader(yaml.SafeLoader):
    """Reads dates as text, so that content is plain JSON."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _build(content: dict[str, Any], faults: list[str]) -> ContentPack:
    head, variants = content["pack"], content["variants"]
    if len(variants["from"]) != len(variants["to"]):
        raise ContentInvalid(["variants.yaml: both lines must be of one length"])
    builder = _Builder(
        Table(dict(zip(variants["from"], variants["to"], strict=True))), head["contexts"], faults
    )
    topics = {item["code"]: builder.topic(item) for item in content["topics"]}
    rules = tuple(builder.rule(item, topics) for item in content["rules"])
    keys = [(rule.rule.jurisdiction, rule.rule.id) for rule in rules]
    faults += [f"rule {key[1]} is given twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return ContentPack(
        code=head["code"], version=head["version"], title_zh=head["title"]["zh"], title_en=head["title"]["en"],
        topics=topics, rules=rules, table=builder.table, content=content,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )  # fmt: skip


class _Builder:
    """Compiles topics and rules and keeps what is wrong with them."""

    def __init__(self, table: Table, contexts: Mapping[str, Any], faults: list[str]) -> None:
        self.table, self.faults = table, faults
        self.contexts = {name: self._context(name, item) for name, item in contexts.items()}

    def topic(self, item: Mapping[str, Any]) -> Topic:
        own = {name: self._context(name, each) for name, each in item.get("contexts", {}).items()}
        known = self.contexts | own
        return Topic(
            code=item["code"], title_zh=item["title"]["zh"], title_en=item["title"]["en"], keeps=tuple(item["keeps"]),
            patterns=tuple(self._pattern(item, each, known) for each in item["patterns"]),
            breaks=tuple(tuple(each["breaks"]) for each in item["patterns"]),
        )  # fmt: skip

    def rule(self, item: Mapping[str, Any], topics: Collection[str]) -> TextRule:
        named = [each["topic"] for each in item.get("forbids", ())]
        self.faults += [f"rule {item['id']}: no topic {topic}" for topic in named if topic not in topics]
        end = item.get("effective_to")
        scopes = {
            name: frozenset(item.get(name, ()))
            for name in ("channels", "purposes", "products", "recipients", "actors")
        }
        return TextRule(
            rule=Rule(
                id=item["id"], jurisdiction=item["pack"], title_zh=item["title"]["zh"], title_en=item["title"]["en"],
                citation=item["citation"], rank=item["rank"], evidence=item["evidence"],
            ),
            effective_from=date.fromisoformat(item["effective_from"]),
            effective_to=date.fromisoformat(end) if end else None,
            is_first=item.get("is_first", False), note=item.get("note", ""),
            forbids=tuple(
                Forbids(
                    topic=each["topic"], unless_fact=each.get("unless_fact", ""),
                    actors=frozenset(each.get("actors", ())), recipients=frozenset(each.get("recipients", ())),
                )
                for each in item.get("forbids", ())
            ),
            requires=tuple(self._element(item["id"], each) for each in item.get("requires", ())),
            **scopes,
        )  # fmt: skip

    def _element(self, rule: str, item: Mapping[str, Any]) -> Element:
        return Element(
            name=item["name"], label_zh=item["label"]["zh"], label_en=item["label"]["en"],
            any_of=tuple(self._compile(rule, text) for text in item.get("any_of", ())),
            is_named=item.get("is_named", False), is_at_start=item.get("at_start", False),
        )  # fmt: skip

    def _pattern(
        self, topic: Mapping[str, Any], item: Mapping[str, Any], known: Mapping[str, Context]
    ) -> Pattern:
        names = [*topic.get("unless", ()), *item.get("unless", ())]
        self.faults += [f"topic {topic['code']}: no context {name}" for name in names if name not in known]
        self.faults += [
            f"topic {topic['code']}: the cue {cue!r} is not written in folded form"
            for cue in item["cues"]
            if fold(cue, self.table).text != cue
        ]
        return Pattern(
            cues=tuple(item["cues"]),
            find=self._compile(topic["code"], item["find"]),
            unless=tuple(known[name] for name in names if name in known),
        )

    def _context(self, name: str, item: Mapping[str, Any]) -> Context:
        return Context(
            *(
                tuple(self._compile(name, text) for text in item.get(place, ()))
                for place in ("before", "after", "sentence")
            )
        )

    def _compile(self, place: str, text: str) -> re.Pattern[str]:
        """Compile a pattern; `<8>` is up to 8 characters of the clause, `<8s>` of the sentence, `<3w>` 3 words."""
        if text.translate(self.table) != text:
            self.faults.append(f"{place}: not written in folded form: {text[:60]}")
        try:
            return re.compile(_MACRO.sub(_gap, text))
        except re.error as error:
            self.faults.append(f"{place}: {error}: {text[:60]}")
            return re.compile("(?!)")


def _gap(macro: re.Match[str]) -> str:
    if macro[2] == "w":
        return rf"(?:[^\s,.;!?]+ ){{0,{macro[1]}}}?"
    return rf"[^{'' if macro[2] else ','}。;!?\n]{{0,{macro[1]}}}?"
