"""Which function answers which kind of case. A kind that is not here is unsupported.

An adapter receives a case without its answer (questions.py), turns it into the inputs of the engine's own
functions and their result into an answer. It raises `Unsupported` on anything it does not understand
wholly.
"""

from __future__ import annotations

from fairdue.engine.conformance.running import Adapters

ADAPTERS: Adapters = {}
