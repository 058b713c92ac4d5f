"""The rule packs that this installation works under, loaded once a process."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import load_packs


@lru_cache(maxsize=1)
def current() -> Rulebook:
    """This function will return the packs below `packs/rules` as the rulebook in force.

    :raises PackInvalid: if any pack is not fit for use
    """
    return Rulebook(load_packs(settings.PACKS_DIR / "rules"))
