"""Filters of the portal's pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from fairdue.web.portal.articles import language

register = template.Library()


@register.filter
def spoken(texts: Mapping[str, str]) -> str:
    """Return the text in the language of the page."""
    return texts[language()]
