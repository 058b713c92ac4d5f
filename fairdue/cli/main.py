"""The root of the console script."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from collections.abc import Collection

import typer

import fairdue.cli as commands

HEAVY = frozenset({"bench", "conform", "dmn"})
"""Commands whose modules, named alike, import whole engines: three quarters of the time that a command takes to start."""


@functools.cache
def build(without: frozenset[str] = frozenset()) -> typer.Typer:
    """Return the root command with every command group registered but those of the modules left out."""
    root = typer.Typer(
        name="fairdue",
        help="Fairdue: consumer-credit collections. Each command says more with --help.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    root.callback()(_root)
    names = {found.name for found in pkgutil.iter_modules(commands.__path__)}
    for name in sorted(names.difference(without)):
        register = getattr(importlib.import_module(f"fairdue.cli.{name}"), "register", None)
        if register is not None:
            register(root)
    return root


def _root() -> None:
    """Fairdue: consumer-credit collections. Each command says more with --help."""


def run() -> None:
    """Run the console script, without what is heavy unless that, a list of all commands or one unknown is asked for."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    root = build(without=HEAVY - {asked})
    known: Collection[str] = getattr(typer.main.get_command(root), "commands", ())
    (root if asked in known else build())()
