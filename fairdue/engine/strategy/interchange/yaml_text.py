"""A strategy's document from YAML that somebody sends: plain data only, and nothing that could not be stored."""

from __future__ import annotations

import json
from typing import Any

import yaml


class YamlUnreadable(ValueError):
    """The text is no strategy's document; `line` is where, from 1, or 0."""

    code = "decisions.strategy.yaml"

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class _PlainLoader(yaml.SafeLoader):
    """Reads no aliases, which can unfold without end, and leaves days as the texts that cells are."""

    yaml_implicit_resolvers = {
        sign: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Read one part; an alias is refused."""
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, "aliases are not read here", event.start_mark)
        return super().compose_node(parent, index)


def read_yaml(content: bytes) -> dict[str, Any]:
    """Return the document of a YAML (or JSON) file.

    :raises YamlUnreadable: if it is no YAML, no mapping with a code, or holds what cannot be stored
    """
    try:
        document = yaml.load(content.decode("utf-8-sig"), Loader=_PlainLoader)  # noqa: S506 - a SafeLoader
        stored = json.dumps(document, allow_nan=False, ensure_ascii=True)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise YamlUnreadable(str(getattr(error, "problem", error)), mark.line + 1 if mark else 0) from error
    except (UnicodeError, RecursionError, ValueError, TypeError) as error:
        raise YamlUnreadable(str(error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("code"), str):
        raise YamlUnreadable("a mapping with a code is needed")
    if "\\u0000" in stored or "\\ud8" in stored or "\\udc" in stored:
        _require_storable(stored)
    return document


def _require_storable(stored: str) -> None:
    text = json.dumps(json.loads(stored), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise YamlUnreadable("a sign that no text can hold") from error
    if "\\u0000" in text:
        raise YamlUnreadable("a sign that no text can hold")
