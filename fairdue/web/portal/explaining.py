"""One part of an explained amount in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from fairdue.contexts.ledger.facade import ExplainedPart
from fairdue.web.portal.articles import language


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPart:
    """An amount with its sentence, rule, citation and arithmetic, as the page shows them."""

    part: ExplainedPart
    sentence: str
    rule: str
    citation: str
    arithmetic: str
    days: str

    @property
    def opens(self) -> bool:
        """Whether there is more below it."""
        return bool(self.part.parts)


def told(part: ExplainedPart) -> ToldPart:
    """Return a part in the language of the page."""
    spoken = language()
    days = "" if part.days is None else ngettext("%(n)s day", "%(n)s days", part.days) % {"n": part.days}
    return ToldPart(
        part=part, sentence=getattr(part, f"sentence_{spoken}"), rule=getattr(part, f"rule_{spoken}"),
        citation=getattr(part, f"citation_{spoken}"), arithmetic=getattr(part, f"arithmetic_{spoken}"), days=days,
    )  # fmt: skip
