"""Reading texts, letters and voicemails: what they must say, what they must not, with the place marked.

Lexicons are data (`numbers/*.yaml`); a finding names its rule, what is missing or wrong, and where. Nothing here
understands a text: a text that passes may still be unlawful, one that is stopped can be shown to a person.
"""
