"""Every component of the design system on one page: both colour schemes, three densities, both languages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from fairdue.web.workbench.access import DeskRequest, staff_page
from fairdue.web.workbench.gallery_parts import parts

THEMES, DENSITIES = ("light", "dark"), ("compact", "normal", "roomy")


@staff_page()
def gallery(request: DeskRequest) -> HttpResponse:
    """Show the components with sample values; `theme`, `density` and `lang` in the address choose which way."""
    asked = request.GET
    language = asked.get("lang", "")
    language = language if language in dict(settings.LANGUAGES) else translation.get_language() or "en"
    themes = [asked["theme"]] if asked.get("theme") in THEMES else list(THEMES)
    density = (
        asked.get("density", "")
        if asked.get("density") in DENSITIES
        else request.user.preferences.get("density", "normal")
    )
    with translation.override(language):
        context = {
            "samples": [parts(request, scheme) for scheme in themes], "density": density, "language": language,
            "switches": _switches(asked.get("theme", ""), density, language),
        }  # fmt: skip
        return render(request, "workbench/gallery.html", context)


def _switches(theme: str, density: str, language: str) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Return the choices of the page: name, label, what holds now, the options."""
    return [
        ("theme", _("Colours"), theme, [("", _("Both")), ("light", _("Light")), ("dark", _("Dark"))]),
        (
            "density", _("Density"), density,
            [("compact", _("Compact")), ("normal", _("Normal")), ("roomy", _("Roomy"))],
        ),
        ("lang", _("Language"), language, [("zh-hans", "中文"), ("en", "English")]),
    ]  # fmt: skip
