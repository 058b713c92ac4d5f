"""The console script `fairdue`: every module here with a `register(root)` adds its commands.

A command translates words into one call below and prints the answer: with `--json` one object on
stdout and everything else on stderr. Exit status 0 done, 1 the check found something, 2 bad usage.
"""
