"""The figures of a night: pure functions from columns of facts to counted rows, and what each figure means."""
