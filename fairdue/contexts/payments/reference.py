"""Mappings of bank CSV files, as data of the packs."""

from __future__ import annotations

import re

import yaml
from django.conf import settings

from fairdue.engine.intake.bank.contents import BankFileRefused
from fairdue.engine.intake.bank.mapping import CsvMapping, read_mapping

FOLDER = settings.PACKS_DIR / "reference" / "bank_csv"
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def mapping_names() -> tuple[str, ...]:
    """Return the names of the mappings that there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def csv_mapping(name: str) -> CsvMapping:
    """Return a mapping by its name, read anew: it may be edited while the house runs.

    :raises BankFileRefused: if there is none of this name, or it is not valid
    """
    path = FOLDER / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise BankFileRefused(
            "bank.mapping.unknown",
            f"there is no mapping {name!r}",
            advice=f"Known: {', '.join(mapping_names())}; or write one in packs/reference/bank_csv",
        )
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        raise BankFileRefused("bank.mapping.invalid", "the mapping is not YAML", where=path.name) from None
    return read_mapping(document, name=name)
