"""FEEL, the expression language of DMN: text to tree, tree to value."""

from fairdue.engine.feel.errors import FeelError
from fairdue.engine.feel.interpreter import evaluate, passes
from fairdue.engine.feel.parser import parse_expression, parse_unary_tests
from fairdue.engine.feel.printer import names_in, to_text

__all__ = ["FeelError", "evaluate", "names_in", "parse_expression", "parse_unary_tests", "passes", "to_text"]
