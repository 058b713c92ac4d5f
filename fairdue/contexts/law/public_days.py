"""Public holidays that close hours in some jurisdictions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import holidays

COUNTRIES = {"au": "AU"}
"""Jurisdiction → country whose national holidays its packs ask about."""


def public_holidays(jurisdictions: Iterable[str], now: datetime) -> str:
    """This function will return the national holidays of some jurisdictions around a moment, as dates joined by |."""
    countries = sorted({COUNTRIES[name] for name in jurisdictions if name in COUNTRIES})
    return "|".join(_of_years(country, now.year) for country in countries)


@lru_cache(maxsize=64)
def _of_years(country: str, year: int) -> str:
    days = holidays.country_holidays(country, years=(year - 1, year, year + 1))
    return "|".join(day.isoformat() for day in sorted(days))
