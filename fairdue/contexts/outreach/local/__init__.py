"""The local provider: a carrier of our own behind real HTTP, to send in a demonstration as in production."""
