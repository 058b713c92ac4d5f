"""How rows reach PostgreSQL and leave it: the embedded server, COPY in, ADBC out, append-only tables.

Knows the database, knows no business. Contexts use it; the engine does not.
"""
