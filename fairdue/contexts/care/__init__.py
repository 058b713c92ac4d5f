"""Care: what a person tells us or objects to, until somebody has answered it.

Owns disputes, complaints, hardship, vulnerability, call-backs, uploaded documents and the answers to them. Does not
own the clocks that run (law), the holds that follow (law), nor what was agreed (arrangements).
"""
