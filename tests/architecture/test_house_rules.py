"""Rules of the house that a linter does not know: the clock, signals, names, paths, shapes, sizes."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "fairdue"
BELOW_INTERFACES = ("journeys", "contexts", "storage", "engine", "kernel")
CLOCK = "fairdue/kernel/clock.py"
CLOCK_CALLS = {"now", "today", "utcnow", "localtime", "gmtime", "localdate"}
CLOCK_MODULES = {"datetime", "date", "dt", "timezone", "time"}
SQL_CLOCK = re.compile(r"\b(now\(\)|current_date|current_timestamp|clock_timestamp\(\))", re.IGNORECASE)


def sources() -> Iterator[tuple[str, str]]:
    """Yield path and text of our modules, without generated migrations."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text()


Nodes = tuple[ast.AST, ...]


def nodes(source: str) -> Nodes:
    """Return everything that a module consists of."""
    return tuple(ast.walk(ast.parse(source)))


@cache
def findings() -> dict[str, list[str]]:
    """Return what each rule finds in the whole tree; every module is taken apart once for all of them."""
    found: dict[str, list[str]] = {"clock": [], "effects": [], "names": []}
    for path, source in sources():
        layer, parts = path.split("/")[1], nodes(source)
        if layer in BELOW_INTERFACES and path != CLOCK:
            found["clock"] += [f"{path}:{line}" for line in clock_readings(parts)]
        if layer in (*BELOW_INTERFACES, "jobs"):
            found["effects"] += [f"{path}:{each}" for each in hidden_effects(parts)]
        found["names"] += [f"{path}: {name}" for name in sorted(names_of(parts)) if is_foreign(name)]
    return found


def clock_readings(parts: Nodes) -> list[int]:
    """Return the lines that read a clock: in Python, or in SQL text."""
    lines: list[int] = []
    prose = {id(node.value) for node in parts if isinstance(node, ast.Expr)}
    for node in parts:
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_CALLS:
            base = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if base in CLOCK_MODULES:
                lines.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module in ("fairdue.kernel.clock", "fairdue.kernel"):
            lines += [node.lineno for alias in node.names if alias.name in ("now", "clock")]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            lines += [node.lineno] if SQL_CLOCK.search(node.value) else []
    return lines


def test_nobody_below_the_interfaces_reads_a_clock():
    assert findings()["clock"] == []


@pytest.mark.parametrize(
    "violation",
    [
        "datetime.now(UTC)",
        "date.today()",
        "datetime.datetime.utcnow()",
        "timezone.now",
        "from fairdue.kernel.clock import now",
        "from fairdue.kernel import clock",
        "cursor.execute('select 1 where x < now()')",
    ],
)
def test_the_clock_rule_catches(violation):
    assert clock_readings(nodes(violation)) == [1]


def hidden_effects(parts: Nodes) -> list[str]:
    """Return signals, overridden saves and models fetched by name."""
    found = []
    for node in parts:
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith((".signals", "django.dispatch")):
            found.append(f"{node.lineno}: imports {node.module}")
        elif isinstance(node, ast.ClassDef):
            names = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            found += [f"{node.lineno}: {node.name} overrides {name}" for name in names & {"save", "delete"}]
        elif isinstance(node, ast.Attribute) and node.attr in {"get_model", "get_models"}:
            found.append(f"{node.lineno}: {node.attr}")
    return found


def test_there_are_no_signals_no_overridden_saves_and_no_models_by_name():
    assert findings()["effects"] == []


@pytest.mark.parametrize(
    "violation",
    [
        "from django.db.models.signals import post_save",
        "from django.dispatch import receiver",
        "class A(Model):\n def save(self): pass",
        "apps.get_model('a', 'B')",
    ],
)
def test_the_rule_on_hidden_effects_catches(violation):
    assert len(hidden_effects(nodes(violation))) == 1


NOT_A_NAME = {
    *("overdue_days", "call_log", "remark", "block_flag", "outsource", "payment_log", "plan2", "contact2"),
    *("date1", "cuishou", "huankuan", "yuqi", "jiekuan", "anjian", "daikuan", "tingcui", "fenan", "weian"),
    *("tuian", "beizhu"),
}
NOT_A_MODULE = {
    *("collections", "calendar", "email", "platform", "statistics"),
    *("utils", "helpers", "services", "misc"),
}


def names_of(parts: Nodes) -> set[str]:
    """Return the names that a module defines or takes as arguments."""
    found = set()
    for node in parts:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def is_foreign(name: str) -> bool:
    """Tell whether a name is none of the glossary's."""
    return name.lower() in NOT_A_NAME or name.lower().split("_")[0] in NOT_A_NAME


def test_names_are_the_glossarys():
    assert findings()["names"] == []
    assert [
        name for name in names_of(nodes("def remark(fenan_id, ok): date1 = ok")) if not is_foreign(name)
    ] == ["ok"]


def test_no_module_is_named_like_a_standard_one_or_like_a_drawer():
    assert [path for path, _source in sources() if Path(path).stem in NOT_A_MODULE] == []
    assert [app for app in settings.CONTEXTS if app in NOT_A_MODULE] == []


MACHINE = re.compile(
    "|".join([r"/wo" r"rk/(main|shared|\.library)", r"/ho" r"me/\w+/", r"/Us" r"ers/\w+/", r"py" r"pi\.org",
              r"python" r"hosted", r"regis" r"try\.npmjs"])
)  # fmt: skip


def tracked_texts() -> Iterator[tuple[str, str]]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 2_000_000:
            yield name, path.read_text(errors="ignore")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_no_file_names_a_machine_or_a_registry():
    found = [f"{name}: {match.group()}" for name, text in tracked_texts() if (match := MACHINE.search(text))]
    assert found == []


@pytest.mark.parametrize("name", settings.CONTEXTS)
def test_every_context_has_the_same_inner_shape(name):
    folder = PACKAGE / "contexts" / name
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    assert "Owns " in docstring
    present = {path.stem for path in folder.iterdir()}
    wanted = {"__init__", "apps", "facade", "contracts", "migrations"}
    if "Owns no table" not in docstring:
        wanted |= {"models", "operations", "queries"}
    assert wanted - present == set()
    assert present & {"views", "forms", "signals", "managers", "urls", "tasks", "tests"} == set()


def test_a_facade_only_names_what_it_gives():
    """A facade imports and lists; it holds no logic of its own worth a test."""
    for name in settings.CONTEXTS:
        tree = ast.parse((PACKAGE / "contexts" / name / "facade.py").read_text())
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert all(node.end_lineno - node.lineno <= 25 for node in functions if node.end_lineno), name


def test_files_stay_readable_in_one_sitting():
    long = [path for path, source in sources() if source.count("\n") > 400]
    long += [str(path) for path in PACKAGE.rglob("templates/**/*.html") if path.read_text().count("\n") > 150]
    assert long == []


def test_no_two_test_files_share_a_name():
    counts = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.django_db
def test_the_migrations_say_all_that_the_models_say():
    apps = [*settings.CONTEXTS]
    call_command("makemigrations", *apps, check=True, dry_run=True, verbosity=0)
