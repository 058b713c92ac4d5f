"""The local payment provider: a house of its own behind real HTTP, with a page where a payer pays.

It shares nothing with Fairdue but the wire and the key: its own store, its own pages, its own notices. What it speaks is
the protocol of docs/how-to/pay-online.md, so it is an example for a bank's bridge too.
"""
