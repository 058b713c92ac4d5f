"""From the files of a pack to its documents, each under its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from fairdue.engine.law.loading.faults import Fault

SCHEMAS = Path(__file__).resolve().parents[4] / "packs" / "rules" / "schema"
SINGLE = ("pack", "sources", "adopted", "coverage")
"""Kinds that are one file; `pack` and `sources` must be there."""
FOLDERS = ("parameters", "checks", "numbers", "deadlines", "tests")
NOT_CONTENT = frozenset({"coverage"})
"""What is said about our system and not by the pack: it does not belong to a published version."""


@dataclass(slots=True)
class Documents:
    """What the files of one pack say."""

    content: dict[str, Any] = field(
        default_factory=lambda: {"parameters": [], "checks": [], "numbers": [], "tests": []}
    )
    coverage: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    """File by the identity of a document."""

    def place(self, document: Any) -> str:
        """Return the file in which a document stands; empty if it does not come from files."""
        return self.places.get(id(document), "")


def read(folder: Path) -> Documents:
    """This function will read every file of a pack and gather where a file breaks its schema."""
    found = Documents()
    for kind, path in _files(folder):
        file = path.relative_to(folder).as_posix()
        document = _parsed(path, file, found.faults)
        if document is not None:
            found.faults += _schema_faults(kind, file, document, folder)
            _file(found, kind, file, document)
    found.faults += [
        _fault(f"{name}.yaml", "", "is missing", "every pack has one: copy another pack's and change it")
        for name in ("pack", "sources")
        if not (folder / f"{name}.yaml").exists()
    ]
    found.faults += _strays(folder)
    if not found.faults and found.content["pack"]["code"] != folder.name:
        found.faults.append(
            _fault("pack.yaml", "code", f"is not the folder's name {folder.name!r}", "make them the same")
        )
    return found


def _file(found: Documents, kind: str, file: str, document: Any) -> None:
    if kind == "coverage":
        found.coverage = document if isinstance(document, list) else []
    elif kind in SINGLE:
        found.content[kind] = document
    elif isinstance(document, list):
        found.content.setdefault(kind, []).extend(document)
    for item in document if isinstance(document, list) else [document]:
        found.places[id(item)] = file


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for name in SINGLE:
        if (folder / f"{name}.yaml").exists():
            yield name, folder / f"{name}.yaml"
    for kind in FOLDERS:
        for path in sorted((folder / kind).glob("*.yaml")):
            yield kind, path


def _strays(folder: Path) -> list[Fault]:
    """A rule in a file that nobody reads would be no rule."""
    known = {path for _, path in _files(folder)}
    return [
        _fault(path.relative_to(folder).as_posix(), "", "is read by nothing",
               f"move it to {', '.join(f'{name}/*.yaml' for name in FOLDERS)} or one of "
               f"{', '.join(f'{name}.yaml' for name in SINGLE)}")
        for path in sorted(folder.rglob("*.y*ml"))
        if path not in known
    ]  # fmt: skip


def _parsed(path: Path, file: str, faults: list[Fault]) -> Any:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=TextLoader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(_fault(file, "", f"is not readable YAML ({_at(error)})", "correct it there"))
        return None
    if document is None:
        faults.append(_fault(file, "", "is empty", "write its content or delete it"))
    return document


def _at(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", "") or str(error)
    return f"line {mark.line + 1}: {problem}" if mark else problem


class TextLoader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Reads dates and times as text, so that content is plain JSON, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping.

        :raises ConstructorError: if a key stands twice
        """
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]  # type: ignore[no-untyped-call]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} stands twice", node.value[place][0].start_mark
                )
        return super().construct_mapping(node, deep=deep)


TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@lru_cache(maxsize=32)
def _schema(path: Path) -> Any:
    return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def _schema_faults(kind: str, file: str, document: Any, folder: Path) -> Iterator[Fault]:
    own = folder.parent / "schema" / f"{kind}.schema.json"
    schema = _schema(own if own.exists() else SCHEMAS / own.name)
    for error in schema.iter_errors(document):
        advice = f"see packs/rules/schema/{kind}.schema.json and packs/rules/README.md"
        yield _fault(file, _field(document, list(error.absolute_path)), error.message[:200], advice)


def _field(document: Any, path: list[Any]) -> str:
    """Return a place in words: the rule it belongs to instead of its number in the file."""
    if not path or not isinstance(document, list):
        return ".".join(map(str, path))
    item = document[path[0]]
    named = (
        item.get("id") or item.get("key") or item.get("rule") or item.get("source")
        if isinstance(item, dict)
        else ""
    )
    part = f"/{item['part']}" if isinstance(item, dict) and item.get("part") else ""
    rest = ".".join(map(str, path[1:]))
    return f"{named or f'item {path[0] + 1}'}{part}" + (f": {rest}" if rest else "")


def _fault(file: str, field: str, problem: str, advice: str) -> Fault:
    return Fault(file=file, field=field, problem=problem, advice=advice)
