"""The rules on keeping and deleting records, and what stops a deletion: holds and deadlines that are open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fairdue.engine.law.loading.standing import adopted_keys, basis_of
from fairdue.engine.law.numbers import Numbers
from fairdue.engine.law.retention import Period, periods_of

from ..rules import in_force, shipped_pack
from .confirmations import confirmed_keys

RETENTION_STOPS_SQL = """
SELECT person_id, 'hold:' || kind AS stop FROM law_hold WHERE ended_at IS NULL
UNION
SELECT person_id, 'deadline:' || kind FROM law_deadline WHERE status IN ('running', 'missed')
"""
"""Whose records nothing may be deleted of, and why."""
LATEST_CONTACT_SQL = "SELECT person_id, max(occurred_at) AS at FROM law_contact GROUP BY person_id"
"""The latest contact with each person, whoever made it."""


def keeping_periods(debts: Iterable[tuple[str, str]], on: date) -> tuple[tuple[Period, ...], dict[str, str]]:
    """This function will return the rules on keeping that bind debts by jurisdiction and group, and the pack versions.

    1. A debt that names no jurisdiction stands under that of its institution group, else under the default.
    2. A rule whose source nobody has read counts as policy of the house that adopted it, or once it is confirmed.
    """
    listed = in_force()
    groups, default = listed["institution_groups"], listed["default"]
    bound = {jurisdiction or groups.get(group, default) for jurisdiction, group in debts} or {default}
    codes = {*listed["always"], *(code for name in bound for code in listed["jurisdictions"][name])}
    packs = tuple(shipped_pack(code) for code in sorted(codes))
    adopted, confirmed = adopted_keys(packs), confirmed_keys()
    documents = {
        item["id"]: {**item, "jurisdiction": pack.code}
        for pack in packs
        for item in pack.content.get("numbers", ())
        if basis_of(pack, item["id"], item, adopted=adopted, confirmed=confirmed) != "unconfirmed"
    }
    return periods_of(Numbers(documents), on), {pack.code: pack.identity for pack in packs}
