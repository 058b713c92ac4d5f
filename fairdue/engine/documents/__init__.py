"""Documents as pure functions: a template that is data, values, and the bytes of a PDF; no clock, no database."""
