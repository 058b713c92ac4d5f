"""The reads of cases: the queue, cards, facts for the night."""
