"""Refusals that several operations share; each of the others stands just above its raiser."""

from __future__ import annotations


class CaseRefused(Exception):
    """A guard of the cases context said no; nothing was changed."""

    code = "cases.refused"


class NotInScope(CaseRefused):
    """The case does not exist, or is outside the actor's data scope; one and the same to the actor."""

    code = "cases.case.not_found"
