"""Terms of offers read from packs/offers: schema, dates without gaps, and the numbers of the law behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from fairdue.engine.law.numbers import Numbers, RuleNotInForce, shipped_numbers
from fairdue.engine.negotiation.offers import AUTHORITIES
from fairdue.engine.negotiation.terms import (
    ANY,
    Affordability,
    DeferralTerms,
    InstalmentTerms,
    Limits,
    OfferTerms,
    ReducedMinimumTerms,
    SettlementTerms,
    TermCap,
    WaiverTerms,
    discount_factors,
)

OFFERS_DIR = Path(__file__).resolve().parents[3] / "packs" / "offers"


class TermsInvalid(ValueError):
    """Terms of offers may not be used; `faults` lists all that is wrong, each with its field."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class TermsMissing(LookupError):
    """No terms of offers are in force for a jurisdiction on a day."""


def terms_faults(document: Mapping[str, Any], numbers: Numbers) -> list[str]:
    """This function will return everything that is wrong with a document of terms.

    1. The schema is closed: a field it does not know is a fault.
    2. Versions neither overlap nor leave gaps, the newest last; every rule named is known.
    3. Limits and shares that may be agreed rise with the role; floors fall with it; bands rise.
    4. Some line covers every product (`*`), so that no debt is without a longest term or an order.
    """
    errors = sorted(_validator().iter_errors(document), key=lambda error: error.json_path)
    if errors:
        return [f"{error.json_path.removeprefix('$.')}: {error.message[:200]}" for error in errors]
    faults = [f"versions: {fault}" for fault in _gaps(document["versions"])]
    for version in document["versions"]:
        faults += [f"{version['version']}: {fault}" for fault in _version_faults(version, numbers)]
    return faults


def read_terms(
    document: Mapping[str, Any], *, on: date | None = None, numbers: Numbers | None = None
) -> OfferTerms:
    """This function will read the terms in force on a day; without a day, the newest.

    :raises TermsInvalid: with every fault that was found
    :raises TermsMissing: if none of the versions is in force on the day
    """
    known = numbers or shipped_numbers()
    if faults := terms_faults(document, known):
        raise TermsInvalid([f"{document.get('code', '?')}: {fault}" for fault in faults])
    versions = [one for one in document["versions"] if on is None or _is_in_force(one, on)]
    if not versions:
        raise TermsMissing(f"{document['code']} has no terms in force on {on}")
    return _terms(document, versions[-1], on, known)


def load_documents(folder: Path = OFFERS_DIR) -> dict[str, dict[str, Any]]:
    """Return the documents of a folder by code, which is also the file's name.

    :raises TermsInvalid: if one is not YAML, or its name is not its code
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeError) as error:
            raise TermsInvalid([f"{path.name}: is not YAML: {error}"]) from error
        if not isinstance(document, dict) or document.get("code") != path.stem:
            raise TermsInvalid([f"{path.name}: code: differs from the file's name"])
        found[path.stem] = document
    return found


@lru_cache(maxsize=64)
def shipped_terms(jurisdiction: str, on: date) -> OfferTerms:
    """Return the terms that this version ships for a jurisdiction and a day, else the general ones.

    :raises TermsMissing: if there are none
    """
    for wanted in (jurisdiction, ANY):
        for document in _shipped().values():
            if document["jurisdiction"] == wanted:
                return read_terms(document, on=on)
    raise TermsMissing(f"no terms of offers for {jurisdiction}")


@lru_cache(maxsize=1)
def _shipped() -> dict[str, dict[str, Any]]:
    return load_documents()


@lru_cache(maxsize=1)
def _validator() -> jsonschema.Draft202012Validator:
    text = (OFFERS_DIR / "schema" / "offers.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def _is_in_force(version: Mapping[str, Any], on: date) -> bool:
    start, end = date.fromisoformat(version["effective_from"]), version.get("effective_to")
    return start <= on and (end is None or on <= date.fromisoformat(end))


def _gaps(versions: list[dict[str, Any]]) -> list[str]:
    faults = []
    for earlier, later in pairwise(versions):
        end = earlier.get("effective_to")
        next_day = date.fromisoformat(end) + timedelta(days=1) if end else None
        if next_day != date.fromisoformat(later["effective_from"]):
            faults.append(f"{later['version']} does not begin on the day after {earlier['version']} ends")
    return faults


def _version_faults(version: Mapping[str, Any], numbers: Numbers) -> list[str]:
    faults = []
    for cap in version["term_caps"]:
        if "rule" in cap and not numbers.has(cap["rule"]):
            faults.append(f"term_caps: rule {cap['rule']} is not known")
    for name in ("term_caps", "component_order"):
        if not any(ANY in line["products"] for line in version[name]):
            faults.append(f"{name}: no line covers every product")
    for name, bands in (
        ("floors", version["present_value"]["floors"]),
        ("settlement", version.get("settlement", {}).get("bands", [])),
    ):
        starts = [band["from_days_past_due"] for band in bands]
        if starts != sorted(set(starts)):
            faults.append(f"{name}: bands do not rise")
    if version["present_value"]["floors"][0]["from_days_past_due"] != 0:
        faults.append("floors: the first band does not begin at 0 days")
    return faults + _role_faults(version) + _share_faults(version)


def _role_faults(version: Mapping[str, Any]) -> list[str]:
    faults = []
    for lower, upper in pairwise(AUTHORITIES):
        for band in version["present_value"]["floors"]:
            if Fraction(band[upper]) > Fraction(band[lower]):
                faults.append(f"floors: {upper} has a higher floor than {lower}")
        for name, limit in version["authority"][upper].items():
            if limit < version["authority"][lower].get(name, limit + 1):
                faults.append(f"authority: {upper} may do less than {lower}: {name}")
    return faults


def _share_faults(version: Mapping[str, Any]) -> list[str]:
    shares = version["affordability"]
    faults = []
    if not Fraction(shares["vulnerable_share"]) <= Fraction(shares["share"]) <= Fraction(shares["ceiling"]):
        faults.append("affordability: vulnerable_share, share and ceiling do not rise")
    rates = [Fraction(rate) for rate in version["present_value"]["plan_rates"]]
    if rates != sorted(set(rates)):
        faults.append("present_value: plan_rates do not rise")
    return faults


def _terms(
    document: Mapping[str, Any], version: Mapping[str, Any], on: date | None, numbers: Numbers
) -> OfferTerms:
    value, keeping = version["present_value"], version["keeping"]
    return OfferTerms(
        code=document["code"],
        version=version["version"],
        jurisdiction=document["jurisdiction"],
        currencies=tuple(version["currencies"]),
        caps=tuple(_cap(cap, on, numbers) for cap in version["term_caps"]),
        affordability=_affordability(version["affordability"]),
        instalments=_instalments(version["instalments"]),
        deferral=_deferral(version.get("deferral")),
        reduced_minimum=_reduced(version.get("reduced_minimum")),
        fee_waiver=_waiver(version.get("fee_waiver")),
        interest_waiver=_waiver(version.get("interest_waiver")),
        settlement=_settlement(version.get("settlement")),
        yearly_rate=Fraction(value["yearly_rate"]),
        floors=tuple(
            (band["from_days_past_due"], {role: Fraction(band[role]) for role in AUTHORITIES})
            for band in value["floors"]
        ),
        plan_rates=tuple(Fraction(rate) for rate in value["plan_rates"]),
        limits={role: Limits(**version["authority"][role]) for role in AUTHORITIES},
        orders=tuple(
            (tuple(line["products"]), line["from_days_past_due"], tuple(line["order"]))
            for line in version["component_order"]
        ),
        grace_days=keeping["grace_days"],
        tolerance_minor=keeping["tolerance_minor"],
        offer_days=keeping["offer_days"],
        replans=keeping["replans"],
        missed_in_a_row=keeping["missed_in_a_row"],
        factors=discount_factors(Fraction(value["yearly_rate"])),
    )


def _cap(cap: Mapping[str, Any], on: date | None, numbers: Numbers) -> TermCap:
    products = tuple(cap["products"])
    if "rule" not in cap:
        months = cap["months"]
        return TermCap(products=products, months=months, months_long_term_need=months, basis="house")
    try:
        rule = numbers.rule(cap["rule"], on)
    except RuleNotInForce as error:
        raise TermsMissing(str(error)) from error
    months = rule.integer(cap["parameter"])
    longer = rule.integer(cap.get("parameter_long_term_need", cap["parameter"]))
    return TermCap(products=products, months=months, months_long_term_need=longer, basis=cap["rule"])


def _affordability(item: Mapping[str, Any]) -> Affordability:
    return Affordability(
        share=Fraction(item["share"]),
        vulnerable_share=Fraction(item["vulnerable_share"]),
        ceiling=Fraction(item["ceiling"]),
        smallest_monthly_minor=item["smallest_monthly_minor"],
        step_minor=item["step_minor"],
        **item["protected_monthly"],
    )


def _instalments(item: Mapping[str, Any]) -> InstalmentTerms:
    return InstalmentTerms(
        shortest_months=item["shortest_months"],
        gentle_share=Fraction(item["gentle_share"]),
        without_assessment_months=tuple(sorted(item["without_assessment_months"])),
        first_after_days=item["first_after_days"],
        latest_first_days=item["latest_first_days"],
    )


def _deferral(item: Mapping[str, Any] | None) -> DeferralTerms | None:
    if item is None:
        return None
    return DeferralTerms(
        months=item["months"],
        vulnerable_months=item["vulnerable_months"],
        until_days_past_due=item["until_days_past_due"],
        plans_before=item["plans_before"],
    )


def _reduced(item: Mapping[str, Any] | None) -> ReducedMinimumTerms | None:
    if item is None:
        return None
    return ReducedMinimumTerms(
        products=tuple(item["products"]), months=item["months"], plans_before=item["plans_before"]
    )


def _waiver(item: Mapping[str, Any] | None) -> WaiverTerms | None:
    if item is None:
        return None
    return WaiverTerms(
        components=_shares(item["components"]),
        within_days=item["within_days"],
        from_days_past_due=item.get("from_days_past_due", 0),
        plans_before=item["plans_before"],
    )


def _settlement(item: Mapping[str, Any] | None) -> SettlementTerms | None:
    if item is None:
        return None
    return SettlementTerms(
        within_days=item["within_days"],
        instalments=item["instalments"],
        bands=tuple((band["from_days_past_due"], _shares(band["components"])) for band in item["bands"]),
    )


def _shares(components: Mapping[str, str]) -> dict[str, Fraction]:
    return {name: Fraction(share) for name, share in components.items()}
