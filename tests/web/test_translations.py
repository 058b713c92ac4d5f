"""The Chinese catalogue is complete, compiled, and names the same placeholders as the English source."""

from __future__ import annotations

import gettext
import re

from tests.web.catalogue import FOLDER, said, written

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def compiled() -> dict[str, str]:
    with (FOLDER / "django.mo").open("rb") as file:
        entries = gettext.GNUTranslations(file)._catalog
    return {key[0] if isinstance(key, tuple) else key: text for key, text in entries.items() if key}


def test_every_string_of_the_program_has_its_chinese():
    chinese = written()
    assert {text: place for text, place in said().items() if not chinese.get(text)} == {}


def test_the_collector_of_strings_sees_code_and_templates():
    found = said()
    assert found["Balance"].endswith((".py", ".html"))
    assert found["Tell it how to behave"] == "web/workbench/templates/workbench/outbox.html"
    assert found["Nightly cycle finished"] == "web/workbench/office_words.py"
    assert found["%(count)s row"] == "web/ui/tables.py"


def test_the_compiled_catalogue_is_the_written_one():
    assert compiled() == written()
    assert "#, fuzzy" not in (FOLDER / "django.po").read_text(encoding="utf-8")


def test_translations_name_the_placeholders_of_their_source():
    wrong = {
        english: chinese
        for english, chinese in written().items()
        if not set(PLACEHOLDER.findall(chinese))
        <= set(PLACEHOLDER.findall(english)) | {"%(count)s", "%(number)s", "%(n)s", "%(limit)s"}
    }
    assert wrong == {}
