"""Why an amount is what it is: a tree of pieces whose parts sum to them exactly, each resting on postings.

Owns the subjects that can be explained and what their parts are. Does not own the words, which are data, nor
where the facts come from. `explain` is the way in.
"""

from fairdue.engine.ledger.explaining.facts import Facts
from fairdue.engine.ledger.explaining.subjects import SUBJECTS, SubjectUnknown, explain
from fairdue.engine.ledger.explaining.tree import ExplanationUnsound, Piece

__all__ = ["SUBJECTS", "ExplanationUnsound", "Facts", "Piece", "SubjectUnknown", "explain"]
