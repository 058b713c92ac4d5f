"""Fairdue: consumer-credit collections, decided nightly, permitted by law, exact to the cent."""
