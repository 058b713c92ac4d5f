"""Chinese texts to a debtor: naming the institution, posing as an organ, false statements, urging to borrow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairdue.engine.law.content.finding import Finding, forbidden
from fairdue.engine.law.numbers import Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of claims that a text may make; nothing known means that none is."""

    is_listed_by_court: bool = False
    effective_demands: int = 0


def naming_finding(text: str, *, institution_name: str, on: date, numbers: Numbers) -> Finding | None:
    """This function will find that a first contact does not name its institution (CN-ID-01)."""
    rule = numbers.rule("CN-ID-01", on)
    is_named = bool(institution_name) and institution_name in text
    return None if is_named else Finding(rule=rule, missing=("institution_name",))


def prohibited(text: str, *, truth: Truth, on: date, numbers: Numbers) -> tuple[Finding, ...]:
    """This function will find what no text to a debtor may say.

    1. Posing as a court, procuratorate, police, justice office or arbitration body (CN-PROH-02).
    2. A listing that no court made, or that the lender claims to have made itself; a crime before the second
       effective demand (CN-PROH-03, CN-LIT-09, CN-LIT-10).
    3. Urging to borrow elsewhere (CN-PROH-05).
    """
    posing, false, urging = (numbers.rule(key, on) for key in ("CN-PROH-02", "CN-PROH-03", "CN-PROH-05"))
    lists = ["own_listing"] if truth.is_listed_by_court else ["listing", "own_listing"]
    if truth.effective_demands < false.integer("min_demands"):
        lists.append("crime")
    found = (
        forbidden(text, posing, "patterns"),
        forbidden(text, false, *lists),
        forbidden(text, urging, "patterns"),
    )
    return tuple(finding for finding in found if finding is not None)
