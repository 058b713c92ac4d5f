"""The verbs of outreach: templates, planning, dispatch, what providers report, the inbox."""
