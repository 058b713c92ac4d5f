"""The built-in functions of FEEL, by name."""

from fairdue.engine.feel.calling import BUILT_INS
from fairdue.engine.feel.functions import contexts, conversions, lists, numbers, spans, texts

__all__ = ["BUILT_INS", "contexts", "conversions", "lists", "numbers", "spans", "texts"]
