"""`fairdue bench …`: measured figures as JSON; the benchmarks themselves stand in `benchmarks/`."""

from __future__ import annotations

import importlib
import pkgutil

import typer


def register(root: typer.Typer) -> None:
    """Add the group `bench` with one command from each module of `benchmarks` that offers one."""
    bench = typer.Typer(help="Measure against a baseline in the same run; prints JSON.", no_args_is_help=True)
    for module in _modules():
        offer = getattr(importlib.import_module(f"benchmarks.{module}"), "register", None)
        if offer is not None:
            offer(bench)
    if bench.registered_commands or bench.registered_groups:
        root.add_typer(bench, name="bench")


def _modules() -> list[str]:
    """Name the benchmark modules; none when the package was installed without them."""
    try:
        benchmarks = importlib.import_module("benchmarks")
    except ModuleNotFoundError:
        return []
    return sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__))
