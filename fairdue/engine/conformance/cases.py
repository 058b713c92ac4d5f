"""Finding case files and reading their cases, each with the line on which it begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

Format = Literal["law", "money"]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CASE_SUFFIXES = {".yaml", ".yml"}


class FileMalformed(ValueError):
    """A case file that cannot be read at all; says the file and the line."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line = path, line


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as it stands in its file; `document` is not checked yet."""

    path: Path
    line: int
    document: dict[str, Any]

    @property
    def id(self) -> str:
        """The case's id, or the place where it stands."""
        return str(self.document.get("id") or f"{self.path.name}:{self.line}")

    @property
    def kind(self) -> str:
        """The topic of the case, empty if it names none."""
        return str(self.document.get("kind") or "")

    @property
    def format(self) -> Format | None:
        """Which of the two formats the case has, from its fields; None if that is not plain."""
        fields = self.document.keys()
        is_law = bool(fields & {"packs", "rules", "when"})
        is_money = bool(fields & {"recomputed", "events"}) or isinstance(self.document.get("then"), list)
        if is_law == is_money:
            return None
        return "law" if is_law else "money"

    @property
    def decides(self) -> bool:
        """Whether the case decides the run: all but those of grade M (law README section 5)."""
        return self.document.get("grade") != "M"


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the case files named, or found below the folders named, each once.

    1. Of a folder that has folders `cases` at or below it, only the files in those count.
    2. Of any other folder, all `.yaml` and `.yml` files below it count.

    :raises FileNotFoundError: if a path does not exist or holds no case file
    """
    found: dict[Path, Path] = {}
    for path in paths:
        files = [path] if path.is_file() else _files_below(path)
        if not files:
            raise FileNotFoundError(f"{path}: no case files there")
        found.update({file.resolve(): file for file in files})
    return list(found.values())


def _files_below(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if file.suffix in _CASE_SUFFIXES and file.is_file())
    within = [file for file in files if "cases" in file.relative_to(folder.parent).parts[:-1]]
    return within or files


def read(path: Path) -> list[Case]:
    """Read the cases of one file.

    :raises FileMalformed: if it is not text, not YAML, repeats a key, or is not a list of mappings
    """
    try:
        loader = _LOADER(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        documents = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FileMalformed(path, mark.line + 1 if mark else 1, error.problem or "not YAML") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise FileMalformed(path, 1, f"not readable as YAML: {error}".splitlines()[0]) from error
    if node is None or not isinstance(documents, list):
        raise FileMalformed(path, 1, "a case file is a list of cases")
    for key in _repeated_keys(node):
        raise FileMalformed(
            path, key.start_mark.line + 1, f"the key {key.value!r} stands twice in one mapping"
        )
    return [_case(path, child, document) for child, document in zip(node.value, documents, strict=True)]


def _case(path: Path, node: yaml.Node, document: object) -> Case:
    line = node.start_mark.line + 1
    if not isinstance(document, dict):
        raise FileMalformed(path, line, "a case is a mapping of fields")
    return Case(path=path, line=line, document=document)


def _repeated_keys(node: yaml.Node) -> Iterator[yaml.Node]:
    """Yield the keys that YAML would silently let overwrite an earlier one."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _repeated_keys(child)
