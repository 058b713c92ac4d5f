"""Reading product terms and rate tables: a closed schema, then what a schema cannot say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import yaml

from fairdue.engine.ledger.products.card import card_faults
from fairdue.engine.ledger.products.rates import Rate, RateTable
from fairdue.engine.ledger.products.terms import (
    CapTerms,
    DelinquencyTerms,
    DownPaymentTerms,
    HolidayTerms,
    InterestTerms,
    LateFeeTerms,
    PenaltyTerms,
    PrepaymentTerms,
    ProductTerms,
    RoundingTerms,
)

T = TypeVar("T")

PACKS = Path(__file__).resolve().parents[4] / "packs"
PRODUCTS_DIR = PACKS / "products"
RATES_DIR = PACKS / "reference" / "rates"
PENALTY_FACTORS = (Fraction(1), Fraction("1.5"))
"""In China penalty interest is the contract's rate and up to half of it more."""


class ProductInvalid(ValueError):
    """Product terms or a rate table may not be used; `faults` lists all that is wrong, each with its field."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


def parse_product(document: Mapping[str, Any], *, place: str = "") -> ProductTerms:
    """Return the terms that a document describes.

    1. The schema is closed: a field it does not know is a fault.
    2. A factor of penalty interest lies between 1 and 1.5 in China (PBoC notice Yinfa (2003) 251 art. 3).
    3. Bucket edges rise; a floor is not above its cap; a card has a `card` section and nothing else has one.

    :raises ProductInvalid: with every fault, as `place: field: what is wrong`
    """
    where = place or str(document.get("code", "?"))
    if faults := _schema_faults(document, "product", PRODUCTS_DIR):
        raise ProductInvalid([f"{where}: {fault}" for fault in faults])
    if faults := _cross_faults(document):
        raise ProductInvalid([f"{where}: {fault}" for fault in faults])
    return _terms(document)


def load_products(folder: Path = PRODUCTS_DIR) -> dict[str, ProductTerms]:
    """Return the products of a folder by code, which is also the file's name.

    :raises ProductInvalid: with every fault of every file
    """
    found: dict[str, ProductTerms] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            terms = parse_product(read_document(path), place=path.name)
        except ProductInvalid as error:
            faults += error.faults
            continue
        if terms.code != path.stem:
            faults.append(f"{path.name}: code: {terms.code} differs from the file's name")
        found[terms.code] = terms
    if faults:
        raise ProductInvalid(faults)
    return found


def load_rates(folder: Path = RATES_DIR) -> dict[str, RateTable]:
    """Return the rate tables of a folder by code.

    :raises ProductInvalid: with every fault of every file
    """
    found, faults = {}, []
    for path in sorted(folder.glob("*.yaml")):
        document = read_document(path)
        errors = _schema_faults(document, "rates", RATES_DIR) or _rate_faults(document, path.stem)
        faults += [f"{path.name}: {error}" for error in errors]
        if not errors:
            found[path.stem] = _rate_table(document)
    if faults:
        raise ProductInvalid(faults)
    return found


def read_document(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    :raises ProductInvalid: if it is not YAML or holds something else
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeError) as error:
        raise ProductInvalid([f"{path.name}: is not YAML: {error}"]) from error
    if not isinstance(document, dict):
        raise ProductInvalid([f"{path.name}: holds no mapping"])
    return document


def _schema_faults(document: Mapping[str, Any], name: str, folder: Path) -> list[str]:
    errors = sorted(_validator(name, folder).iter_errors(document), key=lambda error: error.json_path)
    return [f"{error.json_path.removeprefix('$.')}: {error.message[:200]}" for error in errors]


@lru_cache
def _validator(name: str, folder: Path) -> jsonschema.Draft202012Validator:
    text = (folder / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def _cross_faults(document: Mapping[str, Any]) -> list[str]:
    faults = []
    edges = document["delinquency"].get("bucket_edges", [])
    if edges != sorted(set(edges)):
        faults.append("delinquency.bucket_edges: the edges do not rise")
    if ("card" in document) != (document["kind"] == "card"):
        faults.append("card: a product of kind card has this section, and no other has")
    faults += card_faults(document["card"]) if document["kind"] == "card" and "card" in document else []
    penalty, fee = document.get("penalty", {}), document.get("late_fee", {})
    if document["jurisdiction"] == "cn" and "factor" in penalty:
        low, high = PENALTY_FACTORS
        if not low <= Fraction(penalty["factor"]) <= high:
            faults.append(f"penalty.factor: {penalty['factor']} is not between 1 and 1.5")
    if "cap_minor" in fee and fee.get("floor_minor", 0) > fee["cap_minor"]:
        faults.append("late_fee.floor_minor: the floor is above the cap")
    if document["interest"].get("repricing", "none") != "none" and not document["interest"].get("base"):
        faults.append("interest.repricing: only a rate by table is repriced")
    codes = [cap["code"] for cap in document.get("caps", ())]
    return [*faults, *(["caps: a code is given twice"] if len(codes) != len(set(codes)) else [])]


def _rate_faults(document: Mapping[str, Any], stem: str) -> list[str]:
    faults = [] if document["code"] == stem else [f"code: {document['code']} differs from the file's name"]
    days = []
    for number, rate in enumerate(document["rates"]):
        try:
            days.append(date.fromisoformat(rate["from_date"]))
        except ValueError:
            faults.append(f"rates[{number}].from_date: {rate['from_date']} is no date")
    return faults + (["rates: the dates do not rise"] if days != sorted(set(days)) else [])


def _rate_table(document: Mapping[str, Any]) -> RateTable:
    return RateTable(
        code=document["code"],
        name=document["name"],
        citation=document["citation"],
        rates=tuple(
            Rate(
                from_date=date.fromisoformat(rate["from_date"]),
                rate=Fraction(rate["rate"]),
                source=rate["source"],
            )
            for rate in document["rates"]
        ),
    )


def _terms(document: Mapping[str, Any]) -> ProductTerms:
    plain = (
        "code",
        "version",
        "kind",
        "name",
        "summary",
        "jurisdiction",
        "currency",
        "book_kind",
        "allocation_policy",
    )
    edges = document["delinquency"] | {"bucket_edges": tuple(document["delinquency"].get("bucket_edges", ()))}
    return ProductTerms(
        **{name: document[name] for name in plain},
        interest=InterestTerms(**_exact(document["interest"], "highest_rate")),
        delinquency=DelinquencyTerms(**edges),
        rounding=RoundingTerms(**_plain_names(document.get("rounding", {}))),
        holidays=HolidayTerms(**document.get("holidays", {})),
        penalty=_section(PenaltyTerms, document.get("penalty"), "factor", "rate"),
        late_fee=_section(LateFeeTerms, document.get("late_fee"), "share"),
        down_payment=_section(DownPaymentTerms, document.get("down_payment"), "least_share"),
        prepayment=_section(PrepaymentTerms, document.get("prepayment")),
        caps=tuple(CapTerms(**_exact(cap, "rate")) for cap in document.get("caps", ())),
        example=document.get("example", {}),
        card=document.get("card", {}),
        document=document,
    )


def _section(kind: type[T], section: Mapping[str, Any] | None, *fractions: str) -> T | None:
    return None if section is None else kind(**_exact(_plain_names(section), *fractions))


def _exact(section: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: Fraction(value) if name in names else value for name, value in section.items()}


def _plain_names(section: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_minor"): value for name, value in section.items()}
