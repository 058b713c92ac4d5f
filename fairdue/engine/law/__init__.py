"""The law as columns: packs of cited rules, a closed vocabulary of checks, one judgement for one row or millions.

1. A rule is data (`packs/rules`); what a rule can test is one of the functions in `checks`.
2. `judging.judge` gives every candidate row its outcome, the rules it breaks and when to try again; a single
   click is the batch with one row.
3. All packs add up, the strictest outcome wins, an exception belongs to one rule.
"""
