"""Checking that a case is well formed: by the JSON Schema beside its file, or else by its outline."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.protocols import Validator

from fairdue.engine.conformance.cases import Case

SCHEMA_NAME = "schema.json"
_OUTLINES: dict[str, dict[str, type | tuple[type, ...]]] = {
    "law": {"id": str, "kind": str, "packs": list, "rules": list, "given": dict, "when": dict, "then": dict},
    "money": {"id": str, "kind": str, "given": dict, "then": list},
}
_MESSAGE_LENGTH = 300


def complaint(case: Case) -> str:
    """Return what is wrong with the form of a case, or an empty text.

    The schema is `schema.json` in the folder of the case file or in the one above.
    """
    if case.format is None:
        return "neither the fields of a law case (packs, rules, when) nor of a money case (then as a list)"
    validator = _validator(case.path.parent.resolve())
    if validator is None:
        return _outline_complaint(case.document, _OUTLINES[case.format])
    error = jsonschema.exceptions.best_match(validator.iter_errors(case.document))
    return (
        ""
        if error is None
        else f"{error.json_path.lstrip('$.') or 'case'}: {error.message[:_MESSAGE_LENGTH]}"
    )


@lru_cache
def _validator(folder: Path) -> Validator | None:
    for place in (folder / SCHEMA_NAME, folder.parent / SCHEMA_NAME):
        if place.is_file():
            schema = json.loads(place.read_text(encoding="utf-8"))
            one = schema.get("items", {"$ref": "#/$defs/case"}) | {"$defs": schema.get("$defs", {})}
            return jsonschema.Draft202012Validator(one)
    return None


def _outline_complaint(document: dict[str, Any], outline: dict[str, type | tuple[type, ...]]) -> str:
    for field, expected in outline.items():
        if field not in document:
            return f"{field}: is required"
        if not isinstance(document[field], expected):
            return f"{field}: is not of the right type"
    return ""
