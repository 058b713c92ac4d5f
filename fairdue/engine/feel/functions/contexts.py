"""Functions of contexts."""

from __future__ import annotations

from typing import Any

from fairdue.engine.feel.calling import built_in, typed
from fairdue.engine.feel.functions.lists import items
from fairdue.engine.feel.functions.texts import text
from fairdue.engine.feel.values import Fault, Value


def context(value: Value) -> dict[str, Any]:
    """Return an argument that must be a context."""
    found: dict[str, Any] = typed(value, dict, "a context")
    return found


@built_in("get value", "m", "key")
def _get_value(value: Value, key: Value) -> Value:
    return context(value).get(text(key))


@built_in("get entries", "m")
def _get_entries(value: Value) -> list[Value]:
    return [{"key": key, "value": one} for key, one in context(value).items()]


@built_in("context", "entries")
def _context(entries: Value) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for entry in items(entries):
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise Fault("an entry has a key and a value")
        if text(entry["key"]) in found:
            raise Fault(f"the key {entry['key']} stands twice")
        found[entry["key"]] = entry["value"]
    return found


@built_in("context put", "context", "key", "value", others=(("context", "keys", "value"),))
def _put(value: Value, key: Value, new: Value) -> dict[str, Value]:
    keys = [text(one) for one in key] if isinstance(key, list) else [text(key)]
    if not keys:
        raise Fault("context put needs a key")
    return _put_deep(context(value), keys, new)


def _put_deep(found: dict[str, Value], keys: list[str], new: Value) -> dict[str, Value]:
    first, *others = keys
    inner = _put_deep(context(found.get(first) or {}), others, new) if others else new
    return found | {first: inner}


@built_in("context merge", "contexts")
def _merge(contexts: Value) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for one in items(contexts):
        found |= context(one)
    return found
