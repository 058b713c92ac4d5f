"""Writes of the law: permits and counted contacts, holds, published packs."""
