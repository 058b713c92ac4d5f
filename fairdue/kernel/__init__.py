"""Pure building blocks: money, dates, identifiers, actors, reasons, clock, field encryption.

Owns nothing that changes. Imports neither Django nor Polars nor any other room of the house.
"""
