"""What care gives to others: frozen records."""
