"""Intake: read a lender's file and judge every row, in columns and without a database.

`schema` says what a file may contain, `files` opens it in bounded batches, `values` reads single
values, `judging` returns typed rows and findings. Knows neither Django nor any context.
"""
