"""The Chinese catalogue is complete, compiled, and names the same placeholders as the English source."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def catalogue() -> dict[str, str]:
    with (FOLDER / "django.mo").open("rb") as compiled:
        entries = gettext.GNUTranslations(compiled)._catalog
    return {key[0] if isinstance(key, tuple) else key: text for key, text in entries.items() if key}


def test_no_string_is_without_chinese():
    source = (FOLDER / "django.po").read_text(encoding="utf-8")
    assert (
        re.findall(r'^msgid "(?:.+)"\n(?:msgid_plural.*\n)?msgstr(?:\[0\])? ""\n(?!")', source, re.MULTILINE)
        == []
    )


def test_the_compiled_catalogue_is_the_written_one():
    source = (FOLDER / "django.po").read_text(encoding="utf-8")
    assert len(catalogue()) == len(re.findall(r"^msgid ", source, re.MULTILINE)) - 1
    assert "#, fuzzy" not in source


def test_translations_name_the_placeholders_of_their_source():
    wrong = {
        key: text
        for key, text in catalogue().items()
        if not set(PLACEHOLDER.findall(text))
        <= set(PLACEHOLDER.findall(key)) | {"%(count)s", "%(number)s", "%(n)s", "%(limit)s"}
    }
    assert wrong == {}
