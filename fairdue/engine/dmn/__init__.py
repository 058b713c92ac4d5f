"""Decision models in DMN XML: read, asked, and held against the conformance kit."""

from fairdue.engine.dmn.errors import DmnError
from fairdue.engine.dmn.evaluation import Result, evaluate_model
from fairdue.engine.dmn.model import Model
from fairdue.engine.dmn.reader import read_model

__all__ = ["DmnError", "Model", "Result", "evaluate_model", "read_model"]
