"""`python -m fairdue`: the same as the console script."""

from fairdue.cli.main import run

run()
