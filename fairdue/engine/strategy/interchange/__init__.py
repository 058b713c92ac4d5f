"""Strategies to and from other forms: a book of texts (what people edit), XLSX, and the diff in words."""
