"""Pure readers of bank files: ISO 20022 camt.052/053/054, SWIFT MT940, and bank CSV with a mapping.

A reader takes bytes and returns statements whose every row is an entry or a rejection with its reason.
A file that cannot be trusted as a whole is refused with the place and what to do.
"""
