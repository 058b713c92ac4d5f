"""The import contracts hold on the tree, and each kind of them would catch a violation."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "fairdue"
VIOLATIONS = {
    "kernel/violating.py": (
        "import fairdue.contexts.audit.facade",
        "The engine and the kernel know neither Django nor a context",
    ),
    "engine/violating.py": ("import django", "The engine and the kernel know neither Django nor a context"),
    "journeys/violating.py": ("import fairdue.web.ui", "Dependencies point down"),
    "api/violating.py": ("import fairdue.cli.main", "Dependencies point down"),
    "contexts/audit/violating.py": ("import fairdue.contexts.identity.facade", "Contexts point down"),
    "contexts/cases/violating.py": (
        "import fairdue.contexts.identity.models",
        "identity: enter by the facade only",
    ),
    "web/violating.py": ("import fairdue.contexts.audit.operations", "audit: enter by the facade only"),
    "web/portal/violating.py": (
        "import fairdue.web.workbench",
        "The workbench and the portal never import each other",
    ),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over a copy of the tree, the way CI does."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_each_kind_of_contract_catches_its_violation_and_the_tree_has_none(tmp_path):
    """One look at a copy with violations: they break what they should, and nothing else breaks anything."""
    ignored = shutil.ignore_patterns("__pycache__", "templates", "static", "locale")
    shutil.copytree(PACKAGE, tmp_path / "fairdue", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, (statement, _contract) in VIOLATIONS.items():
        (tmp_path / "fairdue" / path).write_text(statement + "\n")
    result = lint_imports(tmp_path)
    broken = {line.removesuffix(" BROKEN") for line in result.stdout.splitlines() if line.endswith(" BROKEN")}
    importers = set(re.findall(r"^- +(\S+) ->", result.stdout, re.MULTILINE))
    assert result.returncode == 1, result.stdout + result.stderr
    assert broken == {contract for _statement, contract in VIOLATIONS.values()}
    wanted = {"fairdue." + path.removesuffix(".py").replace("/", ".") for path in VIOLATIONS}
    assert importers == wanted, result.stdout


def imported_modules(source: str) -> set[str]:
    """Return what a module imports, with `from x import y` as both x and x.y."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


PUBLIC = {"facade", "contracts", "events", "columns"}
"""`columns` is the part of a facade that needs neither Django nor a database (ADR 17)."""


def inner_imports(path: str, source: str) -> set[str]:
    """Return the inner modules of other contexts that a file imports: all but the public ones."""
    found = set()
    for module in imported_modules(source):
        parts = module.split(".")
        if parts[:2] != ["fairdue", "contexts"] or len(parts) < 4:
            continue
        if not path.startswith(f"fairdue/contexts/{parts[2]}/") and parts[3] not in PUBLIC:
            found.add(".".join(parts[:4]))
    return found


def test_every_context_is_entered_by_its_facade_only():
    """The linter protects models, operations and queries; nothing else inside is public either."""
    found = {
        (str(path.relative_to(ROOT)), module)
        for path in PACKAGE.rglob("*.py")
        for module in inner_imports(str(path.relative_to(ROOT)), path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    "statement",
    [
        "from fairdue.contexts.cases.policies import x",
        "from fairdue.contexts.cases import queries",
        "import fairdue.contexts.cases.models",
    ],
)
def test_the_facade_rule_catches_every_form_of_import(statement):
    assert len(inner_imports("fairdue/contexts/outreach/operations.py", statement)) == 1
    assert inner_imports("fairdue/contexts/cases/operations/x.py", statement) == set()
