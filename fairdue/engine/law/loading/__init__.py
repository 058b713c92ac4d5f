"""Loading rule packs: files to documents, documents to checks, and everything that may be wrong on the way.

`reading` reads files under their schemas, `compiling` turns documents into checks, `proving` holds the pack to what
a pack must be (tests, texts, citations, spans, order of exceptions). What is read is then compared (`differing`),
laid out by article (`covering`) and told how far it is in force (`standing`).
"""
