"""Two versions of a pack rule by rule, in words: what came, what went, what says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fairdue.engine.law.loading.pieces import canonical
from fairdue.engine.law.loading.standing import documents_by_key

Aspect = Literal[
    "rule", "parameter", "validity", "scope", "exception", "outcome", "condition", "text", "citation",
    "evidence", "source", "adoption", "pack", "clock",
]  # fmt: skip
_ASPECTS: tuple[tuple[Aspect, tuple[str, ...]], ...] = (
    ("validity", ("effective_from", "effective_to")),
    ("scope", ("applies_to",)),
    ("condition", ("uses", "params")),
    ("outcome", ("yields", "adds")),
    ("citation", ("citation", "rank")),
    ("evidence", ("evidence",)),
    ("text", ("title", "message", "note")),
)
_WORDS: dict[str, str] = {
    "rule": "规则", "parameter": "参数", "validity": "有效期", "scope": "适用范围", "exception": "例外", "outcome": "后果",
    "condition": "判定条件", "text": "文字", "citation": "出处", "evidence": "核验程度", "source": "文件",
    "adoption": "机构自愿执行", "pack": "规则包", "clock": "时限", "added": "新增", "removed": "删除", "changed": "变更",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs."""

    rule: str
    """Key of the rule; of a parameter that checks share its id, of a source its key."""
    aspect: str
    field: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any

    @property
    def words_en(self) -> str:
        """The change in an English sentence."""
        told = _told(self.kind, self.before, self.after, ("added", "removed", "was", "is now"))
        return f"{self.rule}: {f'{self.aspect} {self.field}'.strip()} {told}"

    @property
    def words_zh(self) -> str:
        """The change in a Chinese sentence."""
        told = _told(self.kind, self.before, self.after, ("新增", "删除", "原为", "现为"))
        return f"{self.rule}：{f'{_WORDS[self.aspect]} {self.field}'.strip()} {told}"

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain JSON values, with its sentences."""
        return asdict(self) | {"words": {"zh": self.words_zh, "en": self.words_en}}


def _told(kind: str, before: Any, after: Any, words: tuple[str, str, str, str]) -> str:
    added, removed, was, now = words
    if kind == "added":
        return f"{added}: {_shown(after)}"
    if kind == "removed":
        return f"{removed}: {_shown(before)}"
    return f"{was} {_shown(before)}, {now} {_shown(after)}"


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else canonical(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDiff:
    """Everything in which one version differs from another."""

    code: str
    before: str
    after: str
    """Identities of the versions; empty where there is none."""
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the difference as plain JSON values."""
        return {
            "pack": self.code, "before": self.before, "after": self.after,
            "changes": [change.as_json() for change in self.changes],
        }  # fmt: skip


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """This function will return in what the content of one version differs from another's, rule by rule.

    1. A rule that is only in one of them is added or removed as a whole. 2. Else each aspect that differs is a change:
    validity, scope, condition, outcome, exceptions by label, citation, evidence, texts in zh and en apart. Clocks of
    deadlines are compared so too, under the rule that sets their length.
    3. Dated parameters are compared value by value, by the day from which they hold. 4. Tests do not count: they say
    nothing that the rules do not. The version itself is no difference.
    """
    return tuple(_all(before, after))


def _all(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    head = ("title", "description", "zone")
    for name in head:
        yield from _field("pack", "pack", name, before["pack"].get(name), after["pack"].get(name))
    yield from _listed("source", _by(before["sources"], "key"), _by(after["sources"], "key"))
    yield from _parameters(_by(before["parameters"], "id"), _by(after["parameters"], "id"))
    yield from _rules(documents_by_key(before), documents_by_key(after))
    yield from _clocks(_of_kind(before), _of_kind(after))
    yield from _field("pack", "adoption", "", before.get("adopted"), after.get("adopted"))


def _of_kind(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return _by(content.get("deadlines", ()), "kind")


def _clocks(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Change]:
    """Compare clocks by the rule that sets their length: what starts and ends each, its days, its steps by code."""
    for kind in sorted({**before, **after}):
        old, new = before.get(kind), after.get(kind)
        if old is None or new is None:
            one = old or new or {}
            yield from _field(one["rule"], "clock", kind, old and old["title"], new and new["title"])
            continue
        for name in {**old, **new}:
            if name == "steps":
                continue
            if name != "examples":  # they say nothing that the clock does not
                yield from _nested(new["rule"], "clock", f"{kind} {name}", old.get(name), new.get(name))
        steps = ({step["code"]: step for step in side.get("steps", ())} for side in (old, new))
        earlier, later = steps
        for code in {**earlier, **later}:
            yield from _field(new["rule"], "clock", f"{kind} step {code}", earlier.get(code), later.get(code))


def _by(documents: Sequence[Mapping[str, Any]], name: str) -> dict[str, Mapping[str, Any]]:
    return {str(document[name]): document for document in documents}


def _listed(aspect: Aspect, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in {**before, **after}:
        yield from _field(key, aspect, "", before.get(key), after.get(key))


def _rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield from _field(key, "rule", "", old and old["title"], new and new["title"])
            continue
        for aspect, names in _ASPECTS:
            for name in names:
                yield from _nested(key, aspect, name, old.get(name), new.get(name))
        yield from _exceptions(key, old.get("unless", ()), new.get("unless", ()))
        yield from _values(key, old.get("parameters", {}), new.get("parameters", {}))


def _nested(key: str, aspect: Aspect, name: str, old: Any, new: Any) -> Iterator[Change]:
    """Compare texts language by language and conditions column by column."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for part in {**old, **new}:
            yield from _field(key, aspect, f"{name}.{part}", old.get(part), new.get(part))
    else:
        yield from _field(key, aspect, name, old, new)


def _exceptions(
    key: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    before, after = ({item["label"]["en"]: item for item in items} for items in (old, new))
    for label in {**before, **after}:
        yield from _field(key, "exception", f"“{label}”", before.get(label), after.get(label))


def _parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in {**before, **after}:
        yield from _values(name, *({"": side[name]} if name in side else {} for side in (before, after)))


def _values(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in {**old, **new}:
        one, other = old.get(name), new.get(name)
        if one is None or other is None:
            yield from _field(key, "parameter", name, one, other)
            continue
        for part in ("title", "unit"):
            yield from _field(key, "parameter", f"{name} {part}".strip(), one.get(part), other.get(part))
        earlier, later = ({item.get("from", ""): item for item in side["values"]} for side in (one, other))
        for start in sorted({*earlier, *later}):
            place = f"{name} from {start}".strip() if start else name
            yield from _value(key, place, earlier.get(start), later.get(start))


def _value(
    key: str, place: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Iterator[Change]:
    if old is None or new is None:
        yield from _field(key, "parameter", place, old and old["value"], new and new["value"])
        return
    for part, word in (("value", ""), ("to", "last day"), ("citation", "citation")):
        yield from _field(key, "parameter", f"{place} {word}".strip(), old.get(part), new.get(part))


def _field(rule: str, aspect: Aspect, field: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    kind: Literal["added", "removed", "changed"] = (
        "added" if old is None else "removed" if new is None else "changed"
    )
    yield Change(rule=rule, aspect=aspect, field=field, kind=kind, before=old, after=new)
