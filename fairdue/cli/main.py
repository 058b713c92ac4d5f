"""The root of the console script."""

from __future__ import annotations

import importlib
import pkgutil

import typer

import fairdue.cli as commands


def build() -> typer.Typer:
    """Return the root command with every command group registered."""
    root = typer.Typer(
        name="fairdue",
        help="Fairdue: consumer-credit collections. Each command says more with --help.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    root.callback()(_root)
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        register = getattr(importlib.import_module(f"fairdue.cli.{module.name}"), "register", None)
        if register is not None:
            register(root)
    return root


def _root() -> None:
    """Fairdue: consumer-credit collections. Each command says more with --help."""


def run() -> None:
    """Run the console script."""
    build()()
