"""The classes of record that the installation keeps (`packs/reference/retention.yaml`), under a closed vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parents[3] / "packs" / "reference" / "retention.yaml"
NATURES = (
    "communication", "decision_log", "call_recording", "plan_recording", "personal_note", "contact_detail", "identity",
    "payment_record", "access_log", "working_file",
)  # fmt: skip
WAYS = ("none", "blank", "empty", "mark", "mark_unique", "mark_hash", "sealed", "file")

KEY_TYPES = {"session_key": "text", "address_hash": "bytea"}
"""Keys that are not numbers."""


class ClassesInvalid(ValueError):
    """The classes of record may not be used; the message lists what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordClass:
    """One class of record: where it stands, whom it is about, what is erased of it and what remains."""

    code: str
    title_zh: str
    title_en: str
    nature: str
    table: str
    key: str
    joins: str
    person: str
    """Expression of the person's id; empty if the records are about nobody in particular."""
    created: str
    """Expression of its day or moment; empty if the record lives on while anything happens with the person."""
    when: str
    erase: Mapping[str, str]
    """Column → way; empty if the whole row goes."""
    proves: str
    remains_zh: str
    remains_en: str

    @property
    def action(self) -> str:
        """`row` if the row goes, `fields` if some of its columns are emptied."""
        return "fields" if self.erase else "row"

    @property
    def key_type(self) -> str:
        """The type of the key in the database."""
        return KEY_TYPES.get(self.key, "bigint")

    @property
    def file_column(self) -> str:
        """The column that names a file to be deleted, or nothing."""
        return next((name for name, way in self.erase.items() if way == "file"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTables:
    """Tables that stay, and why they may."""

    tables: tuple[str, ...]
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Every table of the installation: what is erased in time, and what stays."""

    classes: tuple[RecordClass, ...]
    kept: tuple[KeptTables, ...]

    def named(self, code: str) -> RecordClass:
        """Return a class by its code.

        :raises KeyError: if there is none
        """
        return {each.code: each for each in self.classes}[code]

    @property
    def tables(self) -> frozenset[str]:
        """Every table that is spoken of."""
        return frozenset(
            {each.table for each in self.classes} | {name for group in self.kept for name in group.tables}
        )


def parse_inventory(document: Mapping[str, Any]) -> Inventory:
    """This function will read the classes of record.

    1. Codes are unique; natures and ways of erasing are of the closed vocabulary; every text stands in zh and en.
    2. A class says what is erased, and a class without a person has a day on which its records began.
    3. A table that is proof is in no class.

    :raises ClassesInvalid: with every fault that was found
    """
    classes = tuple(_class(item) for item in document["classes"])
    kept = tuple(
        KeptTables(tables=tuple(item["tables"]), why_zh=item["why"]["zh"], why_en=item["why"]["en"])
        for item in document["kept"]
    )
    inventory = Inventory(classes=classes, kept=kept)
    if faults := _faults(inventory):
        raise ClassesInvalid("; ".join(faults))
    return inventory


def _class(item: Mapping[str, Any]) -> RecordClass:
    erase = item["erase"]
    return RecordClass(
        code=item["code"], title_zh=item["title"]["zh"], title_en=item["title"]["en"], nature=item["nature"],
        table=item["table"], key=item.get("key", "id"), joins=item.get("joins", ""), person=item.get("person", ""),
        created=item.get("created", ""), when=item.get("when", "TRUE"), erase={} if erase == "row" else dict(erase),
        proves=item.get("proves", ""), remains_zh=item["remains"]["zh"], remains_en=item["remains"]["en"],
    )  # fmt: skip


def _faults(inventory: Inventory) -> list[str]:
    codes = [each.code for each in inventory.classes]
    faults = [f"{code}: given twice" for code in sorted({code for code in codes if codes.count(code) > 1})]
    kept = {name for group in inventory.kept for name in group.tables}
    for each in inventory.classes:
        faults += [f"{each.code}: nature {each.nature!r} is unknown"] if each.nature not in NATURES else []
        faults += [
            f"{each.code}: {way!r} is no way of erasing" for way in each.erase.values() if way not in WAYS
        ]
        faults += [f"{each.code}: has neither a person nor a day"] if not each.person + each.created else []
        faults += [f"{each.code}: {each.table} is also kept"] if each.table in kept else []
    return faults


@lru_cache(maxsize=1)
def shipped_inventory() -> Inventory:
    """This function will return the classes of record that this version ships.

    :raises ClassesInvalid: if they may not be used
    """
    return parse_inventory(yaml.safe_load(FILE.read_text(encoding="utf-8")))
