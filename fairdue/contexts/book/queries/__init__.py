"""Reads: creditors, products, accounts in the actor's scope, import batches, facts for the night."""
