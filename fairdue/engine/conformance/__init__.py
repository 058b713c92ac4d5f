"""Conformance: product-neutral cases of law and money, put to the engine and compared with its answers.

Owns reading, checking, asking and comparing. Does not own any rule: an adapter turns a case into the
inputs of the engine's own functions, and says `Unsupported` where it does not understand all of it.
"""
