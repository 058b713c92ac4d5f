"""The strings that the program says and the Chinese catalogue, read without GNU gettext."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

FOLDER = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES"
SOURCES = Path(settings.LOCALE_PATHS[0]).parent
SAYING = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"""(?:\bn?gettext|\b_)\(\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
ENTRY = re.compile(r'^(msgid|msgid_plural|msgstr|msgstr\[0\]) ((?:".*"\n?)+)', re.MULTILINE)


def said() -> dict[str, str]:
    """Return every string that the program hands to gettext, with a file that says it."""
    found: dict[str, str] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        found |= dict.fromkeys(_in_code(path.read_text(encoding="utf-8")), str(path.relative_to(SOURCES)))
    for path in sorted(SOURCES.rglob("templates/**/*.html")):
        found |= dict.fromkeys(_in_template(path.read_text(encoding="utf-8")), str(path.relative_to(SOURCES)))
    return found


def _in_code(text: str) -> list[str]:
    """Return the first texts of calls of gettext, under whatever name a module imports it."""
    tree = ast.parse(text)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names if alias.name in SAYING
    }  # fmt: skip
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        and node.args and isinstance(node.args[0], ast.Constant)
    ]  # fmt: skip


def _in_template(text: str) -> list[str]:
    return [ast.literal_eval(found) for found in IN_TEMPLATE.findall(templatize(text))]


def written() -> dict[str, str]:
    """Return the catalogue as it is written: English and Chinese."""
    found: dict[str, str] = {}
    msgid = ""
    for field, lines in ENTRY.findall((FOLDER / "django.po").read_text(encoding="utf-8")):
        value = "".join(ast.literal_eval(line) for line in lines.splitlines())
        if field == "msgid":
            msgid = value
        elif field.startswith("msgstr"):
            found[msgid] = value
    found.pop("", None)
    return found
