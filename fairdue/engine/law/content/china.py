"""Chinese texts to a debtor: naming the institution, posing as an organ, false statements, urging to borrow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fairdue.engine.law.content.finding import Finding
from fairdue.engine.law.content.lexicon import shipped_content
from fairdue.engine.law.content.reading import Text, read
from fairdue.engine.law.numbers import Numbers

PROHIBITIONS = ("CN-PROH-02", "CN-PROH-03", "CN-PROH-05")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of claims that a text may make; nothing known means that none is."""

    is_listed_by_court: bool = False
    effective_demands: int = 0

    def facts(self, min_demands: int) -> frozenset[str]:
        """Return the facts that lift a prohibition; a crime may be named after `min_demands` effective demands."""
        held = {
            "listed_by_court": self.is_listed_by_court,
            "demanded_twice": self.effective_demands >= min_demands,
        }
        return frozenset(name for name, is_so in held.items() if is_so)


def naming_finding(text: str, *, institution_name: str, on: date, numbers: Numbers) -> Finding | None:
    """This function will find that a first contact does not name its institution (CN-ID-01)."""
    rule = numbers.rule("CN-ID-01", on)
    is_named = bool(institution_name) and institution_name in text
    return None if is_named else Finding(rule=rule, missing=("institution_name",))


def prohibited(text: str, *, truth: Truth, on: date, numbers: Numbers) -> tuple[Finding, ...]:
    """This function will find what no text to a debtor may say.

    1. Posing as a court, procuratorate, police, justice office or arbitration body (CN-PROH-02).
    2. A listing that no court made, or that the lender claims to have made itself; a crime before the second
       effective demand; an invented case; exaggeration (CN-PROH-03, CN-LIT-09, CN-LIT-10).
    3. Urging to borrow elsewhere, a fee for collecting (CN-PROH-05).
    """
    facts = truth.facts(numbers.rule("CN-PROH-03", on).integer("min_demands"))
    asked = Text(text=text, channel="", facts=facts)
    found = read(asked, packs=("cn",), on=on, content=shipped_content(), numbers=numbers)
    return tuple(finding for finding in found if finding.rule.id in PROHIBITIONS)
