"""The life of an account under a strategy: walked over all states, followed for one account, drawn as a map."""
