"""What machines call: provider callbacks, the local provider, health. Typed, signed, no sessions."""
